import Cryptography
import Platform
import Registry

/// Which of an ecosystem's documents is wanted, by the name the ecosystem's adapter gave it.
struct Representation: Hashable, Sendable {
    /// Unique within the ecosystem; part of cache keys.
    let name: String
    /// The `Content-Type` to send.
    let contentType: String
}

/// One artifact that policy refuses, in the words that listings carry.
struct ListedRefusal: Sendable, Equatable {
    let versionText: String
    /// The whole sentence, with link.
    let sentence: String
    /// The shorter reason that installers print for a yanked file.
    let yankedReason: String
    let isMalicious: Bool
}

/// A version that a listing leaves out for now.
struct HeldVersion: Sendable, Equatable {
    let version: PackageVersion
    /// As in "is in cooldown until 2026-11-24T03:00:00Z".
    let cause: String
}

/// How a listing is shown: what is refused and where our addresses begin.
struct ListingPlan: Sendable, Equatable {
    /// Refused artifacts by file name; everything else is listed.
    let refused: [String: ListedRefusal]
    /// The address of the registry as the client reached it, without a slash at its end.
    let registryBase: String
    /// The complete address of the source's registry (`<public>/~<registry>`), without a slash at its end.
    let sourceBase: String
    /// One message about all refused versions; nil when there are none.
    let restrictionMessage: String?
}

/// A parsed listing of one package: the one thing of an ecosystem that admission and caching handle.
protocol Listing: Sendable {
    /// Every artifact that could be served, in the listing's order.
    var artifacts: [ListedArtifact] { get }
    /// Entries that are left out because they cannot be served, and why.
    var dropped: [DroppedEntry] { get }
    /// The document as `plan` wants it shown; nil when this listing has no such representation.
    func rendered(_ representation: Representation, _ plan: ListingPlan) -> [UInt8]?
    /// The artifact that a version or tag of a manifest route means; `refused` are file names that listings do not show.
    func artifact(selectedBy selector: VersionSelector, refused: Set<String>) -> ListedArtifact?
    /// One version's own document; nil where the ecosystem has none.
    func manifest(of artifact: ListedArtifact, registryBase: String) -> [UInt8]?
}

/// What one load of a listing brought.
struct LoadedListing: Sendable {
    let listing: any Listing
    /// The upstream documents it was made of.
    let documents: [DocumentKey: UpstreamDocument]
    /// Why an older copy stands in; nil when everything is current.
    let staleReason: String?
    /// False when something that could be had was not, so that a new try is due soon.
    let isComplete: Bool
}

/// A listing at one moment; never changed, only replaced.
final class CachedListing: Sendable {
    let name: PackageName
    let source: RegistryName
    let listing: any Listing
    let documents: [DocumentKey: UpstreamDocument]
    /// Over all upstream documents: equal digests mean equal listings.
    let digest: SHA256Digest
    /// Until when nobody needs to ask the source again.
    let freshUntil: Timestamp
    /// When this process last heard from the source that the listing is current.
    let validatedAt: Timestamp
    let staleReason: String?
    /// What we ourselves know of its artifacts; shared by all listings of the package from this source.
    let record: PackageRecord
    private let positions: [String: Int]

    init(
        name: PackageName, source: RegistryName, loaded: LoadedListing, record: PackageRecord, freshUntil: Timestamp,
        validatedAt: Timestamp
    ) {
        self.name = name
        self.record = record
        self.source = source
        listing = loaded.listing
        documents = loaded.documents
        self.freshUntil = freshUntil
        self.validatedAt = validatedAt
        staleReason = loaded.staleReason
        digest = Self.digest(of: loaded.documents)
        positions = Dictionary(
            loaded.listing.artifacts.enumerated().map { ($0.element.filename, $0.offset) },
            uniquingKeysWith: { first, _ in first })
    }

    static func digest(of documents: [DocumentKey: UpstreamDocument]) -> SHA256Digest {
        SHA256Digest(hashing: documents.map { "\($0.key.fileName) \($0.value.digest.hex)\n" }.sorted().flatMap(\.utf8))
    }

    /// The artifact of exactly that file name (compared as bytes: names are ASCII).
    func artifact(named filename: String) -> ListedArtifact? {
        positions[filename].map { listing.artifacts[$0] }
    }

    /// The artifacts of a version, under every spelling that means the same version.
    func artifacts(of version: PackageVersion) -> [ListedArtifact] {
        listing.artifacts.filter { $0.version == version }
    }

    /// Roughly the memory it holds.
    var costBytes: Int {
        documents.values.reduce(4096) { $0 + $1.bytes.count } + listing.artifacts.count * 512
    }
}
