import Platform

/// A request to stop that any thread may make once and one task waits for.
final class StopSignal: Sendable {
    private struct State {
        var isRequested = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Lock(State())

    var isRequested: Bool { state.withLock { $0.isRequested } }

    /// Makes the request; later calls do nothing.
    func request() {
        let waiter = state.withLock { state in
            state.isRequested = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Suspends until the request is made. Only one task may wait.
    func wait() async {
        await withCheckedContinuation { continuation in
            let isRequested = state.withLock { state in
                if !state.isRequested { state.waiter = continuation }
                return state.isRequested
            }
            if isRequested { continuation.resume() }
        }
    }
}
