import Analyzers
import Cryptography
import Platform
import Registry
import Screening
import VerdictStore

/// Does one leased job of the `diff` analyzer, and compares artifacts for others.
extension JobExecution {
    /// Compares the artifact with the base and the anchor that the gateway offered, and judges what that says.
    func runDiff(_ job: WorkerJob) async -> Result<Outcome, AnalysisFailure> {
        guard let offer = job.increment else {
            return .failure(AnalysisFailure(cause: .garbage, detail: "the job does not say what to compare with"))
        }
        do throws(AnalysisFailure) {
            let artifact = try await opened(job.path, job.sha512, job.sha256)
            let (verdict, shown) = try await judgement(of: artifact, job, offer, .summary)
            return .success(Outcome(report: verdict.report, basis: verdict.basis, shown: shown))
        } catch {
            return .failure(error)
        }
    }

    /// What the difference to the offered base says, and whether a review of it alone is enough: for every analyzer whose
    /// verdicts may stand on earlier ones.
    ///
    /// Every file is verified before a child sees it. Both comparisons have a child of their own.
    func increment(
        of artifact: VerifiedArtifactFile, _ job: WorkerJob, _ offer: OfferedIncrement
    ) async throws(AnalysisFailure) -> IncrementVerdict {
        try await judgement(of: artifact, job, offer, .nothing).verdict
    }

    /// The same with what people are shown of it; that is the last step, what adds up is named by findings.
    private func judgement(
        of artifact: VerifiedArtifactFile, _ job: WorkerJob, _ offer: OfferedIncrement,
        _ extent: ShownDifference.Extent
    ) async throws(AnalysisFailure) -> (verdict: IncrementVerdict, shown: ComparedDifference?) {
        let thresholds = DiffThresholds(
            maxChangedBytes: offer.limits.maxChangedBytes, maxChangedFiles: offer.limits.maxChangedFiles,
            maxSteps: offer.limits.maxSteps)
        guard let base = offer.base else {
            let step = try await alone(job, artifact, thresholds)
            let verdict = IncrementVerdict(
                step: step, cumulative: nil, history: nil, base: nil, noBase: offer.noBase, thresholds: thresholds)
            return (verdict, nil)
        }
        let step = try await comparison(job, artifact, with: base.artifact, base.sha256, thresholds, extent)
        var cumulative: IncrementReport?
        if let anchor = base.anchor {
            cumulative = try await comparison(job, artifact, with: anchor, nil, thresholds, .nothing)
        }
        let verdict = IncrementVerdict(
            step: step, cumulative: cumulative, history: offer.facts.history,
            base: IncrementBase(
                sha512: base.artifact.sha512, statement: base.statement, anchorStatement: base.anchorStatement,
                depth: base.depth),
            thresholds: thresholds)
        return (verdict, step.shown.map { ComparedDifference(base: base.artifact.reference, difference: $0) })
    }

    func opened(
        _ path: String, _ sha512: SHA512Digest, _ sha256: SHA256Digest?
    ) async throws(AnalysisFailure) -> VerifiedArtifactFile {
        let file = try await pool.run { () throws(AnalysisFailure) in
            try VerifiedArtifactFile(opening: path, expecting: sha512)
        }
        if let sha256, file.digests.sha256 != sha256 {
            throw AnalysisFailure(cause: .garbage, detail: "the job names a SHA-256 that the artifact lacks")
        }
        return file
    }

    /// The operator's rules play no part; but with them, the process that analyses serves here too.
    private func order(
        _ job: WorkerJob, holding bytes: Int64
    ) async throws(AnalysisFailure) -> (order: AnalysisOrder, rules: UserRules?) {
        let userRules = userRules
        let rules = try await pool.run { () throws(AnalysisFailure) in try userRules.rules(for: nil) }
        return (order(for: job, holding: bytes, rules), rules)
    }

    /// Without a base the whole artifact is the increment.
    private func alone(
        _ job: WorkerJob, _ artifact: VerifiedArtifactFile, _ thresholds: DiffThresholds
    ) async throws(AnalysisFailure) -> IncrementReport {
        let (order, rules) = try await order(job, holding: artifact.file.sizeBytes)
        let report = try await runner.run(order, on: artifact.file, rules: rules).get()
        return IncrementReport(withoutBase: report, thresholds: thresholds)
    }

    private func comparison(
        _ job: WorkerJob, _ artifact: VerifiedArtifactFile, with other: OfferedArtifact, _ sha256: SHA256Digest?,
        _ thresholds: DiffThresholds, _ extent: ShownDifference.Extent
    ) async throws(AnalysisFailure) -> IncrementReport {
        let base = try await opened(other.path, other.sha512, sha256)
        let (analysis, rules) = try await order(job, holding: artifact.file.sizeBytes + base.file.sizeBytes)
        let order = IncrementOrder(
            analysis,
            base: ArtifactContext(ecosystem: job.ecosystem, purl: other.purl, filename: other.filename),
            thresholds: thresholds, showing: extent)
        return try await runner.increment(for: order, on: artifact.file, base: base.file, rules: rules).get()
    }
}

extension OfferedIncrement.Facts {
    /// What both releases are listed as; nil when the listing never said anything of the base.
    fileprivate var history: ReleaseHistory? {
        base.map { ReleaseHistory(own: own, base: $0, isRewritten: !rewritten.isEmpty) }
    }
}
