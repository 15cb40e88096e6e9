import Cryptography
import JSON
import Platform
import Registry
import Screening
import VerdictStore

/// One look at one watched package: its listing is asked for, and what is wanted of it is fetched and analysed, version by
/// version, each only when the verdicts about the one before it stand.
struct PackageLook: Sendable {
    let admission: Admission
    let history: ListingHistory
    let preparation: ArtifactPreparation
    let breaker: CircuitBreaker
    let clock: any WallClock

    /// How a look ended.
    enum Ending: Sendable {
        /// Everything that could be done is done; why not more, if not.
        case looked(found: JSONValue, problem: String?)
        /// The upstream rests; what is left is done afterwards.
        case deferred(found: JSONValue)
        case cancelled
    }

    /// Why a look goes no further for now.
    private enum Stop: Error {
        case resting
        case cancelled
    }

    /// How old the confirmation of a listing may be where nobody ordered the look: others may just have asked.
    private static let listingTolerance = Duration.seconds(60)

    func run(
        _ name: PackageName, at source: RegistryDefinition, _ wanted: [WarmPlan.Wanted], in lane: WarmLane,
        _ settings: WarmSettings,
        isOrdered: Bool
    ) async -> Ending {
        let turns = Turns(source: source, lane: lane, limits: settings.limits, breaker: breaker, clock: clock)
        var found = JSONValue.null
        do throws(Stop) {
            let view: PackageView
            switch try await turns.listing({ () async throws(SourceError) -> PackageView in
                try await admission.view(of: name, at: source, maxAge: isOrdered ? .zero : Self.listingTolerance)
            }) {
            case .success(let current): view = current
            case .failure(let error): return .looked(found: .null, problem: "\(error)")
            }
            let plan = await plan(of: view, wanted, settings)
            found = findings(plan, view).json
            let problems = try await work(through: plan, view, turns) { found = findings(plan, view).json }
            let shown = problems.prefix(Self.maxProblems).joined(separator: "; ")
            return .looked(
                found: findings(plan, view).json,
                problem: plan.steps.isEmpty
                    ? "its source lists no version that is wanted" : problems.isEmpty ? nil : shown)
        } catch {
            switch error {
            case .resting: return .deferred(found: found)
            case .cancelled: return .cancelled
            }
        }
    }

    private static let maxProblems = 5

    private func plan(of view: PackageView, _ wanted: [WarmPlan.Wanted], _ settings: WarmSettings) async -> WarmPlan {
        let listing = view.listing.listing
        var tags: Set<String> = []
        // Only Python has files to choose between. Without our records, the operator's patterns decide alone.
        if view.name.ecosystem == .pypi,
            let releases = try? await history.releases(of: view.name, at: view.source.name)
        {
            tags = Set(releases.filter { $0.sha512 != nil }.map { WarmFiles.tag(of: $0.filename) })
        }
        return WarmPlan(
            of: listing.artifacts, wanted: wanted,
            latest: listing.artifact(selectedBy: .tag("latest"), refused: [])?.version,
            choice: WarmFiles(knownTags: tags, patterns: settings.wheels))
    }

    private func findings(_ plan: WarmPlan, _ view: PackageView) -> WarmFindings {
        WarmFindings(plan, in: admission.renewed(view), isComplete: preparation.desk.isComplete)
    }

    /// - Returns: what could not be done, in words.
    private func work(
        through plan: WarmPlan, _ view: PackageView, _ turns: Turns, _ note: () -> Void
    ) async throws(Stop) -> [String] {
        var problems: [String] = []
        for step in plan.steps {
            if step.files.isEmpty {
                problems.append("\(step.version.text) has no file that anybody is known to install; see warm.wheels")
            }
            for file in step.files {
                let judgement = admission.renewed(view).judge(file)
                guard ArtifactPreparation.isWanted(judgement), !preparation.desk.isComplete(judgement) else { continue }
                if let problem = try await prepare(file, view, turns) {
                    problems.append("\(file.filename): \(problem)")
                }
                note()
            }
        }
        return problems
    }

    /// - Returns: why the artifact could not be prepared; nil when it was.
    private func prepare(
        _ file: ListedArtifact, _ view: PackageView, _ turns: Turns
    ) async throws(Stop) -> String? {
        let digests: ComputedDigests
        switch try await bytes(of: file, view, turns) {
        case .success(let computed): digests = computed
        case .failure(.tampered): return "its bytes are not those that are claimed"
        case .failure(.source(let error)): return "\(error)"
        }
        switch await preparation.settle(file, of: view, digests) {
        case .settled: return nil
        case .givenUp(let cause): return "it could not be analysed: \(cause)"
        case .refused(let reason): return "its analyses cannot be asked for: \(reason)"
        case .unsettled:
            if Task.isCancelled { throw .cancelled }
            return "its analyses are not done yet"
        }
    }

    private func bytes(
        of file: ListedArtifact, _ view: PackageView, _ turns: Turns
    ) async throws(Stop) -> Result<ComputedDigests, ArtifactFetchError> {
        if let ready = preparation.fetcher.ready(file, in: view.listing) { return .success(ready) }
        return try await turns.artifact { () async throws(ArtifactFetchError) -> ComputedDigests in
            try await preparation.fetcher.ensure(file, of: view)
        }
    }

    // MARK: Turns

    /// Requests of one look: each waits for its turn, and how it ended is told to the lane.
    private struct Turns: Sendable {
        let source: RegistryDefinition
        let lane: WarmLane
        let limits: WarmPace.Limits
        let breaker: CircuitBreaker
        let clock: any WallClock

        func listing(
            _ ask: () async throws(SourceError) -> PackageView
        ) async throws(Stop) -> Result<PackageView, SourceError> {
            try await begin()
            let outcome: Result<PackageView, SourceError>
            do throws(SourceError) { outcome = .success(try await ask()) } catch { outcome = .failure(error) }
            switch outcome {
            case .success(let view):
                // An older copy stands in: its source fails.
                if let reason = view.listing.staleReason { try end(.unreachable(reason: reason)) }
                lane.ended(.answered)
            case .failure(let error): try end(error)
            }
            return outcome
        }

        func artifact(
            _ fetch: () async throws(ArtifactFetchError) -> ComputedDigests
        ) async throws(Stop) -> Result<ComputedDigests, ArtifactFetchError> {
            try await begin()
            do throws(ArtifactFetchError) {
                let digests = try await fetch()
                lane.ended(.answered)
                return .success(digests)
            } catch {
                switch error {
                case .tampered: lane.ended(.answered)
                case .source(let failure): try end(failure, isOfOneFile: true)
                }
                return .failure(error)
            }
        }

        private func begin() async throws(Stop) {
            let now = clock.now()
            if let outage = breaker.outage(of: source.name) { lane.rest(until: outage.until, because: outage.reason) }
            if let until = breaker.advice.until(source.name, at: now) {
                lane.rest(until: until, because: "the source of \(source.name) asked to be left alone")
            }
            switch await lane.turn(limits) {
            case .granted: return
            case .resting: throw .resting
            case .cancelled: throw .cancelled
            }
        }

        /// Tells the lane of a failure.
        ///
        /// - Parameter isOfOneFile: one file alone is no reason to leave a host alone, unless the host says so: it may lie
        ///   elsewhere, or never come.
        /// - Throws: when the source fails as a whole; returns when it answered, only not with what was wanted.
        private func end(_ error: SourceError, isOfOneFile: Bool = false) throws(Stop) {
            switch error {
            case .notFound, .unusable, .storage: lane.ended(.answered)
            case .unreachable(let reason), .timedOut(let reason):
                let wish = breaker.advice.until(source.name, at: clock.now())
                if isOfOneFile, wish == nil { return lane.ended(.answered) }
                lane.ended(.failed(retryAfter: wish), problem: reason)
                throw .resting
            case .resting(let reason, let until):
                lane.ended(.failed(retryAfter: until), problem: reason)
                throw .resting
            case .overloaded:
                lane.ended(.failed(retryAfter: nil), problem: "\(error)")
                throw .resting
            case .abandoned:
                lane.ended(.cancelled)
                throw .cancelled
            }
        }
    }
}
