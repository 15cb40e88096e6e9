import Cryptography
import Platform
import Registry
import Screening

/// Why a signed ruling does not enter the log: a sentence that names the key and ends with what to do.
enum DispositionRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// Not in the one form that a ruling has; a reason that is too long is one of these.
    case unreadable(StatementError, signer: KeyID?)
    case notADisposition(PredicateType)
    case unknownKey(KeyID)
    case endedKey(KeyID, holder: String, isRevoked: Bool, from: UInt64?)
    case notAnOperatorKey(KeyID, KeyRole)
    case anotherHolder(KeyID, holder: String, actor: String)
    case outOfScope(KeyID, holder: String, allowed: [RegistryName], asked: [RegistryName])
    case badSignature(KeyID)
    /// Anything else that the log's own check finds.
    case notAuthorized(StatementError)
    case replayed(KeyID, holder: String, found: UInt64, last: UInt64)
    case skipped(KeyID, holder: String, found: UInt64, expected: UInt64)
    case expiredAtBirth(KeyID, end: Timestamp, now: Timestamp)
    case unknownStatement(KeyID, StatementID)
    case unknownPredecessor(KeyID, StatementID)
    case unseenBytes(KeyID, SHA512Digest)

    var description: String {
        switch self {
        case .unreadable(let error, let signer):
            signer.map { "the ruling by key \(Self.short($0)) is not accepted: \(error)" }
                ?? "the ruling is not accepted: \(error)"
        case .notADisposition(let type): "the statement is no ruling but a \(type.rawValue)"
        case .unknownKey(let key):
            "the ruling is signed by key \(Self.short(key)), which no key event of this log introduced; sign with one "
                + "of the keys that jurat key list shows, or have this one added"
        case .endedKey(let key, let holder, let isRevoked, let from):
            "the ruling is signed by key \(Self.short(key)) of \(holder), which was "
                + (isRevoked ? "revoked" : "retired") + (from.map { " from log index \($0) on" } ?? "")
                + "; sign with the key that \(holder) has now (jurat key list)"
        case .notAnOperatorKey(let key, let role):
            "the ruling is signed by key \(Self.short(key)), a \(role.rawValue) key; only operator keys sign rulings"
        case .anotherHolder(let key, let holder, let actor):
            "the ruling is signed by key \(Self.short(key)) of \(holder), and names \(actor) as its actor; sign with "
                + "\(actor)'s own key"
        case .outOfScope(let key, let holder, let allowed, let asked):
            "key \(Self.short(key)) of \(holder) rules on \(Self.list(allowed)) only, and the ruling is for "
                + (asked.isEmpty ? "every registry" : Self.list(asked))
                + "; narrow it (--registry), or sign with a key that may"
        case .badSignature(let key):
            "the signature by key \(Self.short(key)) does not fit the ruling: it was changed after it was signed; sign "
                + "it again"
        case .notAuthorized(let error): "the ruling is not accepted: \(error)"
        case .replayed(let key, let holder, let found, let last):
            "the ruling has sequence \(found), and key \(Self.short(key)) of \(holder) has ruled on these bytes up to "
                + "\(last): it is an old one, or a newer one came first; look at the artifact again and sign anew"
        case .skipped(let key, let holder, let found, let expected):
            "the ruling has sequence \(found), and the next of key \(Self.short(key)) of \(holder) about these bytes is "
                + "\(expected): send the one before it first, or sign anew"
        case .expiredAtBirth(let key, let end, let now):
            "the ruling by key \(Self.short(key)) ends at \(end), and it is \(now): it would never act; sign one with a "
                + "later end"
        case .unknownStatement(let key, let statement):
            "the ruling by key \(Self.short(key)) is in view of \(Self.short(statement)), which nobody said about these "
                + "bytes here; look at the artifact again and sign anew"
        case .unknownPredecessor(let key, let statement):
            "the ruling by key \(Self.short(key)) replaces \(Self.short(statement)), which is no ruling on these bytes "
                + "in this log; see jurat exception list"
        case .unseenBytes(let key, let digest):
            "the ruling by key \(Self.short(key)) allows the bytes sha512 \(digest.hex.prefix(16))…, which this gateway "
                + "has never seen: nobody can have looked at them here; ask for the package first, then allow it"
        }
    }

    private static func short(_ key: KeyID) -> String { "\(key.hex.prefix(12))…" }
    private static func short(_ statement: StatementID) -> String { "\(statement.hex.prefix(12))…" }

    private static func list(_ registries: [RegistryName]) -> String {
        registries.map(\.text).joined(separator: ", ")
    }
}
