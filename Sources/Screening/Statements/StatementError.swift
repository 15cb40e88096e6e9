public import Cryptography

/// Why bytes are not a statement that this program accepts, or a statement cannot be written or signed.
public enum StatementError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The leaf, or a statement that would become one, is over the product limit.
    case tooLarge(bytes: Int, limit: Int)
    /// The bytes are not the one canonical form; `what` is `leaf` or `payload`.
    case notCanonical(what: String, reason: String)
    /// A predicate type that this version does not know.
    case unknownPredicateType(String)
    case missingMember(path: String)
    case unexpectedMember(path: String)
    case invalidMember(path: String, expected: String)
    /// A key that no key event in the log introduced.
    case unknownKey(KeyID)
    /// A key that was retired or revoked.
    case keyNotValid(KeyID, invalidFromIndex: UInt64)
    /// The key exists but may not make this statement.
    case keyNotAllowed(KeyID, reason: String)
    case badSignature(KeyID)
    /// A key event that contradicts the keys known so far.
    case keyEventRefused(KeyID, reason: String)

    public var description: String {
        switch self {
        case .tooLarge(let bytes, let limit):
            "the statement takes \(bytes) bytes as a log entry; the limit is \(limit)"
        case .notCanonical(let what, let reason): "the \(what) is not in canonical form: \(reason)"
        case .unknownPredicateType(let type): "unknown predicate type \(type); this version cannot judge it"
        case .missingMember(let path): "the statement lacks \(path)"
        case .unexpectedMember(let path): "the statement has \(path), which this predicate type does not define"
        case .invalidMember(let path, let expected): "\(path) is not valid: expected \(expected)"
        case .unknownKey(let key): "key \(key.hex) is not in the log's key events; add it with `jurat key`"
        case .keyNotValid(let key, let index): "key \(key.hex) is void from log index \(index)"
        case .keyNotAllowed(let key, let reason): "key \(key.hex) may not sign this: \(reason)"
        case .badSignature(let key): "the signature by key \(key.hex) does not match the payload"
        case .keyEventRefused(let key, let reason): "the key event about \(key.hex) is refused: \(reason)"
        }
    }
}
