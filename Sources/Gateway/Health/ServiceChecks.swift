import Platform
import Registry
import Screening

extension HealthReport {
    /// What the age of the advisories means for readiness: that of the worst ecosystem in use.
    init(_ snapshot: any AdvisorySnapshot, _ configuration: ConfigurationInForce, at now: Timestamp) {
        let used = Ecosystem.allCases.filter { !configuration.topology.registries(of: $0).isEmpty }
        let reports = used.map { ecosystem in
            let availability = snapshot.availability(
                of: ecosystem, at: now, required: configuration.advisoriesRequired,
                maxAge: configuration.advisoriesMaxAge)
            return Self.advisories(availability, ecosystem)
        }
        let worst = reports.first { $0.state == .failed } ?? reports.first { $0.state == .degraded }
        self = worst ?? HealthReport(name: "advisories", state: .ok)
    }

    private static func advisories(_ availability: AdvisoryAvailability, _ ecosystem: Ecosystem) -> HealthReport {
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
                problem: "advisories for \(ecosystem) are required and cannot be used; run jurat advisories sync")
        case .stale(let age):
            HealthReport(
                name: "advisories", state: .failed,
                problem: "the advisory snapshot is \(age / 3600) hours old; check the advisory source")
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
