import Platform

/// How politely one upstream is asked for what nobody waits for.
///
/// Pure: told the time and how requests ended. Few at a time, few a second, none while the upstream wants to be left alone or
/// fails; then longer and longer pauses, of which one request decides whether they end.
struct WarmPace: Sendable {
    struct Limits: Sendable, Hashable {
        let requestsPerSecond: Int
        let atOnce: Int
    }

    /// Whether a request may begin.
    enum Turn: Sendable, Equatable {
        case go
        /// Enough began in this second.
        case later(Timestamp)
        /// Enough is under way.
        case afterOthers
        /// Not before then.
        case resting(until: Timestamp)
    }

    /// How a request ended.
    enum Ending: Sendable, Equatable {
        case answered
        /// The upstream failed, or asked to be left alone until then.
        case failed(retryAfter: Timestamp?)
        /// It says nothing of the upstream: we ended it.
        case cancelled
    }

    static let firstPause = Duration.seconds(60)
    static let longestPause = Duration.seconds(3600)
    /// However long an upstream asks for.
    static let longestWish = Duration.seconds(86_400)

    private var underWay = 0
    private var second = Timestamp.earliest
    private var begun = 0
    private var failures = 0
    private(set) var restsUntil: Timestamp?

    mutating func turn(at now: Timestamp, _ limits: Limits) -> Turn {
        if let until = restsUntil, now < until { return .resting(until: until) }
        // After a failure one request tries for all.
        guard underWay < (failures > 0 ? 1 : limits.atOnce) else { return .afterOthers }
        // A clock that was set back must not stop everything until it is there again.
        if second != now { (second, begun) = (now, 0) }
        guard begun < limits.requestsPerSecond else { return .later(now.adding(.seconds(1))) }
        begun += 1
        underWay += 1
        return .go
    }

    mutating func ended(_ ending: Ending, at now: Timestamp) {
        underWay -= 1
        switch ending {
        case .cancelled: break
        case .answered:
            failures = 0
            restsUntil = nil
        case .failed(let retryAfter):
            // Of several that were under way, one failure counts.
            if restsUntil.map({ now >= $0 }) ?? true {
                failures += 1
                restsUntil = now.adding(Self.pause(after: failures))
            }
            guard let retryAfter, let until = restsUntil else { return }
            restsUntil = max(until, min(retryAfter, now.adding(Self.longestWish)))
        }
    }

    /// Leaves the upstream alone because of what others heard from it.
    mutating func rest(until moment: Timestamp) { restsUntil = max(restsUntil ?? moment, moment) }

    /// 1, 2, 4 … minutes, at most an hour.
    static func pause(after failures: Int) -> Duration {
        min(firstPause * (1 << min(max(failures - 1, 0), 10)), longestPause)
    }
}
