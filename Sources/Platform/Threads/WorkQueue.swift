/// A first-in, first-out queue of closures that some threads take from until it is closed and empty.
final class WorkQueue: Sendable {
    typealias Job = @Sendable () -> Void

    private struct State {
        var jobs: [Job?] = []
        var head = 0
        var isClosed = false

        mutating func take() -> Job? {
            guard head < jobs.count else { return nil }
            let job = jobs[head]
            jobs[head] = nil
            head += 1
            // Amortised: the array is compacted only after half of it was taken.
            if head == jobs.count {
                jobs.removeAll(keepingCapacity: head <= 1024)
                head = 0
            } else if head > 1024, head * 2 > jobs.count {
                jobs.removeFirst(head)
                head = 0
            }
            return job
        }
    }

    private enum Step {
        case run(Job)
        case end
    }

    private let state = Lock(State())
    private let somethingToDo = ConditionVariable()

    /// Adds a job. Adding one after `close` is a broken invariant: nobody would ever run it.
    func add(_ job: @escaping Job) {
        state.withLock { state in
            precondition(!state.isClosed, "work was handed to a thread that was stopped")
            state.jobs.append(job)
        }
        somethingToDo.signal()
    }

    /// Refuses further jobs; those already added still run.
    func close() {
        state.withLock { $0.isClosed = true }
        somethingToDo.broadcast()
    }

    /// Runs jobs on the calling thread until the queue is closed and empty.
    func drain() {
        while true {
            let step: Step = state.withLock(waitingOn: somethingToDo) { state in
                if let job = state.take() { return .run(job) }
                return state.isClosed ? .end : nil
            }
            switch step {
            case .run(let job): job()
            case .end: return
            }
        }
    }

    /// Adds a job and suspends the caller until it has run, handing over its result.
    func run<Success: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Success
    ) async throws(Failure) -> Success {
        let result: Result<Success, Failure> = await withCheckedContinuation { continuation in
            add { continuation.resume(returning: Result(catching: body)) }
        }
        return try result.get()
    }
}

extension Lock where Value: Copyable {
    /// Runs `body` under the lock again and again, waiting on `condition` in between, until it returns a value.
    func withLock<Result>(
        waitingOn condition: borrowing ConditionVariable, _ body: (inout Value) -> Result?
    ) -> Result {
        mutex.lock()
        defer { mutex.unlock() }
        while true {
            if let result = unsafe body(&value.pointee) { return result }
            mutex.wait(on: condition)
        }
    }
}
