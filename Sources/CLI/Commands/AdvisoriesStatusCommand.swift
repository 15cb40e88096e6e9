import Advisories
import Configuration
import JSON
import Platform
import Registry
import VerdictStore

/// `jurat advisories status`: what is loaded, how old it is, and how the last look at each source ended.
enum AdvisoriesStatusCommand {
    static let command = Command(
        ["advisories", "status"], "show the snapshot in force and the state of every source",
        options: [OutputFormat.option], example: "jurat advisories status -o json", run: run)

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(of: invocation)
        let deployment = try Deployment(invocation)
        let directory = AdvisoryDirectory(directory: deployment.data.advisoriesDirectory)
        let index: AdvisoryIndex?
        do throws(AdvisoryError) {
            index = try directory.current()
        } catch {
            throw CommandFailure(.failure, "the advisory snapshot cannot be read: \(error)")
        }
        let now = invocation.surroundings.clock.now()
        let view = AdvisoryView(
            directory: directory, index: index, settings: deployment.configuration.advisories, now: now)
        let console = invocation.surroundings.console
        let rows = view.rows
        switch format {
        case .json: console.line(JSONText.string(view.record(rows), pretty: true))
        case .jsonl: console.line(JSONText.string(view.record(rows)))
        case .table, .wide, .csv:
            console.text(view.listing(rows).rendered(as: format, isTerminal: console.isTerminal))
            if format != .csv { for note in view.notes(rows) { console.note(note) } }
        }
        let isUsable = index != nil && rows.allSatisfy { $0.freshness.isCurrent || $0.isUnused }
        return isUsable ? .success : .notReady
    }
}

/// The advisories of a data directory as `advisories status` shows them.
struct AdvisoryView {
    let directory: AdvisoryDirectory
    let index: AdvisoryIndex?
    let settings: AdvisorySettings
    let now: Timestamp

    struct Row {
        let ecosystem: Ecosystem
        let records: Int?
        let freshness: AdvisoryFreshness
        /// What is remembered of the source that is configured, or of the file that was imported where none is.
        let state: AdvisorySourceState?
        let source: BundleSource?
        let nextLookAt: Timestamp?

        /// Neither loaded nor meant to be.
        var isUnused: Bool { records == nil && source == nil }
    }

    /// One row for each ecosystem.
    var rows: [Row] {
        let states = directory.sources
        return Ecosystem.allCases.map { ecosystem in
            let source = settings.sources[ecosystem].map { BundleSource(ecosystem, $0) }
            let state = states[ecosystem].flatMap { state in
                source == nil || state.placeDigest == source?.digest ? state : nil
            }
            let schedule = RefreshSchedule(sources: source.map { [$0] } ?? [], refresh: settings.refresh)
            return Row(
                ecosystem: ecosystem, records: index?.recordCounts[ecosystem],
                freshness: directory.freshness(of: ecosystem, now: now, maxAge: settings.maxAge), state: state,
                source: source,
                nextLookAt: schedule.next(
                    after: states, loaded: Set(index?.recordCounts.keys.map(\.self) ?? []), now: now, chance: 0))
        }
    }

    // MARK: For people

    func listing(_ rows: [Row]) -> Listing {
        var listing = Listing(
            columns: [
                .init("ECOSYSTEM"), .init("STATE"), .init("RECORDS"), .init("AGE"), .init("LAST LOOK"), .init("SOURCE"),
                .init("NEXT LOOK", wide: true), .init("FAILURES", wide: true), .init("FAILURE", wide: true),
            ], emptyNote: "")
        for row in rows {
            let age = row.freshness.age.map { DurationText.short(seconds: $0.components.seconds) }
            let failed = row.state?.failure == nil ? "" : " failed"
            let look = row.state?.attemptedAt.map { $0.rfc3339 + failed }
            var cells = [row.ecosystem.rawValue, Self.word(row.freshness)]
            cells += [row.records.map(String.init) ?? "–", age ?? "–", look ?? "–"]
            cells += [row.source?.shown ?? row.state?.place ?? "–", row.nextLookAt?.rfc3339 ?? "–"]
            cells += [String(row.state?.failuresInARow ?? 0), row.state?.failure ?? "–"]
            listing.rows.append((cells: cells, record: Self.record(row)))
        }
        return listing
    }

    /// What a person should know and do.
    func notes(_ rows: [Row]) -> [String] {
        var notes = index.map { ["snapshot \($0.snapshotID.prefix(12)) built at \($0.builtAt)"] } ?? []
        if index == nil {
            notes.append(
                "no advisory snapshot was ever loaded: artifacts are judged without advisories; load one with "
                    + "jurat advisories sync, or jurat advisories import FILE")
        }
        if let problem = directory.sourcesProblem { notes.append(problem) }
        for row in rows {
            let name = row.ecosystem.rawValue
            if let failure = row.state?.failure {
                let next = row.nextLookAt.map { "; a running server looks again at \($0)" } ?? ""
                notes.append("\(name): the last look at \(row.state?.place ?? "its source") failed: \(failure)\(next)")
            }
            switch row.freshness {
            case .current, .neverLoaded: break
            case .stale(let age):
                notes.append(
                    "\(name): last confirmed \(DurationText.short(seconds: age.components.seconds)) ago, longer than "
                        + "advisories.maxAge: decisions do not rely on it; run jurat advisories sync, or import a bundle"
                )
            case .confirmedInFuture:
                notes.append(
                    "\(name): last confirmed at a time that has not come: a clock is wrong; set it right, then run "
                        + "jurat advisories sync")
            }
        }
        return notes
    }

    private static func word(_ freshness: AdvisoryFreshness) -> String {
        switch freshness {
        case .neverLoaded: "never loaded"
        case .current: "current"
        case .stale: "stale"
        case .confirmedInFuture: "clock wrong"
        }
    }

    // MARK: For programs

    func record(_ rows: [Row]) -> JSONValue {
        var record: JSONObject = ["snapshot": .null]
        if let index {
            let counts = Ecosystem.allCases.map { ecosystem in
                (name: ecosystem.rawValue, value: JSONValue.integer(Int64(index.recordCounts[ecosystem] ?? 0)))
            }
            record = [
                "snapshot": .string(index.snapshotID), "builtAt": .string(index.builtAt.rfc3339),
                "ageSeconds": .integer(index.builtAt.distance(to: now).components.seconds),
                "records": .object(JSONObject(counts)),
            ]
        }
        record.append("ecosystems", .array(rows.map(Self.record)))
        record.append("problem", directory.sourcesProblem.map { .string($0) } ?? .null)
        return .object(record)
    }

    private static func record(_ row: Row) -> JSONValue {
        func time(_ moment: Timestamp?) -> JSONValue { moment.map { .string($0.rfc3339) } ?? .null }
        let state = row.state
        return [
            "ecosystem": .string(row.ecosystem.rawValue), "state": .string(word(row.freshness)),
            "records": row.records.map { .integer(Int64($0)) } ?? .null,
            "ageSeconds": row.freshness.age.map { .integer($0.components.seconds) } ?? .null,
            "source": (row.source?.shown ?? state?.place).map { .string($0) } ?? .null,
            "confirmedAt": time(state?.confirmedAt), "lastLookAt": time(state?.attemptedAt),
            "failure": state?.failure.map { .string($0) } ?? .null,
            "failuresInARow": .integer(Int64(state?.failuresInARow ?? 0)),
            "failuresEver": .integer(Int64(state?.failuresEver ?? 0)), "nextLookAt": time(row.nextLookAt),
        ]
    }
}
