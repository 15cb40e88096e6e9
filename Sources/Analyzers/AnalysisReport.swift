public import Screening

/// One finding with the sentence that people read about it.
public struct DetailedFinding: Sendable, Equatable {
    /// What goes into the log.
    public let finding: Finding
    /// Our own plain sentence; never text of the package.
    public let message: String

    public init(finding: Finding, message: String) {
        self.finding = finding
        self.message = message
    }

    /// A finding of the table of rules with its sentence.
    init(_ finding: Finding) { self.init(finding: finding, message: RuleCatalog.sentence(for: finding)) }

    init(_ notice: Notice) {
        let entry = RuleCatalog.entry(notice.observation)
        self.init(
            Finding(
                rule: entry.rule.id, severity: entry.detail.severity(at: notice.reach),
                path: notice.path.map(findingPath), line: notice.line, count: notice.count,
                evidence: RuleCatalog.evidence(notice.observation, notice.reach)))
    }
}

/// What one analyzer says about one artifact. Equal inputs give equal reports.
public struct AnalysisReport: Sendable, Equatable {
    /// Exactly which analyzer and rules spoke.
    public let revision: AnalyzerRevision
    /// The gravest severity of the findings.
    public let verdict: Verdict
    /// In the order of the statement: severity, rule, path, line.
    public let findings: [DetailedFinding]
    /// What the artifact can do, in the order of the words.
    public let capabilities: [CapabilityUse]
    /// Files that were not analysed, sorted; findings say why.
    public let unanalyzed: [String]
    /// Whether the analysis ended because its time was over: then the report depends on the machine and is not signed.
    public let isOutOfTime: Bool

    init(
        revision: AnalyzerRevision, findings: [DetailedFinding], capabilities: [CapabilityUse] = [],
        isOutOfTime: Bool = false
    ) {
        self.revision = revision
        self.findings = findings.sorted(by: Self.precedes)
        self.capabilities = capabilities.sorted { $0.word < $1.word }
        self.isOutOfTime = isOutOfTime
        verdict = findings.map(\.finding.severity.verdict).max() ?? .clean
        let paths = findings.filter { $0.finding.rule == "UNANALYZED" }.compactMap(\.finding.path)
        unanalyzed = Set(paths).sorted()
    }

    /// The same report, marked as one that ran out of time.
    var outOfTime: AnalysisReport {
        AnalysisReport(revision: revision, findings: findings, capabilities: capabilities, isOutOfTime: true)
    }

    private static func precedes(_ left: DetailedFinding, _ right: DetailedFinding) -> Bool {
        let (left, right) = (left.finding, right.finding)
        if left.severity != right.severity { return left.severity > right.severity }
        if left.rule != right.rule { return left.rule < right.rule }
        if left.path != right.path { return (left.path ?? "") < (right.path ?? "") }
        if left.line != right.line { return (left.line ?? 0) < (right.line ?? 0) }
        return (left.evidence ?? "") < (right.evidence ?? "")
    }
}
