public import Cryptography
public import Platform

/// Which end of a succession a statement is.
public enum SuccessionEvent: String, Sendable, CaseIterable {
    /// The log that says so is continued by another one.
    case ends
    /// The log that says so continues another one.
    case begins
}

/// How an origin ends and the next one begins, predicate type `urn:jurat:attestation:log-succession:v1`, signed by root
/// keys.
///
/// Spec: verdict-log, sections 1 and 2.
public struct LogSuccessionStatement: Sendable, Equatable {
    public let event: SuccessionEvent
    /// The other log's origin: the successor's when a log ends, the predecessor's when one begins.
    public let origin: String
    /// The other log's key.
    public let logKey: Ed25519PublicKey
    /// For `begins`: the last state of the predecessor that was taken over; nil when nothing of it was left.
    public let treeSize: UInt64?
    public let root: SHA256Digest?
    /// At most 1 KiB of UTF-8 without control characters other than newline and tab.
    public let reason: String
    public let createdAt: Timestamp

    /// `treeSize` and `root` come together, and only with `begins`; the encoder refuses anything else.
    public init(
        event: SuccessionEvent, origin: String, logKey: Ed25519PublicKey, treeSize: UInt64? = nil,
        root: SHA256Digest? = nil, reason: String, createdAt: Timestamp
    ) {
        self.event = event
        self.origin = origin
        self.logKey = logKey
        self.treeSize = treeSize
        self.root = root
        self.reason = reason
        self.createdAt = createdAt
    }
}
