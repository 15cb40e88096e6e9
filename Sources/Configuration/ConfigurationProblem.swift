/// One thing that is wrong with a configuration.
public struct ConfigurationProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where, such as `registries.main.sources[0]`; empty for the text as a whole.
    public let keyPath: String
    /// The line of the key or value, from 1.
    public let line: Int
    /// What is wrong and what was expected, with a suggestion where there is one.
    public let message: String

    public init(keyPath: String, line: Int, message: String) {
        self.keyPath = keyPath
        self.line = line
        self.message = message
    }

    public var description: String {
        keyPath.isEmpty ? "line \(line): \(message)" : "line \(line): \(keyPath): \(message)"
    }
}

/// Everything that is wrong with a configuration, in the order of its lines; never empty.
public struct ConfigurationProblems: Error, Hashable, Sendable, CustomStringConvertible {
    public let problems: [ConfigurationProblem]

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
