import Advisories
import Cryptography
import Platform
import Registry
import Screening

/// The advisories as they stand at one moment; what the gateway needs of them.
protocol AdvisorySnapshot: Sendable {
    /// Names the state of knowledge: part of cache keys. Empty before anything was ever loaded.
    var identity: String { get }
    /// The same as a digest, by which advisory analyses are asked for.
    var digest: SHA256Digest { get }
    /// Every advisory that matches the version now.
    func facts(about name: PackageName, _ version: PackageVersion) -> [AdvisoryFact]
    /// The records themselves, for audits; nil when there are none. Decisions ask `facts`.
    var records: AdvisoryIndex? { get }
    /// Whether decisions about packages of `ecosystem` may rely on it.
    func availability(
        of ecosystem: Ecosystem, at now: Timestamp, required: Bool, maxAge: Duration
    ) -> AdvisoryAvailability
}

extension AdvisorySnapshot {
    var digest: SHA256Digest { SHA256Digest(hashing: Array(identity.utf8)) }
}

/// Where the current snapshot comes from; it is replaced whole when a new one is loaded.
protocol AdvisorySource: Sendable {
    func current() -> any AdvisorySnapshot
    /// How old it is, where it comes from and what went wrong.
    var standing: AdvisoryStanding { get }
}

extension AdvisorySource {
    var standing: AdvisoryStanding { AdvisoryStanding() }
}

/// The advisories as they concern the canary alone.
struct CanaryAdvisories: AdvisorySnapshot {
    let identity: String

    func facts(about name: PackageName, _ version: PackageVersion) -> [AdvisoryFact] {
        Canary.isCanary(name) ? [Canary.advisory] : []
    }

    var records: AdvisoryIndex? { nil }

    func availability(
        of ecosystem: Ecosystem, at now: Timestamp, required: Bool, maxAge: Duration
    ) -> AdvisoryAvailability {
        .current(snapshot: identity)
    }
}
