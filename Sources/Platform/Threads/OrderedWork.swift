/// Runs pieces of work on several threads and hands their results back in the order in which they were given.
///
/// For one caller that blocks: it adds pieces, takes results, and keeps no more than it wants to hold in memory under way.
/// Dropping the last reference lets pieces that were added finish, then ends the threads.
public final class OrderedWork<Outcome: Sendable>: Sendable {
    private struct State {
        var finished: [Int: Outcome] = [:]
        var added = 0
        var taken = 0
    }

    private let pool: BlockingPool
    private let state = Lock(State())
    private let somethingFinished = ConditionVariable()

    /// Starts the threads. The first 15 bytes of the name show in `ps -L` and debuggers.
    public init(name: String, threads count: Int) {
        pool = BlockingPool(name: name, threads: count)
    }

    /// How many pieces were added and not taken yet.
    public var underWay: Int { state.withLock { $0.added - $0.taken } }

    /// Adds a piece; its thread and moment are not determined.
    public func add(_ piece: @escaping @Sendable () -> Outcome) {
        let number = state.withLock { state in
            defer { state.added += 1 }
            return state.added
        }
        pool.add { [self] in
            let outcome = piece()
            state.withLock { $0.finished[number] = outcome }
            somethingFinished.signal()
        }
    }

    /// Waits for the earliest piece that was not taken yet and returns its result. Blocks.
    ///
    /// Calling it when nothing is under way stops the process.
    public func next() -> Outcome {
        state.withLock(waitingOn: somethingFinished) { state in
            precondition(state.taken < state.added, "nothing is under way that could be waited for")
            guard let outcome = state.finished.removeValue(forKey: state.taken) else { return nil }
            state.taken += 1
            return outcome
        }
    }
}
