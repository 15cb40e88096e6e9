import Platform

/// Decides what happens to one artifact, or one listed version, now.
///
/// Pure and total: the same facts always give the same answer, and every combination of facts gives one. Listing routes,
/// artifact routes, `why` and `policy simulate` all ask here.
///
/// A required verdict that is still being computed is a hold with `HELD_PENDING`: artifact routes wait for it within the
/// client's patience, listing routes leave such versions listed.
/// Spec: policy, "The decision".
public func decide(_ input: DecisionInput) -> Decision {
    let facts = DecisionFacts(input)
    let ruling = firstMatch(facts)
    return Decision(
        outcome: ruling.outcome, code: ruling.code, rule: ruling.rule, until: ruling.until,
        standsOn: Set(ruling.standsOn).sorted(), wouldRefuse: ruling.wouldRefuse, missing: ruling.missing,
        nextChange: nextChange(of: ruling, facts), policyRevision: input.policy.revision)
}

/// What one rule says about the facts.
enum RuleAnswer {
    /// The rule has nothing to say; ask the next one.
    case pass
    /// The rule settles the matter.
    case match(Ruling)
    /// The rule would refuse but is in report mode; remember the code and ask the next one.
    case report(RefusalCode)
}

/// What the first matching rule settled.
struct Ruling: Equatable {
    var outcome: Decision.Outcome
    var code: RefusalCode?
    var rule: PolicyRule
    var until: Timestamp?
    var standsOn: [StatementID] = []
    var missing: [AnalyzerID] = []
    var wouldRefuse: RefusalCode?

    static func refuse(
        _ code: RefusalCode, _ rule: PolicyRule, until: Timestamp? = nil, standsOn: [StatementID] = [],
        missing: [AnalyzerID] = []
    ) -> Ruling {
        Ruling(outcome: code.outcome, code: code, rule: rule, until: until, standsOn: standsOn, missing: missing)
    }

    static func serve(_ rule: PolicyRule, standsOn: [StatementID]) -> Ruling {
        Ruling(outcome: .serve, code: nil, rule: rule, standsOn: standsOn)
    }

    /// Whether two rulings mean the same to a client; `until` may move without changing anything.
    func saysTheSame(as other: Ruling) -> Bool {
        var moved = other
        moved.until = until
        return self == moved
    }
}

/// The rules in the order of the policy document. The first that matches wins.
private let rules: [@Sendable (DecisionFacts) -> RuleAnswer] = [
    reservedName,
    tamperedBytes,
    denyList,
    operatorDeny,
    operatorAllow,
    allowList,
    maliciousVerdict,
    suspiciousVerdict,
    maliciousAdvisory,
    vulnerabilityScore,
    repositoryURL,
    installScripts,
    cooldown,
    requiredVerdicts,
]

private func firstMatch(_ facts: DecisionFacts) -> Ruling {
    var reported: RefusalCode?
    for rule in rules {
        switch rule(facts) {
        case .pass: continue
        case .report(let code): reported = reported ?? code
        case .match(var ruling):
            ruling.wouldRefuse = reported
            return ruling
        }
    }
    var ruling = Ruling.serve(.none, standsOn: facts.requiredVerdicts.map(\.statement))
    ruling.wouldRefuse = reported
    return ruling
}

/// The first moment at which the same facts are ruled otherwise because a cooldown ends or a disposition expires.
private func nextChange(of ruling: Ruling, _ facts: DecisionFacts) -> Timestamp? {
    for moment in facts.turningPoints {
        var later = facts.input
        later.now = moment
        if !firstMatch(DecisionFacts(later)).saysTheSame(as: ruling) { return moment }
    }
    return nil
}
