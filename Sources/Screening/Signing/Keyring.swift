public import Cryptography

/// One key that the log's key events introduced.
public struct KeyringEntry: Sendable, Equatable {
    public let publicKey: Ed25519PublicKey
    public let role: KeyRole
    /// Whose key it is; operators only.
    public let holder: String?
    public let scope: KeyScope
    /// The log index of the event that added it.
    public let addedAt: UInt64
    /// The root keys that signed that event.
    public let addedBy: [KeyID]
    /// The first log index at which its signatures are void; nil while it is good.
    public fileprivate(set) var invalidFrom: UInt64?
    /// Whether it was revoked, not just retired.
    public fileprivate(set) var isRevoked: Bool
}

/// Who may sign what: the sum of the log's key events, applied in log order.
///
/// A value: the sequencer keeps one and adds to it, a verifier builds its own while it reads. Nothing is ever removed.
/// Spec: verdict-log, section 3.
public struct Keyring: Sendable, Equatable {
    private var entries: [KeyID: KeyringEntry] = [:]
    private var lastEventIndex: UInt64?

    /// How many root keys must sign a key event. The embedded default has one root key.
    public static let requiredRootSignatures = 1

    public init() {}

    public var isEmpty: Bool { entries.isEmpty }

    /// All keys, by the index at which they were added, then by id.
    public var keys: [KeyringEntry] {
        entries.values.sorted { ($0.addedAt, $0.publicKey.keyID) < ($1.addedAt, $1.publicKey.keyID) }
    }

    public func key(_ id: KeyID) -> KeyringEntry? { entries[id] }

    /// Whether a signature by this key in the log entry at `index` counts.
    ///
    /// False when the key was not there yet, was retired or revoked from that index or an earlier one on, or was added
    /// by root keys that are themselves void at the index at which they added it.
    public func isValid(_ id: KeyID, at index: UInt64) -> Bool {
        guard let entry = entries[id], entry.addedAt <= index, index < entry.invalidFrom ?? .max else { return false }
        let voters = entry.addedBy.filter { voter in
            // The first root vouches for itself. Every other voter was added at a lower index, so this ends.
            if voter == id { return entry.role == .root }
            return entries[voter].map { $0.addedAt < entry.addedAt && isValid(voter, at: entry.addedAt) } ?? false
        }
        return voters.count >= Self.requiredRootSignatures
    }

    /// Whether a signature made now, for an entry after all that are known, would count.
    public func isValidNow(_ id: KeyID) -> Bool { isValid(id, at: .max - 1) }

    /// Applies the key event of the log entry at `index`.
    ///
    /// A void `retire` or `revoke` keeps its effect: a denial is not undone by doubting who made it.
    ///
    /// - Parameter signedBy: the keys whose signatures the entry carries, already verified.
    /// - Throws: `StatementError.keyEventRefused` when the event contradicts what is known: a key added twice, an
    ///   unknown key ended, an index in the future, a scope beyond the role, or no good root key left.
    public mutating func apply(
        _ event: KeyEventStatement, at index: UInt64, signedBy: [KeyID]
    ) throws(StatementError) {
        if let lastEventIndex, index <= lastEventIndex {
            throw .keyEventRefused(
                event.publicKey.keyID,
                reason: "log index \(index) comes after \(lastEventIndex), which is already known")
        }
        switch event.event {
        case .add: try add(event, at: index, signedBy: signedBy)
        case .retire, .revoke: try end(event, at: index)
        }
        lastEventIndex = index
    }

    private mutating func add(
        _ event: KeyEventStatement, at index: UInt64, signedBy: [KeyID]
    ) throws(StatementError) {
        let id = event.publicKey.keyID
        guard entries[id] == nil else {
            throw .keyEventRefused(id, reason: "the key is known already; roles never share a key, generate a new one")
        }
        let beyond = event.scope.predicateTypes.filter {
            !KeyScope.standard(for: event.role).predicateTypes.contains($0)
        }
        if let first = beyond.first {
            throw .keyEventRefused(id, reason: "a \(event.role.rawValue) key cannot sign \(first.rawValue)")
        }
        guard (event.role == .operator_) == (event.holder != nil) else {
            throw .keyEventRefused(id, reason: "operator keys name their holder and no other key does")
        }
        entries[id] = KeyringEntry(
            publicKey: event.publicKey, role: event.role, holder: event.holder, scope: event.scope, addedAt: index,
            addedBy: signedBy, invalidFrom: nil, isRevoked: false)
    }

    private mutating func end(_ event: KeyEventStatement, at index: UInt64) throws(StatementError) {
        let id = event.publicKey.keyID
        guard let entry = entries[id] else { throw .unknownKey(id) }
        guard entry.role == event.role, entry.holder == event.holder else {
            throw .keyEventRefused(id, reason: "the event names another role than the one the key was added with")
        }
        guard let from = event.invalidFromIndex, from <= index else {
            throw .keyEventRefused(id, reason: "invalidFromIndex must be at most the event's own index, \(index)")
        }
        if entry.role == .root, !keys.contains(where: { isOtherGoodRoot($0, than: id) }) {
            throw .keyEventRefused(id, reason: "it is the last good root key; add another one first")
        }
        // A later event may widen what is void, never narrow it.
        entries[id]?.invalidFrom = min(from, entry.invalidFrom ?? .max)
        entries[id]?.isRevoked = entry.isRevoked || event.event == .revoke
    }

    private func isOtherGoodRoot(_ entry: KeyringEntry, than id: KeyID) -> Bool {
        entry.role == .root && entry.publicKey.keyID != id && isValidNow(entry.publicKey.keyID)
    }
}
