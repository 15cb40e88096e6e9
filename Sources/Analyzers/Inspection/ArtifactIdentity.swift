public import Registry

/// What an artifact is by its own words, where no registry lists it.
public struct ArtifactIdentity: Sendable, Equatable {
    public let ecosystem: Ecosystem
    /// Nil for an artifact that gives no name that one could have in its ecosystem.
    public let purl: PackageURL?

    public init(ecosystem: Ecosystem, purl: PackageURL?) {
        self.ecosystem = ecosystem
        self.purl = purl
    }
}

/// How much of an artifact's identity is left to its own words.
public enum ArtifactIdentification: String, Sendable, CaseIterable {
    /// Everything is known, such as from a registry.
    case nothing
    /// The ecosystem is known, name and version are not.
    case name
    /// Nothing but the file's name is known.
    case everything
}

/// Reads the manifests of an artifact for its name, and nothing else of it.
///
/// The pass ends as soon as the answer is clear. It gives no findings: the analysis that follows reads everything anyway
/// and says what is wrong.
struct IdentityReading {
    private let filename: String
    private let limits: AnalysisLimits
    private var manifest: NPMManifest?
    private var hasPackageJSON = false
    private var metadata: CoreMetadata?
    private var hasPythonProject = false

    init(filename: String, limits: AnalysisLimits) {
        self.filename = filename
        self.limits = limits
    }

    /// The identity; `known` is the ecosystem where that is not to be told by the content.
    mutating func read(_ bytes: ArchiveBytes, known: Ecosystem?) -> ArtifactIdentity {
        // What cannot be read has no name; that is for the analysis to report.
        try? readMembers(bytes, known)
        let ecosystem = known ?? self.ecosystem
        return ArtifactIdentity(ecosystem: ecosystem, purl: purl(in: ecosystem))
    }

    // MARK: Ecosystem

    private var loweredName: [UInt8] { Array(filename.utf8).lowercasedASCII() }

    private var isWheel: Bool { loweredName.hasSuffix(".whl") || loweredName.hasSuffix(".egg") }

    /// By the content where that is clear, and by what the name's ending means to publishers where it is not: npm makes
    /// `.tgz`, Python's build tools everything else, and either may have the other's manifest among its files.
    private var ecosystem: Ecosystem {
        let isTarball = loweredName.hasSuffix(".tgz")
        let isPython = metadata != nil || hasPythonProject
        if isWheel || loweredName.hasSuffix(".zip") { return .pypi }
        if hasPackageJSON, isPython { return isTarball ? .npm : .pypi }
        if hasPackageJSON != isPython { return hasPackageJSON ? .npm : .pypi }
        return isTarball ? .npm : .pypi
    }

    // MARK: Members

    private mutating func readMembers(_ bytes: ArchiveBytes, _ known: Ecosystem?) throws(ArchiveFailure) {
        let head = try bytes.read(at: 0, count: TarHeader.blockBytes)
        let budget = AnalysisBudget(limits: limits, artifactBytes: bytes.count)
        guard let format = isWheel ? .zip : ArchiveFormat(head: head) else { return }
        var isEnough = false
        func look(_ member: ArchiveMember, _ content: MemberContent?) throws(ArchiveFailure) {
            if isEnough { return }
            take(member, content)
            isEnough = isClear(known)
            // The archive's readers know no other way to stop early.
            if isEnough { throw .unreadable }
        }
        switch format {
        case .zip: try ZipArchive(bytes, budget: budget).forEachMember(look)
        case .tar(let compression):
            try TarArchive(bytes, compression: compression, budget: budget).forEachMember(look)
        }
    }

    private func isClear(_ known: Ecosystem?) -> Bool {
        switch known {
        case .npm: hasPackageJSON
        case .pypi: metadata != nil
        case nil: loweredName.hasSuffix(".tgz") ? hasPackageJSON : metadata != nil
        }
    }

    private mutating func take(_ member: ArchiveMember, _ content: MemberContent?) {
        guard member.kind == .file, let bytes = content?.bytes else { return }
        if isWheel {
            let path = ArtifactLayout.wheel.installPath(of: member.name)
            guard ManifestKind(path: path, layout: .wheel) == .wheelMetadata else { return }
            metadata = CoreMetadata(bytes)
            return
        }
        // Below the one folder at the top, in npm's tarballs and in source distributions alike.
        let path = ArtifactLayout.npmTarball.installPath(of: member.name)
        guard path.count == 1, let name = path.last else { return }
        if name.equals("package.json") {
            hasPackageJSON = true
            manifest = (try? NPMManifest(bytes)) ?? nil
        } else if name.equals("PKG-INFO") {
            metadata = CoreMetadata(bytes)
        } else if name.equals("pyproject.toml") || name.equals("setup.py") || name.equals("setup.cfg") {
            hasPythonProject = true
        }
    }

    // MARK: Name

    private func purl(in ecosystem: Ecosystem) -> PackageURL? {
        switch ecosystem {
        // Of members that are there twice, npm takes the last and Python's tools the first.
        case .npm: purl(manifest?.names.last, manifest?.versions.last, .npm)
        case .pypi:
            purl(metadata?.names.first, metadata?.versions.first, .pypi) ?? purlOfFilename
        }
    }

    private func purl(_ name: String?, _ version: String?, _ ecosystem: Ecosystem) -> PackageURL? {
        guard let name, let parsed = try? PackageName(parsing: name, ecosystem: ecosystem) else { return nil }
        return PackageURL(parsed, version: version.flatMap { try? PackageVersion(parsing: $0, ecosystem: ecosystem) })
    }

    /// Old source distributions have no metadata, only a name: `name-version` and an ending.
    private var purlOfFilename: PackageURL? {
        if let wheel = WheelFileName(filename) { return purl(wheel.name, wheel.version, .pypi) }
        guard let ending = [".tar.gz", ".tgz", ".zip", ".tar.bz2", ".tar.xz", ".tar"].first(where: filename.hasSuffix)
        else { return nil }
        let parts = filename.dropLast(ending.count).split(separator: "-")
        guard parts.count > 1, let last = parts.last else { return nil }
        let purl = purl(parts.dropLast().joined(separator: "-"), String(last), .pypi)
        return purl?.version == nil ? nil : purl
    }
}
