import Platform

/// What following one log has come to.
struct FollowStatus: Sendable, Equatable {
    /// Looks that ended.
    var rounds: UInt64 = 0
    var isRunning = false
    /// Of the entries that the present look misses.
    var taken: UInt64 = 0
    var wanted: UInt64 = 0
    var lastEndedAt: Timestamp?
    /// When the last look ended well.
    var lastGoodAt: Timestamp?
    /// Why the last look brought nothing; nil when it did.
    var problem: String?
    /// Whether the problem is something that no honest log shows.
    var isMisbehaviour = false
    /// Looks in a row that brought nothing.
    var failures: UInt64 = 0
    var nextAt: Timestamp?
}

/// How far following has got, by log; and the bell that wakes followers.
final class FollowBook: Sendable {
    private struct State {
        var statuses: [String: FollowStatus] = [:]
        /// How often a look was asked for, and at which count the last look began.
        var requested: [String: UInt64] = [:]
        var begun: [String: UInt64] = [:]
    }

    /// Rings when a look was asked for, or what is followed may have changed.
    let bell = Bell()
    private let state = Lock(State())

    func status(of origin: String) -> FollowStatus { state.withLock { $0.statuses[origin] } ?? FollowStatus() }

    func update(_ origin: String, _ change: (inout FollowStatus) -> Void) {
        state.withLock { change(&$0.statuses[origin, default: FollowStatus()]) }
    }

    func forget(_ origin: String) { state.withLock { $0.statuses[origin] = nil } }

    /// Asks for a look now.
    ///
    /// - Returns: how many looks will have ended when the one that was asked for has.
    func request(_ origin: String) -> UInt64 {
        defer { bell.ring() }
        return state.withLock { state in
            state.requested[origin, default: 0] += 1
            let status = state.statuses[origin] ?? FollowStatus()
            // One under way may have begun before what the operator waits for.
            return status.rounds + (status.isRunning ? 2 : 1)
        }
    }

    func begin(_ origin: String) {
        state.withLock { state in
            state.begun[origin] = state.requested[origin]
            state.statuses[origin, default: FollowStatus()].isRunning = true
            state.statuses[origin]?.taken = 0
            state.statuses[origin]?.wanted = 0
        }
    }

    /// Whether a look was asked for since the last one began.
    func isRequested(_ origin: String) -> Bool {
        state.withLock { $0.requested[origin] ?? 0 != $0.begun[origin] ?? 0 }
    }
}
