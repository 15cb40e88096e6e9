/// The name of a file that a Python index lists, taken apart for one project.
///
/// Wheels follow the wheel specification: five or six parts between hyphens. Source distributions are
/// `<name>-<version>` with `.tar.gz`, `.tgz` or `.zip`; old ones have hyphens in the name, so the name of the project
/// decides where it ends. Other files that indexes list (eggs, Windows installers, `.tar.bz2`, …) are recognised by their
/// endings and given kind `.other`: they keep their place in listings and are never served.
/// A file whose name does not begin with the project's, in any spelling, is nobody's: parsing gives nil.
///
/// Spec: PyPA "Binary distribution format" (file name convention), "Source distribution file name".
public struct DistributionFilename: Sendable {
    public let version: PackageVersion
    /// The version as it stands in the name.
    public let versionText: String
    public let kind: ArtifactKind
    /// A wheel's last three parts, `py3-none-any`, in lower case: what it is installed on. Nil for all others.
    public let tag: String?

    private static let sourceEndings: [(ending: String, kind: ArtifactKind)] = [
        (".tar.gz", .sourceTarball), (".tgz", .sourceTarball), (".zip", .sourceZip), (".tar.bz2", .other),
        (".tar.xz", .other), (".tar.lzma", .other), (".tar.z", .other), (".tar", .other), (".tbz", .other),
    ]
    /// Endings of built files whose names carry more behind the version (`-py2.7`, `.win32`).
    private static let builtEndings = [".egg", ".exe", ".msi", ".rpm", ".deb", ".dmg"]

    /// Parses a listed or uploaded file's name; nil when it is not one of the project's.
    public init?(parsing filename: String, project: PackageName) {
        guard Self.isSafe(filename.utf8) else { return nil }
        let lowered = asciiLowercased(filename)
        if lowered.hasSuffix(".whl") {
            guard filename.hasSuffix(".whl") else { return nil }
            self.init(wheel: String(filename.dropLast(4)), project: project)
            return
        }
        for (ending, kind) in Self.sourceEndings where lowered.hasSuffix(ending) {
            // Only the exact spelling has an analyzer and installers; `.TAR.GZ` is listed and not served.
            let isExact = filename.hasSuffix(ending)
            self.init(source: filename.dropLast(ending.count), project: project, kind: isExact ? kind : .other)
            return
        }
        for ending in Self.builtEndings where lowered.hasSuffix(ending) {
            self.init(built: filename.dropLast(ending.count), project: project)
            return
        }
        return nil
    }

    private init?(wheel stem: String, project: PackageName) {
        let parts = stem.utf8.split(separator: .hyphen, omittingEmptySubsequences: false).map { Substring($0) }
        guard parts.count == 5 || parts.count == 6, !parts.contains(where: \.isEmpty) else { return nil }
        if parts.count == 6, !(parts[2].utf8.first?.isASCIIDigit ?? false) { return nil }
        guard Self.names(parts[0], project) else { return nil }
        let tag = asciiLowercased(parts.suffix(3).joined(separator: "-"))
        self.init(versionText: String(parts[1]), kind: .wheel, tag: tag)
    }

    private init?(source stem: Substring, project: PackageName, kind: ArtifactKind) {
        guard let rest = Self.behindName(stem, project) else { return nil }
        self.init(versionText: String(rest), kind: kind, tag: nil)
    }

    /// The longest text behind the name that is a version and ends at a hyphen, a dot or the end.
    private init?(built stem: Substring, project: PackageName) {
        guard var rest = Self.behindName(stem, project) else { return nil }
        while !rest.isEmpty {
            if let version = try? PackageVersion(parsing: String(rest), ecosystem: .pypi) {
                self.version = version
                versionText = String(rest)
                kind = .other
                tag = nil
                return
            }
            guard let cut = rest.utf8.lastIndex(where: { $0 == .hyphen || $0 == .dot }) else { return nil }
            rest = rest[..<cut]
        }
        return nil
    }

    /// What follows the project's name and a hyphen. A name in another spelling has the same number of words, so at most
    /// one hyphen fits.
    private static func behindName(_ stem: Substring, _ project: PackageName) -> Substring? {
        let bytes = stem.utf8
        for hyphen in bytes.indices where bytes[hyphen] == .hyphen && names(stem[..<hyphen], project) {
            return stem[bytes.index(after: hyphen)...]
        }
        return nil
    }

    private init?(versionText: String, kind: ArtifactKind, tag: String?) {
        guard let version = try? PackageVersion(parsing: versionText, ecosystem: .pypi) else { return nil }
        self.version = version
        self.versionText = versionText
        self.kind = kind
        self.tag = tag
    }

    private static func names(_ prefix: Substring, _ project: PackageName) -> Bool {
        guard let name = try? PackageName(parsing: String(prefix), ecosystem: .pypi) else { return false }
        return name == project
    }

    /// Whether a file name has only characters that stand for themselves in addresses, HTML and JSON.
    static func isSafe(_ name: some Collection<UInt8>) -> Bool {
        guard let first = name.first, first.isASCIIAlphanumeric || first == .underscore else { return false }
        return name.allSatisfy {
            $0.isASCIIAlphanumeric || $0 == .dot || $0 == .hyphen || $0 == .underscore || $0 == .plus
                || $0 == .tilde || $0 == UInt8(ascii: "!")
        }
    }
}
