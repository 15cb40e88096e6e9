import Screening

/// Judges a command that runs during installation.
///
/// What downloads *and* runs, decodes and runs, opens a shell to elsewhere or sends local data away is malicious; what
/// merely names a network client, a URL or an inline program is suspicious and waits for a person.
struct InstallCommand {
    /// Longer commands are not judged but held: nobody writes them by hand.
    private static let maxBytes = 64 * 1024
    /// How often text inside `sh -c` and `eval` is judged in turn.
    private static let maxDepth = 4

    private var found: Set<Observation> = []
    private var downloaded: Set<String> = []

    /// What is noticed about `text`; empty for a command that only runs local programs.
    static func judge(_ text: [UInt8]) -> Set<Observation> {
        var judgement = InstallCommand()
        judgement.judge(text, depth: 0)
        return judgement.found
    }

    /// What is noticed about a shell script that an install script runs.
    ///
    /// A script of many lines computes things honestly, so only what reaches the network or is malicious counts.
    static func judgeFile(_ text: [UInt8]) -> Set<Observation> {
        judge(text).filter { observation in
            observation == .scriptNetworkClient || RuleCatalog.entry(observation).detail.severity == .malicious
        }
    }

    /// The files that a command runs with a shell or by themselves, as written, without `./`.
    static func filesRun(by text: [UInt8]) -> [[UInt8]] {
        let commands = ShellParser.parse(text).allPipelines.flatMap(\.commands).map(ReadCommand.init)
        let paths = commands.compactMap { command -> [UInt8]? in
            let isShell = CommandVocabulary.shells.contains(command.program)
            if isShell || CommandVocabulary.evaluators.contains(command.program) {
                return command.argumentTexts.first { !$0.hasPrefix("-") }
            }
            return command.programPath.contains(UInt8(ascii: "/")) ? command.programPath : nil
        }
        return paths.map { path in path.hasPrefix("./") ? Array(path.dropFirst(2)) : path }.filter { !$0.isEmpty }
    }

    /// What is noticed about one command whose words are given to it as they are.
    static func judge(words: [ShellWord]) -> Set<Observation> {
        var judgement = InstallCommand()
        judgement.judge(ShellScript(running: words), depth: 0)
        judgement.judgePowerShell(Array(words.map(\.text).joined(separator: [0x20])).lowercasedASCII())
        return judgement.found
    }

    private mutating func judge(_ text: [UInt8], depth: Int) {
        guard text.count <= Self.maxBytes, depth <= Self.maxDepth else {
            found.insert(.scriptInlineProgram)
            return
        }
        let lowered = text.lowercasedASCII()
        if lowered.contains(text: "/dev/tcp/") || lowered.contains(text: "/dev/udp/") {
            found.insert(Self.connectsShell(lowered) ? .scriptReverseShell : .scriptNetworkClient)
        }
        judge(ShellParser.parse(text), depth: depth)
        judgePowerShell(lowered)
    }

    private mutating func judge(_ script: ShellScript, depth: Int) {
        for pipeline in script.allPipelines { judge(pipeline, depth: depth) }
    }

    /// Whether text that opens a connection by bash's own means gives it to a shell; asking whether a port is open
    /// does not.
    private static func connectsShell(_ lowered: [UInt8]) -> Bool {
        [" -i", "0>&", "0<&", "<&", ">&/dev", ">& /dev", "exec ", "| sh", "| bash", "|sh", "|bash", "cat /", "$("]
            .contains {
                lowered.contains(text: $0)
            }
    }

    private mutating func judge(_ pipeline: ShellPipeline, depth: Int) {
        let commands = pipeline.commands.map(ReadCommand.init)
        judgeFlow(commands)
        for (read, command) in zip(commands, pipeline.commands) {
            judgeProgram(read, depth: depth)
            judgeClient(read)
            judgeWords(read, command)
            judgeDownload(read, command)
        }
    }

    // MARK: What flows through a pipe

    private mutating func judgeFlow(_ commands: [ReadCommand]) {
        for (index, command) in commands.enumerated() where index > 0 {
            let before = commands[..<index]
            if command.runsStandardInput || command.isEvaluating {
                if before.contains(where: Self.downloads) {
                    found.insert(.scriptPipesToInterpreter)
                } else if before.contains(where: \.isDecoder) {
                    found.insert(.scriptDecodesAndRuns)
                } else {
                    found.insert(.scriptInlineProgram)
                }
            }
            guard command.isNetworkClient else { continue }
            if before.contains(where: { CommandVocabulary.shells.contains($0.program) }) {
                found.insert(.scriptReverseShell)
            } else if before.contains(where: { CommandVocabulary.informants.contains($0.program) }) {
                found.insert(.scriptSendsData)
            }
        }
    }

    /// Whether what a command prints comes from the network: a client, or a shell that is told to run one.
    private static func downloads(_ command: ReadCommand) -> Bool {
        if command.isNetworkClient { return true }
        guard CommandVocabulary.shells.contains(command.program), let text = command.inlineProgram?.text else {
            return false
        }
        return ShellParser.parse(text).allPipelines.flatMap(\.commands).contains {
            ReadCommand($0).isNetworkClient
        }
    }

    // MARK: Interpreters

    private mutating func judgeProgram(_ command: ReadCommand, depth: Int) {
        if command.isComputed {
            judgeRunSubstitutions(command.programSubstitutions)
            found.insert(.scriptSubstitution)
        }
        if let inline = command.inlineProgram { judgeInline(command, inline, depth: depth) }
        let isInterpreter = CommandVocabulary.interpreters.contains(command.program) || command.isEvaluating
        if isInterpreter { judgeRunSubstitutions(command.arguments.flatMap(\.substitutions)) }
        if command.isPowerShell {
            judgePowerShell(command, depth: depth)
        } else if !command.isShell || command.inlineProgram == nil {
            for text in command.nestedTexts { judge(text, depth: depth + 1) }
        }
        for words in command.nestedCommands where depth < Self.maxDepth {
            judge(ShellScript(running: words), depth: depth + 1)
        }
        if ["bun", "deno", "bunx"].contains(command.program) { found.insert(.scriptInlineProgram) }
        if ["base64", "base32", "xxd"].contains(command.program) { found.insert(.scriptDecoder) }
    }

    private mutating func judgeInline(_ command: ReadCommand, _ inline: ShellWord, depth: Int) {
        if CommandVocabulary.shells.contains(command.program) { return judge(inline.text, depth: depth + 1) }
        if command.isPowerShell { return }
        let program = InlineProgram(code: inline.text)
        if inline.isComputed { found.insert(.scriptInlineProgram) }
        if program.isInert { return }
        if program.usesNetwork { found.insert(.scriptInlineNetwork) }
        if program.decodesAndRuns { found.insert(.scriptDecodesAndRuns) }
        found.insert(.scriptInlineProgram)
    }

    /// What an interpreter is given by `$(…)` or `<(…)` is run.
    private mutating func judgeRunSubstitutions(_ substitutions: [ShellSubstitution]) {
        for command in substitutions.flatMap(\.script.allPipelines).flatMap(\.commands).map(ReadCommand.init) {
            if command.isNetworkClient { found.insert(.scriptPipesToInterpreter) }
            if command.isDecoder { found.insert(.scriptDecodesAndRuns) }
        }
    }

    // MARK: Network

    private mutating func judgeClient(_ command: ReadCommand) {
        guard command.isNetworkClient else { return }
        found.insert(.scriptNetworkClient)
        let runsProgram = ["-e", "-c", "--exec", "--sh-exec", "--lua-exec"]
        let isNetcat = ["nc", "ncat", "netcat"].contains(command.program)
        if isNetcat, command.value(after: runsProgram) != nil { found.insert(.scriptReverseShell) }
        if command.program == "socat" {
            let addresses = command.argumentTexts.map { $0.lowercasedASCII() }
            if addresses.contains(where: { $0.contains(text: "exec:") || $0.contains(text: "system:") }) {
                found.insert(.scriptReverseShell)
            }
        }
        // A socket of this machine is nobody else's.
        if command.value(after: ["--unix-socket", "--abstract-unix-socket"]) != nil { return }
        if sendsFile(command) || command.arguments.contains(where: tellsAboutThisMachine) {
            found.insert(.scriptSendsData)
        }
    }

    /// Whether a client is told to upload a local file.
    private func sendsFile(_ command: ReadCommand) -> Bool {
        if command.value(after: ["-T", "--upload-file", "--post-file", "--body-file"]) != nil { return true }
        if command.argumentTexts.contains(where: { $0.hasPrefix("--post-file=") || $0.hasPrefix("--body-file=") }) {
            return true
        }
        let data = ["-d", "--data", "--data-binary", "--data-raw", "--data-ascii", "--data-urlencode", "-F", "--form"]
        for (option, value) in zip(command.argumentTexts, command.argumentTexts.dropFirst())
        where data.contains(where: option.equals) && value.contains(UInt8(ascii: "@")) {
            return value.first == UInt8(ascii: "@") || value.contains(text: "=@")
        }
        return false
    }

    /// Whether a word takes the answer of `whoami`, `env`, `cat` and their kind, or the user's or host's name.
    private func tellsAboutThisMachine(_ word: ShellWord) -> Bool {
        let inner = word.substitutions.flatMap(\.script.allPipelines).flatMap(\.commands).map(ReadCommand.init)
        if inner.contains(where: { CommandVocabulary.informants.contains($0.program) }) { return true }
        let names = ["USER", "USERNAME", "HOSTNAME", "LOGNAME", "COMPUTERNAME", "NPM_TOKEN", "NODE_AUTH_TOKEN"]
        let isSent = word.text.contains(text: "://") || word.text.contains(UInt8(ascii: "."))
        guard isSent else { return false }
        let lowered = word.text.lowercasedASCII()
        return word.variables.contains { variable in names.contains { variable.equals($0) } }
            || lowered.contains(text: "%username%") || lowered.contains(text: "%computername%")
    }

    private mutating func judgeDownload(_ read: ReadCommand, _ command: ShellCommand) {
        if CommandVocabulary.fileRunners.contains(read.program) || downloaded.contains(read.program) {
            let isRun =
                downloaded.contains(read.program)
                || read.argumentTexts.contains { text in
                    downloaded.contains(baseName(text))
                }
            if isRun { found.insert(.scriptRunsDownload) }
        }
        downloaded.formUnion(read.downloadedFiles(outputs: command.outputs))
    }

    // MARK: Words

    private mutating func judgeWords(_ read: ReadCommand, _ command: ShellCommand) {
        let isShown = CommandVocabulary.printers.contains(read.program)
        for word in command.words {
            if !isShown, mentionsURL(word.text), word.text != read.inlineProgram?.text {
                found.insert(.scriptMentionsURL)
            }
            for substitution in word.substitutions where !isHarmless(substitution) {
                found.insert(.scriptSubstitution)
            }
        }
    }

    private func mentionsURL(_ text: [UInt8]) -> Bool {
        let lowered = text.lowercasedASCII()
        return lowered.contains(text: "http://") || lowered.contains(text: "https://")
            || lowered.contains(text: "ftp://")
    }

    private func isHarmless(_ substitution: ShellSubstitution) -> Bool {
        guard substitution.kind == .command else { return false }
        let commands = substitution.script.allPipelines.flatMap(\.commands).map(ReadCommand.init)
        return commands.allSatisfy { command in
            if CommandVocabulary.harmlessQueries.contains(command.program) { return true }
            if ["npm", "yarn", "pnpm"].contains(command.program) {
                return command.hasArgument("bin", "root", "prefix", "get", "config")
            }
            guard let inline = command.inlineProgram, command.program == "node" else { return false }
            return InlineProgram(code: inline.text).isInert
        }
    }

    // MARK: Windows

    private mutating func judgePowerShell(_ lowered: [UInt8]) {
        if lowered.contains(text: "powershell") || lowered.contains(text: "pwsh") {
            found.insert(.scriptPowerShell)
            found.formUnion(PowerShellText.signs(in: lowered))
        } else {
            found.formUnion(PowerShellText.systemTools(PowerShellText.plain(lowered)))
        }
    }

    /// A program in base64 has no honest use in a command that a person wrote.
    private mutating func judgePowerShell(_ command: ReadCommand, depth: Int) {
        found.insert(.scriptPowerShell)
        if command.argumentTexts.contains(where: PowerShellText.isEncodedOption) { found.insert(.scriptDecodesAndRuns) }
        for program in PowerShellText.programs(in: command) where depth < Self.maxDepth {
            found.formUnion(PowerShellText.signs(in: program))
        }
    }
}

extension ReadCommand {
    /// Whether the shell runs the arguments or standard input as its own text.
    fileprivate var isEvaluating: Bool { CommandVocabulary.evaluators.contains(program) }

    fileprivate var isPowerShell: Bool { program == "powershell" || program == "pwsh" }
}
