public import Cryptography
public import Platform

/// What is remembered of the source of one ecosystem's bundle: where it is, how the last look ended, and by what the
/// next look can tell that nothing is new.
public struct AdvisorySourceState: Sendable, Equatable {
    /// Where the last look went, as people may see it: without user, password and query.
    public var place: String?
    /// The digest of the place as it is configured: what is remembered of another place does not count.
    public var placeDigest: SHA256Digest?
    /// The bundle that was last taken from that place.
    public var bundle: KnownBundle?
    /// When the source last said, or showed, that the records in force are its newest.
    public var confirmedAt: Timestamp?
    /// When the last look ended.
    public var attemptedAt: Timestamp?
    /// Why the last look brought nothing; nil when it did.
    public var failure: String?
    /// How many looks in a row brought nothing.
    public var failuresInARow = 0
    /// How many looks ever brought nothing.
    public var failuresEver = 0
    /// The source asked not to be asked before.
    public var notBefore: Timestamp?

    public init() {}

    /// A bundle and how its source names that state of it.
    public struct KnownBundle: Sendable, Equatable {
        /// The SHA-256 of its bytes.
        public var digest: SHA256Digest
        public var entityTag: String?
        public var lastModified: String?
        /// For a file: what it was when it was read.
        public var fingerprint: Files.Fingerprint?

        public init(digest: SHA256Digest) {
            self.digest = digest
        }
    }

    /// Notes a look at `place` that brought the newest records, or the news that there are none.
    public mutating func succeeded(at now: Timestamp, bundle: KnownBundle?) {
        self.bundle = bundle
        // A later moment is only believed while it can be a clock that is a little ahead of ours.
        let isCredible = confirmedAt.map { $0 > now && $0 <= now.adding(AdvisoryFreshness.clockTolerance) } ?? false
        if !isCredible { confirmedAt = now }
        attemptedAt = now
        failure = nil
        failuresInARow = 0
        notBefore = nil
    }

    /// Notes a look that brought nothing; what is known of the records stays.
    public mutating func failed(at now: Timestamp, reason: String, notBefore: Timestamp? = nil) {
        attemptedAt = now
        failure = reason
        failuresInARow += 1
        failuresEver += 1
        self.notBefore = notBefore
    }
}
