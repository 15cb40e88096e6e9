/// The codes that `jurat` ends with; scripts rely on them.
///
/// Spec: cli.md, exit codes.
enum ExitCode: Int32, Sendable {
    case success = 0
    case failure = 1
    case usage = 2
    case refused = 3
    case verificationFailed = 4
    case notFound = 5
    case notReady = 6
}

/// Why a command ends without its result: one sentence for a person, and the exit code.
struct CommandFailure: Error, Sendable {
    let code: ExitCode
    let message: String

    init(_ code: ExitCode = .failure, _ message: String) {
        self.code = code
        self.message = message
    }
}

/// One option of a command: a flag, or a name with a value.
struct CommandOption: Sendable {
    /// The long name without dashes.
    let name: String
    /// The one-letter spelling, when there is one.
    let letter: String?
    /// What the value is called in the help; nil makes it a flag.
    let valueName: String?
    let summary: String
    let isRepeatable: Bool

    static func flag(_ name: String, _ summary: String) -> CommandOption {
        CommandOption(name: name, letter: nil, valueName: nil, summary: summary, isRepeatable: false)
    }

    static func value(
        _ name: String, _ valueName: String, _ summary: String, letter: String? = nil, isRepeatable: Bool = false
    ) -> CommandOption {
        CommandOption(name: name, letter: letter, valueName: valueName, summary: summary, isRepeatable: isRepeatable)
    }
}

/// One verb of `jurat`: how it is written, what it explains, what it does.
struct Command: Sendable {
    /// The words that select it, such as `["holds", "allow"]`.
    let path: [String]
    let summary: String
    /// Names of the operands as the help shows them; a trailing `…` means any number, brackets mean optional.
    let operands: [String]
    let options: [CommandOption]
    let example: String
    /// Hidden commands are for jurat itself.
    let isHidden: Bool
    let run: @Sendable (Invocation) async throws(CommandFailure) -> ExitCode

    init(
        _ path: [String], _ summary: String, operands: [String] = [], options: [CommandOption] = [], example: String,
        isHidden: Bool = false, run: @escaping @Sendable (Invocation) async throws(CommandFailure) -> ExitCode
    ) {
        self.path = path
        self.summary = summary
        self.operands = operands
        self.options = options
        self.example = example
        self.isHidden = isHidden
        self.run = run
    }

    var name: String { path.joined(separator: " ") }

    var minimumOperands: Int { operands.count { !$0.hasPrefix("[") } }
    var maximumOperands: Int? { operands.contains { $0.contains("…") } ? nil : operands.count }
}

/// A parsed command line with what the process was given: nothing is read from ambient state after this.
struct Invocation: Sendable {
    let command: Command
    let operands: [String]
    let values: [String: [String]]
    let flags: Set<String>
    let surroundings: Surroundings

    func value(_ name: String) -> String? { values[name]?.last }
    func has(_ flag: String) -> Bool { flags.contains(flag) }

    /// The value of an option that the command cannot do without.
    func required(_ name: String) throws(CommandFailure) -> String {
        guard let value = value(name), !value.isEmpty else {
            throw CommandFailure(.usage, "\(command.name) needs --\(name); see jurat \(command.name) --help")
        }
        return value
    }

    /// A whole number option within bounds.
    func number(_ name: String, in range: ClosedRange<Int>, default fallback: Int) throws(CommandFailure) -> Int {
        guard let text = value(name) else { return fallback }
        guard let number = Int(text), range.contains(number) else {
            throw CommandFailure(
                .usage, "--\(name) is \(text); expected a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    var configurationPath: String { value("config") ?? "jurat.yaml" }
}
