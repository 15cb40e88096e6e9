import Platform
import Registry

/// The way to one upstream host for everything that nobody waits for: each request takes its turn here.
final class WarmLane: Sendable {
    /// Whether a request may be sent.
    enum Permission: Sendable, Equatable {
        case granted
        /// The upstream is left alone until then.
        case resting(until: Timestamp)
        case cancelled
    }

    private let pace = Lock(WarmPace())
    private let bell = Bell()
    private let clock: any WallClock
    private let pausing: any Pausing
    private let reason = Lock("")

    init(clock: any WallClock, pausing: any Pausing) {
        self.clock = clock
        self.pausing = pausing
    }

    /// Until when the upstream is left alone, and why; nil while it may be asked.
    var rest: (until: Timestamp, reason: String)? {
        guard let until = pace.withLock({ $0.restsUntil }), clock.now() < until else { return nil }
        return (until, reason.withLock { $0 })
    }

    /// Waits for a turn. Whoever was granted one calls `ended`.
    func turn(_ limits: WarmPace.Limits) async -> Permission {
        while !Task.isCancelled {
            let ringing = bell.ringing
            let now = clock.now()
            switch pace.withLock({ $0.turn(at: now, limits) }) {
            case .go: return .granted
            case .later(let moment): await pausing.pause(for: now.distance(to: moment))
            case .afterOthers: await bell.wait(after: ringing)
            case .resting(let until): return .resting(until: until)
            }
        }
        return .cancelled
    }

    /// - Parameter problem: why the upstream failed, for people.
    func ended(_ ending: WarmPace.Ending, problem: String = "") {
        if case .failed = ending { reason.withLock { $0 = problem } }
        pace.withLock { $0.ended(ending, at: clock.now()) }
        bell.ring()
    }

    /// Leaves the upstream alone because of what others heard from it.
    func rest(until moment: Timestamp, because problem: String) {
        reason.withLock { $0 = problem }
        pace.withLock { $0.rest(until: moment) }
    }
}
