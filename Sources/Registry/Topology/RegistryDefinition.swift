/// An external origin as configured.
public struct UpstreamDefinition: Sendable, Equatable {
    /// Base address, always ending in `/`. For PyPI the root of the index: a trailing `simple/` is cut off.
    public let url: String
    /// Whether anybody may read through us what this origin serves; excludes credentials.
    public let isPublic: Bool
    /// How long a listing is used without asking again.
    public let maxAge: Duration
    /// The longest one request to it may take.
    public let timeout: Duration
    /// Failures in a row after which it counts as down.
    public let maxFails: Int
    /// How long it then stays down before one probe.
    public let failTimeout: Duration
    public let maxListingBytes: Int64
    public let maxArtifactBytes: Int64

    public init(
        url: String, isPublic: Bool, maxAge: Duration = .seconds(300), timeout: Duration = .seconds(30),
        maxFails: Int = 2, failTimeout: Duration = .seconds(60), maxListingBytes: Int64 = 64 << 20,
        maxArtifactBytes: Int64 = 512 << 20
    ) {
        let base = url.hasSuffix("/") ? url : url + "/"
        self.url = base.hasSuffix("/simple/") ? String(base.dropLast("simple/".count)) : base
        self.isPublic = isPublic
        self.maxAge = maxAge
        self.timeout = timeout
        self.maxFails = maxFails
        self.failTimeout = failTimeout
        self.maxListingBytes = maxListingBytes
        self.maxArtifactBytes = maxArtifactBytes
    }

    /// Where this origin lists `name`: the packument, or the project's page below `simple/`.
    public func listingURL(for name: PackageName) -> String {
        switch name.ecosystem {
        case .npm: url + name.urlSegment
        case .pypi: "\(url)simple/\(name.canonical)/"
        }
    }

    /// Where a Python index has times and sizes that its page may lack; nil for npm.
    public func projectJSONURL(for name: PackageName, version: PackageVersion? = nil) -> String? {
        guard name.ecosystem == .pypi else { return nil }
        guard let version else { return "\(url)pypi/\(name.canonical)/json" }
        return "\(url)pypi/\(name.canonical)/\(percentEncoded(version.text))/json"
    }
}

/// One registry as configured: what it is and which names live in it.
public struct RegistryDefinition: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// One external origin.
        case upstream(UpstreamDefinition)
        /// We are the origin.
        case hosted
        /// Several registries behind one address; for each name exactly one of them is the source.
        case router(sources: [RegistryName])
    }

    public let name: RegistryName
    public let ecosystem: Ecosystem
    public let kind: Kind
    /// The names that live here. Empty means every name for an upstream and a router; a hosted registry must say.
    public let packages: [PackagePattern]

    public init(name: RegistryName, ecosystem: Ecosystem, kind: Kind, packages: [PackagePattern] = []) {
        self.name = name
        self.ecosystem = ecosystem
        self.kind = kind
        self.packages = packages
    }

    public var isHosted: Bool { kind == .hosted }

    /// The origin's settings when this is an upstream registry.
    public var upstream: UpstreamDefinition? {
        if case .upstream(let definition) = kind { return definition }
        return nil
    }

    /// The declared patterns, with the implied `**` spelled out.
    var declaredPatterns: [PackagePattern] {
        packages.isEmpty && !isHosted ? [.everything] : packages
    }

    /// Specificity of the narrowest declared pattern that matches; nil when the name does not live here.
    func claim(on name: PackageName) -> Int? {
        guard name.ecosystem == ecosystem else { return nil }
        return declaredPatterns.filter { $0.matches(name) }.map(\.specificity).max()
    }
}
