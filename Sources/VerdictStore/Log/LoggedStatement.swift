public import Cryptography
public import Screening

/// A statement that is durable in the log. Only the log and its readers make one.
public struct LoggedStatement: Hashable, Sendable {
    /// The entry's place in the log; the first is 0.
    public let logIndex: UInt64
    public let statementID: StatementID
    public let statement: Statement
    /// The key that speaks; the first of them when several root keys signed.
    public let signer: KeyID
    /// The entry's hash in the tree.
    public let leafHash: SHA256Digest
    /// The other root keys that signed, ascending; empty for whatever one key says.
    public internal(set) var cosigners: [KeyID] = []

    /// Every key that signed, ascending.
    public var signers: [KeyID] { [signer] + cosigners }

    public static func == (left: Self, right: Self) -> Bool {
        left.logIndex == right.logIndex && left.leafHash == right.leafHash
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(logIndex)
        hasher.combine(leafHash)
    }
}
