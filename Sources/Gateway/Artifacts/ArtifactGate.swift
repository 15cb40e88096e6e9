import Cryptography
import Platform
import Registry
import Screening
import VerdictStore

/// How one request for an artifact ends.
enum ArtifactOutcome: Sendable {
    /// The bytes are here, verified, and the decision is to serve them.
    case serve(Judgement, ComputedDigests)
    case refuse(Judgement)
    /// The client's patience ended before the analysis did.
    case pending(Judgement, since: Timestamp)
    case failed(SourceError)
}

/// Lets an artifact through only when its bytes are here, verified, and the decision about them is to serve.
final class ArtifactGate: Sendable {
    private let admission: Admission
    private let fetcher: ArtifactFetcher
    private let desk: AnalysisDesk
    private let wait: AnalysisWait
    private let pausing: any Pausing
    private let clock: any WallClock
    private let logger: Logger

    init(
        admission: Admission, fetcher: ArtifactFetcher, desk: AnalysisDesk, knowledge: KnowledgeIndex,
        pausing: any Pausing, clock: any WallClock, logger: Logger
    ) {
        self.admission = admission
        self.fetcher = fetcher
        self.desk = desk
        wait = AnalysisWait(admission: admission, desk: desk, knowledge: knowledge)
        self.pausing = pausing
        self.clock = clock
        self.logger = logger
    }

    /// What can be said at once: a refusal that needs no bytes, or bytes that are here and served.
    ///
    /// - Returns: nil when something must be fetched or analysed first.
    func readyOutcome(for artifact: ListedArtifact, of view: PackageView) -> ArtifactOutcome? {
        let judgement = view.judge(artifact)
        if judgement.decision.isServed {
            return fetcher.ready(artifact, in: view.listing).map { .serve(judgement, $0) }
        }
        return judgement.isAwaitingAnalysis ? nil : .refuse(judgement)
    }

    /// Decides, fetches, waits and decides again, for at most `patience`.
    func outcome(
        for artifact: ListedArtifact, of view: PackageView, patience: Duration
    ) async -> ArtifactOutcome {
        if let ready = readyOutcome(for: artifact, of: view) { return ready }
        let start = clock.now()
        let result = await waiting(atMost: patience, pausing) { [self] in
            await settle(artifact, view, since: start)
        }
        switch result {
        case .value(let outcome): return outcome
        case .ended: return await expired(artifact, view, since: start)
        }
    }

    /// Why an artifact cannot be looked at by an operator.
    enum ResolutionError: Error, Sendable {
        case fetch(ArtifactFetchError)
        /// Nobody can be asked what it is; a ruling would be in view of nothing.
        case analysis(AnalysisDeskError)
    }

    /// Fetches and analyses an artifact whatever the decision about it is, for an operator who must rule on it.
    ///
    /// - Returns: the bytes' digests and the decision once nothing is missing, or as far as `patience` allowed.
    func resolve(
        _ artifact: ListedArtifact, of view: PackageView, patience: Duration
    ) async throws(ResolutionError) -> (Judgement, ComputedDigests) {
        let digests: ComputedDigests
        do throws(ArtifactFetchError) { digests = try await fetcher.ensure(artifact, of: view) } catch {
            throw .fetch(error)
        }
        let end = await waiting(atMost: patience, pausing) { [self] in
            await wait.untilAnalysed(artifact, view, digests, priority: .waiting)
        }
        if case .value(.failure(let problem)) = end { throw .analysis(problem) }
        return (admission.renewed(view).judge(artifact), digests)
    }

    // MARK: Steps

    private func settle(_ artifact: ListedArtifact, _ view: PackageView, since start: Timestamp) async
        -> ArtifactOutcome
    {
        let digests: ComputedDigests
        do throws(ArtifactFetchError) {
            digests = try await fetcher.ensure(artifact, of: view)
        } catch {
            switch error {
            case .source(let failure): return .failed(failure)
            // The record says so by now, and the decision with it.
            case .tampered: return .refuse(admission.renewed(view).judge(artifact))
            }
        }
        var progress: AnalysisDesk.Progress = [:]
        while true {
            // Taken before the look, so that what changes after it ends the wait below.
            let failures = desk.jobs.revision(of: digests.sha512)
            let current = admission.renewed(view)
            let first = current.judge(artifact, progress: progress)
            if let outcome = settled(first, digests) {
                if first.decision.isServed { await askForTheRest(first, current, digests) }
                return outcome
            }
            do throws(AnalysisDeskError) {
                progress = try await desk.progress(of: first, in: current, bytes: digests)
            } catch {
                return refusedByDesk(error, first)
            }
            let judgement = admission.renewed(view).judge(artifact, progress: progress)
            if let outcome = settled(judgement, digests) { return outcome }
            let since = runningSince(progress, judgement.decision.missing) ?? start
            let left = judgement.input.policy.pendingMax - since.distance(to: clock.now())
            guard left > .zero else { return .refuse(judgement) }
            let change = await waiting(atMost: left, pausing) { [self] in
                await wait.anyChange(of: digests.sha512, judgement.knowledgeRevision, failures)
            }
            if case .ended = change { return .refuse(judgement) }
            if Task.isCancelled { return .pending(judgement, since: since) }
        }
    }

    /// What nothing waits for is analysed too: an allow list does not make anybody blind. Its absence refuses nothing.
    private func askForTheRest(_ judgement: Judgement, _ view: PackageView, _ digests: ComputedDigests) async {
        _ = try? await desk.progress(of: judgement, in: view, bytes: digests, priority: .warm)
    }

    private func settled(_ judgement: Judgement, _ digests: ComputedDigests) -> ArtifactOutcome? {
        if judgement.decision.isServed { return .serve(judgement, digests) }
        return judgement.isAwaitingAnalysis ? nil : .refuse(judgement)
    }

    private func refusedByDesk(_ error: AnalysisDeskError, _ judgement: Judgement) -> ArtifactOutcome {
        switch error {
        case .full: .refuse(judgement)
        case .failed(let reason): .failed(.storage(reason, logger))
        case .abandoned: .failed(.abandoned)
        }
    }

    /// The client will not wait longer: come back soon, or a refusal when policy will not wait longer either.
    private func expired(
        _ artifact: ListedArtifact, _ view: PackageView, since start: Timestamp
    ) async -> ArtifactOutcome {
        let current = admission.renewed(view)
        let judgement = current.judge(artifact)
        // Still being fetched: the decision so far stands on what is claimed.
        guard let digests = fetcher.ready(artifact, in: view.listing) else {
            return .pending(judgement, since: start)
        }
        if let outcome = settled(judgement, digests) { return outcome }
        let progress = try? await desk.progress(of: judgement, in: current, bytes: digests)
        let since = progress.flatMap { runningSince($0, judgement.decision.missing) } ?? start
        let isOver = since.distance(to: clock.now()) >= judgement.input.policy.pendingMax
        return isOver ? .refuse(judgement) : .pending(judgement, since: since)
    }

    /// When the longest-running of the analyses, or of those of some analyzers, began; nil when none runs.
    private func runningSince(_ progress: AnalysisDesk.Progress, _ analyzers: [AnalyzerID]? = nil) -> Timestamp? {
        progress.compactMap { analyzer, progress in
            switch progress {
            case .running(let since): analyzers?.contains(analyzer) ?? true ? since : nil
            case .notRequested, .unavailable: nil
            }
        }.min()
    }
}
