import Platform

/// The worker processes that `serve` starts and starts again when they end.
///
/// Each runs on a thread that waits for it, so that nothing polls; a worker that keeps dying is started ever more slowly.
final class WorkerProcesses: Sendable {
    private struct State {
        var running: [Int: ChildKiller] = [:]
        var isStopping = false
        /// Workers that were asked to end so that they start again.
        var restarting: Set<Int> = []
    }

    private let state = Lock(State())
    private let threads: [BlockingThread]
    private let launch: @Sendable (Int) throws(SpawnError) -> ChildProcess
    private let prepare: @Sendable (Int) async -> Void
    private let logger: Logger

    /// - Parameters:
    ///   - prepare: what is due before worker number `n` starts: an earlier one of that number has ended.
    ///   - launch: starts worker number `n`.
    init(
        count: Int, logger: Logger, prepare: @escaping @Sendable (Int) async -> Void,
        launch: @escaping @Sendable (Int) throws(SpawnError) -> ChildProcess
    ) {
        self.prepare = prepare
        threads = (0..<count).map { BlockingThread(name: "worker-\($0 + 1)") }
        self.launch = launch
        self.logger = logger
    }

    /// Keeps every worker running until `stop`. Returns when all have ended.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            for (number, thread) in threads.enumerated() {
                group.addTask { await self.keepRunning(number, on: thread) }
            }
        }
    }

    /// Asks every worker to end; `run` returns when they have.
    func stop() {
        let workers = state.withLock { state in
            state.isStopping = true
            return Array(state.running.values)
        }
        for worker in workers { worker.kill(SignalInbox.terminate) }
    }

    /// Has every worker finish what it works on, end, and start again.
    func restart() {
        let workers = state.withLock { state in
            state.restarting = Set(state.running.keys)
            return Array(state.running.values)
        }
        for worker in workers { worker.kill(SignalInbox.hangUp) }
    }

    private func keepRunning(_ number: Int, on thread: BlockingThread) async {
        var pause = Duration.milliseconds(100)
        while !state.withLock({ $0.isStopping }) {
            await prepare(number)
            let started = ContinuousClock.now
            let ended = await thread.run { self.runOnce(number) }
            if state.withLock({ $0.isStopping }) { break }
            if state.withLock({ $0.restarting.remove(number) }) != nil {
                logger.info("worker \(number + 1) starts again with the keys of now")
                continue
            }
            logger.warning("worker \(number + 1) ended (\(ended)); starting it again")
            pause = ContinuousClock.now - started > .seconds(10) ? .milliseconds(100) : min(pause * 2, .seconds(10))
            try? await Task.sleep(for: pause)
        }
        thread.stop()
    }

    private func runOnce(_ number: Int) -> String {
        do {
            let child = try launch(number)
            let killer = child.killer
            let isStopping = state.withLock { state in
                state.running[number] = killer
                return state.isStopping
            }
            // A stop that came between the loop's check and this line found no process to tell.
            if isStopping { killer.kill(SignalInbox.terminate) }
            let status = child.wait()
            state.withLock { $0.running[number] = nil }
            return "\(status)"
        } catch {
            return "it could not be started: \(error)"
        }
    }
}
