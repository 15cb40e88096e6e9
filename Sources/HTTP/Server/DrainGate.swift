import Platform

/// Counts what a server still has to finish, and wakes the one who waits for the end.
final class DrainGate: Sendable {
    private struct State {
        var members = 0
        var waiter: CheckedContinuation<Bool, Never>?
    }

    private let state = Lock(State())

    /// How many connections there are, those included whose handler still runs after their end.
    var count: Int { state.withLock { $0.members } }

    /// Adds a member and answers how many there are now.
    func enter() -> Int {
        state.withLock { state in
            state.members += 1
            return state.members
        }
    }

    /// Takes a member away.
    func leave() {
        let waiter: CheckedContinuation<Bool, Never>? = state.withLock { state in
            state.members -= 1
            precondition(state.members >= 0, "more members left than came")
            guard state.members == 0 else { return nil }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: true)
    }

    /// Waits until nobody is left, at most for `limit`; answers whether that is so. One task waits at a time.
    func waitUntilEmpty(atMost limit: Duration, on loop: EventLoop) async -> Bool {
        await withCheckedContinuation { waiter in
            let isEmpty = state.withLock { state in
                if state.members > 0 { state.waiter = waiter }
                return state.members == 0
            }
            if isEmpty {
                waiter.resume(returning: true)
                return
            }
            loop.execute(after: limit) { self.giveUp() }
        }
    }

    private func giveUp() {
        let waiter: CheckedContinuation<Bool, Never>? = state.withLock { state in
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: false)
    }
}
