import Platform

/// Runs work that must outlive the request that asked for it, such as a download that other clients wait for.
///
/// All such work is a child of `run`, so that the process can wait for it or cancel it; nothing is started on the side.
final class TaskScope: Sendable {
    typealias Operation = @Sendable () async -> Void

    private struct State {
        var operations: [Operation] = []
        var isFinished = false
        var runner: CheckedContinuation<Void, Never>?
    }

    private let state = Lock(State())

    /// Makes a scope whose work starts when `run` is called; what was handed in before then waits for it.
    init() {}

    /// Runs what is handed in, all at once, until `finish`; returns when the last of it has ended.
    ///
    /// Cancelling the calling task finishes the scope and cancels all work; what was handed in before still runs (as
    /// cancelled), so that whoever waits for it gets an answer. Call it once.
    func run() async {
        await withDiscardingTaskGroup { group in
            while true {
                let (operations, isFinished) = state.withLock { state in
                    defer { state.operations = [] }
                    return (state.operations, state.isFinished)
                }
                for operation in operations { group.addTask { await operation() } }
                if operations.isEmpty {
                    if isFinished { return }
                    await waitForWork()
                }
            }
        }
    }

    /// Hands in work; answers false when the scope has ended and the work will not run.
    func start(_ operation: @escaping Operation) -> Bool {
        let (isTaken, runner) = state.withLock { state in
            if state.isFinished { return (false, nil as CheckedContinuation<Void, Never>?) }
            state.operations.append(operation)
            defer { state.runner = nil }
            return (true, state.runner)
        }
        runner?.resume()
        return isTaken
    }

    /// Takes no more work; what runs goes on.
    func finish() {
        let runner = state.withLock { state in
            state.isFinished = true
            defer { state.runner = nil }
            return state.runner
        }
        runner?.resume()
    }

    private func waitForWork() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if !state.operations.isEmpty || state.isFinished { return true }
                    state.runner = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            finish()
        }
    }
}
