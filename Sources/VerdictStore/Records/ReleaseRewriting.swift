public import Cryptography
public import Platform
public import Registry

/// What a listing says of a release otherwise than when it named it first.
public struct ReleaseRewriting: Hashable, Sendable {
    /// One of the facts of a release.
    public enum Member: String, Sendable, CaseIterable {
        case publisher, maintainers, provenance, repository, dependencies, publishedAt
    }

    /// What was ever contradicted, in the order of `Member`.
    public let members: [Member]
    /// What the listing said when a contradiction was noticed last.
    public let claimed: ReleaseFacts
    /// When the first contradiction was noticed.
    public let noticedAt: Timestamp

    public init(members: [Member], claimed: ReleaseFacts, noticedAt: Timestamp) {
        self.members = members
        self.claimed = claimed
        self.noticedAt = noticedAt
    }
}

/// What one listing says of a release otherwise than before.
public struct NoticedRewriting: Hashable, Sendable {
    public let filename: String
    public let versionText: String
    /// What no listing before contradicted, in the order of `Member`.
    public let members: [ReleaseRewriting.Member]
}

/// What a listing brought.
public struct ListingObservation: Sendable {
    /// What is known of every artifact of the package, by file name.
    public let facts: [String: ListingFacts]
    /// In the listing's order.
    public let rewritten: [NoticedRewriting]
}

/// One artifact that a listing ever named, with everything that our records say of it.
public struct KnownRelease: Hashable, Sendable {
    public let filename: String
    /// The version as the listing spelled it.
    public let versionText: String
    public let firstSeenAt: Timestamp
    /// The bytes that were fetched under this name, once they were.
    public let sha512: SHA512Digest?
    /// Whether the listing or its source last gave other bytes than before.
    public let isTampered: Bool
    /// Whether the last listing had it no more, or marked it as yanked.
    public let isWithdrawn: Bool
    /// What the listing said when it named the artifact first, completed by what it left open then; nil where no listing
    /// has named it since such facts are kept.
    public let facts: ReleaseFacts?
    /// How the listing contradicted that later; nil when it never did. Never ends.
    public let rewriting: ReleaseRewriting?

    public var isRewritten: Bool { rewriting != nil }
}

extension ReleaseFacts {
    /// What `later` says otherwise. To leave something open that was said before is no contradiction: mirrors do.
    func contradictions(in later: ReleaseFacts) -> [ReleaseRewriting.Member] {
        ReleaseRewriting.Member.allCases.filter { member in
            switch member {
            case .publisher: Self.differ(publisher, later.publisher)
            case .maintainers:
                !maintainers.isEmpty && !later.maintainers.isEmpty && !Self.areSame(maintainers, later.maintainers)
            case .provenance: Self.differ(hasProvenance, later.hasProvenance)
            case .repository: Self.differ(repository, later.repository)
            // To have none is a statement too.
            case .dependencies: !Self.areSame(dependencies, later.dependencies)
            case .publishedAt: Self.differ(publishedAt, later.publishedAt)
            }
        }
    }

    /// These facts with what they leave open taken from `later`.
    func completed(by later: ReleaseFacts) -> ReleaseFacts {
        ReleaseFacts(
            publisher: publisher ?? later.publisher, maintainers: maintainers.isEmpty ? later.maintainers : maintainers,
            hasProvenance: hasProvenance ?? later.hasProvenance, repository: repository ?? later.repository,
            dependencies: dependencies, publishedAt: publishedAt ?? later.publishedAt)
    }

    private static func differ(_ first: String?, _ later: String?) -> Bool {
        guard let first, let later else { return false }
        return !first.utf8.elementsEqual(later.utf8)
    }

    private static func differ<Value: Equatable>(_ first: Value?, _ later: Value?) -> Bool {
        guard let first, let later else { return false }
        return first != later
    }

    private static func areSame(_ first: [String], _ later: [String]) -> Bool {
        first.elementsEqual(later) { $0.utf8.elementsEqual($1.utf8) }
    }
}
