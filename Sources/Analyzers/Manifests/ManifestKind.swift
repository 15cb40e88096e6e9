/// The files that installers, package managers, interpreters at their start and coding agents read by themselves.
enum ManifestKind: Equatable {
    case packageJSON, gypFile, shrinkwrap
    /// The package.json of a package that lies in `node_modules`: npm runs its install scripts too.
    case bundledPackageJSON
    case wheelMetadata, wheelRecord, wheelFile, entryPoints
    case sourceMetadata, pyproject, setupConfig
    /// PKG-INFO and entry_points.txt of a build that was left in the sdist.
    case eggMetadata, eggEntryPoints
    /// A .pth file where Python reads it.
    case pathFile
    /// Settings of a coding agent or editor that can run commands.
    case agentSettings

    /// The kind of the file at `path` below the package's folder; nil for ordinary files.
    init?(path: [[UInt8]], layout: ArtifactLayout) {
        guard let last = path.last, path.count < 16 else { return nil }
        let name = String(decoding: last, as: UTF8.self)
        let found: ManifestKind? =
            switch layout {
            case .npmTarball: Self.npm(path, name)
            case .wheel: Self.wheel(path, name)
            case .sourceDistribution: Self.source(path, name)
            }
        guard let kind = found ?? (AgentConfiguration.canRunCommands(path) ? .agentSettings : nil) else { return nil }
        self = kind
    }

    /// Whether the package cannot be judged without it.
    var isEssential: Bool {
        switch self {
        case .packageJSON, .gypFile, .bundledPackageJSON, .wheelMetadata, .wheelRecord, .sourceMetadata, .pyproject,
            .pathFile:
            true
        case .shrinkwrap, .wheelFile, .entryPoints, .setupConfig, .eggMetadata, .eggEntryPoints, .agentSettings: false
        }
    }

    /// Whether installers decide by the file at `path` what the package is and how it is installed.
    static func isCentral(_ path: [[UInt8]], layout: ArtifactLayout) -> Bool {
        switch ManifestKind(path: path, layout: layout) {
        case .packageJSON, .gypFile, .shrinkwrap, .wheelMetadata, .wheelRecord, .wheelFile, .entryPoints,
            .sourceMetadata, .pyproject, .setupConfig, .pathFile:
            true
        case .bundledPackageJSON, .eggMetadata, .eggEntryPoints, .agentSettings: false
        case nil: layout == .sourceDistribution && path.count == 1 && path[0].equals("setup.py")
        }
    }

    /// Whether it holds the package's metadata as RFC 822 headers.
    var isMetadata: Bool { self == .wheelMetadata || self == .sourceMetadata || self == .eggMetadata }

    private static func npm(_ path: [[UInt8]], _ name: String) -> ManifestKind? {
        if path.count == 1 {
            switch name {
            case "package.json": return .packageJSON
            case "binding.gyp": return .gypFile
            case "npm-shrinkwrap.json": return .shrinkwrap
            default: return nil
            }
        }
        guard name == "package.json" else { return nil }
        let isScoped = path.count > 3 && path[path.count - 3].first == UInt8(ascii: "@")
        let folder = path.count - (isScoped ? 4 : 3)
        return folder >= 0 && path[folder].equals("node_modules") ? .bundledPackageJSON : nil
    }

    private static func wheel(_ path: [[UInt8]], _ name: String) -> ManifestKind? {
        if name.hasSuffix(".pth"), isInSitePackages(path) { return .pathFile }
        guard path.count == 2, path[0].hasSuffix(".dist-info") else { return nil }
        switch name {
        case "METADATA": return .wheelMetadata
        case "RECORD": return .wheelRecord
        case "WHEEL": return .wheelFile
        case "entry_points.txt": return .entryPoints
        default: return nil
        }
    }

    private static func source(_ path: [[UInt8]], _ name: String) -> ManifestKind? {
        if path.count <= 3, path.count > 1, path[path.count - 2].hasSuffix(".egg-info") {
            if name == "PKG-INFO" { return .eggMetadata }
            if name == "entry_points.txt" { return .eggEntryPoints }
        }
        guard path.count == 1 else { return nil }
        switch name {
        case "PKG-INFO": return .sourceMetadata
        case "pyproject.toml": return .pyproject
        case "setup.cfg": return .setupConfig
        default: return nil
        }
    }

    /// Whether a wheel's file ends at the top of a folder that Python reads at its start.
    static func isInSitePackages(_ path: [[UInt8]]) -> Bool {
        if path.count == 1 { return true }
        guard let first = path.first, first.hasSuffix(".data") else { return false }
        // `data` is unpacked over the whole environment, so any folder of it may be site-packages.
        return path.count == 3 && (path[1].equals("purelib") || path[1].equals("platlib")) || path[1].equals("data")
    }
}
