import Platform
import VerdictStore

/// Reads of the log's database for clients: on threads of their own, and never more at once than it can bear.
final class LogReads: Sendable {
    /// Why nothing was read.
    enum Failure: Error {
        /// So many reads wait already that another would only wait too.
        case busy
        case log(LogError)
    }

    private static let threads = 2

    private let reader: LogReader
    private let pool: BlockingPool
    private let underWay = Lock(0)
    private let maxUnderWay: Int

    init(reader: LogReader, maxUnderWay: Int = 64) {
        self.reader = reader
        self.maxUnderWay = maxUnderWay
        pool = BlockingPool(name: "log-reads", threads: Self.threads)
    }

    /// Runs `body` where it may block.
    ///
    /// - Throws: `Failure.busy` without running it, or the `LogError` that it threw.
    func run<Outcome: Sendable>(
        _ body: @escaping @Sendable (LogReader) throws(LogError) -> Outcome
    ) async throws(Failure) -> Outcome {
        let isAdmitted = underWay.withLock { count in
            guard count < maxUnderWay else { return false }
            count += 1
            return true
        }
        guard isAdmitted else { throw .busy }
        defer { underWay.withLock { $0 -= 1 } }
        do throws(LogError) {
            return try await pool.run { [reader] () throws(LogError) in try body(reader) }
        } catch {
            throw .log(error)
        }
    }
}
