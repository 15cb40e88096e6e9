import Platform
import Registry
import VerdictStore

/// What is watched, what is due, and what is under way: the state of the rounds, without any work of its own.
///
/// Packages of one upstream host share a lane; a host that rests or is slow holds up nobody else's packages.
struct WarmBoard: Sendable {
    struct Lane: Sendable {
        var queue: [WatchKey] = []
        var underWay: Set<WatchKey> = []
    }

    /// Packages of one host that are looked at at the same time: more than it has connections, since most of the time goes
    /// by while analyses run.
    static let looksPerLane = 4

    private(set) var packages: [WatchKey: WatchedPackage] = [:]
    private(set) var lanes: [String: Lane] = [:]
    /// When the first package that is not due becomes so.
    private(set) var nextDue: Timestamp?

    /// Takes the list over as it is now, and what of it is due. What is under way goes on.
    ///
    /// - Parameter host: the lane of a package.
    mutating func plan(
        _ list: [WatchedPackage], interval: Duration?, at now: Timestamp, host: (WatchKey) -> String
    ) {
        packages = Dictionary(list.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let underWay = Set(lanes.values.flatMap(\.underWay))
        for name in lanes.keys { lanes[name]?.queue = [] }
        let schedule = WarmSchedule(list, interval: interval, at: now)
        for key in schedule.due where !underWay.contains(key) { lanes[host(key), default: Lane()].queue.append(key) }
        nextDue = schedule.next
    }

    /// The next package to look at, and its lane; nil when there is none that may be looked at now.
    mutating func take(isResting: (String) -> Bool) -> (key: WatchKey, lane: String)? {
        for name in lanes.keys.sorted() where !isResting(name) {
            guard var lane = lanes[name], lane.underWay.count < Self.looksPerLane, !lane.queue.isEmpty else { continue }
            let key = lane.queue.removeFirst()
            lane.underWay.insert(key)
            lanes[name] = lane
            return (key, name)
        }
        return nil
    }

    /// A look ended, and this is what it found. What was ordered meanwhile is looked at again.
    ///
    /// - Parameter interval: how long the look is good for; nil when nobody looks unless somebody orders it.
    mutating func finish(
        _ key: WatchKey, in lane: String, _ look: WatchLook, answering number: Int64, interval: Duration?
    ) {
        lanes[lane]?.underWay.remove(key)
        guard var package = packages[key] else { return }
        package.look = look
        package.answered = max(package.answered, number)
        packages[key] = package
        if package.isOrdered {
            lanes[lane]?.queue.append(key)
        } else if let next = WarmSchedule(CollectionOfOne(package), interval: interval, at: look.at).next {
            nextDue = min(nextDue ?? next, next)
        }
    }

    /// A look is to be gone on with when its upstream may be asked again.
    mutating func putBack(_ key: WatchKey, in lane: String, _ look: WatchLook) {
        lanes[lane]?.underWay.remove(key)
        lanes[lane]?.queue.append(key)
        packages[key]?.look = look
    }

    /// A package that is not watched any more is not looked at.
    mutating func drop(_ key: WatchKey, in lane: String) { lanes[lane]?.underWay.remove(key) }

    /// Lanes in which packages wait or are looked at, by name.
    var busyLanes: [String] { lanes.filter { !$0.value.queue.isEmpty || !$0.value.underWay.isEmpty }.keys.sorted() }

    /// The packages that an order is about, ascending.
    func ordered(_ number: Int64) -> [WatchedPackage] {
        packages.values.filter { $0.asked >= number }.sorted { $0.key < $1.key }
    }
}
