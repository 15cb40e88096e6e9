import Cryptography
import Platform
import Screening

/// The sequencer with what it needs to live: the lock, the anchor, and when to tidy up. Confined to the log's thread.
final class LogWriter {
    /// Groups between two moves of the write-ahead log into the database.
    private static let groupsPerWalCheckpoint = 128

    let sequencer: Sequencer
    private let anchor: AnchorKeeper
    private let lock: FileLock
    private var groupsSinceWalCheckpoint = 0

    init(sequencer: Sequencer, anchor: LogAnchor, lock: FileLock, logger: Logger) {
        self.sequencer = sequencer
        self.anchor = AnchorKeeper(anchor: anchor, logger: logger)
        self.lock = lock
        // The log was just compared with the anchor; from here on the anchor follows.
        self.anchor.keepNow(sequencer.checkpoint)
    }

    /// Signs with these log keys from the next group on; the lock on the directory stays.
    ///
    /// - Throws: `LogError.notTheLogKey`, `.badOrigin`.
    func use(_ keys: [Ed25519SigningKey], origin: String) throws(LogError) {
        try sequencer.use(CheckpointSigner(origin: origin, keys: keys))
    }

    /// Tidies up after a group: everything here may be late, nothing may be early.
    func keepHouse() {
        guard !sequencer.isEnded else { return }
        anchor.keep(sequencer.checkpoint)
        groupsSinceWalCheckpoint += 1
        if groupsSinceWalCheckpoint >= LogWriter.groupsPerWalCheckpoint {
            sequencer.walCheckpoint()
            groupsSinceWalCheckpoint = 0
        }
    }

    /// The last work before the log is closed in good order.
    func finish() {
        anchor.finish()
        sequencer.walCheckpoint()
    }
}

/// Statements that wait for the log's thread, and answers that wait for their senders.
struct Submissions {
    struct Waiting {
        let ticket: UInt64
        let statement: PendingStatement
    }

    var isClosed = false
    private var waiting: [Waiting] = []
    private var answers: [UInt64: Result<LoggedStatement, LogError>] = [:]
    private var nextTicket: UInt64 = 0

    var isEmpty: Bool { waiting.isEmpty }

    mutating func add(_ statement: PendingStatement, limit: Int) throws(LogError) -> UInt64 {
        guard !isClosed else { throw .closed }
        guard waiting.count < limit else { throw .overloaded(limit: limit) }
        nextTicket += 1
        waiting.append(Waiting(ticket: nextTicket, statement: statement))
        return nextTicket
    }

    mutating func takeGroup(atMost count: Int) -> [Waiting] {
        let group = Array(waiting.prefix(count))
        waiting.removeFirst(group.count)
        return group
    }

    mutating func answer(_ group: [Waiting], _ results: [Result<LoggedStatement, LogError>]) {
        precondition(group.count == results.count, "a group was answered incompletely")
        for (submission, result) in zip(group, results) { answers[submission.ticket] = result }
    }

    /// The answer to a ticket, handed out once.
    mutating func take(_ ticket: UInt64) -> Result<LoggedStatement, LogError>? {
        answers.removeValue(forKey: ticket)
    }
}
