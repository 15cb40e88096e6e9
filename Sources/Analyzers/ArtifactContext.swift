public import Registry

/// What is known about an artifact before it is opened: how the registry lists it.
public struct ArtifactContext: Sendable, Equatable {
    public let ecosystem: Ecosystem
    /// The name and version that the registry lists the artifact under.
    public let purl: PackageURL
    /// The file's name in the registry.
    public let filename: String
    /// Whether `purl` says anything; what has no name of its own and is listed nowhere is compared with nothing.
    public let isNamed: Bool

    public init(ecosystem: Ecosystem, purl: PackageURL, filename: String) {
        self.init(ecosystem: ecosystem, purl: purl, filename: filename, isNamed: true)
    }

    init(ecosystem: Ecosystem, purl: PackageURL, filename: String, isNamed: Bool) {
        self.ecosystem = ecosystem
        self.purl = purl
        self.filename = filename
        self.isNamed = isNamed
    }
}
