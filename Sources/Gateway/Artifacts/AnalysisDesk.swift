import Cryptography
import Platform
import Registry
import Screening
import VerdictStore

/// Why analyses could not be asked for.
enum AnalysisDeskError: Error, Sendable, Equatable {
    /// The queue holds as many jobs as it may.
    case full
    case failed(reason: String)
    case abandoned
}

/// Asks for the analyses that an artifact lacks, once however many clients wait, and says how far they have got.
final class AnalysisDesk: Sendable {
    private struct Order: Hashable, Sendable {
        let sha512: SHA512Digest
        let purl: PackageURL
        let analyzers: [AnalyzerID]
        /// Those that the artifact is refused for until they have judged it.
        let awaited: [AnalyzerID]
        let priority: JobPriority
        /// Of what the decision does not wait for.
        let others: JobPriority
    }

    typealias Progress = [AnalyzerID: AnalysisProgress]

    let jobs: WatchedJobQueue
    private let knowledge: KnowledgeIndex
    private let settings: Settings
    private let flights: SingleFlight<Order, Progress, AnalysisDeskError>

    init(jobs: WatchedJobQueue, knowledge: KnowledgeIndex, settings: Settings, scope: TaskScope, maxFlights: Int) {
        self.jobs = jobs
        self.knowledge = knowledge
        self.settings = settings
        flights = SingleFlight(scope: scope, maxFlights: maxFlights, overloaded: .full, abandoned: .abandoned)
    }

    /// How far every analysis is that policy wants and the log lacks; those that nobody asked for yet are asked for.
    ///
    /// With the priority `warm`, which nobody waits for, verdicts by other rules than those of now are lacking too: of bytes
    /// that were not here when the rules changed.
    ///
    /// - Parameter others: the priority of what policy has run and the decision does not wait for, never above `priority`:
    ///   what no client waits for must not be in the way of what one does. A person who rules waits for all of it.
    /// - Throws: `AnalysisDeskError.full` when a required one could not be asked for.
    func progress(
        of judgement: Judgement, in view: PackageView, bytes: ComputedDigests, priority: JobPriority = .waiting,
        others: JobPriority = .warm
    ) async throws(AnalysisDeskError) -> Progress {
        let lacking = lackingAnalyzers(judgement, renewing: priority == .warm ? bytes.sha512 : nil)
        guard !lacking.isEmpty else { return [:] }
        let (policy, missing) = (judgement.input.policy, judgement.decision.missing)
        let order = Order(
            sha512: bytes.sha512, purl: judgement.purl, analyzers: lacking,
            awaited: lacking.filter { policy.holdUntil.contains($0) || missing.contains($0) }, priority: priority,
            others: max(priority, others))
        return try await flights.join(order) { [self] () throws(AnalysisDeskError) in
            var progress: Progress = [:]
            for analyzer in lacking {
                progress[analyzer] = try await ask(for: analyzer, judgement, view, bytes, order)
            }
            return progress
        }
    }

    /// Whether everything that policy wants is in the log, by the rules of now.
    func isComplete(_ judgement: Judgement) -> Bool {
        lackingAnalyzers(judgement, renewing: judgement.sha512).isEmpty
    }

    /// What is decided about an artifact now, with how far its analyses have got.
    func judgement(of artifact: ListedArtifact, in view: PackageView) async throws(JobQueueError) -> Judgement {
        let judgement = view.judge(artifact)
        let progress = try await standing(of: judgement, in: view)
        return progress.isEmpty ? judgement : view.judge(artifact, progress: progress)
    }

    /// How far the analyses have got that somebody asked for and the log lacks; asks for none.
    ///
    /// For whoever only looks: an analysis that was given up, and why, is told from one that goes on.
    private func standing(of judgement: Judgement, in view: PackageView) async throws(JobQueueError) -> Progress {
        guard let sha512 = judgement.sha512 else { return [:] }
        var progress: Progress = [:]
        for analyzer in lackingAnalyzers(judgement, renewing: nil) {
            switch job(for: analyzer, judgement, view, sha512) {
            case .impossible(let cause): progress[analyzer] = .unavailable(cause: cause)
            case .possible(let key): progress[analyzer] = try await jobs.progress(of: key)
            }
        }
        return progress
    }

    /// Analyzers of the policy without a verdict that counts for this artifact, in the policy's order.
    ///
    /// - Parameter renewing: the bytes whose verdicts by other rules count as lacking; nil for none.
    private func lackingAnalyzers(_ judgement: Judgement, renewing: SHA512Digest?) -> [AnalyzerID] {
        let policy = judgement.input.policy
        var wanted: [AnalyzerID] = []
        for analyzer in policy.analyzers + policy.holdUntil where !wanted.contains(analyzer) { wanted.append(analyzer) }
        return wanted.filter { analyzer in
            !hasJudged(analyzer, judgement.input, judgement.input.statements)
                || renewing.map { isByOtherRules(analyzer, $0) } ?? false
        }
    }

    /// Advisories are another matter: which of them a verdict knew is not told by its rules.
    private func isByOtherRules(_ analyzer: AnalyzerID, _ digest: SHA512Digest) -> Bool {
        guard analyzer != .advisory, let ruleset = settings.current.analyzerRulesets[analyzer],
            let newest = knowledge.newest(by: analyzer, about: digest)
        else { return false }
        return newest.ruleset != ruleset.digest
    }

    /// Whether our own analyzer has judged: a peer's verdict may satisfy policy, but it does not make anybody blind, and
    /// whatever stands by a revoked key is to be judged again.
    private func hasJudged(_ analyzer: AnalyzerID, _ input: DecisionInput, _ verdicts: [StandingVerdict]) -> Bool {
        let own = verdicts.filter { $0.analyzer == analyzer && $0.source == .own }
        let lastDoubt = own.filter(\.isVoid).map(\.logIndex).max()
        return own.contains { verdict in
            !verdict.isVoid && verdict.appliesTo.covers(name: input.name, version: input.version)
                && lastDoubt.map { verdict.logIndex > $0 } ?? true
                && !isOutdated(verdict, input.advisoryAvailability)
        }
    }

    /// A verdict from before the first advisories is made anew as soon as there are some.
    private func isOutdated(_ verdict: StandingVerdict, _ availability: AdvisoryAvailability) -> Bool {
        guard verdict.isWithoutData else { return false }
        switch availability {
        case .neverLoaded: return false
        case .current, .stale: return true
        }
    }

    private enum Job {
        case possible(JobKey)
        /// Whatever anybody does, there will be no verdict; why.
        case impossible(cause: String)
    }

    private func job(
        for analyzer: AnalyzerID, _ judgement: Judgement, _ view: PackageView, _ sha512: SHA512Digest
    ) -> Job {
        guard let ruleset = settings.current.analyzerRulesets[analyzer] else {
            return .impossible(cause: "no such analyzer here")
        }
        // Whatever it said now would be taken back as soon as it is in the log.
        if knowledge.isRevoked(ruleset: ruleset.digest) { return .impossible(cause: "ruleset revoked") }
        if let version = settings.current.analyzerVersions[analyzer],
            knowledge.isRevoked(analyzer: analyzer, version: version)
        {
            return .impossible(cause: "analyzer revoked")
        }
        // An advisory verdict is about a name: the same bytes under another name are another question.
        let isAboutName = analyzer == .advisory
        return .possible(
            JobKey(
                sha512: sha512, analyzer: analyzer, ruleset: isAboutName ? view.advisories.digest : ruleset.digest,
                coordinates: isAboutName ? judgement.purl : nil))
    }

    private func ask(
        for analyzer: AnalyzerID, _ judgement: Judgement, _ view: PackageView, _ bytes: ComputedDigests,
        _ order: Order
    ) async throws(AnalysisDeskError) -> AnalysisProgress {
        let key: JobKey
        switch job(for: analyzer, judgement, view, bytes.sha512) {
        case .impossible(let cause): return .unavailable(cause: cause)
        case .possible(let possible): key = possible
        }
        let isAwaited = order.awaited.contains(analyzer)
        let priority = isAwaited ? order.priority : order.others
        let request = JobRequest(
            key: key, sha256: bytes.sha256, purl: judgement.purl, filename: judgement.artifact.filename,
            ecosystem: judgement.input.name.ecosystem,
            registryFacts: RegistryFacts(
                name: judgement.input.name.canonical, version: judgement.artifact.versionText),
            priority: priority, sizeBytes: bytes.sizeBytes)
        do throws(JobQueueError) {
            // The verdict may have come while this was being asked.
            if hasVerdict(analyzer, judgement, bytes) { return .notRequested }
            // Half of the queue is for what somebody waits for.
            if priority > .waiting, !isAwaited, try await !hasRoom(beside: key) { return .notRequested }
            _ = try await jobs.enqueue(request)
            return try await jobs.progress(of: key)
        } catch {
            switch error {
            case .full:
                guard isAwaited else { return .notRequested }
                throw .full
            case .leaseLost, .database: throw .failed(reason: "\(error)")
            }
        }
    }

    /// Whether at least half of the queue is free, or the job is in it already.
    private func hasRoom(beside key: JobKey) async throws(JobQueueError) -> Bool {
        let counts = try await jobs.counts()
        if counts.queued + counts.leased < max(counts.capacity / 2, 1) { return true }
        return try await jobs.progress(of: key) != .notRequested
    }

    private func hasVerdict(_ analyzer: AnalyzerID, _ judgement: Judgement, _ bytes: ComputedDigests) -> Bool {
        let known = knowledge.about(bytes.sha512)
        guard known.revision != judgement.knowledgeRevision else { return false }
        return hasJudged(analyzer, judgement.input, known.verdicts)
    }
}
