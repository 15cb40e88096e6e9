import Platform

/// Makes many requests for one thing share one piece of work.
///
/// The work runs in a `TaskScope`: a client that leaves stops waiting and nothing else, so that the client's next try, or
/// another client, finds the work done. The number of different things under way is bounded.
final class SingleFlight<Key: Hashable & Sendable, Value: Sendable, Failure: Error>: Sendable {
    private typealias Waiter = CheckedContinuation<Result<Value, Failure>, Never>

    private struct Flight {
        var waiters: [UInt64: Waiter] = [:]
    }

    private struct State {
        var flights: [Key: Flight] = [:]
        var nextTicket: UInt64 = 0
    }

    private enum Boarding {
        case joined
        case first
        case refused(Failure)
    }

    private let state = Lock(State())
    private let scope: TaskScope
    private let maxFlights: Int
    private let overloaded: Failure
    private let abandoned: Failure

    /// Makes an idle flight board.
    ///
    /// `overloaded` is thrown when `maxFlights` different keys are under way; `abandoned` when the waiting task is
    /// cancelled or the scope has ended.
    init(scope: TaskScope, maxFlights: Int, overloaded: Failure, abandoned: Failure) {
        self.scope = scope
        self.maxFlights = maxFlights
        self.overloaded = overloaded
        self.abandoned = abandoned
    }

    /// How many different keys are under way.
    var count: Int { state.withLock { $0.flights.count } }

    /// How many requests wait for `key`.
    func waiterCount(of key: Key) -> Int { state.withLock { $0.flights[key]?.waiters.count ?? 0 } }

    /// The outcome of the work under way for `key`, which is started by `work` when there is none.
    ///
    /// - Throws: what the work throws, or one of the two failures given to the initialiser.
    func join(
        _ key: Key, work: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                board(key, ticket: ticket, waiter: waiter, work: work)
            }
        } onCancel: {
            leave(key, ticket: ticket)
        }
        return try result.get()
    }

    private func board(
        _ key: Key, ticket: UInt64, waiter: Waiter, work: @escaping @Sendable () async throws(Failure) -> Value
    ) {
        let boarding = state.withLock { state -> Boarding in
            // Inside the lock: a cancellation that comes later finds the waiter on board.
            if Task.isCancelled { return .refused(abandoned) }
            if state.flights[key] != nil {
                state.flights[key]?.waiters[ticket] = waiter
                return .joined
            }
            if state.flights.count >= maxFlights { return .refused(overloaded) }
            state.flights[key] = Flight(waiters: [ticket: waiter])
            return .first
        }
        switch boarding {
        case .joined: break
        case .refused(let failure): waiter.resume(returning: .failure(failure))
        case .first:
            let isStarted = scope.start { [self] in
                let result: Result<Value, Failure>
                do throws(Failure) { result = .success(try await work()) } catch { result = .failure(error) }
                land(key, result)
            }
            if !isStarted { land(key, .failure(abandoned)) }
        }
    }

    private func land(_ key: Key, _ result: Result<Value, Failure>) {
        let flight = state.withLock { $0.flights.removeValue(forKey: key) }
        for waiter in (flight?.waiters ?? [:]).values { waiter.resume(returning: result) }
    }

    private func leave(_ key: Key, ticket: UInt64) {
        let waiter = state.withLock { $0.flights[key]?.waiters.removeValue(forKey: ticket) }
        waiter?.resume(returning: .failure(abandoned))
    }
}
