import Advisories
import Platform
import Registry
import Screening

extension HealthReport {
    /// What the age of the advisories, and what went wrong with them, means for readiness: that of the worst ecosystem in
    /// use.
    init(_ source: any AdvisorySource, _ configuration: ConfigurationInForce, at now: Timestamp) {
        let snapshot = source.current()
        let standing = source.standing
        let used = Ecosystem.allCases.filter { !configuration.topology.registries(of: $0).isEmpty }
        var reports = used.map { ecosystem in
            let availability = snapshot.availability(
                of: ecosystem, at: now, required: configuration.advisoriesRequired,
                maxAge: configuration.advisoriesMaxAge)
            return Self.advisories(availability, ecosystem, standing.problem)
        }
        if let problem = standing.problem {
            reports.append(
                HealthReport(
                    name: "advisories", state: .degraded,
                    problem: "what is installed now cannot be used, what was loaded before stays in force: \(problem)"))
        }
        if let problem = standing.memoryProblem {
            reports.append(HealthReport(name: "advisories", state: .degraded, problem: problem))
        }
        for ecosystem in used {
            guard let failure = standing.failure(of: ecosystem, configuration) else { continue }
            reports.append(
                HealthReport(name: "advisories", state: .degraded, problem: Self.sentence(failure, ecosystem)))
        }
        self = Self.worst(of: reports)
    }

    /// The worst state, with every reason for it and what lies behind.
    private static func worst(of reports: [HealthReport]) -> HealthReport {
        let bad = reports.filter { $0.state == .failed } + reports.filter { $0.state == .degraded }
        guard let worst = bad.first else { return HealthReport(name: "advisories", state: .ok) }
        let reasons = bad.compactMap(\.problem)
        return HealthReport(
            name: "advisories", state: worst.state, problem: reasons.joined(separator: "; "))
    }

    private static func sentence(_ state: AdvisorySourceState, _ ecosystem: Ecosystem) -> String {
        let when = state.attemptedAt.map { " at \($0)" } ?? ""
        let count = state.failuresInARow > 1 ? " (\(state.failuresInARow) times in a row)" : ""
        return
            "the \(ecosystem) bundle \(state.place ?? "") could not be refreshed\(when)\(count): \(state.failure ?? "")"
    }

    private static func advisories(
        _ availability: AdvisoryAvailability, _ ecosystem: Ecosystem, _ problem: String?
    ) -> HealthReport {
        switch availability {
        case .current: HealthReport(name: "advisories", state: .ok)
        case .neverLoaded(required: false):
            HealthReport(
                name: "advisories", state: .degraded,
                problem: "advisories for \(ecosystem) were never loaded: artifacts are judged without them; run "
                    + "jurat advisories sync")
        case .neverLoaded(required: true):
            HealthReport(
                name: "advisories", state: .failed,
                problem: "advisories for \(ecosystem) are required and cannot be used: "
                    + (problem == nil ? "they were never loaded; run jurat advisories sync" : "the snapshot is damaged")
            )
        case .stale(let seconds):
            HealthReport(
                name: "advisories", state: .failed,
                problem: "the \(ecosystem) advisories do not count: \(AdvisoryAge.staleness(seconds: seconds)); "
                    + "check the source, or load a bundle with jurat advisories import")
        }
    }

    /// What the canaries mean for readiness: one that is served shows that policy is not enforced.
    init(_ results: [CanaryResult], policies configuration: ConfigurationInForce) {
        let served = results.filter { !$0.isRefused }
        // Policy itself may say that malicious packages are only reported: then the canary shows just that.
        let unexpected = served.filter { configuration.policy(of: $0.registry).onMalicious != .report }
        if let first = unexpected.first {
            self.init(
                name: "canary", state: .failed,
                problem: "\(first.registry) answered \(first.status) for the canary, which policy must refuse")
        } else if let first = served.first {
            self.init(
                name: "canary", state: .degraded,
                problem: "\(first.registry) only reports malicious packages (onMalicious: report)")
        } else {
            self.init(name: "canary", state: .ok)
        }
    }
}
