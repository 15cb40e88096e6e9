import Cryptography
import Platform
import Screening
import TransparencyLog

extension ForeignStore {
    /// Begins to take over what a log has more than is held, up to a checkpoint that it shows.
    ///
    /// Only one session of a log at a time; drop it to give up, which leaves everything as it was.
    ///
    /// - Parameter note: the checkpoint as the log serves it.
    /// - Throws: `ExchangeFailure.checkpoint` when it is not signed by trusted keys and enough witnesses, `.rolledBack`
    ///   and `.splitView` with both notes kept, `.overQuota`, `.trustExpired`, `.busy`.
    public func follow(
        _ trust: TrustedLog, to note: [UInt8]
    ) async throws(ExchangeFailure) -> FollowSession {
        let verified = try verify(note, trust)
        try trust.quota.check(origin: trust.origin, statements: verified.checkpoint.size.value, bytes: 0)
        try await claim(trust.origin)
        do throws(ExchangeFailure) {
            try await judge(verified)
        } catch {
            release(trust.origin)
            throw error
        }
        return FollowSession(store: self, trust: trust, checkpoint: verified)
    }

    /// Notes that a log still shows the state that is held, so that it counts as fresh.
    ///
    /// - Throws: as `follow`; `ExchangeFailure.wrongEntries` when the log has grown.
    public func confirm(_ trust: TrustedLog, unchanged note: [UInt8]) async throws(ExchangeFailure) {
        let verified = try verify(note, trust)
        try await claim(trust.origin)
        do throws(ExchangeFailure) {
            try await judge(verified)
            let size = verified.checkpoint.size
            guard size.value == memory(of: trust.origin)?.size else {
                throw .wrongEntries(origin: trust.origin, expected: "an unchanged log; it has grown to \(size)")
            }
            try await onThread { [self] (table) throws(ExchangeFailure) in try see(verified, table) }
            release(trust.origin)
        } catch {
            release(trust.origin)
            throw error
        }
    }

    private func verify(_ note: [UInt8], _ trust: TrustedLog) throws(ExchangeFailure) -> VerifiedCheckpoint {
        if let end = trust.expiresAt, !trust.isInForce(at: clock.now()) {
            throw .trustExpired(origin: trust.origin, at: end)
        }
        do throws(CheckpointError) {
            return try trust.verifier.verify(note)
        } catch {
            throw .checkpoint(origin: trust.origin, error)
        }
    }

    private func judge(_ verified: VerifiedCheckpoint) async throws(ExchangeFailure) {
        let origin = verified.checkpoint.origin
        let continuity = ForeignContinuity(
            origin: origin, memory: memory(of: origin) ?? ForeignLogMemory(), now: clock.now())
        switch continuity.judge(verified.note, verified.checkpoint) {
        case .proved: return
        case .contradicted(let contradiction):
            try await onThread { [self] (table) throws(ExchangeFailure) -> Void in try refuse(contradiction, table) }
        case .refused(let failure): throw failure
        }
    }

    /// Remembers when a state was seen last. ✝ Before: it counts as older than it is.
    fileprivate func see(_ verified: VerifiedCheckpoint, _ table: ForeignTable) throws(ExchangeFailure) {
        let checkpoint = verified.checkpoint
        let moment = clock.now()
        try write(.sighting, table) { () throws(ExchangeFailure) in
            try inDatabase { () throws(DatabaseError) in
                try table.saw(
                    .init(size: checkpoint.size.value, root: checkpoint.root, verifiedAt: moment),
                    of: try table.log(named: checkpoint.origin))
            }
        }
        update(checkpoint.origin) { memory in
            memory.lastVerifiedAt = moment
            memory.problem = nil
        }
        knowledge.verified(checkpoint.origin, at: moment)
    }
}

/// Entries of a followed log on their way in: they count all together when the last one led to the signed root.
///
/// Calls come one after the other. After any failure the session is over and nothing of it counts.
public final class FollowSession: Sendable {
    /// The entries that are needed, in this order. Empty when the log shows what is held already.
    public let wanted: Range<UInt64>
    private let store: ForeignStore
    private let trust: TrustedLog
    private let checkpoint: VerifiedCheckpoint
    private let number: Int64
    private let progress: Lock<Progress>

    fileprivate struct Progress {
        /// The foreign tree with every entry that was handed over.
        var tree: MerkleFrontier
        var keyring: Keyring
        /// A tree of the entries that are new here.
        var newTree = MerkleFrontier()
        var newBytes: UInt64 = 0
        var isOver = false
    }

    init(store: ForeignStore, trust: TrustedLog, checkpoint: VerifiedCheckpoint) {
        self.store = store
        self.trust = trust
        self.checkpoint = checkpoint
        let tree = store.memory(of: trust.origin)?.followed ?? MerkleFrontier()
        let size = checkpoint.checkpoint.size
        wanted = tree.size.value..<max(size.value, tree.size.value)
        number = store.newNumber()
        progress = Lock(
            Progress(tree: tree, keyring: store.knowledge.keyring(of: trust.origin, before: tree.size.value)))
    }

    deinit {
        guard !progress.withLock({ $0.isOver }) else { return }
        store.release(trust.origin)
    }

    /// Verifies the next entries and stages them, durable but not counting.
    ///
    /// - Throws: `ExchangeFailure.entry` for an entry that is not signed as it must be, `.wrongEntries` for more than
    ///   were wanted, `.splitView` when they do not lead to a state that was seen before, `.overQuota`.
    public func add(_ leaves: [[UInt8]]) async throws(ExchangeFailure) {
        try await step { [self] (table) throws(ExchangeFailure) in
            var draft = progress.withLock { $0 }
            guard UInt64(leaves.count) <= wanted.upperBound - draft.tree.size.value else {
                throw .wrongEntries(origin: trust.origin, expected: "entries up to \(wanted.upperBound)")
            }
            // ✝ From here on the disk may hold entries that do not count; the next start drops them.
            store.update(trust.origin) { $0.isUnsettled = true }
            var found: Contradiction?
            do throws(ExchangeFailure) {
                try store.write(.stage, table) { () throws(ExchangeFailure) in
                    let log = try inDatabase { () throws(DatabaseError) in try table.log(named: trust.origin) }
                    for leaf in leaves {
                        found = try take(leaf, log, table, &draft)
                        if let found { throw found.failure }
                    }
                }
            } catch {
                if let found { try store.refuse(found, table) }
                throw error
            }
            progress.withLock { $0 = draft }
        }
    }

    /// Lets all entries count, once they are complete and lead to the signed root.
    ///
    /// - Returns: `.alreadyImported` when nothing was wanted; the log then counts as seen now.
    /// - Throws: `ExchangeFailure.splitView` when they lead to another root, with both notes kept; `.wrongEntries` when
    ///   some are missing; `.receipt`, `.database`.
    public func finish() async throws(ExchangeFailure) -> ImportOutcome {
        let staged: ForeignImport? = try await step { [self] (table) throws(ExchangeFailure) in
            let draft = progress.withLock { $0 }
            guard draft.tree.size.value == wanted.upperBound else {
                throw .wrongEntries(
                    origin: trust.origin, expected: "\(wanted.upperBound - draft.tree.size.value) more")
            }
            guard draft.tree.root == checkpoint.checkpoint.root else {
                try store.refuse(contradiction("its entries do not lead to the root that it signed"), table)
            }
            return wanted.isEmpty ? nil : try seal(draft, table)
        }
        do throws(ExchangeFailure) {
            let outcome = try await staged.asyncMap { (staged) throws(ExchangeFailure) in
                try await store.complete(staged)
            }
            if outcome == nil {
                try await store.onThread { [self] (table) throws(ExchangeFailure) in try store.see(checkpoint, table) }
            }
            end()
            return outcome ?? .alreadyImported
        } catch {
            end()
            throw error
        }
    }

    /// Writes what the staged entries are. ✝ The next start asks the own log for the receipt, and drops them.
    private func seal(_ draft: Progress, _ table: ForeignTable) throws(ExchangeFailure) -> ForeignImport {
        let state = checkpoint.checkpoint
        let note = checkpoint.note.bytes
        let new = ForeignImport(
            number: number, origin: trust.origin, source: .followed, digest: SHA256Digest(hashing: note),
            treeSize: state.size.value, root: state.root, statements: draft.newTree.size.value,
            statementsRoot: draft.newTree.root, createdAt: store.clock.now(), note: note,
            frontier: draft.tree.hashes)
        store.update(trust.origin) { $0.isUnsettled = true }
        try store.write(.stage, table) { () throws(ExchangeFailure) in
            try inDatabase { () throws(DatabaseError) in
                try table.insert(new, log: try table.log(named: trust.origin))
            }
        }
        return new
    }

    /// Runs one step; a failure ends the session and drops what it staged.
    private func step<Outcome: Sendable>(
        _ body: @escaping @Sendable (ForeignTable) throws(ExchangeFailure) -> Outcome
    ) async throws(ExchangeFailure) -> Outcome {
        // A session that is over touches nothing: another one may have begun.
        guard !progress.withLock({ $0.isOver }) else {
            throw .wrongEntries(origin: trust.origin, expected: "a new session")
        }
        do throws(ExchangeFailure) {
            return try await store.onThread(body)
        } catch {
            let store = store
            let origin = trust.origin
            // What cannot be dropped now is dropped by the next attempt or the next start.
            try? await store.onThread { (table) throws(ExchangeFailure) -> Void in try store.settle(origin, table) }
            end()
            throw error
        }
    }

    private func end() {
        let wasOver = progress.withLock { progress in
            defer { progress.isOver = true }
            return progress.isOver
        }
        if !wasOver { store.release(trust.origin) }
    }

    /// Verifies one entry and writes it when it is new here.
    ///
    /// - Returns: what it contradicts; nil when it fits.
    private func take(
        _ leaf: [UInt8], _ log: Int64, _ table: ForeignTable, _ draft: inout Progress
    ) throws(ExchangeFailure) -> Contradiction? {
        let index = draft.tree.size.value
        try check(leaf, at: index, &draft.keyring)
        let leafHash = MerkleTree.leafHash(leaf)
        draft.tree.append(leafHash: leafHash)
        let memory = store.memory(of: trust.origin) ?? ForeignLogMemory()
        if draft.tree.size.value == memory.size, draft.tree.root != memory.root {
            return contradiction("its first \(memory.size) entries are others")
        }
        let held = try inDatabase { () throws(DatabaseError) in try table.leaf(of: log, at: index) }
        if let held { return held == leaf ? nil : contradiction("entry \(index) is another one") }
        draft.newTree.append(leafHash: leafHash)
        draft.newBytes += UInt64(leaf.count)
        try trust.quota.check(
            origin: trust.origin, statements: memory.statements + draft.newTree.size.value,
            bytes: memory.bytes + draft.newBytes)
        try inDatabase { () throws(DatabaseError) in
            try table.insert(leaf, of: log, at: index, import: number)
        }
        return nil
    }

    private func check(_ leaf: [UInt8], at index: UInt64, _ keyring: inout Keyring) throws(ExchangeFailure) {
        do throws(StatementError) {
            _ = try keyring.read(leaf, at: index)
        } catch {
            throw .entry(origin: trust.origin, index: index, reason: "\(error)")
        }
    }

    private func contradiction(_ explanation: String) -> Contradiction {
        let continuity = ForeignContinuity(
            origin: trust.origin, memory: store.memory(of: trust.origin) ?? ForeignLogMemory(), now: store.clock.now())
        return continuity.splitView(checkpoint.note.bytes, checkpoint.checkpoint, explanation)
    }
}
