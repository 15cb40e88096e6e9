public import Cryptography
public import Platform

/// How foreign statements came here.
public enum ImportSource: String, Sendable, CaseIterable {
    /// From a file.
    case bundle
    /// From the other log itself, entry by entry.
    case followed
}

/// What was taken from whom, predicate type `urn:jurat:attestation:import-receipt:v1`, signed by the log key.
///
/// It binds the import to the moment: whoever reads this log later knows what was relied on, and from which state of the
/// other log.
/// Spec: verdict-log, section 4.
public struct ImportReceiptStatement: Sendable, Equatable {
    /// The other log's origin.
    public let origin: String
    public let source: ImportSource
    /// Of the bundle file, or of the checkpoint note when the log is followed.
    public let digest: SHA256Digest
    /// Size and root of the other log in the checkpoint that the statements were proved against.
    public let treeSize: UInt64
    public let root: SHA256Digest
    /// How many entries were imported; at most `treeSize`.
    public let statementCount: UInt64
    /// The RFC 6962 root over the imported leaves, in the order of the other log.
    public let statementsRoot: SHA256Digest
    public let createdAt: Timestamp

    public init(
        origin: String, source: ImportSource, digest: SHA256Digest, treeSize: UInt64, root: SHA256Digest,
        statementCount: UInt64, statementsRoot: SHA256Digest, createdAt: Timestamp
    ) {
        self.origin = origin
        self.source = source
        self.digest = digest
        self.treeSize = treeSize
        self.root = root
        self.statementCount = statementCount
        self.statementsRoot = statementsRoot
        self.createdAt = createdAt
    }
}
