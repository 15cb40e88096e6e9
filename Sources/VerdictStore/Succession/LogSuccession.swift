public import Cryptography
public import Platform
import Screening
import TransparencyLog

/// Ends a log that cannot go on, or is to have another name, and begins the one that continues it.
///
/// The new log says whom it continues and from which state on; the old file is kept. Run again after an interruption it
/// finishes what was begun. Blocks for as long as reading and writing the whole log takes; no server may run.
public struct LogSuccession: Sendable {
    /// What is, or would be, done.
    public struct Report: Hashable, Sendable {
        public let predecessor: String
        public let successor: String
        /// The last state of the old log, as the new one names it.
        public let predecessorSize: UInt64
        public let predecessorRoot: SHA256Digest
        /// Statements taken over.
        public let carried: UInt64
        /// Statements left behind because their signatures do not count any more.
        public let void: UInt64
        /// Keys that the new log begins with.
        public let keys: Int
        /// Whether the old log itself says that it ended.
        public let endsInOrder: Bool
        /// How peers name the new log and its key.
        public let verifier: String
        /// Where the old log and anchor are kept; nil in a rehearsal, and for an anchor that was not there.
        public var keptLog: String?
        public var keptAnchor: String?
        /// Entries of the new log.
        public var size: UInt64 = 0
    }

    /// A moment after which an interruption leaves something else than before.
    enum Step: String, Sendable, CaseIterable {
        case ended, drafted, kept, renamed
    }

    /// Where tests end the process.
    var onStep: @Sendable (Step) -> Void = { _ in }
    private let directory: DataDirectory
    private let signer: CheckpointSigner
    private let logKeys: [Ed25519SigningKey]
    private let rootKeys: [Ed25519SigningKey]
    private let reason: String
    private let now: Timestamp
    private let logger: Logger
    private let progress: @Sendable (_ what: String, _ done: UInt64, _ of: UInt64) -> Void

    /// - Parameters:
    ///   - origin: the new log's name.
    ///   - logKeys: log keys of the old log, at least one of them good; they sign the new one too.
    ///   - rootKeys: as many good root keys as must sign together.
    /// - Throws: `LogError.badOrigin`.
    public init(
        _ directory: DataDirectory, origin: String, logKeys: [Ed25519SigningKey], rootKeys: [Ed25519SigningKey],
        reason: String, now: Timestamp, logger: Logger,
        progress: @escaping @Sendable (_ what: String, _ done: UInt64, _ of: UInt64) -> Void = { _, _, _ in }
    ) throws(LogError) {
        self.directory = directory
        signer = try CheckpointSigner(origin: origin, keys: logKeys)
        self.logKeys = logKeys
        self.rootKeys = rootKeys
        self.reason = reason
        self.now = now
        self.logger = logger
        self.progress = progress
    }

    /// What would be done. Writes nothing.
    ///
    /// - Throws: `LogError` when it could not be done.
    public func rehearse() throws(LogError) -> Report {
        let lock = try LogOpening.lock(directory)
        defer { withExtendedLifetime(lock) {} }
        if let finished = try finishedReport() { return finished }
        let plan = try plan()
        return report(of: plan, endsInOrder: try isOrderly(plan))
    }

    /// Makes the successor.
    ///
    /// ✝ marks what a crash leaves at that point; running this again goes on from there.
    ///
    /// - Throws: `LogError`; up to the rename the old log is the one in force.
    public func run() throws(LogError) -> Report {
        let lock = try LogOpening.lock(directory)
        defer { withExtendedLifetime(lock) {} }
        if var finished = try finishedReport() {
            // ✝ The new log was in place, and the old one's anchor still beside it.
            finished.keptAnchor = try setAnchorAside()
            return finished
        }
        var plan = try plan()
        let isOrderly = try isOrderly(plan)
        if isOrderly, plan.successor == nil {
            // 1. The old log says by whom it is continued. ✝ It takes nothing more; only this command goes on.
            try endInOrder(plan.logKey)
            onStep(.ended)
            plan = try self.plan()
        }
        // 2. The whole successor, in a file of its own. ✝ A draft, which the next attempt replaces.
        let draft = directory.verdictsPath + ".new"
        try removeDraft(draft)
        let checkpoint = try SuccessorLog(
            plan: plan, signer: signer, rootKeys: rootKeys, reason: reason, now: now,
            progress: { [progress] done, all in progress("statements taken over", done, all) }
        ).write(to: draft, from: try oldReader())
        try verifyDraft(draft, size: checkpoint.size)
        try removeJournal(of: draft)
        onStep(.drafted)
        // 3. The old log under a second name. ✝ Both names are the old log.
        let kept = try keepOldLog()
        onStep(.kept)
        // 4. The moment that decides. ✝ The new log, with an anchor that it does not know: it refuses to start.
        try inFiles { () throws(FileError) in
            try Files.rename(draft, to: directory.verdictsPath)
            try Files.syncDirectory(directory.path)
        }
        onStep(.renamed)
        // 5. ✝ No anchor: the first start writes one.
        var report = report(of: plan, endsInOrder: isOrderly)
        report.keptLog = kept
        report.keptAnchor = try setAnchorAside()
        report.size = checkpoint.size
        return report
    }

    // MARK: Reading

    /// The log as it is, whatever its anchor says: that it went back is why we are here.
    private func oldReader() throws(LogError) -> LogReader {
        try LogReader(DataDirectory(path: directory.path, anchorPath: directory.path + "/no.anchor"))
    }

    private func plan() throws(LogError) -> SuccessionPlan {
        let reader = try oldReader()
        _ = try reader.verify { [progress] done, all in progress("entries verified", done, all) }
        let plan = try SuccessionPlan(reading: reader, signedBy: rootKeys, logKeys: logKeys.map(\.publicKey.keyID))
        if let successor = plan.successor, successor != signer.origin { throw .succeeded(by: successor) }
        return plan
    }

    /// Whether the old log may still sign its own end: its anchor has seen nothing else.
    private func isOrderly(_ plan: SuccessionPlan) throws(LogError) -> Bool {
        let anchor = LogAnchor(path: directory.anchorPath)
        guard let note = try anchor.loadNote() else { return true }
        let reader = try oldReader()
        do throws(LogError) {
            let verifiers = plan.keyring.logVerifiers(origin: plan.origin)
            let seen = try anchor.checkpoint(in: note, verifiers: verifiers)
            guard seen.size.value <= plan.size else { return false }
            return try reader.root(ofTreeOf: seen.size.value) == seen.root
        } catch {
            // Signed by a key that this copy does not know: then it is not the newest copy either.
            guard case .unusableAnchor = error else { throw error }
            return false
        }
    }

    private func report(of plan: SuccessionPlan, endsInOrder: Bool) -> Report {
        Report(
            predecessor: plan.origin, successor: signer.origin, predecessorSize: plan.size,
            predecessorRoot: plan.root, carried: plan.carried, void: plan.void,
            keys: plan.roots.count + plan.keys.count, endsInOrder: endsInOrder, verifier: verifier(in: plan.keyring))
    }

    private func verifier(in keyring: Keyring) -> String {
        let key = signer.validKeys(in: keyring).first?.publicKey
        return key.flatMap { try? NoteVerifier(name: signer.origin, publicKey: $0) }?.vkey ?? ""
    }

    /// The report about a log that is in force already under the new name; nil when it is not.
    private func finishedReport() throws(LogError) -> Report? {
        let reader = try oldReader()
        guard reader.origin == signer.origin else { return nil }
        let begun = try reader.statements(matching: StatementFilter(predicateType: .logSuccession), limit: Int.max)
        for entry in begun {
            guard case .logSuccession(let begins) = entry.logged.statement, begins.event == .begins else { continue }
            var report = Report(
                predecessor: begins.origin, successor: signer.origin, predecessorSize: begins.treeSize ?? 0,
                predecessorRoot: begins.root ?? MerkleFrontier().root, carried: 0, void: 0,
                keys: try reader.keyring().keys.count, endsInOrder: false, verifier: verifier(in: try reader.keyring()))
            report.size = try reader.head().size
            return report
        }
        throw .noSuccession(reason: "\(signer.origin) is this log's own name; the successor needs another one")
    }

    // MARK: Writing

    private func endInOrder(_ logKey: Ed25519PublicKey) throws(LogError) {
        let knowledge = KnowledgeIndex()
        let opened = try LogOpening(directory: directory, keys: logKeys, logger: logger) { _, _ in }
            .run(filling: knowledge)
        let ends = LogSuccessionStatement(
            event: .ends, origin: signer.origin, logKey: logKey, reason: reason, createdAt: now)
        let envelope: Envelope
        do throws(StatementError) {
            envelope = try Envelope.signing(.logSuccession(ends), withAll: rootKeys)
        } catch {
            throw .refused(error)
        }
        let sequencer = Sequencer(
            continuing: opened.tip, checkpoint: opened.checkpoint,
            database: try inLog { () throws(DatabaseError) in try SQLiteLogDatabase(restricting: opened.connection) },
            signer: opened.signer, knowledge: knowledge, onDoubt: { _ in })
        for outcome in sequencer.commit([envelope]) { _ = try outcome.get() }
        try inFiles { () throws(FileError) in
            try LogAnchor(path: directory.anchorPath).store(sequencer.checkpoint.note)
        }
    }

    private func removeDraft(_ draft: String) throws(LogError) {
        try inFiles { () throws(FileError) in
            for path in [draft, draft + "-wal", draft + "-shm"] where Files.exists(path) { try Files.remove(path) }
        }
    }

    private func verifyDraft(_ draft: String, size: UInt64) throws(LogError) {
        guard !Files.exists(draft + "-wal") else { throw .ended(reason: "\(draft) could not be completed") }
        let connection = try inLog { () throws(DatabaseError) in try Connection(draft, access: .readOnly) }
        let (verification, _) = try LogVerifier(
            log: try StoredLog(in: connection), anchor: LogAnchor(path: directory.anchorPath), kept: nil,
            progress: { [progress] done, all in progress("entries verified", done, all) }
        ).run()
        guard verification.entries == size else { throw .damaged(.missingEntry(index: verification.entries)) }
    }

    /// What a reader of the draft left: it has nothing in it, and must not be taken for the new log's.
    private func removeJournal(of draft: String) throws(LogError) {
        try inFiles { () throws(FileError) in
            for path in [draft + "-wal", draft + "-shm"] where Files.exists(path) { try Files.remove(path) }
        }
    }

    /// Moves everything of the old log into its one file and gives that a second name, made from its last checkpoint.
    private func keepOldLog() throws(LogError) -> String {
        let old = directory.verdictsPath
        let head = try oldReader().head()
        let kept = "\(old).\(MerkleTree.leafHash(Array(head.note.utf8)).hex.prefix(8))"
        try inLog { () throws(DatabaseError) in
            let connection = try Connection(old, access: .readWrite)
            // Only a connection that has read something knows of the write-ahead log, and removes it when it is the last.
            try connection.requireReadable()
            try connection.walCheckpoint(truncating: true)
        }
        // A write-ahead log that stayed would be taken for the new log's.
        guard !Files.exists(old + "-wal"), !Files.exists(old + "-shm") else {
            throw .noSuccession(reason: "another program has \(old) open; end it and run this again")
        }
        try inFiles { () throws(FileError) in
            if Files.exists(kept) { try Files.remove(kept) }
            try Files.link(old, to: kept)
            try Files.syncDirectory(directory.path)
        }
        return kept
    }

    /// Moves an anchor of another log than the one in force out of its way, under a name of its own.
    private func setAnchorAside() throws(LogError) -> String? {
        let anchor = LogAnchor(path: directory.anchorPath)
        guard let note = try anchor.loadNote() else { return nil }
        do throws(CheckpointError) {
            if try Checkpoint(parsing: note.text).origin == signer.origin { return nil }
        } catch {
            throw .unusableAnchor(path: anchor.path, reason: "\(error)")
        }
        let kept = "\(anchor.path).\(MerkleTree.leafHash(note.bytes).hex.prefix(8))"
        try inFiles { () throws(FileError) in
            try Files.rename(anchor.path, to: kept)
            try Files.syncDirectory(Files.directory(of: anchor.path))
        }
        return kept
    }
}
