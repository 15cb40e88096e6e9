import Cryptography
import HTTP
import JSON
import Platform
import Registry
import Screening
import VerdictStore

/// Takes a worker's statements into the log, and then ends their job.
///
/// The order is the whole point: verdict, revocations, end of the job. Whatever is the last thing that happened, the job
/// is still there when something is missing, and the next worker is offered what still stands.
struct JobCompletion: Sendable {
    let jobs: any JobQueue
    let knowledge: KnowledgeIndex
    let append: @Sendable (Envelope) async throws(LogError) -> LoggedStatement
    let review: AdvisoryReview
    let increments: IncrementDesk
    let differences: DifferenceShelf
    let clock: any WallClock
    let note: @Sendable (AuditEvent) -> Void
    /// Told when a verdict is in the log that nobody compared with the advisories of now.
    let onVerdict: @Sendable (AdvisorySubject, VerdictStatement) -> Void
    /// Told when verdicts may have lost what they stand on.
    let onChainLoss: @Sendable () -> Void

    /// - Parameter report: what the worker says for people, which is no part of the statement.
    func complete(
        _ lease: LeaseToken, leaf: String, revocations: JSONValue?, report: JSONValue? = nil
    ) async -> ServerResponse {
        do {
            let job = try await jobs.held(lease)
            let signed = try SignedLeaf(parsing: leaf)
            guard case .verdict(let verdict) = signed.statement else {
                return PlainAnswers.failure(422, "the statement is no verdict")
            }
            if let complaint = mismatch(of: verdict, with: job.request) {
                return PlainAnswers.failure(422, complaint)
            }
            if let complaint = try await increments.complaint(about: verdict.basis, for: job.request) {
                return PlainAnswers.failure(422, complaint)
            }
            guard let subject = AdvisorySubject(job.request) else {
                guard revocations == nil else {
                    return PlainAnswers.failure(422, "only advisory verdicts come with revocations")
                }
                let logged = try await append(signed.envelope)
                noteChains(verdict)
                await differences.keep(report, of: logged.statementID, about: job.request.purl.name)
                // ✝ The statement is durable and the job still queued: another worker repeats it.
                try await jobs.complete(lease)
                return PlainAnswers.logged(logged)
            }
            let past = try await review.past(of: subject)
            let accepted = try await RevocationAcceptance(subject: subject, past: past, reads: review.reads)
                .accept(revocations, with: signed.envelope)
            return PlainAnswers.logged(try await conclude(job, subject, past, signed.envelope, verdict, accepted))
        } catch {
            return Self.failure(error)
        }
    }

    private func conclude(
        _ job: LeasedJob, _ subject: AdvisorySubject, _ past: AdvisoryPast?, _ envelope: Envelope,
        _ verdict: VerdictStatement, _ accepted: [RevocationAcceptance.Accepted]
    ) async throws -> LoggedStatement {
        let logged = try await append(envelope)
        noteChains(verdict)
        noteChange(to: verdict, logged, of: subject, after: past)
        // ✝ The new verdict acts, and what it contradicts was replaced by it but not yet taken back. The job is still
        // there: its next worker is offered the same statements, for they stand.
        for revocation in accepted where stands(revocation.target, of: subject) {
            let taken = try await append(revocation.envelope)
            noteRevocation(taken, of: subject, past)
            // ✝ The rest of them is offered again; this one is not.
        }
        // ✝ All is said and the job still queued: another worker says it again, which changes nothing.
        try await jobs.complete(job.lease)
        // The sweep compares what it asked for by itself.
        if job.request.priority != .rescan { onVerdict(subject, verdict) }
        return logged
    }

    /// What stands on bytes that turn out to be malicious is to be analysed again.
    private func noteChains(_ verdict: VerdictStatement) {
        if verdict.verdict == .malicious, knowledge.chainFaultCount > 0 { onChainLoss() }
    }

    private func stands(_ target: StatementID, of subject: AdvisorySubject) -> Bool {
        subject.verdicts(in: knowledge.about(subject.sha512)).contains { $0.statement == target }
    }

    /// Why the statement does not answer the job; nil when it does.
    private func mismatch(of verdict: VerdictStatement, with request: JobRequest) -> String? {
        guard verdict.subject.sha512 == request.key.sha512, verdict.subject.sha256 == request.sha256 else {
            return "the statement is about other bytes than the job"
        }
        guard verdict.analyzer.id == request.key.analyzer else {
            return "the statement is by \(verdict.analyzer.id), the job is for \(request.key.analyzer)"
        }
        // It would count for nothing, and the same job would be asked for again for ever.
        if knowledge.isRevoked(verdict.analyzer) {
            return "\(verdict.analyzer.id) \(verdict.analyzer.version) or its ruleset was revoked; update this worker"
        }
        if let coordinates = request.key.coordinates {
            guard case .coordinates(let purls) = verdict.appliesTo, purls.contains(coordinates) else {
                return "the statement does not apply to \(coordinates.text)"
            }
        }
        return nil
    }

    // MARK: Audit

    private func noteChange(
        to verdict: VerdictStatement, _ logged: LoggedStatement, of subject: AdvisorySubject, after past: AdvisoryPast?
    ) {
        guard let past, let last = past.said.last, last.standing.statement != logged.statementID,
            last.statement.verdict != verdict.verdict || SaidFindings(last.statement) != SaidFindings(verdict)
        else { return }
        note(AuditEvent(verdictChange: verdict, logged, of: subject, from: last.statement, past.served, clock.now()))
    }

    private func noteRevocation(_ logged: LoggedStatement, of subject: AdvisorySubject, _ past: AdvisoryPast?) {
        guard case .revocation(let revocation) = logged.statement else { return }
        var event = AuditEvent(revocation, logged, at: clock.now())
        if let past { event = event.adding(NewsAudit.members(subject, past.served)) }
        note(event)
    }

    // MARK: Answers

    private static func failure(_ error: any Error) -> ServerResponse {
        switch error {
        case let error as JobQueueError: JobRoutes.failure(error)
        case let error as LogError: JobRoutes.failure(error)
        // The worker tries again: a verdict without the revocations that belong to it is not taken.
        case let error as AdvisoryReviewError: PlainAnswers.failure(503, "\(error)")
        case let error as DatabaseError: PlainAnswers.failure(503, "\(error)")
        case RevocationAcceptance.Refusal.unknown(let error): PlainAnswers.failure(503, "\(error)")
        case RevocationAcceptance.Refusal.unacceptable(let sentence): PlainAnswers.failure(422, sentence)
        default: PlainAnswers.failure(422, "the statement is not accepted: \(error)")
        }
    }
}
