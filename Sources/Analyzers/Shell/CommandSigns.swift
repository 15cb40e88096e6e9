/// What a command does to the machine it runs on, beyond what it fetches: wiping, staying, spreading, mining.
enum CommandSigns {
    /// What is noticed about shell text.
    static func judge(_ text: [UInt8]) -> Set<Observation> { judge(ShellUnfolding(text)) }

    /// What is noticed about one command whose words are given to it as they are.
    static func judge(words: [ShellWord]) -> Set<Observation> { judge(ShellUnfolding(ShellScript(running: words))) }

    private static func judge(_ unfolding: ShellUnfolding) -> Set<Observation> {
        var found: Set<Observation> = []
        for command in unfolding.commands {
            if wipes(command) { found.insert(.commandWipes) }
            if persists(command) { found.insert(.commandPersists) }
            if runsMiner(command) { found.insert(.runsMiner) }
            if registersRunner(command) { found.insert(.registersRunner) }
            if scansForSecrets(command) { found.insert(.runsSecretScanner) }
            if runsAgentUnattended(command) { found.insert(.agentUnattended) }
            found.formUnion(spreading(command))
            if SettingCommands.changesSource(command) { found.insert(.commandChangesSource) }
            if SettingCommands.redirectsGit(command) { found.insert(.commandRedirectsGit) }
            if let installing = installing(command) { found.insert(installing) }
            if fetchesRuntime(command) { found.insert(.fetchesRuntime) }
        }
        return found
    }

    // MARK: Impact

    /// Roots of a system or of a person's files; a folder below them is somebody's own business.
    private static let roots: Set<String> = [
        "/", "/*", "/.", "~", "~/", "~/*", "~/.*", "/home", "/home/*", "/root", "/etc", "/usr", "/var", "/bin", "/lib",
        "/boot", "/opt", "/users", "/users/*", "c:", "c:\\", "c:\\*", "c:\\*.*", "c:*", "c:*.*", "c:/", "%userprofile%",
        "%systemdrive%", "%systemroot%", "c:\\windows", "c:\\users", "$env:userprofile", "%homepath%", "*:\\",
    ]
    private static let homeVariables: Set<String> = ["HOME", "USERPROFILE", "env:USERPROFILE", "HOMEPATH"]

    private static func wipes(_ command: ReadCommand) -> Bool {
        let texts = command.argumentTexts
        switch command.program {
        case "rm":
            let isRecursive = texts.contains {
                isShortOption($0, "r") || isShortOption($0, "R") || $0.equals("--recursive")
            }
            let isForced = texts.contains { isShortOption($0, "f") || $0.equals("--force") }
            return isRecursive && isForced && command.arguments.contains(where: isRoot)
                || texts.contains { $0.equals("--no-preserve-root") }
        case "del", "erase":
            return hasSwitch(texts, "/s") && command.arguments.contains(where: isRoot)
        case "rd", "rmdir": return hasSwitch(texts, "/s") && command.arguments.contains(where: isRoot)
        case "remove-item", "ri":
            let isRecursive = texts.contains { $0.lowercasedASCII().hasPrefix("-r") }
            return isRecursive && command.arguments.contains(where: isRoot)
        case "shred": return command.arguments.contains(where: isRoot)
        case "mkfs", "mkfs.ext4", "mkfs.ext3", "mkfs.xfs", "wipefs":
            return texts.contains { isDisk($0) }
        case "dd":
            return texts.contains { $0.hasPrefix("of=") && isDisk(Array($0.dropFirst(3))) }
        case "format": return texts.contains { $0.lowercasedASCII().equals("c:") }
        case "vssadmin": return texts.contains { $0.lowercasedASCII().equals("delete") }
        default: return false
        }
    }

    private static func hasSwitch(_ texts: [[UInt8]], _ name: String) -> Bool {
        texts.contains { $0.lowercasedASCII().equals(name) }
    }

    private static func isRoot(_ word: ShellWord) -> Bool {
        let text = String(decoding: word.text.lowercasedASCII(), as: UTF8.self)
        if word.variables.count == 1, let name = word.variables.first {
            let isHome = homeVariables.contains(String(decoding: name, as: UTF8.self))
            return isHome && ["", "/", "/*", "/.*", "\\", "\\*"].contains(text)
        }
        return !word.isComputed && roots.contains(text)
    }

    private static func isDisk(_ text: [UInt8]) -> Bool {
        ["/dev/sd", "/dev/hd", "/dev/nvme", "/dev/vd", "/dev/xvd", "/dev/mmcblk", "/dev/disk", "\\\\.\\physicaldrive"]
            .contains { text.hasPrefix($0) }
    }

    private static let miners: Set<String> = [
        "xmrig", "minerd", "cpuminer", "xmr-stak", "ccminer", "t-rex", "nbminer", "lolminer", "phoenixminer",
        "ethminer",
        "teamredminer", "gminer", "bfgminer", "cgminer", "nanominer", "srbminer-multi", "xmrig-cuda",
    ]

    private static func runsMiner(_ command: ReadCommand) -> Bool {
        if miners.contains(command.program), !command.arguments.isEmpty { return true }
        guard !CommandVocabulary.printers.contains(command.program) else { return false }
        return command.argumentTexts.contains { text in
            let lowered = text.lowercasedASCII()
            return lowered.hasPrefix("stratum+") || lowered.hasPrefix("--donate-level")
        }
    }

    // MARK: Staying

    private static func persists(_ command: ReadCommand) -> Bool {
        let texts = command.argumentTexts.map { $0.lowercasedASCII() }
        func has(_ name: String) -> Bool { texts.contains { $0.equals(name) } }
        switch command.program {
        // Listing and removing is not staying.
        case "crontab": return !has("-l") && !has("-r") && !texts.isEmpty
        case "schtasks": return has("/create")
        case "register-scheduledtask", "new-scheduledtask": return true
        case "systemctl": return has("enable") || has("link")
        case "update-rc.d", "chkconfig": return has("defaults") || has("enable") || has("on")
        case "launchctl": return has("load") || has("bootstrap") || has("submit")
        case "reg":
            return has("add") && texts.contains { $0.contains(text: "currentversion\\run") }
        case "set-itemproperty", "new-itemproperty": return texts.contains { $0.contains(text: "currentversion\\run") }
        // Variables of a user by which every interpreter loads more than it is given.
        case "setx": return ["node_options", "pythonstartup", "pythonpath", "bash_env"].contains { has($0) }
        case "sc": return has("create")
        case "new-service": return true
        default: return false
        }
    }

    private static func registersRunner(_ command: ReadCommand) -> Bool {
        let isConfiguration = ["config.sh", "config", "run.sh"].contains(command.program)
        return isConfiguration && command.hasArgument("--url") && command.hasArgument("--token")
    }

    // MARK: Spreading

    private static let secretScanners: Set<String> = ["trufflehog", "gitleaks", "trufflehog3", "noseyparker"]

    private static func scansForSecrets(_ command: ReadCommand) -> Bool {
        secretScanners.contains(command.program) && !command.arguments.isEmpty
    }

    private static func spreading(_ command: ReadCommand) -> Set<Observation> {
        let words = command.argumentTexts.filter { !$0.hasPrefix("-") }
        func begins(_ names: String...) -> Bool {
            words.count >= names.count && zip(words, names).allSatisfy { $0.0.equals($0.1) }
        }
        switch command.program {
        case "npm", "yarn", "pnpm", "bun", "lerna":
            let publishes = begins("publish") || begins("npm", "publish")
            return publishes && !command.hasArgument("--dry-run") ? [.commandPublishes] : []
        case "twine": return begins("upload") ? [.commandPublishes] : []
        // Values of options such as `-C folder` come before the verb.
        case "git": return words.prefix(3).contains { $0.equals("push") } && !begins("stash") ? [.commandPushes] : []
        case "gh": return begins("repo", "create") ? [.createsRepository] : []
        case "python", "python3", "py": return isModule(command, "twine", "upload") ? [.commandPublishes] : []
        default: return []
        }
    }

    private static func isModule(_ command: ReadCommand, _ module: String, _ verb: String) -> Bool {
        let texts = command.argumentTexts
        guard let index = texts.firstIndex(where: { $0.equals("-m") }), index + 2 < texts.count else { return false }
        return texts[index + 1].equals(module) && texts[index + 2].equals(verb)
    }

    // MARK: Agents

    private static let unattendedOptions: [String: [String]] = [
        "claude": ["--dangerously-skip-permissions", "--dangerously_skip_permissions", "bypassPermissions"],
        "gemini": ["--yolo", "-y", "--approval-mode=yolo"], "q": ["--trust-all-tools", "-a"],
        "kiro-cli": ["--trust-all-tools", "-a"], "qwen": ["--yolo", "-y"],
        "codex": ["--dangerously-bypass-approvals-and-sandbox", "--full-auto", "--yolo"],
        "cursor-agent": ["--force", "-f"], "copilot": ["--allow-all-tools", "--yolo"],
        "aider": ["--yes-always", "--yes"],
        "opencode": ["--yolo"], "amp": ["--dangerously-allow-all"], "droid": ["--skip-permissions-unsafe"],
    ]

    private static func runsAgentUnattended(_ command: ReadCommand) -> Bool {
        guard let options = unattendedOptions[command.program] else { return false }
        return command.argumentTexts.contains { text in options.contains { text.equals($0) } }
    }

    // MARK: Installing

    private static func installing(_ command: ReadCommand) -> Observation? {
        let texts = command.argumentTexts
        let verbs: [String]
        var rest = texts[...]
        switch command.program {
        case "pip", "pip3", "pipx", "uv", "conda", "easy_install": verbs = ["install", "add", "pip"]
        case "npm", "yarn", "pnpm", "bun", "cnpm": verbs = ["install", "i", "add", "ci"]
        case "python", "python3", "py", "":
            guard let index = texts.firstIndex(where: { $0.equals("-m") }), index + 1 < texts.count,
                texts[index + 1].equals("pip")
            else { return nil }
            rest = texts[(index + 2)...]
            verbs = ["install"]
        default: return nil
        }
        let words = rest.filter { !$0.hasPrefix("-") }
        guard let verb = words.first, verbs.contains(where: verb.equals) else { return nil }
        let isForeign = words.contains { word in
            word.contains(text: "://") || word.hasPrefix("git+") || word.hasPrefix("github:")
        }
        let hasOwnIndex = ["--index-url", "-i", "--extra-index-url", "--registry", "--trusted-host"].contains {
            option in
            rest.contains { $0.equals(option) || $0.hasPrefix(option + "=") && option != "-i" }
        }
        return isForeign || hasOwnIndex ? .installsFromElsewhere : .installsPackages
    }

    private static func fetchesRuntime(_ command: ReadCommand) -> Bool {
        guard command.isNetworkClient else { return false }
        return command.argumentTexts.contains { text in
            let lowered = text.lowercasedASCII()
            return [
                "bun.sh/install", "bun.com/install", "oven-sh/bun/releases", "deno.land/install",
                "denoland/deno/releases",
            ]
            .contains { lowered.contains(text: $0) }
        }
    }
}
