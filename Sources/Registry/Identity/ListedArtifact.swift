public import Cryptography
public import Platform

/// What a file of a listing is, by its name.
public enum ArtifactKind: String, Sendable, Hashable, CaseIterable {
    case npmTarball
    case wheel
    /// A source distribution as `.tar.gz` (or its old spelling `.tgz`).
    case sourceTarball
    /// A source distribution as `.zip`.
    case sourceZip
    /// Anything else an index lists (eggs, Windows installers, `.tar.bz2`, …): named, but never served, because no
    /// analyzer opens it and no current installer needs it.
    case other

    /// Whether files of this kind may ever be sent.
    public var isServable: Bool { self != .other }
}

/// One artifact as its registry lists it: every fact here is the registry's claim.
public struct ListedArtifact: Sendable, Equatable {
    public let version: PackageVersion
    /// The version exactly as the listing spells it: npm's key under `versions`, PyPI's part of the file name.
    public let versionText: String
    /// The last path segment of our address of the artifact, unique within the listing.
    public let filename: String
    /// Where the registry says the bytes are: absolute `http` or `https`, without fragment. May be another host.
    public let url: String
    public let kind: ArtifactKind
    public let integrity: ClaimedIntegrity
    /// Nil when the listing gives no time or an unreadable one.
    public let publishedAt: Timestamp?
    /// Bytes of the file (PyPI); nil when not claimed. npm claims only the unpacked size, which is not this.
    public let sizeBytes: Int64?
    /// npm: `preinstall`, `install`, `postinstall`, or an implicit node-gyp build. False for PyPI, where it is not known.
    public let hasInstallScript: Bool
    /// npm: `repository` names an address. False for PyPI.
    public let hasRepositoryURL: Bool
    public let isYanked: Bool
    public let yankedReason: String?
    /// Whether the index serves the file's metadata beside it (PEP 658).
    public let hasCoreMetadata: Bool
    /// The claimed digest of that metadata, when the index gives one.
    public let coreMetadataSHA256: SHA256Digest?
    /// Who released it, from where, on what it stands; its time is `publishedAt`.
    public let release: ReleaseFacts

    public init(
        version: PackageVersion, versionText: String, filename: String, url: String, kind: ArtifactKind,
        integrity: ClaimedIntegrity, publishedAt: Timestamp? = nil, sizeBytes: Int64? = nil,
        hasInstallScript: Bool = false, hasRepositoryURL: Bool = false, isYanked: Bool = false,
        yankedReason: String? = nil, hasCoreMetadata: Bool = false, coreMetadataSHA256: SHA256Digest? = nil,
        release: ReleaseFacts = ReleaseFacts()
    ) {
        self.version = version
        self.versionText = versionText
        self.filename = filename
        self.url = url
        self.kind = kind
        self.integrity = integrity
        self.publishedAt = publishedAt
        self.sizeBytes = sizeBytes
        self.hasInstallScript = hasInstallScript
        self.hasRepositoryURL = hasRepositoryURL
        self.isYanked = isYanked
        self.yankedReason = yankedReason
        self.hasCoreMetadata = hasCoreMetadata
        self.coreMetadataSHA256 = coreMetadataSHA256
        self.release = release.withoutTime.published(at: publishedAt)
    }
}

/// An entry of a listing that is left out, and why; for logs and `doctor`, never for clients.
public struct DroppedEntry: Sendable, Equatable, CustomStringConvertible {
    /// The version or file name as listed.
    public let text: String
    public let reason: String

    public init(text: String, reason: String) {
        self.text = text
        self.reason = reason
    }

    public var description: String { "\(quoted(text)): \(reason)" }
}
