import Platform

/// What the last attempt to apply the configuration file read and found, so that nothing is done or said twice.
final class ReloadAttempt: Sendable {
    private struct State {
        var bytes: [UInt8]
        var problem: String?
    }

    private let state: Lock<State>

    init(of bytes: [UInt8]) {
        state = Lock(State(bytes: bytes))
    }

    /// Whether the file is another than the one that was tried last.
    func isNew(_ bytes: [UInt8]) -> Bool { state.withLock { $0.bytes != bytes } }

    func began(_ bytes: [UInt8]) { state.withLock { $0.bytes = bytes } }

    /// Keeps the outcome; answers whether it is another than last time.
    @discardableResult
    func ended(problem: String?) -> Bool {
        state.withLock { state in
            defer { state.problem = problem }
            return state.problem != problem
        }
    }
}
