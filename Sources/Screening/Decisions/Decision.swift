public import Cryptography
public import Platform

/// The rule of policy that a decision rests on, in the order in which they are asked.
public enum PolicyRule: String, Sendable, CaseIterable {
    case namespace, tampered, denyList, disposition, allowList, verdict, advisory, repositoryURL, installScripts
    case cooldown, analysis
    /// No rule objected.
    case none
}

/// What happens to an artifact now. Computed from facts, never stored as truth.
public struct Decision: Sendable, Equatable {
    public enum Outcome: String, Sendable, CaseIterable {
        case serve
        /// Refused, but time, analysis or a person may release it.
        case hold
        /// Refused unless a person allows it.
        case block
    }

    public let outcome: Outcome
    /// Nil exactly when the outcome is `serve`.
    public let code: RefusalCode?
    public let rule: PolicyRule
    /// When a hold ends by itself, if that is known.
    public let until: Timestamp?
    /// The statements that the decision rests on, ascending.
    public let standsOn: [StatementID]
    /// What would be refused if a rule in report mode acted.
    public let wouldRefuse: RefusalCode?
    /// Analyzers whose verdict is required and may still come, in the policy's order.
    public let missing: [AnalyzerID]
    /// When time alone changes this decision, if it does.
    public let nextChange: Timestamp?
    public let policyRevision: SHA256Digest

    public init(
        outcome: Outcome, code: RefusalCode?, rule: PolicyRule, until: Timestamp? = nil, standsOn: [StatementID] = [],
        wouldRefuse: RefusalCode? = nil, missing: [AnalyzerID] = [], nextChange: Timestamp? = nil,
        policyRevision: SHA256Digest
    ) {
        precondition((outcome == .serve) == (code == nil), "a refusal has a code and a serve has none")
        self.outcome = outcome
        self.code = code
        self.rule = rule
        self.until = until
        self.standsOn = standsOn
        self.wouldRefuse = wouldRefuse
        self.missing = missing
        self.nextChange = nextChange
        self.policyRevision = policyRevision
    }

    public var isServed: Bool { outcome == .serve }

    /// The refusal of a name that lives in another registry, for routes that know no version.
    public static func nameReserved(policyRevision: SHA256Digest) -> Decision {
        Decision(outcome: .block, code: .nameReserved, rule: .namespace, policyRevision: policyRevision)
    }
}
