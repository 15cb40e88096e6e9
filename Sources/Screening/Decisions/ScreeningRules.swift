import Platform
import Registry

// Rules 6 to 10: what verdicts, advisories, the manifest and time say.

/// 6a. A standing verdict is malicious: our own, or a foreign one that weighs as much.
@Sendable func maliciousVerdict(_ facts: DecisionFacts) -> RuleAnswer {
    let speakers = (facts.own(.malicious) + facts.foreign(.malicious, .block)).map(\.statement)
    guard !speakers.isEmpty else { return .pass }
    return malicious(facts.policy, .verdict, standsOn: speakers)
}

/// 6b. A standing verdict is suspicious, or a foreign one holds.
///
/// What a peer says never does more than the same verdict of ours would: where policy only reports or lets pass, so does
/// the foreign statement.
@Sendable func suspiciousVerdict(_ facts: DecisionFacts) -> RuleAnswer {
    let own = facts.own(.suspicious).map(\.statement)
    if !own.isEmpty, facts.policy.onSuspicious == .block {
        return .match(.refuse(.blockedPolicy, .verdict, standsOn: own))
    }
    var holding: [StatementID] = []
    var isReported = false
    switch facts.policy.onMalicious {
    case .block, .hold: holding += facts.foreign(.malicious, .hold).map(\.statement)
    case .report: isReported = !facts.foreign(.malicious, .hold).isEmpty
    }
    let suspicious = own + facts.foreign(.suspicious, .hold).map(\.statement)
    switch facts.policy.onSuspicious {
    case .hold, .block: holding += suspicious
    case .report: isReported = isReported || !suspicious.isEmpty
    case .allow: break
    }
    guard holding.isEmpty else { return .match(.refuse(.heldReview, .verdict, standsOn: holding)) }
    return isReported ? .report(.heldReview) : .pass
}

/// 7a. The advisory index says that the version is malicious.
@Sendable func maliciousAdvisory(_ facts: DecisionFacts) -> RuleAnswer {
    guard facts.input.advisories.contains(where: \.isMalicious) else { return .pass }
    return malicious(facts.policy, .advisory, standsOn: [])
}

/// 7b. The advisory index knows a vulnerability at or above the policy's score.
@Sendable func vulnerabilityScore(_ facts: DecisionFacts) -> RuleAnswer {
    guard let limit = facts.policy.maxCVSSTenths,
        facts.input.advisories.contains(where: { $0.cvssTenths.map { $0 >= limit } ?? false })
    else { return .pass }
    return .match(.refuse(.blockedPolicy, .advisory))
}

/// 8a. npm: the manifest names no repository.
@Sendable func repositoryURL(_ facts: DecisionFacts) -> RuleAnswer {
    guard facts.policy.requireRepositoryURL, facts.input.name.ecosystem == .npm, !facts.input.hasRepositoryURL else {
        return .pass
    }
    return .match(.refuse(.blockedPolicy, .repositoryURL))
}

/// 8b. npm: installing runs scripts.
@Sendable func installScripts(_ facts: DecisionFacts) -> RuleAnswer {
    guard facts.policy.denyInstallScripts, facts.input.name.ecosystem == .npm, facts.input.hasInstallScript else {
        return .pass
    }
    return .match(.refuse(.blockedPolicy, .installScripts))
}

/// 9. The version is younger than the cooldown, or nobody knows how old it is.
@Sendable func cooldown(_ facts: DecisionFacts) -> RuleAnswer {
    let (input, policy) = (facts.input, facts.policy)
    let isLifted = policy.cooldownLiftForFixes && input.fixesAdvisory
    guard policy.cooldown > .zero, !isLifted, !policy.cooldownExempt.contains(where: { $0.matches(input.name) }) else {
        return .pass
    }
    guard let end = facts.cooldownEnd else {
        // Without a time there is no end to promise: every look finds it as new as the last one did.
        return policy.cooldownWithoutTime == .serve ? .pass : .match(.refuse(.heldCooldown, .cooldown))
    }
    return input.now < end ? .match(.refuse(.heldCooldown, .cooldown, until: end)) : .pass
}

/// 10. A verdict that is required before the first serve is lacking, or one by a revoked key is to be replaced.
@Sendable func requiredVerdicts(_ facts: DecisionFacts) -> RuleAnswer {
    let unavailable = facts.policy.holdUntil.filter(facts.isUnavailable)
    switch facts.policy.onAnalyzerUnavailable {
    case .hold where !unavailable.isEmpty:
        return .match(.refuse(.heldUnavailable, .analysis, missing: unavailable))
    case .hold, .allow: break
    }
    if let ruling = doubtedVerdicts(facts) { return .match(ruling) }
    let pending = facts.policy.holdUntil.filter { !unavailable.contains($0) && facts.satisfyingVerdict(of: $0) == nil }
    guard !pending.isEmpty else { return .pass }
    return .match(.refuse(.heldPending, .analysis, standsOn: facts.requiredVerdicts.map(\.statement), missing: pending))
}

/// Whoever had the revoked key may have been right: until the analyzer has judged again, or a person has, nothing is
/// served, not even where policy does without analyzers that give no answer.
private func doubtedVerdicts(_ facts: DecisionFacts) -> Ruling? {
    guard !facts.doubted.isEmpty else { return nil }
    let statements = facts.doubted.map(\.statement)
    let running = facts.policy.analyzers + facts.policy.holdUntil.filter { !facts.policy.analyzers.contains($0) }
    let doubted = Set(facts.doubted.map(\.analyzer))
    guard doubted.isSubset(of: running) else { return .refuse(.heldReview, .verdict, standsOn: statements) }
    let unavailable = running.filter { doubted.contains($0) && facts.isUnavailable($0) }
    guard unavailable.isEmpty else {
        return .refuse(.heldUnavailable, .analysis, standsOn: statements, missing: unavailable)
    }
    let pending = running.filter { analyzer in
        doubted.contains(analyzer)
            || facts.policy.holdUntil.contains(analyzer) && !facts.isUnavailable(analyzer)
                && facts.satisfyingVerdict(of: analyzer) == nil
    }
    return .refuse(.heldPending, .analysis, standsOn: statements, missing: pending)
}

private func malicious(_ policy: ScreeningPolicy, _ rule: PolicyRule, standsOn: [StatementID]) -> RuleAnswer {
    switch policy.onMalicious {
    case .block: .match(.refuse(.blockedMalicious, rule, standsOn: standsOn))
    case .hold: .match(.refuse(.heldReview, rule, standsOn: standsOn))
    case .report: .report(.blockedMalicious)
    }
}
