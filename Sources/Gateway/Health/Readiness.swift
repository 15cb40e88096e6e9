import Platform

/// One thing that must be in order for the gateway to be ready.
public struct HealthReport: Sendable, Equatable {
    public enum State: String, Sendable {
        case ok
        /// It works, but not as well as it should; readiness stands.
        case degraded
        /// Readiness fails.
        case failed
    }

    public let name: String
    public let state: State
    /// What is wrong and what to do; nil when all is well.
    public let problem: String?

    public init(name: String, state: State, problem: String? = nil) {
        self.name = name
        self.state = state
        self.problem = problem
    }
}

/// Collects what the parts of the service say about their health.
public final class Readiness: Sendable {
    public typealias Check = @Sendable () async -> HealthReport

    private let checks: Lock<[Check]>

    init() {
        checks = Lock([])
    }

    /// Adds a check, asked at every look at readiness; it must answer within moments.
    public func add(_ check: @escaping Check) {
        checks.withLock { $0.append(check) }
    }

    /// What every part says now, in the order in which they were added.
    public func reports() async -> [HealthReport] {
        var reports: [HealthReport] = []
        for check in checks.withLock({ $0 }) { reports.append(await check()) }
        return reports
    }
}
