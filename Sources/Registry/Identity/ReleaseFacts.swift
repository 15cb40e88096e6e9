public import Platform

/// What a listing says of one release besides its bytes: by whom, from where and on what it stands. Every fact is the
/// registry's claim, and every text is somebody else's: bounded here, made harmless where it is shown.
///
/// npm's packuments say all of it; Python indexes say whether there is provenance, and when a file was uploaded.
public struct ReleaseFacts: Hashable, Sendable {
    /// Who published it; nil when the listing does not say.
    public let publisher: String?
    /// Who could publish then, ascending by their bytes, each once; empty when the listing does not say.
    public let maintainers: [String]
    /// Whether attestations of its origin were published with it; nil when the listing does not say.
    public let hasProvenance: Bool?
    /// The address of its sources as written.
    public let repository: String?
    /// The names of what is installed with it, ascending by their bytes, each once: dependencies, optional and peer
    /// ones. Always empty for ecosystems whose listings name none.
    public let dependencies: [String]
    public let publishedAt: Timestamp?

    /// A longer text is represented by its digest, so that two of them still differ.
    static let maxTextBytes = 256
    /// A longer list ends in the digest of what was cut.
    static let maxEntries = 1000

    /// - Parameters:
    ///   - maintainers: in any order.
    ///   - dependencies: in any order.
    public init(
        publisher: String? = nil, maintainers: [String] = [], hasProvenance: Bool? = nil, repository: String? = nil,
        dependencies: [String] = [], publishedAt: Timestamp? = nil
    ) {
        self.init(
            publisher: publisher.map(Self.bounded), sortedMaintainers: Self.sorted(maintainers),
            hasProvenance: hasProvenance, repository: repository.map(Self.bounded),
            sortedDependencies: Self.sorted(dependencies), publishedAt: publishedAt)
    }

    private init(
        publisher: String?, sortedMaintainers: [String], hasProvenance: Bool?, repository: String?,
        sortedDependencies: [String], publishedAt: Timestamp?
    ) {
        self.publisher = publisher
        maintainers = sortedMaintainers
        self.hasProvenance = hasProvenance
        self.repository = repository
        dependencies = sortedDependencies
        self.publishedAt = publishedAt
    }

    /// The same facts with this time, where they have none.
    public func published(at moment: Timestamp?) -> ReleaseFacts {
        ReleaseFacts(
            publisher: publisher, sortedMaintainers: maintainers, hasProvenance: hasProvenance, repository: repository,
            sortedDependencies: dependencies, publishedAt: publishedAt ?? moment)
    }

    /// The same facts without a time: what most releases of a package have in common.
    public var withoutTime: ReleaseFacts {
        ReleaseFacts(
            publisher: publisher, sortedMaintainers: maintainers, hasProvenance: hasProvenance, repository: repository,
            sortedDependencies: dependencies, publishedAt: nil)
    }

    /// Equal facts that keep no lists of their own where the release before has the same: a package of a thousand versions
    /// has a few different ones.
    func sharing(_ before: ReleaseFacts?) -> ReleaseFacts {
        guard let before else { return self }
        return ReleaseFacts(
            publisher: publisher,
            sortedMaintainers: maintainers == before.maintainers ? before.maintainers : maintainers,
            hasProvenance: hasProvenance, repository: repository,
            sortedDependencies: dependencies == before.dependencies ? before.dependencies : dependencies,
            publishedAt: publishedAt)
    }
}
