/// Turns the words after `jurat` into an invocation, or into the help or complaint to print instead.
///
/// Pure: it knows the command table and the words, nothing else.
struct ArgumentParser: Sendable {
    enum Outcome: Sendable {
        case run(Invocation)
        case help(String)
        case complaint(String)
    }

    let commands: [Command]

    /// Options that every command takes.
    static let universalOptions: [CommandOption] = [
        .value("config", "FILE", "configuration file (default ./jurat.yaml)"),
        .flag("help", "show this help"),
    ]

    func parse(_ words: [String], surroundings: Surroundings) -> Outcome {
        guard let first = words.first else { return .help(HelpText(commands: commands).overview) }
        if ["--help", "-h", "help"].contains(first) {
            return help(for: Array(words.dropFirst()))
        }
        if first == "--version" { return parse(["version"] + words.dropFirst(), surroundings: surroundings) }
        guard let command = longestMatch(words) else { return unknown(words) }
        return parse(Array(words.dropFirst(command.path.count)), of: command, surroundings: surroundings)
    }

    private func longestMatch(_ words: [String]) -> Command? {
        commands.filter { words.starts(with: $0.path) }.max { $0.path.count < $1.path.count }
    }

    private func help(for words: [String]) -> Outcome {
        let text = HelpText(commands: commands)
        if let command = longestMatch(words) { return .help(text.page(of: command)) }
        if let group = words.first, commands.contains(where: { $0.path.first == group }) {
            return .help(text.page(ofGroup: group))
        }
        return words.isEmpty ? .help(text.overview) : unknown(words)
    }

    private func unknown(_ words: [String]) -> Outcome {
        let group = commands.filter { $0.path.first == words[0] && !$0.isHidden }
        if !group.isEmpty {
            guard words.count > 1, !words[1].hasPrefix("-") else {
                return words.contains("--help") || words.contains("-h")
                    ? .help(HelpText(commands: commands).page(ofGroup: words[0]))
                    : .complaint("jurat \(words[0]) needs one of: \(group.map { $0.path[1] }.joined(separator: ", "))")
            }
            let suggestion = Suggestion.nearest(to: words[1], among: group.map { $0.path[1] })
            return .complaint(
                "jurat \(words[0]) has no \(words[1])" + hint(suggestion.map { "jurat \(words[0]) \($0)" }))
        }
        let names = Set(commands.filter { !$0.isHidden }.map { $0.path[0] }).sorted()
        let suggestion = Suggestion.nearest(to: words[0], among: names)
        return .complaint("jurat has no command \(words[0])" + hint(suggestion.map { "jurat \($0)" }))
    }

    private func hint(_ suggestion: String?) -> String {
        suggestion.map { "; did you mean \($0)?" } ?? "; see jurat --help"
    }

    private func parse(_ words: [String], of command: Command, surroundings: Surroundings) -> Outcome {
        var operands: [String] = []
        var values: [String: [String]] = [:]
        var flags: Set<String> = []
        var rest = words[...]
        var onlyOperands = false
        while let word = rest.popFirst() {
            if onlyOperands || !word.hasPrefix("-") || word == "-" {
                operands.append(word)
                continue
            }
            if word == "--" {
                onlyOperands = true
                continue
            }
            if word == "--help" || word == "-h" { return .help(HelpText(commands: commands).page(of: command)) }
            let pieces = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let option = option(named: pieces[0], of: command) else {
                let known = (command.options + Self.universalOptions).map { "--\($0.name)" }
                let suggestion = Suggestion.nearest(to: pieces[0], among: known)
                return .complaint(
                    "jurat \(command.name) has no option \(pieces[0])"
                        + (suggestion.map { "; did you mean \($0)?" } ?? "; see jurat \(command.name) --help"))
            }
            guard option.valueName != nil else {
                guard pieces.count == 1 else { return .complaint("--\(option.name) takes no value") }
                flags.insert(option.name)
                continue
            }
            guard let value = pieces.count == 2 ? pieces[1] : rest.popFirst() else {
                return .complaint("--\(option.name) needs a value: \(option.valueName ?? "VALUE")")
            }
            guard option.isRepeatable || values[option.name] == nil else {
                return .complaint("--\(option.name) is given twice")
            }
            values[option.name, default: []].append(value)
        }
        if let complaint = operandComplaint(operands, command) { return .complaint(complaint) }
        return .run(
            Invocation(
                command: command, operands: operands, values: values, flags: flags, surroundings: surroundings))
    }

    private func option(named word: String, of command: Command) -> CommandOption? {
        (command.options + Self.universalOptions).first { "--\($0.name)" == word || $0.letter.map { "-\($0)" } == word }
    }

    private func operandComplaint(_ operands: [String], _ command: Command) -> String? {
        let usage = "usage: jurat \(command.name) \(command.operands.joined(separator: " "))"
        if operands.count < command.minimumOperands {
            return "jurat \(command.name) needs \(command.operands[operands.count]); \(usage)"
        }
        if let most = command.maximumOperands, operands.count > most {
            return "jurat \(command.name) does not take \(operands[most]); \(usage)"
        }
        return nil
    }
}
