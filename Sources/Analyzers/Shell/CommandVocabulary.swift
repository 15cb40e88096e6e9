/// The programs that matter when an install command is judged, by the name they are called by.
enum CommandVocabulary {
    /// Programs that move bytes over the network.
    static let networkClients: Set<String> = [
        "curl", "wget", "nc", "ncat", "netcat", "socat", "telnet", "ftp", "tftp", "scp", "sftp", "ssh", "rsync",
        "aria2c", "axel", "ping", "ping6", "nslookup", "dig", "host", "lwp-download", "lwp-request", "lynx", "w3m",
        "http", "https", "bitsadmin", "iwr", "irm", "invoke-webrequest", "invoke-restmethod", "start-bitstransfer",
    ]

    /// Programs that run the text they are given on standard input.
    static let interpreters: Set<String> = shells.union([
        "node", "nodejs", "bun", "deno", "python", "python2", "python3", "perl", "ruby", "php", "osascript", "lua",
        "powershell", "pwsh", "iex", "invoke-expression", "tsx", "ts-node",
    ])

    static let shells: Set<String> = ["sh", "bash", "zsh", "dash", "ksh", "ash", "fish", "csh", "tcsh", "busybox"]

    /// Shell built-ins that run text or a file in the running shell.
    static let evaluators: Set<String> = ["eval", "source", "."]

    /// Words in front of the program that is really run.
    static let wrappers: Set<String> = [
        "sudo", "doas", "env", "nohup", "exec", "command", "time", "cross-env", "cross-env-shell", "setsid", "nice",
        "xargs", "then", "do", "else", "if", "while", "until", "!", "{", "busybox", "npx", "start", "call", "@call",
        "builtin", "stdbuf", "unbuffer", "timeout", "gtimeout", "ionice", "chronic", "flock", "taskset", "chroot",
        "watch",
        "parallel", "pkexec", "gosu", "su-exec", "runuser", "caffeinate", "winpty", "dotenv", "elif", "coproc",
    ]

    /// Options of wrappers that a value follows as a word of its own.
    private static let wrapperOptionsWithValue: [String: Set<String>] = [
        "sudo": ["-u", "-g", "-h", "-p", "-C", "-D", "-r", "-t", "-U", "--user", "--group"], "doas": ["-u", "-C"],
        "env": ["-u", "-C", "-S"], "timeout": ["-s", "-k", "--signal", "--kill-after"], "nice": ["-n"],
        "ionice": ["-c", "-n", "-p"], "xargs": ["-I", "-n", "-P", "-L", "-d", "-a", "-E", "-s"], "exec": ["-a"],
        "stdbuf": ["-i", "-o", "-e"], "parallel": ["-j"], "flock": ["-w", "-E"], "watch": ["-n"], "runuser": ["-u"],
        "npx": ["-p", "--package"],
    ]

    /// How many words stand between a wrapper's options and the program.
    private static let wrapperOperands: [String: Int] = [
        "timeout": 1, "gtimeout": 1, "flock": 1, "taskset": 1, "chroot": 1, "gosu": 1, "su-exec": 1,
    ]

    /// The words of the command that a wrapper runs.
    static func wrapped(by name: String, _ words: ArraySlice<ShellWord>) -> ArraySlice<ShellWord> {
        var rest = words
        let withValue = wrapperOptionsWithValue[name] ?? []
        while let word = rest.first, rest.count > 1, word.text.hasPrefix("-") {
            rest = rest.dropFirst()
            if withValue.contains(where: word.text.equals), rest.count > 1 { rest = rest.dropFirst() }
        }
        for _ in 0..<(wrapperOperands[name] ?? 0) where rest.count > 1 { rest = rest.dropFirst() }
        return rest
    }

    /// Programs whose arguments are only shown.
    static let printers: Set<String> = ["echo", "printf", "cowsay", "node-echo"]

    /// Programs that tell who or where one is, or print files: what they print is not for strangers.
    static let informants: Set<String> = [
        "whoami", "hostname", "id", "env", "printenv", "set", "cat", "ifconfig", "ip", "ls", "tar", "zip", "find",
        "ps", "history", "head", "tail", "grep", "ipconfig", "systeminfo",
    ]

    /// Programs that run or install the file they are given.
    static let fileRunners: Set<String> = interpreters.union(evaluators).union([
        "chmod", "open", "start", "msiexec", "installer", "dpkg", "rpm", "pip", "pip3", "cmd", "rundll32", "regsvr32",
        "start-process", "java", "wscript", "cscript", "mshta",
    ])

    /// Programs whose expanded output is known to be a harmless path or name.
    static let harmlessQueries: Set<String> = [
        "pwd", "dirname", "basename", "which", "uname", "nproc", "date", "readlink", "realpath",
    ]
}
