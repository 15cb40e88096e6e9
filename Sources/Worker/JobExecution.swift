import Advisories
import Analyzers
import Cryptography
import Platform
import Registry
import Screening
import VerdictStore

/// Does one leased job from verification to the analyzer's report.
struct JobExecution: Sendable {
    let configuration: WorkerConfiguration
    let runner: AnalysisRunner
    let userRules: UserRuleShelf
    let advisories: AdvisoryDirectory
    let reviews: ReviewShelf
    let models: ModelClients
    let pool: BlockingPool
    let clock: any WallClock
    let logger: Logger

    /// What became of a job: the report, and what it means for earlier statements.
    struct Outcome: Sendable {
        let report: AnalysisReport
        var outdated: [OutdatedStatement] = []
        /// What the verdict was reached from.
        var basis = Basis.full
        /// What people are shown of the difference, where there is one.
        var shown: ComparedDifference?
    }

    /// The report, or why there is none.
    func run(_ job: WorkerJob) async -> Result<Outcome, AnalysisFailure> {
        switch job.analyzer {
        case .static_: await runStatic(job).map { Outcome(report: $0) }
        case .advisory: await runAdvisory(job)
        case .diff: await runDiff(job)
        case .aiReview: await runReview(job)
        default: .failure(AnalysisFailure(cause: .crash, detail: "this worker has no analyzer \(job.analyzer)"))
        }
    }

    private func runStatic(_ job: WorkerJob) async -> Result<AnalysisReport, AnalysisFailure> {
        let artifact: VerifiedArtifactFile
        let rules: UserRules?
        do throws(AnalysisFailure) {
            (artifact, rules) = try await open(job, ruleset: job.ruleset)
        } catch {
            return .failure(error)
        }
        return await runner.run(
            order(for: job, holding: artifact.file.sizeBytes, rules), on: artifact.file, rules: rules)
    }

    /// The artifact of a job, verified, and the rules that its process is started with.
    func open(
        _ job: WorkerJob, ruleset: SHA256Digest?
    ) async throws(AnalysisFailure) -> (VerifiedArtifactFile, UserRules?) {
        let userRules = userRules
        let (artifact, rules) = try await pool.run { () throws(AnalysisFailure) in
            (
                try VerifiedArtifactFile(opening: job.path, expecting: job.sha512),
                try userRules.rules(for: ruleset)
            )
        }
        guard artifact.digests.sha256 == job.sha256 else {
            throw AnalysisFailure(cause: .garbage, detail: "the job names a SHA-256 that the artifact lacks")
        }
        return (artifact, rules)
    }

    /// What a child is asked that holds files of so many bytes.
    func order(for job: WorkerJob, holding bytes: Int64, _ rules: UserRules?) -> AnalysisOrder {
        AnalysisOrder(
            context: ArtifactContext(ecosystem: job.ecosystem, purl: job.purl, filename: job.filename),
            limits: configuration.limits, ruleset: StaticAnalyzer.rulesetDigest(with: rules?.digest),
            memoryBytes: configuration.childLimits.memoryBytes + bytes,
            allowsDegradedSandbox: configuration.sandbox == .degraded)
    }

    /// Asks about the name alone: the artifact may have left the cache long ago.
    private func runAdvisory(_ job: WorkerJob) async -> Result<Outcome, AnalysisFailure> {
        let advisories = advisories
        let now = clock.now()
        do {
            let state = try await pool.run { () throws(AdvisoryError) in
                // A new one that cannot be used leaves the one in use; without any, the next line says why.
                _ = try? advisories.reloadIfChanged()
                // How old a snapshot may be is policy; the analyzer judges by whatever there is.
                return try advisories.state(now: now, maxAge: .seconds(100 * 365 * 86_400))
            }
            let report = AdvisoryAnalyzer.analyze(job.purl.name, job.version, state: state)
            guard job.served > 0, let matches = state.index?.matches(job.purl.name, job.version) else {
                return .success(Outcome(report: report))
            }
            return .success(
                Outcome(report: report, outdated: OutdatedStatement.among(job.standing, now: matches)))
        } catch {
            return .failure(AnalysisFailure(cause: .crash, detail: "the advisory snapshot cannot be used: \(error)"))
        }
    }
}
