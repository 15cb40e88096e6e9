import Analyzers
import Cryptography
import JSON
import Platform
import Screening

/// Turns a report into the one signed statement of its job.
struct VerdictSigning: Sendable {
    let key: Ed25519SigningKey
    let clock: any WallClock

    /// The signed statement about the job's subject.
    ///
    /// - Parameter basis: what the verdict was reached from.
    /// - Throws: `StatementError` when the statement would break the log's format.
    func envelope(for job: WorkerJob, _ report: AnalysisReport, basis: Basis = .full) throws(StatementError) -> Envelope
    {
        let selection = FindingSelection(of: report.findings.map(\.finding))
        let isAboutName = report.revision.id == .advisory
        let statement = VerdictStatement(
            subject: job.subject, analyzer: report.revision,
            appliesTo: isAboutName ? .coordinates([job.purl]) : .bytes, basis: basis, verdict: report.verdict,
            findings: selection.findings, findingsTruncated: selection.omitted, createdAt: clock.now())
        return try Envelope.signing(.verdict(statement), with: key)
    }

    /// A signed revocation of each statement that is outdated.
    ///
    /// - Throws: `StatementError` when a revocation would break the log's format.
    func revocations(of outdated: [OutdatedStatement]) throws(StatementError) -> [Envelope] {
        let now = clock.now()
        return try outdated.map { (outdated) throws(StatementError) in
            let revocation = RevocationStatement(
                target: .statement(outdated.statement), reason: outdated.reason, createdAt: now)
            return try Envelope.signing(.revocation(revocation), with: key)
        }
    }

    /// What people may read beside the statement: our sentences and places, and a difference with the package's text in
    /// it, printable.
    static func details(of report: AnalysisReport, _ shown: ComparedDifference? = nil) -> JSONValue {
        let findings = report.findings.prefix(FindingSelection.maxCount).map { detailed -> JSONValue in
            let finding = detailed.finding
            var members: JSONObject = [
                "rule": .string(finding.rule), "severity": .string(finding.severity.rawValue),
                "message": .string(detailed.message), "count": .integer(Int64(finding.count)),
            ]
            if let path = finding.path { members.append("path", .string(path)) }
            if let line = finding.line { members.append("line", .integer(Int64(line))) }
            return .object(members)
        }
        var details: JSONObject = [
            "verdict": .string(report.verdict.rawValue), "findings": .array(findings),
            "unanalyzed": .array(report.unanalyzed.prefix(FindingSelection.maxCount).map { .string($0) }),
        ]
        if let shown { details.append("difference", shown.record) }
        return .object(details)
    }
}
