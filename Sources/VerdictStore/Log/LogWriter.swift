import Cryptography
import Platform
import Screening

/// The sequencer with what it needs to live: the lock, the anchor, and when to tidy up. Confined to the log's thread.
final class LogWriter {
    /// Groups between two writes of the anchor while there is always more to do.
    private static let groupsPerAnchor = 64
    /// Groups between two moves of the write-ahead log into the database.
    private static let groupsPerWalCheckpoint = 128

    let sequencer: Sequencer
    private let anchor: LogAnchor
    private let lock: FileLock
    private let logger: Logger
    private var groupsSinceAnchor = 0
    private var groupsSinceWalCheckpoint = 0
    private var anchoredSize: UInt64 = 0

    init(sequencer: Sequencer, anchor: LogAnchor, lock: FileLock, logger: Logger) {
        self.sequencer = sequencer
        self.anchor = anchor
        self.lock = lock
        self.logger = logger
    }

    /// Signs with these log keys from the next group on; the lock on the directory stays.
    ///
    /// - Throws: `LogError.notTheLogKey`, `.badOrigin`.
    func use(_ keys: [Ed25519SigningKey], origin: String) throws(LogError) {
        try sequencer.use(CheckpointSigner(origin: origin, keys: keys))
    }

    /// Tidies up after a group: everything here may be late, nothing may be early.
    func keepHouse(isIdle: Bool) {
        groupsSinceAnchor += 1
        groupsSinceWalCheckpoint += 1
        if isIdle || groupsSinceAnchor >= LogWriter.groupsPerAnchor { storeAnchor() }
        if groupsSinceWalCheckpoint >= LogWriter.groupsPerWalCheckpoint {
            sequencer.walCheckpoint()
            groupsSinceWalCheckpoint = 0
        }
    }

    /// Tells the anchor about the newest durable checkpoint. ✝ Before it: the anchor lags, which it may.
    func storeAnchor() {
        groupsSinceAnchor = 0
        guard sequencer.checkpoint.size > anchoredSize, !sequencer.isEnded else { return }
        do throws(FileError) {
            try anchor.store(sequencer.checkpoint.note)
            anchoredSize = sequencer.checkpoint.size
        } catch {
            // The log is right without it; only a later rewind would go unnoticed.
            logger.warning("the anchor is not kept, so a restored old log would not be noticed: \(error)")
        }
    }

    /// The last work before the log is closed in good order.
    func finish() {
        storeAnchor()
        sequencer.walCheckpoint()
    }
}

/// Statements that wait for the log's thread, and answers that wait for their senders.
struct Submissions {
    struct Waiting {
        let ticket: UInt64
        let envelope: Envelope
    }

    var isClosed = false
    private var waiting: [Waiting] = []
    private var answers: [UInt64: Result<LoggedStatement, LogError>] = [:]
    private var nextTicket: UInt64 = 0

    var isEmpty: Bool { waiting.isEmpty }

    mutating func add(_ envelope: Envelope, limit: Int) throws(LogError) -> UInt64 {
        guard !isClosed else { throw .closed }
        guard waiting.count < limit else { throw .overloaded(limit: limit) }
        nextTicket += 1
        waiting.append(Waiting(ticket: nextTicket, envelope: envelope))
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
