/// Runs work that must outlive the request that asked for it, such as a download that other clients wait for.
///
/// All such work is a child of `run`, so that the process can wait for it or cancel it; nothing is started on the side.
final class TaskScope: Sendable {
    typealias Operation = @Sendable () async -> Void

    private let operations: AsyncStream<Operation>
    private let intake: AsyncStream<Operation>.Continuation

    /// Makes a scope whose work starts when `run` is called; what was handed in before then waits for it.
    init() {
        (operations, intake) = AsyncStream.makeStream(of: Operation.self, bufferingPolicy: .unbounded)
    }

    /// Runs what is handed in, all at once, until `finish`; returns when the last of it has ended.
    ///
    /// Cancelling the calling task cancels all work. Call it once.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await operation in operations {
                group.addTask { await operation() }
            }
        }
    }

    /// Hands in work; answers false when the scope has ended and the work will not run.
    func start(_ operation: @escaping Operation) -> Bool {
        switch intake.yield(operation) {
        case .enqueued: true
        case .dropped, .terminated: false
        @unknown default: false
        }
    }

    /// Takes no more work; what runs goes on.
    func finish() {
        intake.finish()
    }
}
