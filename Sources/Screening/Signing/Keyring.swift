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
    /// Whether enough of the root keys in `addedBy` were good when they added it, as far as is known now.
    fileprivate var isVouchedFor = true
}

/// Who may sign what: the sum of the log's key events, applied in log order.
///
/// A value: the sequencer keeps one and adds to it, a verifier builds its own while it reads. Nothing is ever removed.
/// Spec: verdict-log, section 3.
public struct Keyring: Sendable, Equatable {
    private var entries: [KeyID: KeyringEntry] = [:]
    private var thresholds = RootThreshold()
    private var lastEventIndex: UInt64?

    public init() {}

    public var isEmpty: Bool { entries.isEmpty }

    /// How many root keys must sign a statement that only root keys may make, for an entry after all that are known.
    public var requiredRootSignatures: Int { requiredRootSignatures(at: .max) }

    /// How many root keys must sign in the entry at `index`; 1 until a key event says otherwise.
    public func requiredRootSignatures(at index: UInt64) -> Int { thresholds.required(at: index) }

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
        guard let entry = entries[id], entry.isVouchedFor else { return false }
        return entry.addedAt <= index && index < entry.invalidFrom ?? .max
    }

    /// Whether a signature made now, for an entry after all that are known, would count.
    public func isValidNow(_ id: KeyID) -> Bool { isValid(id, at: .max - 1) }

    /// Whether the entry at `index` still has the signatures that it needs, now that later key events are known.
    ///
    /// - Parameter signers: every key that signed it.
    public func isAuthorized(_ signers: [KeyID], at index: UInt64) -> Bool {
        let valid = signers.filter { isValid($0, at: index) }
        let isByRoot = valid.contains { entries[$0]?.role == .root }
        return valid.count >= (isByRoot ? requiredRootSignatures(at: index) : 1)
    }

    /// Applies the key event of the log entry at `index`.
    ///
    /// A void `retire` or `revoke` keeps its effect: a denial is not undone by doubting who made it.
    ///
    /// - Parameter signedBy: the keys whose signatures the entry carries, already verified.
    /// - Throws: `StatementError.keyEventRefused` when the event contradicts what is known: a key added twice, an
    ///   unknown key ended, an index in the future, a scope beyond the role, or fewer good root keys left than must
    ///   sign. The keyring is then unchanged.
    public mutating func apply(
        _ event: KeyEventStatement, at index: UInt64, signedBy: [KeyID]
    ) throws(StatementError) {
        if let lastEventIndex, index <= lastEventIndex {
            throw .keyEventRefused(
                event.publicKey.keyID,
                reason: "log index \(index) comes after \(lastEventIndex), which is already known")
        }
        if event.role == .root {
            // What an event does to the root keys shows only after it was applied.
            var next = self
            try next.change(event, at: index, signedBy: signedBy)
            if let threshold = event.threshold { next.thresholds.set(threshold, at: index, signedBy: signedBy) }
            try next.checkRoots(after: event)
            self = next
        } else {
            try change(event, at: index, signedBy: signedBy)
        }
        lastEventIndex = index
    }

    private mutating func change(
        _ event: KeyEventStatement, at index: UInt64, signedBy: [KeyID]
    ) throws(StatementError) {
        switch event.event {
        case .add: try add(event, at: index, signedBy: signedBy)
        case .retire, .revoke: try end(event, at: index)
        }
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
        // A later event may widen what is void, never narrow it.
        entries[id]?.invalidFrom = min(from, entry.invalidFrom ?? .max)
        entries[id]?.isRevoked = entry.isRevoked || event.event == .revoke
        // Only root keys vouch for others.
        if entry.role == .root { countVoters() }
    }

    // MARK: Root keys

    /// Works out again, in log order, whose addition and which thresholds rest on root keys that were good then.
    private mutating func countVoters() {
        var changes = thresholds.changes[...]
        var counted = RootThreshold()
        for entry in keys {
            while let change = changes.first, change.index < entry.addedAt {
                counted.add(changes.removeFirst(), counts: voters(change.signedBy, at: change.index))
            }
            let isFirst = entry.role == .root && entry.addedBy == [entry.publicKey.keyID]
            let votes = voters(entry.addedBy, at: entry.addedAt)
            // The first root vouches for itself.
            entries[entry.publicKey.keyID]?.isVouchedFor = isFirst || votes >= counted.required(at: entry.addedAt)
        }
        for change in changes { counted.add(change, counts: voters(change.signedBy, at: change.index)) }
        thresholds = counted
    }

    private func voters(_ signers: [KeyID], at index: UInt64) -> Int {
        signers.count { isValid($0, at: index) && (entries[$0]?.addedAt ?? .max) < index }
    }

    private func checkRoots(after event: KeyEventStatement) throws(StatementError) {
        let good = entries.values.count { $0.role == .root && isValidNow($0.publicKey.keyID) }
        guard requiredRootSignatures <= good else {
            let required = requiredRootSignatures
            throw .keyEventRefused(
                event.publicKey.keyID,
                reason: good == 0
                    ? "no good root key would be left; add another one first"
                    : "\(good) good root \(good == 1 ? "key" : "keys") would be left and \(required) must sign; "
                        + "add a root key or lower the threshold first")
        }
    }
}

/// How many root keys must sign, from which entry on.
private struct RootThreshold: Sendable, Equatable {
    struct Change: Equatable {
        /// Of the key event that set it; it acts on the entries after it.
        let index: UInt64
        let required: Int
        let signedBy: [KeyID]
        /// Whether enough of the keys that signed it were good, as far as is known now.
        var counts = true
    }

    private(set) var changes: [Change] = []

    func required(at index: UInt64) -> Int {
        changes.last { $0.counts && $0.index < index }?.required ?? 1
    }

    mutating func set(_ required: Int, at index: UInt64, signedBy: [KeyID]) {
        changes.append(Change(index: index, required: required, signedBy: signedBy))
    }

    mutating func add(_ change: Change, counts voters: Int) {
        var change = change
        change.counts = voters >= required(at: change.index)
        changes.append(change)
    }
}
