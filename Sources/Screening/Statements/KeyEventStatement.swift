public import Cryptography
public import Registry

/// What a key is for. Roles never share a key.
public enum KeyRole: String, Sendable, CaseIterable {
    /// Signs key events, revocations and successions; kept offline.
    case root
    /// Signs verdicts, and revocations of single ones; held by worker supervisors.
    case verdict
    /// Signs checkpoints and import receipts; held by the sequencer.
    case log
    /// Signs dispositions; one per person, on their machine.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case operator_ = "operator"
    /// Cosigns the checkpoints of a peer.
    case witness
}

/// What a key may speak about.
public struct KeyScope: Hashable, Sendable {
    public let predicateTypes: [PredicateType]
    /// The analyzers that it may sign verdicts of; nil means any.
    public let analyzers: [AnalyzerID]?
    /// The registries that it may rule on; nil means all.
    public let registries: [RegistryName]?

    public init(predicateTypes: [PredicateType], analyzers: [AnalyzerID]? = nil, registries: [RegistryName]? = nil) {
        self.predicateTypes = predicateTypes
        self.analyzers = analyzers
        self.registries = registries
    }

    /// What a key of `role` may sign when nothing narrows it.
    public static func standard(for role: KeyRole) -> KeyScope {
        switch role {
        case .root: KeyScope(predicateTypes: [.keyEvent, .revocation, .logSuccession])
        case .verdict: KeyScope(predicateTypes: [.verdict, .revocation])
        case .operator_: KeyScope(predicateTypes: [.disposition])
        case .log: KeyScope(predicateTypes: [.importReceipt])
        case .witness: KeyScope(predicateTypes: [])
        }
    }
}

/// What happens to a key.
public enum KeyEventKind: String, Sendable, CaseIterable {
    case add
    /// Ends a key in good order: valid before, void after.
    case retire
    /// Declares everything that it signed from an index on to be void.
    case revoke
}

/// A change of who may sign what, predicate type `urn:jurat:attestation:key-event:v1`, signed by root keys.
///
/// The record's `role` is `operator-<holder>` for an operator's key: one per person.
/// Spec: verdict-log, sections 1 and 3.
public struct KeyEventStatement: Sendable, Equatable {
    public let event: KeyEventKind
    public let publicKey: Ed25519PublicKey
    public let role: KeyRole
    /// Whose key it is: required for operators, absent for every other role.
    public let holder: String?
    public let scope: KeyScope
    /// The first log index at which a signature by this key is void; for `retire` and `revoke` only.
    public let invalidFromIndex: UInt64?
    /// At most 1 KiB of UTF-8 without control characters other than newline and tab.
    public let reason: String
    /// How many root keys must sign from the next entry on; nil leaves it as it is. Only in events of root keys.
    public let threshold: Int?

    public init(
        event: KeyEventKind, publicKey: Ed25519PublicKey, role: KeyRole, holder: String? = nil, scope: KeyScope,
        invalidFromIndex: UInt64? = nil, reason: String, threshold: Int? = nil
    ) {
        self.event = event
        self.publicKey = publicKey
        self.role = role
        self.holder = holder
        self.scope = scope
        self.invalidFromIndex = invalidFromIndex
        self.reason = reason
        self.threshold = threshold
    }
}
