/// Why a verdict about a difference does not count: the statement that it stands on does not hold it.
public enum ChainFault: String, Sendable, CaseIterable {
    /// The log has no such statement.
    case missingBase
    /// The base statement is about other bytes than those that the verdict names.
    case otherBytes
    /// The base statement stands behind the verdict in the log: it cannot have been looked at.
    case laterBase
    /// The base statement is by another analyzer.
    case otherAnalyzer
    /// The base statement never said clean.
    case uncleanBase
    /// The base statement's chain begins at another full review.
    case wrongAnchor
    /// The base statement is another number of steps away from its full review.
    case wrongDepth
    /// The base statement was revoked.
    case revokedBase
    /// The base statement's key was ended from before it on.
    case voidBase
    /// Another verdict says that the base's bytes are malicious.
    case maliciousBase
    /// The base statement stands on one that does not hold it.
    case unsoundBase

    /// Whether no log in good order has such a verdict; the others lost later what they stood on.
    public var isForgery: Bool {
        switch self {
        case .missingBase, .otherBytes, .laterBase, .otherAnalyzer, .uncleanBase, .wrongAnchor, .wrongDepth: true
        case .revokedBase, .voidBase, .maliciousBase, .unsoundBase: false
        }
    }

    /// What is wrong, as a sentence's end after "the verdict …".
    public var explanation: String {
        switch self {
        case .missingBase: "stands on a statement that is not in the log"
        case .otherBytes: "stands on a statement that is about other bytes than it names as its base"
        case .laterBase: "stands on a statement that was logged after it"
        case .otherAnalyzer: "stands on a statement of another analyzer"
        case .uncleanBase: "stands on a statement that does not say clean"
        case .wrongAnchor: "names another full review than the statement that it stands on"
        case .wrongDepth: "does not count one step more than the statement that it stands on"
        case .revokedBase: "stands on a statement that was revoked"
        case .voidBase: "stands on a statement by a key that was ended from before it on"
        case .maliciousBase: "stands on bytes that are malicious by another verdict"
        case .unsoundBase: "stands on a statement whose own base does not hold it"
        }
    }
}
