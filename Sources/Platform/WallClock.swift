import CLinux
import Glibc

/// What tells the time of day. Passed in wherever a moment is recorded or compared, so that tests choose it.
///
/// Durations inside the process (time-outs, latencies) are measured with `ContinuousClock`, never with this.
public protocol WallClock: Sendable {
    /// The present moment, rounded down to the whole second.
    func now() -> Timestamp
}

/// The operating system's clock (`CLOCK_REALTIME`). It may step backwards when an administrator sets it.
public struct SystemWallClock: WallClock {
    public init() {}

    public func now() -> Timestamp {
        // The struct may count as CLinux's or as Glibc's, whichever module the compiler read first: both are imported.
        var moment = timespec()
        let code = unsafe clock_gettime(CLOCK_REALTIME, &moment)
        precondition(code == 0, "the kernel has no real-time clock")
        return Timestamp(secondsSinceEpoch: Int64(moment.tv_sec))
    }
}
