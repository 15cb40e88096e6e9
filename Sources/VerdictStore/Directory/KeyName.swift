/// Which key a key file holds: its role, and for operators whose it is.
public enum KeyName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Signs key events and revocations. Kept offline once the first keys are in the log.
    case root
    /// Signs checkpoints.
    case log
    /// Signs what analyzers found.
    case verdict
    /// Signs one person's rulings. 1–64 characters of `a-z0-9._-`, beginning with a letter or digit.
    case `operator`(user: String)
    /// Cosigns the checkpoints of other logs.
    case witness

    /// Reads `root`, `log`, `verdict`, `witness` or `operator-<user>`.
    ///
    /// - Throws: `KeyFileError.badName`.
    public init(parsing text: String) throws(KeyFileError) {
        switch text {
        case "root": self = .root
        case "log": self = .log
        case "verdict": self = .verdict
        case "witness": self = .witness
        default:
            let prefix = "operator-"
            let user = String(decoding: Array(text.utf8.dropFirst(prefix.utf8.count)), as: UTF8.self)
            guard text.utf8.starts(with: prefix.utf8), KeyName.isUserName(user) else { throw .badName(text) }
            self = .operator(user: user)
        }
    }

    /// The name as it stands in the file name and in messages.
    public var text: String {
        switch self {
        case .root: "root"
        case .log: "log"
        case .verdict: "verdict"
        case .operator(let user): "operator-" + user
        case .witness: "witness"
        }
    }

    public var description: String { text }

    public static func < (left: KeyName, right: KeyName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    private static func isUserName(_ user: String) -> Bool {
        let bytes = Array(user.utf8)
        guard (1...64).contains(bytes.count) else { return false }
        return bytes.enumerated().allSatisfy { offset, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): offset > 0
            default: false
            }
        }
    }
}
