import Registry

// Rules 1 to 5: what settles the matter before any verdict is looked at.

/// 1. The name is in the declared namespace of another registry.
@Sendable func reservedName(_ facts: DecisionFacts) -> RuleAnswer {
    facts.input.isNameReserved ? .match(.refuse(.nameReserved, .namespace)) : .pass
}

/// 2. The bytes changed under a name and version seen before.
@Sendable func tamperedBytes(_ facts: DecisionFacts) -> RuleAnswer {
    facts.input.isTampered ? .match(.refuse(.blockedTampered, .tampered)) : .pass
}

/// 3a. The policy denies it.
@Sendable func denyList(_ facts: DecisionFacts) -> RuleAnswer {
    let input = facts.input
    guard facts.policy.deny.contains(where: { $0.matches(input.name, input.version) }) else { return .pass }
    return .match(.refuse(.blockedDenied, .denyList))
}

/// 3b. An operator denied it.
@Sendable func operatorDeny(_ facts: DecisionFacts) -> RuleAnswer {
    let denials = facts.acting.filter { $0.decision == .deny }
    guard !denials.isEmpty else { return .pass }
    return .match(.refuse(.blockedDenied, .disposition, standsOn: denials.map(\.statement)))
}

/// 4. An operator allowed it in view of what stands now; a later, worse statement re-opens the hold.
@Sendable func operatorAllow(_ facts: DecisionFacts) -> RuleAnswer {
    let allows = facts.acting.filter { $0.decision == .allow && facts.isCovered(by: $0) }
    guard !allows.isEmpty else { return .pass }
    return .match(.serve(.disposition, standsOn: allows.map(\.statement)))
}

/// 5. The policy allows it; against a malicious verdict only an entry with the exact version does.
@Sendable func allowList(_ facts: DecisionFacts) -> RuleAnswer {
    let input = facts.input
    let entries = facts.policy.allow.filter { $0.matches(input.name, input.version) }
    guard !entries.isEmpty else { return .pass }
    let isExact = entries.contains { $0.names(input.name, exactly: input.version) }
    guard isExact || !facts.isKnownMalicious else { return .pass }
    return .match(.serve(.allowList, standsOn: []))
}
