public import Cryptography
public import Platform
public import Registry

/// Whose accesses to look up; what is nil does not narrow.
public struct AccessFilter: Hashable, Sendable {
    public var sha512: SHA512Digest?
    /// A package, or with a version one version of it.
    public var purl: PackageURL?
    /// The first moment that counts.
    public var since: Timestamp?
    /// The last moment that counts.
    public var until: Timestamp?

    public init(
        sha512: SHA512Digest? = nil, purl: PackageURL? = nil, since: Timestamp? = nil, until: Timestamp? = nil
    ) {
        self.sha512 = sha512
        self.purl = purl
        self.since = since
        self.until = until
    }
}

/// How often something was fetched, and by how many.
public struct AccessSummary: Hashable, Sendable {
    public var accesses: Int
    /// Different callers: a principal and an address are one.
    public var clients: Int
    public var first: Timestamp?
    public var last: Timestamp?

    public init(accesses: Int = 0, clients: Int = 0, first: Timestamp? = nil, last: Timestamp? = nil) {
        self.accesses = accesses
        self.clients = clients
        self.first = first
        self.last = last
    }
}

/// "Who fetched any of these, and when?"
public struct AccessQuestion: Sendable {
    /// What is asked about.
    public enum Subject: Sendable {
        case bytes(SHA512Digest)
        /// Every version of a package, or one.
        case purl(PackageURL)
        /// Those versions of packages that `includes` says yes to; it is asked once for each version on record.
        case versions(of: [PackageName], includes: @Sendable (PackageURL) -> Bool)
    }

    public var subject: Subject
    public var since: Timestamp?
    public var until: Timestamp?
    /// The most accesses to return; all of them are counted.
    public var limit: Int

    public init(_ subject: Subject, since: Timestamp? = nil, until: Timestamp? = nil, limit: Int) {
        self.subject = subject
        self.since = since
        self.until = until
        self.limit = limit
    }
}

/// The answer to a question about accesses.
public struct AccessFindings: Hashable, Sendable {
    /// The newest, newest first, as many as were asked for.
    public let accesses: [AccessRecord]
    /// How many fit the question in all.
    public let total: Int
    /// By how many different callers.
    public let clients: Int
    /// The oldest access to anything that is on record; nil when there is none.
    public let recordsBegin: Timestamp?
}
