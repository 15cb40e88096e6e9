import Advisories
import JSON
import Platform
import Registry
import Screening

/// What `status` and the metrics say of the advisories.
struct AdvisoryReport: Sendable {
    let source: any AdvisorySource
    let settings: Settings
    let live: LiveAdvisories
    let plan: @Sendable () -> AdvisoryRefreshPlan

    /// One ecosystem that packages are served of.
    struct Entry: Sendable {
        let ecosystem: Ecosystem
        let availability: AdvisoryAvailability
        let freshness: AdvisoryFreshness
        let records: Int?
        let state: AdvisorySourceState?
        /// Why the last look at the configured source brought nothing.
        let failure: String?
    }

    /// Every ecosystem that packages are served of.
    func entries(at now: Timestamp) -> [Entry] {
        let configuration = settings.current
        let snapshot = source.current()
        let standing = source.standing
        let used = Ecosystem.allCases.filter { !configuration.topology.registries(of: $0).isEmpty }
        return used.map { ecosystem in
            Entry(
                ecosystem: ecosystem,
                availability: snapshot.availability(
                    of: ecosystem, at: now, required: configuration.advisoriesRequired,
                    maxAge: configuration.advisoriesMaxAge),
                freshness: standing.freshness(ecosystem, now, configuration.advisoriesMaxAge),
                records: standing.records[ecosystem], state: standing.sources[ecosystem],
                failure: standing.failure(of: ecosystem, configuration)?.failure)
        }
    }

    /// The snapshot's name; empty before one was ever loaded.
    var snapshot: String { source.current().identity }

    func json(at now: Timestamp) -> JSONValue {
        let plan = plan()
        let entries = entries(at: now)
        var object: JSONObject = ["snapshot": .string(snapshot)]
        for entry in entries { object.append(entry.ecosystem.rawValue, .string(Self.text(entry))) }
        object.append(
            "summary",
            .string(entries.map { "\($0.ecosystem.rawValue) \(Self.text($0))" }.joined(separator: " · ")))
        object.append("ecosystems", .array(entries.map { Self.json($0) }))
        object.append("nextLookAt", plan.nextAt.map { .string($0.rfc3339) } ?? .null)
        object.append("looking", .bool(plan.isRunning))
        let standing = source.standing
        object.append("problem", (standing.problem ?? standing.memoryProblem).map { .string($0) } ?? .null)
        object.append("live", liveJSON)
        return .object(object)
    }

    private var liveJSON: JSONValue {
        guard let service = live.service else { return .null }
        let counts = live.counts
        return [
            "url": .string(service.url), "problem": live.problem.map { .string($0) } ?? .null,
            "clean": .integer(Int64(counts.clean)), "found": .integer(Int64(counts.found)),
            "failed": .integer(Int64(counts.failed)), "skipped": .integer(Int64(counts.skipped)),
        ]
    }

    private static func json(_ entry: Entry) -> JSONValue {
        [
            "ecosystem": .string(entry.ecosystem.rawValue), "state": .string(word(entry.availability)),
            "records": entry.records.map { .integer(Int64($0)) } ?? .null,
            "ageSeconds": entry.freshness.age.map { .integer($0.components.seconds) } ?? .null,
            "source": entry.state?.place.map { .string($0) } ?? .null,
            "lastLookAt": entry.state?.attemptedAt.map { .string($0.rfc3339) } ?? .null,
            "failure": entry.failure.map { .string($0) } ?? .null,
            "failuresInARow": .integer(Int64(entry.failure == nil ? 0 : entry.state?.failuresInARow ?? 0)),
        ]
    }

    /// `current`, `stale` or `never loaded`.
    static func word(_ availability: AdvisoryAvailability) -> String {
        switch availability {
        case .neverLoaded: "never loaded"
        case .current: "current"
        case .stale: "stale"
        }
    }

    private static func text(_ entry: Entry) -> String {
        switch entry.availability {
        case .neverLoaded(let isRequired):
            return isRequired
                ? "never loaded, or unreadable: everything is held (jurat advisories sync)"
                : "never loaded: judged without advisories (jurat advisories sync)"
        case .current:
            let records = entry.records.map { "\($0) records" } ?? "current"
            let age = entry.freshness.age.map { ", \(AdvisoryAge.text(seconds: $0.components.seconds)) old" } ?? ""
            return records + age + (entry.failure == nil ? "" : ", the last refresh failed")
        case .stale(let seconds):
            return "stale: \(AdvisoryAge.staleness(seconds: seconds)) (jurat advisories sync)"
        }
    }
}
