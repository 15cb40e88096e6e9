import CLinux
import Glibc

/// A moment to give up at, on the clock that never steps.
struct Deadline {
    private let moment: ContinuousClock.Instant

    init(after duration: Duration) {
        let now = ContinuousClock.now
        // A year is for ever here, and keeps the sum from overflowing.
        moment = now.advanced(by: min(max(duration, .zero), .seconds(365 * 86_400)))
    }

    /// What is left in milliseconds, rounded up so that polling never spins; at most what `poll` takes.
    var remainingMilliseconds: Int32 {
        let left = ContinuousClock.now.duration(to: moment)
        guard left > .zero else { return 0 }
        let (seconds, attoseconds) = left.components
        let milliseconds = seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(clamping: milliseconds)
    }
}

enum PollOutcome {
    case ready
    case timedOut
}

/// Waits until a descriptor is ready (or has failed, which the following call then reports) or the deadline.
func pollDescriptor(_ descriptor: Int32, for events: Int16, until deadline: Deadline) -> PollOutcome {
    var request = pollfd(fd: descriptor, events: events, revents: 0)
    while true {
        let left = deadline.remainingMilliseconds
        let count = unsafe poll(&request, 1, left)
        if count > 0 { return .ready }
        precondition(count == 0 || currentErrorNumber() == EINTR, "polling failed: \(errorText(currentErrorNumber()))")
        if count == 0 && deadline.remainingMilliseconds == 0 { return .timedOut }
    }
}
