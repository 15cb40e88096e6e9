/// Why the operator's rules cannot be used. The rules that were in use before stay in use.
public enum UserRuleError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A file or the folder cannot be read.
    case unreadable(path: String, reason: String)
    /// A limit on the rules' sources is passed.
    case tooMuch(path: String, reason: String)
    /// A rule cannot be compiled, or is one that would slow every analysis down.
    case refused(file: String, line: Int?, reason: String)
    /// Compiled rules are not what this program compiles.
    case damaged(reason: String)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "the rules in \(path) cannot be read: \(reason)"
        case .tooMuch(let path, let reason): "the rules in \(path) are too much: \(reason)"
        case .refused(let file, let line, let reason):
            "\(file)\(line.map { ", line \($0)" } ?? ""): \(reason)"
        case .damaged(let reason): "compiled rules cannot be used: \(reason)"
        }
    }
}
