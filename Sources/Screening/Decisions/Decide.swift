/// Decides what happens to one artifact, or one listed version, now.
///
/// Pure and total: the same facts always give the same answer, and every combination of facts gives one.
/// Spec: policy, "The decision".
public func decide(_ input: DecisionInput) -> Decision {
    Decision(outcome: .hold, code: .heldPending, rule: .analysis, policyRevision: input.policy.revision)
}
