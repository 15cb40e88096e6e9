import CLinux
import Glibc

/// One dedicated thread for calls that block: a database's writer, synchronising files, waiting for a child.
///
/// Work runs in the order of the calls to `run`, one at a time, never on the threads that run Swift tasks.
/// Dropping the last reference lets queued work finish, then ends the thread.
public final class BlockingThread: Sendable {
    private let pool: BlockingPool

    /// Starts the thread. The first 15 bytes of the name show in `ps -L` and debuggers.
    public init(name: String) {
        pool = BlockingPool(name: name, threads: 1)
    }

    /// Runs `body` on the thread and returns what it returns; the caller's thread is free meanwhile.
    ///
    /// Cancelling the calling task does not interrupt `body`. Calling this after `stop` stops the process.
    ///
    /// - Throws: whatever `body` throws.
    public func run<Success: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Success
    ) async throws(Failure) -> Success {
        try await pool.run(body)
    }

    /// Adds work that nobody waits for. Calling this after `stop` stops the process.
    public func add(_ body: @escaping @Sendable () -> Void) {
        pool.add(body)
    }

    /// Makes the calling thread wait; for threads of one's own, never for those that run Swift tasks.
    public static func pause(for duration: Duration) {
        let (seconds, attoseconds) = duration.components
        var asked = timespec(tv_sec: Int(clamping: seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        var rest = timespec()
        while unsafe nanosleep(&asked, &rest) != 0, currentErrorNumber() == EINTR { asked = rest }
    }

    /// Lets the work queued so far finish and waits for the thread to end; a second call does nothing.
    ///
    /// Blocks. Never call it from the thread itself.
    public func stop() {
        pool.stop()
    }
}

/// A fixed number of threads for calls that block and do not depend on each other, such as reads of a database.
///
/// Work starts in the order of the calls to `run`. Dropping the last reference lets queued work finish, then ends
/// the threads.
public final class BlockingPool: Sendable {
    private let queue = WorkQueue()
    private let threads: Lock<[NativeThread]>

    /// Starts the threads. The first 15 bytes of the name show in `ps -L` and debuggers.
    public init(name: String, threads count: Int) {
        precondition(count > 0, "a pool needs at least one thread")
        let queue = queue
        threads = Lock((0..<count).map { _ in NativeThread.start(name: name) { queue.drain() } })
    }

    deinit {
        queue.close()
        // The last reference may go on one of these threads, which could not wait for itself.
        threads.withLock { threads in
            for thread in threads { thread.detach() }
        }
    }

    /// Runs `body` on one of the threads and returns what it returns; the caller's thread is free meanwhile.
    ///
    /// Cancelling the calling task does not interrupt `body`. Calling this after `stop` stops the process.
    ///
    /// - Throws: whatever `body` throws.
    public func run<Success: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Success
    ) async throws(Failure) -> Success {
        try await queue.run(body)
    }

    /// Adds work that nobody waits for.
    func add(_ body: @escaping @Sendable () -> Void) {
        queue.add(body)
    }

    /// Lets the work queued so far finish and waits for the threads to end; a second call does nothing.
    ///
    /// Blocks. Never call it from one of the threads.
    public func stop() {
        queue.close()
        let ending = threads.withLock { threads in
            let ending = threads
            threads = []
            return ending
        }
        for thread in ending {
            precondition(!thread.isCurrent, "a thread cannot wait for its own end")
            thread.join()
        }
    }
}
