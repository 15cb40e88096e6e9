public import Screening

/// What several models say together.
///
/// The worst valid answer counts: a model that was talked round does not outvote one that was not. An answer that is
/// none says nothing, and with fewer valid answers than the quorum nothing is clean: what is worse than clean stands all
/// the same, since a missing answer could only make it worse.
public struct ReviewPanel: Sendable {
    /// What became of one model's turn.
    public enum Vote: Sendable, Equatable {
        case valid(ReviewAnswer)
        case invalid
    }

    /// How many models must answer validly before anything is clean.
    public let quorum: Int

    public init(quorum: Int) {
        precondition(quorum > 0, "a panel without a model judges nothing")
        self.quorum = quorum
    }

    /// The report; nil when there is no verdict, because too few gave a valid answer and none of them found anything.
    ///
    /// - Parameter remarks: why so much was shown and not less.
    public func report(
        _ votes: [Vote], about material: ReviewMaterial, by revision: AnalyzerRevision,
        remarks: [DetailedFinding] = []
    ) -> AnalysisReport? {
        let answers = votes.compactMap { vote -> ReviewAnswer? in
            if case .valid(let answer) = vote { answer } else { nil }
        }
        guard let worst = answers.map(\.verdict).max(), answers.count >= quorum || worst > .clean else { return nil }
        var findings = [Self.finding(Self.observation(of: worst), count: answers.count { $0.verdict == worst })]
        if !material.isWhole { findings.append(Self.finding(.reviewPartial)) }
        if material.binaryCount > 0 { findings.append(Self.finding(.reviewBinaries, count: material.binaryCount)) }
        if answers.count < votes.count { findings.append(Self.finding(.reviewWithoutQuorum)) }
        return AnalysisReport(revision: revision, findings: findings + remarks + Self.claims(of: answers))
    }

    /// Said of a review that was to be of what changed, where no line did.
    public static var noChange: DetailedFinding { finding(.reviewNoChange) }

    /// Every claim once, with how many models made it.
    private static func claims(of answers: [ReviewAnswer]) -> [DetailedFinding] {
        var counted: [(claim: ReviewAnswer.Claim, count: Int)] = []
        for claim in answers.flatMap(\.claims) {
            if let index = counted.firstIndex(where: { $0.claim == claim }) {
                counted[index].count += 1
            } else {
                counted.append((claim, 1))
            }
        }
        return counted.compactMap { claim, count in
            reviewClaims.first { $0.rule == claim.rule }.map {
                finding($0.observation, path: claim.path, line: claim.line, count: count)
            }
        }
    }

    private static func observation(of verdict: Verdict) -> Observation {
        switch verdict {
        case .clean: .reviewClean
        case .suspicious: .reviewSuspicious
        case .malicious: .reviewMalicious
        }
    }

    private static func finding(
        _ observation: Observation, path: String? = nil, line: Int? = nil, count: Int = 1
    ) -> DetailedFinding {
        let entry = RuleCatalog.entry(observation)
        return DetailedFinding(
            Finding(
                rule: entry.rule.id, severity: entry.detail.severity, path: path, line: line, count: count,
                evidence: observation.rawValue))
    }
}
