public import Platform

/// A clock that shows what the test sets, and goes forward only when the test says so.
public final class ManualWallClock: WallClock {
    private let moment: Lock<Timestamp>

    /// A clock that shows `start`, by default 2026-01-01T00:00:00Z.
    public init(_ start: Timestamp = Timestamp(secondsSinceEpoch: 1_767_225_600)) {
        moment = Lock(start)
    }

    public func now() -> Timestamp {
        moment.withLock { $0 }
    }

    /// Shows `timestamp` from now on.
    public func set(_ timestamp: Timestamp) {
        moment.withLock { $0 = timestamp }
    }

    /// Moves by `duration`, backwards when it is negative.
    public func advance(by duration: Duration) {
        moment.withLock { $0 = $0.adding(duration) }
    }
}
