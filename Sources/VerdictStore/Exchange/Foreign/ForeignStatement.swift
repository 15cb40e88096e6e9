public import Cryptography
public import Platform
public import Screening

/// A verdict or disposition of another log, as it was taken over.
public struct ForeignStatement: Sendable, Equatable {
    /// The log that it stands in.
    public let origin: String
    /// Its place in that log.
    public let logIndex: UInt64
    public let statementID: StatementID
    public let signer: KeyID
    /// What the signer's key may speak about.
    public let signerScope: KeyScope
    /// The root keys behind the signer; see `TrustedLog.accepts`.
    public let vouchers: Set<KeyID>
    /// A verdict or a disposition.
    public let statement: Statement
    /// Whether it came with the whole log before it, so that no revocation can have been left out.
    public let cameFollowed: Bool
    /// Whether the signer's key was retired or revoked from this index on.
    ///
    /// Void verdicts that are not clean stay visible, since doubting who accused does not acquit; void clean ones and
    /// void dispositions are not reported at all.
    public let isVoid: Bool
}

/// What is known of one foreign log as a whole.
public struct ForeignLogState: Sendable, Equatable {
    public let origin: String
    /// The largest tree that was verified.
    public let size: UInt64
    public let root: SHA256Digest
    /// The checkpoint note of that tree; nil when only a receipt remembers it.
    public let note: [UInt8]?
    /// How many entries from the first on are held without a gap; 0 for a log that is not followed.
    public let followedSize: UInt64
    /// When that tree, or the same one again, was verified last.
    public let lastVerifiedAt: Timestamp?
    /// Entries held, key events included.
    public let statements: UInt64
    public let bytes: UInt64
    /// What an operator should look at; nil when nothing is wrong.
    public let problem: String?

    public var isFollowed: Bool { followedSize > 0 }
}

/// Two checkpoints that one log should not have signed both.
public struct ForeignEvidence: Sendable, Equatable {
    /// What they show.
    public enum Kind: String, Sendable, CaseIterable {
        /// Two histories.
        case splitView
        /// A later answer with fewer entries. Proof of a mistake at least, not of two histories.
        case rollback
    }

    public let origin: String
    public let kind: Kind
    /// The note that was seen first; empty when only a receipt remembers that state.
    public let seenNote: [UInt8]
    public let offeredNote: [UInt8]
    public let foundAt: Timestamp
    /// How it was found, in a sentence.
    public let explanation: String
}

/// What became of something that was offered.
public enum ImportOutcome: Sendable, Equatable {
    /// It is stored, and the receipt is in the own log. `statements` of it were new here.
    case imported(receipt: LoggedStatement, statements: UInt64)
    /// The same was taken over before; nothing changed.
    case alreadyImported
}
