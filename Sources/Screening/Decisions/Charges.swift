/// What our own log holds against an artifact, whatever policy makes of it now; for audits of what was installed earlier.
public struct Charges: Sendable, Equatable {
    /// Our own malicious verdicts that count, by log index.
    public let malicious: [StandingVerdict]
    /// Whether a person released it all the same: an operator's allow that covers what is known, or an entry of the
    /// allow list, which against a malicious verdict must name the exact version.
    public let isAllowed: Bool

    public init(_ input: DecisionInput) {
        let facts = DecisionFacts(input)
        malicious = facts.own(.malicious)
        isAllowed = [operatorAllow(facts), allowList(facts)].contains { answer in
            switch answer {
            case .match: true
            case .pass, .report: false
            }
        }
    }
}
