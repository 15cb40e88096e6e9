public import Platform
public import Registry

/// What an operator ruled.
public enum DispositionDecision: String, Sendable, CaseIterable {
    case allow, deny
    /// Takes back the disposition that `supersedes` names.
    case withdraw
}

/// Where a disposition acts. Both parts narrow it; a disposition is about the bytes of its subject in any case.
public struct DispositionScope: Hashable, Sendable {
    /// The registries that it acts on; empty means all.
    public let registries: [RegistryName]
    /// The name under which it acts; without a version it covers all versions of the name.
    public let purl: PackageURL?

    public init(registries: [RegistryName] = [], purl: PackageURL? = nil) {
        self.registries = registries
        self.purl = purl
    }
}

/// An operator's signed ruling, predicate type `urn:jurat:attestation:disposition:v1`.
///
/// Spec: verdict-log, section 1.
public struct DispositionStatement: Sendable, Equatable {
    public let subject: Subject
    public let decision: DispositionDecision
    public let scope: DispositionScope
    /// The statements that the operator had before them; a later, worse one is not covered.
    public let inViewOf: [StatementID]
    /// The refusal that stood when the operator ruled; nil (`NONE` in the record) when the artifact was being served.
    public let overrides: RefusalCode?
    /// At most 1 KiB of UTF-8 without control characters other than newline and tab.
    public let reason: String
    /// The operator's name, equal to the holder of the signing key.
    public let actor: String
    public let createdAt: Timestamp
    public let expiresAt: Timestamp?
    /// Grows by one with every disposition of the same key about the same subject, from 1.
    public let sequence: UInt64
    /// The earlier disposition that this one replaces; required for `withdraw`.
    public let supersedes: StatementID?

    public init(
        subject: Subject, decision: DispositionDecision, scope: DispositionScope = DispositionScope(),
        inViewOf: [StatementID], overrides: RefusalCode?, reason: String, actor: String, createdAt: Timestamp,
        expiresAt: Timestamp? = nil, sequence: UInt64, supersedes: StatementID? = nil
    ) {
        self.subject = subject
        self.decision = decision
        self.scope = scope
        self.inViewOf = inViewOf
        self.overrides = overrides
        self.reason = reason
        self.actor = actor
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.sequence = sequence
        self.supersedes = supersedes
    }
}
