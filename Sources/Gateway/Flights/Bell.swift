import Platform

/// Wakes whoever waits for a change; nothing rung between a look and a wait is slept through.
final class Bell: Sendable {
    private struct State {
        var ringing: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var nextTicket: UInt64 = 0
    }

    private let state = Lock(State())

    /// How often it was rung; to be taken before looking at what it announces.
    var ringing: UInt64 { state.withLock { $0.ringing } }

    func ring() {
        let waiters = state.withLock { state in
            state.ringing += 1
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.resume() }
    }

    /// Suspends until it was rung after `ringing` was taken, or the task is cancelled.
    func wait(after ringing: UInt64) async {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if Task.isCancelled || state.ringing != ringing { return true }
                    state.waiters[ticket] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume()
        }
    }
}
