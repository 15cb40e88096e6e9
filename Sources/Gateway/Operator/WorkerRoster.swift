import Platform

/// Whether the service is ending, so that nothing long begins any more.
final class EndingFlag: Sendable {
    private let value = Lock(false)

    var isSet: Bool { value.withLock { $0 } }

    func set() { value.withLock { $0 = true } }
}

/// Which workers asked for work lately.
final class WorkerRoster: Sendable {
    private let lastSeen = Lock<[String: Timestamp]>([:])

    /// A worker that has not asked for this long counts as gone.
    static let memory = Duration.seconds(120)
    private static let maxNames = 1024

    func saw(_ worker: String, at now: Timestamp) {
        lastSeen.withLock { seen in
            if seen.count >= Self.maxNames, seen[worker] == nil {
                seen = seen.filter { $0.value.adding(Self.memory) > now }
                guard seen.count < Self.maxNames else { return }
            }
            seen[worker] = now
        }
    }

    /// The workers that asked within `memory`, by name, with when they last did.
    func present(at now: Timestamp) -> [(name: String, lastSeen: Timestamp)] {
        lastSeen.withLock { $0.filter { $0.value.adding(Self.memory) > now } }
            .map { (name: $0.key, lastSeen: $0.value) }
            .sorted { $0.name < $1.name }
    }
}
