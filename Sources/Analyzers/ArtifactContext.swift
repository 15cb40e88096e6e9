public import Registry

/// What is known about an artifact before it is opened: how the registry lists it.
public struct ArtifactContext: Sendable, Equatable {
    public let ecosystem: Ecosystem
    /// The name and version that the registry lists the artifact under.
    public let purl: PackageURL
    /// The file's name in the registry.
    public let filename: String

    public init(ecosystem: Ecosystem, purl: PackageURL, filename: String) {
        self.ecosystem = ecosystem
        self.purl = purl
        self.filename = filename
    }
}
