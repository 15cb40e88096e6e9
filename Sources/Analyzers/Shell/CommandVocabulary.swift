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
        "builtin", "stdbuf", "unbuffer",
    ]

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
