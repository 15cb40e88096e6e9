public import Cryptography
public import Screening

/// The older version that an increment is judged against, as the gateway offered it.
public struct IncrementBase: Sendable, Equatable {
    public let sha512: SHA512Digest
    /// The statement that vouches for it.
    public let statement: StatementID
    /// The full review that its chain begins with; the same statement when that is the one.
    public let anchorStatement: StatementID
    /// How many differences lie between it and that review; 0 for the review itself.
    public let depth: Int

    public init(sha512: SHA512Digest, statement: StatementID, anchorStatement: StatementID, depth: Int) {
        self.sha512 = sha512
        self.statement = statement
        self.anchorStatement = anchorStatement
        self.depth = depth
    }
}

/// The word of the `diff` analyzer: from the comparisons, the release's history and the chain.
///
/// Pure: equal inputs give equal verdicts. Worst finding wins, and nothing here takes a finding back.
public struct IncrementVerdict: Sendable, Equatable {
    public let report: AnalysisReport
    /// Full whenever a trigger fired, however harmless the difference.
    public let basis: Basis
    /// Why the review was a full one; empty for a review of the difference.
    public let triggers: [EscalationTrigger]
    /// A finding for each of them, as the report has it: other reviewers of the same difference say the same.
    public let reasons: [DetailedFinding]

    /// - Parameters:
    ///   - step: the comparison with the base; with nothing when there is no base.
    ///   - cumulative: the comparison with the anchor; nil when the base is the anchor.
    ///   - history: what is known of both releases; nil when nothing is.
    ///   - base: nil when there is none.
    ///   - reason: why there is none, in the gateway's word for it.
    public init(
        step: IncrementReport, cumulative: IncrementReport?, history: ReleaseHistory?, base: IncrementBase?,
        noBase reason: String? = nil, thresholds: DiffThresholds
    ) {
        let triggers = Self.triggers(step, cumulative, history, base, thresholds)
        self.triggers = triggers
        let told = step.difference + (history?.observations ?? []).map(Self.finding)
        let revision = DiffAnalyzer.revision
        let isOutOfTime = step.isOutOfTime || cumulative?.isOutOfTime == true
        if triggers.isEmpty, let base {
            reasons = []
            report = AnalysisReport(
                revision: revision, findings: step.increment + told, capabilities: step.full.capabilities,
                isOutOfTime: isOutOfTime)
            basis = .diff(
                base: base.sha512, baseStatement: base.statement, anchorStatement: base.anchorStatement,
                depth: base.depth + 1)
            return
        }
        let isAddedUp = triggers.contains(.cumulative)
        let sums = isAddedUp ? cumulative?.difference.filter { $0.finding.severity > .info } ?? [] : []
        reasons = triggers.map { Self.finding(Self.observation(of: $0, step, reason)) }
        report = AnalysisReport(
            revision: revision, findings: Self.distinct(step.full.findings + told + sums) + reasons,
            capabilities: step.full.capabilities, isOutOfTime: isOutOfTime)
        basis = .full
    }

    /// The finding of a review that had nothing to compare with.
    ///
    /// - Parameter reason: in the gateway's word for it.
    public static func withoutBase(_ reason: String?) -> DetailedFinding {
        finding(reason.flatMap { reasons[$0] } ?? EscalationTrigger.base.observation)
    }

    private static func triggers(
        _ step: IncrementReport, _ cumulative: IncrementReport?, _ history: ReleaseHistory?, _ base: IncrementBase?,
        _ thresholds: DiffThresholds
    ) -> [EscalationTrigger] {
        // Without a base there is nothing that anything could have changed from.
        guard let base, step.triggers != [.base] else { return [.base] }
        var found = Set(step.triggers)
        if EscalationTriggers.isChainTooLong(baseDepth: base.depth, thresholds) { found.insert(.chain) }
        if EscalationTriggers.changesPublisher(history) { found.insert(.publisher) }
        if EscalationTriggers.changesProvenance(history) { found.insert(.provenance) }
        if EscalationTriggers.addsUp(cumulative, step: step, thresholds) { found.insert(.cumulative) }
        return EscalationTrigger.allCases.filter(found.contains)
    }

    private static func observation(
        of trigger: EscalationTrigger, _ step: IncrementReport, _ reason: String?
    ) -> Observation {
        guard trigger == .base else { return trigger.observation }
        if step.summary.step != nil { return .escalatedUnreadableBase }
        return reason.flatMap { reasons[$0] } ?? trigger.observation
    }

    /// The gateway's words for why there is no base.
    private static let reasons: [String: Observation] = [
        "unknownSource": .baseIsOfUnknownSource, "noOlderVersion": .baseIsNowhere, "otherLine": .baseIsOtherKind,
        "neverFetched": .baseWasNeverFetched, "tampered": .baseWasTampered, "withdrawn": .baseIsWithdrawn,
        "unverified": .baseIsUnverified, "evicted": .baseIsGone,
    ]

    private static func finding(_ observation: Observation) -> DetailedFinding {
        DetailedFinding(Notice(observation: observation, path: nil, line: nil, count: 1, reach: nil))
    }

    /// The comparisons with base and anchor may say the same.
    private static func distinct(_ findings: [DetailedFinding]) -> [DetailedFinding] {
        var known: Set<[String?]> = []
        return findings.filter { known.insert($0.finding.identity).inserted }
    }
}
