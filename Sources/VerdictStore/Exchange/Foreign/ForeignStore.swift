import Cryptography
public import Platform
import Screening
import TransparencyLog

/// What was taken over from other logs, in `foreign.db`, and the only way to take more.
///
/// An import counts once its receipt is durable in the own log. It happens in three writes, each of which may be the
/// last one: the entries with what they are (✝ nobody sees them; the next start drops them), the receipt (✝ the next
/// start finds it and completes the import), the receipt's place (✝ complete). Whoever asks is told after the third.
///
/// One import at a time for each log; different logs do not wait for each other.
public final class ForeignStore: Sendable {
    /// What the other logs say about each artifact.
    public let knowledge = ForeignKnowledge()
    /// The data directory, where uploads are kept until they are imported or refused.
    public let stagingDirectory: String
    let clock: any WallClock
    let book: any ReceiptBook
    let seams: Seams
    private let database: DatabaseThread
    private let logs: Lock<[String: ForeignLogMemory]>
    private let nextNumber: Lock<Int64>

    /// The writes of an import, where tests put faults.
    enum Step: String, CaseIterable, Sendable {
        case stage, confirm, discard, evidence, sighting
    }

    /// Where tests put faults.
    struct Seams: Sendable {
        /// Runs the one transaction of a step, or fails instead, or fails after it.
        var performing: @Sendable (Step, () throws(ExchangeFailure) -> Void) throws(ExchangeFailure) -> Void

        static let none = Seams { _, work throws(ExchangeFailure) in try work() }
    }

    /// Opens the store, made when missing: completes or drops what was left unfinished, checks every import against its
    /// receipt in `log`, and fills `knowledge`.
    ///
    /// - Throws: `ExchangeFailure.damaged`, `.receipt`, `.database`. An import that was lost as a whole is no failure:
    ///   the log's `ForeignLogState.problem` says it.
    public static func open(
        _ directory: DataDirectory, log: VerdictLog, clock: any WallClock, logger: Logger
    ) async throws(ExchangeFailure) -> ForeignStore {
        let reader: LogReader
        do throws(LogError) { reader = try LogReader(directory) } catch { throw .receipt(error) }
        return try await open(
            directory, book: LogReceiptBook(log: log, reader: reader), clock: clock, logger: logger, seams: .none)
    }

    static func open(
        _ directory: DataDirectory, book: any ReceiptBook, clock: any WallClock, logger: Logger, seams: Seams
    ) async throws(ExchangeFailure) -> ForeignStore {
        var changed: String?
        let database: DatabaseThread
        do throws(DatabaseError) {
            database = try DatabaseThread(directory.foreignPath, named: "foreign") {
                (connection) throws(DatabaseError) in
                try ForeignTable.configure(connection)
                changed = try ForeignSchema.prepare(connection)
            }
        } catch {
            throw .database(error)
        }
        if let changed { throw .damaged(.schema(object: changed)) }
        let store = ForeignStore(
            database: database, directory: directory.path, book: book, clock: clock, seams: seams)
        try await store.onThread { (table) throws(ExchangeFailure) in
            try store.load(table, logger: logger)
        }
        return store
    }

    private init(
        database: DatabaseThread, directory: String, book: any ReceiptBook, clock: any WallClock, seams: Seams
    ) {
        stagingDirectory = directory
        self.database = database
        self.book = book
        self.clock = clock
        self.seams = seams
        logs = Lock([:])
        nextNumber = Lock(1)
    }

    /// Finishes what was asked for before, then closes the database.
    public func close() async { await database.close() }

    /// What is known of a log; nil when nothing is.
    public func state(of origin: String) async throws(ExchangeFailure) -> ForeignLogState? {
        memory(of: origin).map { $0.state(origin) }
    }

    /// What is known of each log, ascending by origin.
    public func states() async throws(ExchangeFailure) -> [ForeignLogState] {
        logs.withLock { $0.map { $1.state($0) } }.sorted {
            $0.origin.utf8.lexicographicallyPrecedes($1.origin.utf8)
        }
    }

    /// Every pair of checkpoints that should not exist, oldest first. They are never removed.
    public func evidence() async throws(ExchangeFailure) -> [ForeignEvidence] {
        try await onThread { (table) throws(ExchangeFailure) in
            try inDatabase { () throws(DatabaseError) in try table.evidence() }
        }
    }

    // MARK: For the parts of this folder

    /// Runs `body` with the database, off the threads that run Swift tasks.
    func onThread<Outcome: Sendable>(
        _ body: @escaping @Sendable (ForeignTable) throws(ExchangeFailure) -> Outcome
    ) async throws(ExchangeFailure) -> Outcome {
        let result: Result<Outcome, ExchangeFailure>
        do throws(DatabaseError) {
            result = try await database.run { (connection) throws(DatabaseError) in
                Result { () throws(ExchangeFailure) in try body(ForeignTable(connection: connection)) }
            }
        } catch {
            throw .database(error)
        }
        return try result.get()
    }

    /// Runs the one transaction of a step: all of it is durable when this returns, or nothing of it happened.
    func write(
        _ step: Step, _ table: ForeignTable, _ body: () throws(ExchangeFailure) -> Void
    ) throws(ExchangeFailure) {
        try seams.performing(step) { () throws(ExchangeFailure) in
            _ = try inDatabase { () throws(DatabaseError) in try table.connection.run("BEGIN IMMEDIATE") }
            do throws(ExchangeFailure) {
                try body()
                _ = try inDatabase { () throws(DatabaseError) in try table.connection.run("COMMIT") }
            } catch {
                try inDatabase { () throws(DatabaseError) in try table.connection.rollBack() }
                throw error
            }
        }
    }

    func memory(of origin: String) -> ForeignLogMemory? { logs.withLock { $0[origin] } }

    func update(_ origin: String, _ change: (inout ForeignLogMemory) -> Void) {
        logs.withLock { change(&$0[origin, default: ForeignLogMemory()]) }
    }

    func newNumber() -> Int64 {
        nextNumber.withLock { number in
            defer { number += 1 }
            return number
        }
    }

    func startNumbers(at first: Int64) { nextNumber.withLock { $0 = first } }

    /// Takes the right to take something over from a log, and clears up what an earlier attempt left.
    ///
    /// - Throws: `ExchangeFailure.busy`; whatever clearing up throws.
    func claim(_ origin: String) async throws(ExchangeFailure) {
        let isTaken = logs.withLock { logs in
            let isTaken = logs[origin]?.isBusy ?? false
            logs[origin, default: ForeignLogMemory()].isBusy = true
            return isTaken
        }
        guard !isTaken else { throw .busy(origin: origin) }
        guard memory(of: origin)?.isUnsettled ?? false else { return }
        do throws(ExchangeFailure) {
            _ = try await onThread { [self] (table) throws(ExchangeFailure) in try settle(origin, table) }
        } catch {
            release(origin)
            throw error
        }
    }

    func release(_ origin: String) {
        logs.withLock { logs in
            logs[origin]?.isBusy = false
            // An attempt that left no trace leaves no name.
            if logs[origin]?.isBlank ?? false { logs[origin] = nil }
        }
    }
}

/// What is remembered of one log between imports.
struct ForeignLogMemory {
    /// The largest tree that was verified.
    var size: UInt64 = 0
    var root = MerkleTree.emptyRoot
    var note: [UInt8]?
    /// The tree of which every entry is held.
    var followed = MerkleFrontier()
    var statements: UInt64 = 0
    var bytes: UInt64 = 0
    var lastVerifiedAt: Timestamp?
    var problem: String?
    /// The imports that are known in memory.
    var active: Set<Int64> = []
    /// Whether something is being taken over.
    var isBusy = false
    /// Whether the disk may hold something that neither counts nor was dropped.
    var isUnsettled = false

    var isBlank: Bool { size == 0 && !isUnsettled && problem == nil }

    func state(_ origin: String) -> ForeignLogState {
        ForeignLogState(
            origin: origin, size: size, root: root, note: note, followedSize: followed.size.value,
            lastVerifiedAt: lastVerifiedAt, statements: statements, bytes: bytes, problem: problem)
    }
}

/// Runs database work as part of an exchange.
func inDatabase<Outcome>(_ body: () throws(DatabaseError) -> Outcome) throws(ExchangeFailure) -> Outcome {
    do throws(DatabaseError) { return try body() } catch { throw .database(error) }
}
