public import Cryptography
public import Platform
public import Screening

/// What other logs say about each artifact, in memory: the decision's inputs without a hop and without a disk.
///
/// It holds what was taken over with a receipt, whatever is trusted now: whoever decides applies the trust in force
/// (`TrustedLog.accepts`, weights, scopes), so that a change of it acts at once. Reading takes a lock for microseconds.
public final class ForeignKnowledge: Sendable {
    private struct State {
        var logs: [String: ForeignLogRecord] = [:]
        var epoch: UInt64 = 0
    }

    private let state = Lock(State())

    init() {}

    /// What all logs together say about the bytes with that digest, by origin, then in the order of each log.
    public func about(_ digest: SHA512Digest) -> [ForeignStatement] {
        state.withLock { state in
            state.logs.values.filter { $0.mentions(digest) }
                .sorted { $0.origin.utf8.lexicographicallyPrecedes($1.origin.utf8) }
                .flatMap { $0.statements(about: digest) }
        }
    }

    /// What all logs together say about each of these, in their order, as of one moment.
    public func batch(_ digests: [SHA512Digest]) -> [[ForeignStatement]] {
        digests.map { about($0) }
    }

    /// Grows whenever an answer of `about` may have changed.
    public var epoch: UInt64 { state.withLock { $0.epoch } }

    /// When the largest known tree of a log was verified last; nil when nothing is known of it.
    public func lastVerifiedAt(_ origin: String) -> Timestamp? {
        state.withLock { $0.logs[origin]?.lastVerifiedAt }
    }

    /// The logs of which something is known, ascending.
    public var origins: [String] {
        state.withLock { $0.logs.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
    }

    /// The artifacts that a log speaks about, ascending.
    public func subjects(of origin: String) -> [SHA512Digest] {
        state.withLock { ($0.logs[origin]?.subjects).map { Array($0) } ?? [] }.sorted()
    }

    /// Who may sign what in a log, as far as is known here.
    public func keyring(of origin: String) -> Keyring {
        state.withLock { $0.logs[origin]?.keyring ?? Keyring() }
    }

    /// Drops what a log said from memory. It stays on the disk, and is back after the next start.
    public func forget(_ origin: String) {
        state.withLock { state in
            state.logs[origin] = nil
            state.epoch += 1
        }
    }

    // MARK: What the store tells

    func add(_ entries: [ForeignEntry], of origin: String, followedSize: UInt64, at moment: Timestamp?) {
        state.withLock { state in
            var record = state.logs.removeValue(forKey: origin) ?? ForeignLogRecord(origin: origin)
            record.add(entries)
            record.followedSize = max(record.followedSize, followedSize)
            record.lastVerifiedAt = moment ?? record.lastVerifiedAt
            state.logs[origin] = record
            state.epoch += 1
        }
    }

    func verified(_ origin: String, at moment: Timestamp) {
        state.withLock { $0.logs[origin]?.lastVerifiedAt = moment }
    }

    /// The keys of a log as they were before the entry at `size`.
    func keyring(of origin: String, before size: UInt64) -> Keyring {
        state.withLock { $0.logs[origin]?.keyring(before: size) ?? Keyring() }
    }
}

/// One entry of another log as far as decisions need it.
struct ForeignEntry {
    let logIndex: UInt64
    let statementID: StatementID
    let signers: [KeyID]
    let statement: Statement

    /// Reads an entry that was verified before it was stored.
    init(leaf: [UInt8], at index: UInt64) throws(StatementError) {
        let envelope = try Envelope(parsingLeaf: leaf)
        logIndex = index
        statementID = envelope.statementID
        signers = envelope.signatures.map(\.keyID)
        statement = try Statement(parsingCanonical: envelope.payload)
    }
}

/// Everything that was taken over from one log.
private struct ForeignLogRecord {
    let origin: String
    var followedSize: UInt64 = 0
    var lastVerifiedAt: Timestamp?
    private(set) var keyring = Keyring()
    private var bySubject: [SHA512Digest: [ForeignEntry]] = [:]
    private var keyEvents: [ForeignEntry] = []
    private var revocations = RevocationBook()
    /// The log indices of the revocations in the book.
    private var revokedAt: Set<UInt64> = []

    init(origin: String) { self.origin = origin }

    var subjects: Dictionary<SHA512Digest, [ForeignEntry]>.Keys { bySubject.keys }

    func mentions(_ digest: SHA512Digest) -> Bool { bySubject[digest] != nil }

    mutating func add(_ entries: [ForeignEntry]) {
        var hasKeyEvents = false
        var revocations: [ForeignEntry] = []
        for entry in entries {
            switch entry.statement {
            case .verdict, .disposition:
                guard let digest = entry.statement.subject?.sha512 else { continue }
                insert(entry, into: &bySubject[digest, default: []])
            case .keyEvent:
                insert(entry, into: &keyEvents)
                hasKeyEvents = true
            case .revocation: revocations.append(entry)
            // What the other log took from third ones is not passed on, and its succession is an operator's decision.
            case .importReceipt, .logSuccession: break
            }
        }
        if hasKeyEvents {
            keyring = keyring(before: .max)
            self.revocations.recount(with: keyring)
        }
        for entry in revocations where revokedAt.insert(entry.logIndex).inserted {
            guard case .revocation(let revocation) = entry.statement else { continue }
            self.revocations.add(revocation, at: entry.logIndex, signers: entry.signers, keyring: keyring)
        }
    }

    /// Keeps the order of the log, whatever came first: a bundle may fill a gap.
    private func insert(_ entry: ForeignEntry, into entries: inout [ForeignEntry]) {
        let place = entries.lastIndex { $0.logIndex < entry.logIndex }.map { $0 + 1 } ?? 0
        if place < entries.count, entries[place].logIndex == entry.logIndex { return }
        entries.insert(entry, at: place)
    }

    func keyring(before size: UInt64) -> Keyring {
        var keyring = Keyring()
        for entry in keyEvents where entry.logIndex < size {
            guard case .keyEvent(let event) = entry.statement else { continue }
            // Bundles may leave key events out; one that does not fit what is known changes nothing.
            try? keyring.apply(event, at: entry.logIndex, signedBy: entry.signers)
        }
        return keyring
    }

    func statements(about digest: SHA512Digest) -> [ForeignStatement] {
        var vouchers: [KeyID: Set<KeyID>] = [:]
        return (bySubject[digest] ?? []).compactMap { entry in
            let signer = entry.signers[0]
            guard !isRevoked(entry), let key = keyring.key(signer) else { return nil }
            let isVoid = !keyring.isValid(signer, at: entry.logIndex)
            if isVoid, !staysVisible(entry.statement) { return nil }
            let known = vouchers[signer] ?? keyring.vouchers(of: signer)
            vouchers[signer] = known
            return ForeignStatement(
                origin: origin, logIndex: entry.logIndex, statementID: entry.statementID, signer: signer,
                signerScope: key.scope, vouchers: known, statement: entry.statement,
                cameFollowed: entry.logIndex < followedSize, isVoid: isVoid)
        }
    }

    private func staysVisible(_ statement: Statement) -> Bool {
        guard case .verdict(let verdict) = statement else { return false }
        return verdict.verdict != .clean
    }

    /// By the same rules as in our own log: a verdict key takes back what is within its scope, a void one nothing.
    private func isRevoked(_ entry: ForeignEntry) -> Bool {
        guard !revocations.isEmpty else { return false }
        switch entry.statement {
        case .verdict(let verdict):
            return revocations.takesBack(
                entry.statementID, by: entry.signers[0], analyzer: verdict.analyzer.id,
                VerdictOrigin(verdict.analyzer))
        case .disposition:
            return revocations.isRevoked(key: entry.signers[0]) || revocations.takesBack(ruling: entry.statementID)
        case .keyEvent, .revocation, .importReceipt, .logSuccession: return false
        }
    }
}
