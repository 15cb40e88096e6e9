public import Cryptography
public import Platform
public import Screening
public import TransparencyLog

/// The verdict log of this data directory: the one place where statements become true.
///
/// One process writes it (a file lock), one thread sequences it. `append` returns only after the statement, its place
/// and a signed checkpoint over it are on the device; from then on `knowledge` and every reader have it.
public final class VerdictLog: Sendable {
    /// The most statements that wait at once.
    public static let maxWaiting = 8192

    /// What the log says about each artifact, always as of the last durable statement.
    public let knowledge: KnowledgeIndex
    /// The log's name.
    public let origin: String
    private let thread: BlockingThread
    private let writer: Lock<LogWriter?>
    private let submissions = Lock(Submissions())
    private let published: Lock<PublishedHead>
    private let logKeys: Lock<[Ed25519SigningKey]>

    /// Opens the log for writing: takes the lock, re-hashes every entry against the last signed checkpoint, compares
    /// that with the anchor, and loads `knowledge`. Takes seconds for a million entries.
    ///
    /// - Parameters:
    ///   - keys: the log keys at hand; those that the log's key events introduced and did not end sign every
    ///     checkpoint, and at least one of them must be such a key.
    ///   - progress: called now and then with entries read and entries in all, on the log's thread.
    /// - Throws: `LogError`; nothing was signed or written then.
    public static func open(
        _ directory: DataDirectory, signingWith keys: [Ed25519SigningKey], logger: Logger,
        progress: @escaping @Sendable (_ entries: UInt64, _ of: UInt64) -> Void = { _, _ in }
    ) async throws(LogError) -> VerdictLog {
        let seams = Seams(
            onDoubt: { reason in
                logger.error("stopping: \(reason)")
                preconditionFailure("the verdict log cannot go on: \(reason)")
            },
            wrapping: { $0 })
        return try await open(directory, signingWith: keys, logger: logger, progress: progress, seams: seams)
    }

    /// Opens a log that has one log key, as `open` with several.
    ///
    /// - Throws: `LogError`.
    public static func open(
        _ directory: DataDirectory, signingWith key: Ed25519SigningKey, logger: Logger,
        progress: @escaping @Sendable (_ entries: UInt64, _ of: UInt64) -> Void = { _, _ in }
    ) async throws(LogError) -> VerdictLog {
        try await open(directory, signingWith: [key], logger: logger, progress: progress)
    }

    /// Where tests put faults.
    struct Seams: Sendable {
        /// Ends the process; in tests it returns, and the log refuses everything afterwards.
        var onDoubt: @Sendable (String) -> Void
        var wrapping: @Sendable (any LogDatabase) -> any LogDatabase
        var anchoring: @Sendable (LogAnchor) -> LogAnchor = { $0 }
    }

    static func open(
        _ directory: DataDirectory, signingWith keys: [Ed25519SigningKey], logger: Logger,
        progress: @escaping @Sendable (UInt64, UInt64) -> Void, seams: Seams
    ) async throws(LogError) -> VerdictLog {
        let thread = BlockingThread(name: "verdict-log")
        return try await thread.run { () throws(LogError) in
            let lock = try LogOpening.lock(directory)
            let knowledge = KnowledgeIndex()
            let opening = LogOpening(directory: directory, keys: keys, logger: logger, progress: progress)
            let opened = try opening.run(filling: knowledge)
            if let successor = opened.tip.successor { throw .succeeded(by: successor) }
            let database = try inLog { () throws(DatabaseError) in
                try SQLiteLogDatabase(restricting: opened.connection)
            }
            let sequencer = Sequencer(
                continuing: opened.tip, checkpoint: opened.checkpoint, database: seams.wrapping(database),
                signer: opened.signer, knowledge: knowledge, onDoubt: seams.onDoubt)
            let writer = LogWriter(
                sequencer: sequencer, anchor: seams.anchoring(LogAnchor(path: directory.anchorPath)), lock: lock,
                logger: logger)
            return VerdictLog(
                thread: thread, head: PublishedHead(opened.tip, opened.checkpoint), origin: opened.signer.origin,
                knowledge: knowledge, writer: writer, logKeys: keys)
        }
    }

    private init(
        thread: BlockingThread, head: PublishedHead, origin: String, knowledge: KnowledgeIndex,
        writer: sending LogWriter, logKeys: [Ed25519SigningKey]
    ) {
        self.thread = thread
        self.knowledge = knowledge
        self.origin = origin
        published = Lock(head)
        self.writer = Lock(writer)
        self.logKeys = Lock(logKeys)
    }

    /// Verifies a statement, appends it, and returns its place once it is durable.
    ///
    /// Statements that arrive while others are being written share the next commit, up to 256; an idle log commits at
    /// once, so no statement ever waits for company. The same statement by the same signer gets its first place again.
    ///
    /// - Throws: `LogError.refused`, `.wrongSequence` for the statement itself; `.overloaded`, `.closed`, `.ended`,
    ///   `.database` when it could not be written. Cancelling the task does not take a statement back.
    public func append(_ envelope: Envelope) async throws(LogError) -> LoggedStatement {
        // Here, on the sender's thread, and not on the log's: this is most of the work.
        let pending = try PendingStatement(envelope, keyring: knowledge.keyring)
        let ticket = try submissions.withLock { (submissions) throws(LogError) in
            try submissions.add(pending, limit: VerdictLog.maxWaiting)
        }
        return try await thread.run { [self] () throws(LogError) in try finish(ticket) }
    }

    /// Signs a receipt of an import with the oldest good log key and appends it; durable when this returns.
    ///
    /// - Throws: as `append` of an envelope.
    public func append(receipt: ImportReceiptStatement) async throws(LogError) -> LoggedStatement {
        while true {
            let key = try receiptKey()
            let envelope: Envelope
            do throws(StatementError) {
                envelope = try Envelope.signing(.importReceipt(receipt), with: key)
            } catch {
                throw .refused(error)
            }
            do throws(LogError) {
                return try await append(envelope)
            } catch {
                // The key may have been ended between the look and the entry; then another one speaks.
                guard case .refused(.keyNotValid) = error, try receiptKey() !== key else { throw error }
            }
        }
    }

    private func receiptKey() throws(LogError) -> Ed25519SigningKey {
        let keys = logKeys.withLock { $0 }
        guard let key = try CheckpointSigner(origin: origin, keys: keys).validKeys(in: keyring).first else {
            throw .notTheLogKey(keys.map(\.publicKey.keyID))
        }
        return key
    }

    /// Gives the log other keys to sign with, without closing it. From the next group on every good one of them signs.
    ///
    /// A key that is given before its own key event signs the checkpoint over that event already; one that is ended
    /// stops with the event that ends it, whatever is given here.
    ///
    /// - Throws: `LogError.notTheLogKey` when none of them is good now, `.closed`; the keys in use then stay.
    public func replaceLogKeys(_ keys: [Ed25519SigningKey]) async throws(LogError) {
        try await thread.run { [self] () throws(LogError) in
            try writer.withLock { (held) throws(LogError) in
                guard let current = held else { throw .closed }
                try current.use(keys, origin: origin)
                logKeys.withLock { $0 = keys }
            }
        }
    }

    /// The newest signed checkpoint.
    public var checkpoint: SignedNote { published.withLock { $0.note } }

    /// How many entries are durable.
    public var size: TreeSize { published.withLock { $0.size } }

    /// The root of the durable tree.
    public var root: SHA256Digest { published.withLock { $0.root } }

    /// Who may sign what, as of the last durable statement.
    public var keyring: Keyring { knowledge.keyring }

    /// Finishes what was submitted, writes the anchor and closes the log. Later calls throw `LogError.closed`.
    public func close() async {
        submissions.withLock { $0.isClosed = true }
        await thread.run { [self] in
            writer.withLock { held in
                guard let current = held else { return }
                // Every accepted submission has its own call on this thread, queued before this one or running out.
                commitAll(current)
                current.finish()
                held = nil
            }
        }
    }
}

// What runs on the log's thread.
extension VerdictLog {
    /// Commits groups until the ticket's statement is among them. The thread is first in, first out: whoever comes
    /// first commits for all that wait, and the others find their answers.
    private func finish(_ ticket: UInt64) throws(LogError) -> LoggedStatement {
        let answer: Result<LoggedStatement, LogError> = writer.withLock { held in
            guard let current = held else { return self.submissions.withLock { $0.take(ticket) } ?? .failure(.closed) }
            while true {
                if let answer = self.submissions.withLock({ $0.take(ticket) }) { return answer }
                self.commitGroup(current)
            }
        }
        return try answer.get()
    }

    private func commitAll(_ writer: LogWriter) {
        while submissions.withLock({ !$0.isEmpty }) { commitGroup(writer) }
    }

    private func commitGroup(_ writer: LogWriter) {
        let group = submissions.withLock { $0.takeGroup(atMost: Sequencer.maxGroup) }
        let answers = writer.sequencer.commit(group.map(\.statement))
        let head = PublishedHead(writer.sequencer.tip, writer.sequencer.checkpoint)
        published.withLock { $0 = head }
        submissions.withLock { $0.answer(group, answers) }
        writer.keepHouse()
    }
}

/// The newest durable head, for those who do not run on the log's thread.
private struct PublishedHead {
    let size: TreeSize
    let root: SHA256Digest
    let note: SignedNote

    init(_ tip: LogTip, _ checkpoint: StoredCheckpoint) {
        size = tip.frontier.size
        root = tip.root
        do throws(NoteError) {
            note = try SignedNote(parsing: Array(checkpoint.note.utf8))
        } catch {
            preconditionFailure("a checkpoint that was signed or verified cannot be read: \(error)")
        }
    }
}
