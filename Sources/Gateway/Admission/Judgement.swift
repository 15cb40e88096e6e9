import Cryptography
import Platform
import Registry
import Screening

/// One artifact's decision together with everything it was made from.
struct Judgement: Sendable {
    let artifact: ListedArtifact
    let input: DecisionInput
    let decision: Decision
    /// The bytes the decision is about; nil while neither the listing nor our records say which they are.
    let sha512: SHA512Digest?
    /// What to wait for a change of: the state of knowledge the decision was made in.
    let knowledgeRevision: UInt64
    /// What trusted foreign logs say of the bytes; those that are verdicts are part of the input.
    let opinions: [ForeignOpinion]

    var purl: PackageURL { PackageURL(input.name, version: input.version) }

    /// When time alone may change the decision: its own facts, or how much foreign statements weigh.
    var nextChange: Timestamp? {
        let moments = [decision.nextChange].compactMap(\.self) + opinions.compactMap(\.changesAt)
        return moments.min()
    }

    /// Whether nothing but a missing analysis stands against it.
    var isAwaitingAnalysis: Bool { decision.code == .heldPending && decision.rule == .analysis }

    /// Whether listings show it: what was never analysed stays listed, and its first fetch is held at the artifact.
    var isListed: Bool { decision.isServed || isAwaitingAnalysis }

    /// The integrity to show: what we computed, else the strongest claim.
    var integrityText: String? {
        if let sha512 { return "sha512-\(sha512.base64)" }
        let claimed = artifact.integrity.strongestText
        return claimed.isEmpty ? nil : claimed
    }
}
