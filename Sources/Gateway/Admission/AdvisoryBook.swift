import Advisories
import Platform
import Registry
import Screening

/// The advisory snapshot in force, as the gateway's other parts see it. Asking it never touches the disk.
final class AdvisoryBook: AdvisorySource {
    private enum State {
        case neverLoaded
        case loaded(AdvisoryIndex)
        /// There is a snapshot and it cannot be used: nothing may be judged as if there were none.
        case damaged(reason: String)
    }

    private let directory: AdvisoryDirectory
    private let state: Lock<State>
    /// Why what is installed now is not what is in use.
    private let reloadProblem = Lock<String?>(nil)
    /// Held by the one who reloads: an older look must not replace what a newer one found.
    private let turn = Lock(())

    /// Takes over the snapshot that is there. Blocks; it belongs to start-up.
    init(_ directory: AdvisoryDirectory) {
        self.directory = directory
        state = Lock(.neverLoaded)
        reload()
    }

    /// Takes over the snapshot that is there now. Blocks.
    func reload() { turn.withLock { _ in reloadInTurn() } }

    private func reloadInTurn() {
        let fresh: State
        do throws(AdvisoryError) {
            try directory.reloadIfChanged()
            fresh = try directory.current().map(State.loaded) ?? .neverLoaded
            reloadProblem.withLock { $0 = nil }
        } catch {
            reloadProblem.withLock { $0 = "\(error)" }
            // The one in use stays in use: it is older, and its age will say so.
            guard case .neverLoaded = state.withLock({ $0 }) else { return }
            fresh = .damaged(reason: "\(error)")
        }
        state.withLock { $0 = fresh }
    }

    var standing: AdvisoryStanding {
        let records: [Ecosystem: Int] =
            switch state.withLock({ $0 }) {
            case .neverLoaded, .damaged: [:]
            case .loaded(let index): index.recordCounts
            }
        return AdvisoryStanding(
            sources: directory.sources, problem: reloadProblem.withLock { $0 },
            memoryProblem: directory.sourcesProblem, records: records,
            freshness: { [directory] in directory.freshness(of: $0, now: $1, maxAge: $2) })
    }

    func current() -> any AdvisorySnapshot {
        switch state.withLock({ $0 }) {
        case .neverLoaded: NoAdvisories(isDamaged: false)
        case .damaged: NoAdvisories(isDamaged: true)
        case .loaded(let index): LoadedAdvisories(index: index, directory: directory)
        }
    }
}

/// What is known before any snapshot can be used: nothing.
struct NoAdvisories: AdvisorySnapshot {
    /// Whether there is a snapshot that cannot be read. Then nothing is judged without advisories, whatever policy says
    /// of the time before the first one.
    let isDamaged: Bool

    var identity: String { "" }

    func facts(about name: PackageName, _ version: PackageVersion) -> [AdvisoryFact] { [] }

    var records: AdvisoryIndex? { nil }

    func availability(
        of ecosystem: Ecosystem, at now: Timestamp, required: Bool, maxAge: Duration
    ) -> AdvisoryAvailability {
        .neverLoaded(required: required || isDamaged)
    }
}

/// A snapshot.
struct LoadedAdvisories: AdvisorySnapshot {
    let index: AdvisoryIndex
    let directory: AdvisoryDirectory

    var identity: String { index.snapshotID }
    var records: AdvisoryIndex? { index }

    func facts(about name: PackageName, _ version: PackageVersion) -> [AdvisoryFact] {
        index.matches(name, version).map { match in
            AdvisoryFact(
                id: match.id, isMalicious: match.isMalicious, cvssTenths: match.cvssTenths,
                fixedVersions: match.fixedVersions)
        }
    }

    /// A snapshot may hold the records of one ecosystem alone, and one ecosystem's source may be older than another's.
    func availability(
        of ecosystem: Ecosystem, at now: Timestamp, required: Bool, maxAge: Duration
    ) -> AdvisoryAvailability {
        guard index.recordCounts[ecosystem] != nil else { return .neverLoaded(required: required) }
        switch directory.freshness(of: ecosystem, now: now, maxAge: maxAge) {
        case .neverLoaded, .current: return .current(snapshot: index.snapshotID)
        case .stale(let age): return .stale(ageSeconds: age.components.seconds)
        case .confirmedInFuture(let distance): return .stale(ageSeconds: 0 - distance.components.seconds)
        }
    }
}
