import Analyzers
import Cryptography
import Platform
import Registry
import Screening
import VerdictStore

/// Does one leased job of the `ai-review` analyzer.
extension JobExecution {
    /// Has a child prepare the text and asks models about it; neither they nor their words come near the artifact.
    ///
    /// Where the gateway offers a base and nothing demands a look at the whole, they are shown what changed.
    func runReview(_ job: WorkerJob) async -> Result<Outcome, AnalysisFailure> {
        let reviews = reviews
        do throws(AnalysisFailure) {
            let (settings, book) = try await pool.run { () throws(AnalysisFailure) in
                (try reviews.settings(), try reviews.book())
            }
            let ledger = CostLedger(book: book, settings: settings, clock: clock, isRescan: job.isRescan)
            try await ledger.requireRoom()
            let plan = try await plan(for: job, settings)
            let review = ArtifactReview(
                settings: settings, ledger: ledger, cache: ReviewCache(book: book, unkept: reviews.unkept),
                clients: models, logger: logger, pause: configuration.modelPause)
            let subject = ArtifactReview.Subject(
                sha512: job.sha512, base: plan.base?.artifact.sha512, purl: job.purl, remarks: plan.remarks)
            let report = try await review.report(on: plan.material, of: subject).get()
            return .success(Outcome(report: report, basis: plan.base?.basis ?? .full))
        } catch {
            return .failure(error)
        }
    }

    /// What models are to be shown.
    private struct ReviewPlan {
        let material: ReviewMaterial
        /// What the material is the difference to; nil for a whole artifact.
        var base: OfferedIncrement.Base?
        /// Why it is the whole artifact.
        var remarks: [DetailedFinding] = []
    }

    private func plan(for job: WorkerJob, _ settings: ReviewSettings) async throws(AnalysisFailure) -> ReviewPlan {
        // The rules of the installation play no part; with them, the process that analyses serves here too.
        let (artifact, rules) = try await open(job, ruleset: nil)
        var remarks: [DetailedFinding] = []
        switch try await comparison(for: job, artifact, settings) {
        case .whole(let reasons): remarks = reasons
        case .difference(let base):
            let older = try await opened(base.artifact.path, base.artifact.sha512, base.sha256)
            let order = ReviewOrder(
                order(for: job, holding: artifact.file.sizeBytes + older.file.sizeBytes, rules),
                base: ArtifactContext(
                    ecosystem: job.ecosystem, purl: base.artifact.purl, filename: base.artifact.filename),
                room: settings.materialRoom)
            let changes = try await runner.material(for: order, on: artifact.file, since: older.file, rules: rules)
                .get()
            if changes.hasLines { return ReviewPlan(material: changes, base: base) }
            // A model that is shown nothing could not know what it calls clean.
            remarks = [ReviewPanel.noChange]
        }
        let order = ReviewOrder(order(for: job, holding: artifact.file.sizeBytes, rules), room: settings.materialRoom)
        let material = try await runner.material(for: order, on: artifact.file, rules: rules).get()
        return ReviewPlan(material: material, remarks: remarks)
    }

    private enum Comparison {
        case difference(OfferedIncrement.Base)
        case whole([DetailedFinding])
    }

    /// Whether a review of the difference is enough: by the same reasons as for the analyzer `diff`.
    private func comparison(
        for job: WorkerJob, _ artifact: VerifiedArtifactFile, _ settings: ReviewSettings
    ) async throws(AnalysisFailure) -> Comparison {
        guard let offer = job.increment else { return .whole([]) }
        guard let base = offer.base else { return .whole([IncrementVerdict.withoutBase(offer.noBase)]) }
        // The base was verified by the models that the gateway knows of; what they called clean says nothing of others.
        guard job.ruleset == settings.revision.ruleset.digest else {
            return .whole([IncrementVerdict.withoutBase("unverified")])
        }
        let verdict = try await increment(of: artifact, job, offer)
        return verdict.triggers.isEmpty ? .difference(base) : .whole(verdict.reasons)
    }
}
