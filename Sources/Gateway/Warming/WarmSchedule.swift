import Platform
import VerdictStore

/// Which watched packages are to be looked at, and when the next one is.
///
/// Pure. First what somebody ordered, then what was never looked at, then what was looked at longest ago.
struct WarmSchedule: Sendable, Equatable {
    /// In the order in which they are looked at.
    let due: [WatchKey]
    /// When the first of the others is due; nil when none ever is by itself.
    let next: Timestamp?

    /// - Parameter interval: how long a look is good for; nil when nobody looks unless somebody orders it.
    init(_ packages: some Collection<WatchedPackage>, interval: Duration?, at now: Timestamp) {
        var due: [(package: WatchedPackage, since: Timestamp)] = []
        var next: Timestamp?
        for package in packages {
            let last = package.look?.at ?? .earliest
            if package.isOrdered {
                due.append((package, last))
                continue
            }
            guard let interval, !package.isOnlyOnce else { continue }
            let moment = package.look == nil ? .earliest : last.adding(interval)
            // A look in the future is one by a clock that was wrong.
            if moment <= now || last > now {
                due.append((package, last))
            } else {
                next = min(next ?? moment, moment)
            }
        }
        self.next = next
        self.due = due.sorted { left, right in
            if left.package.isOrdered != right.package.isOrdered { return left.package.isOrdered }
            return (left.since, left.package.key) < (right.since, right.package.key)
        }.map(\.package.key)
    }
}
