public import Cryptography
public import Platform

/// What a revocation takes back.
public enum RevocationTarget: Hashable, Sendable {
    /// One verdict or disposition.
    case statement(StatementID)
    /// Every verdict that was reached with these rules.
    case ruleset(RulesetReference)
    /// Every verdict of this version of an analyzer.
    case analyzer(AnalyzerID, version: String)
    /// Everything that this key said, at any index.
    case key(KeyID)
}

/// The declaration that statements count for nothing, predicate type `urn:jurat:attestation:revocation:v1`.
///
/// What it matches, earlier or later in the log, is treated as if it had never been said: its subjects fall back to "no
/// verdict" and are analysed again. Nothing is deleted.
/// Spec: verdict-log, section 1; rfcs/0007.
public struct RevocationStatement: Sendable, Equatable {
    public let target: RevocationTarget
    /// At most 1 KiB of UTF-8 without control characters other than newline and tab.
    public let reason: String
    public let createdAt: Timestamp

    public init(target: RevocationTarget, reason: String, createdAt: Timestamp) {
        self.target = target
        self.reason = reason
        self.createdAt = createdAt
    }
}
