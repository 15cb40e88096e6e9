/// An npm packument: every version of one package, parsed once, its bytes kept.
///
/// Parsing reads every byte strictly and remembers where the parts stand; rendering copies unchanged parts and never
/// parses again. What two readers could understand differently is refused (`ListingError`): duplicate members of any
/// object read here, `versions: null`, another package's name. A single version that cannot be served is left out and
/// recorded in `dropped`: unreadable version, manifest of another name or version, no usable tarball address,
/// malformed integrity, or a second spelling of a version that is there already.
///
/// Members dropped from every rendering: `_attachments` (publish bodies) and `stagedVersions` (manifests that no
/// decision was made about).
///
/// Spec: npm registry "Package Metadata", full and abbreviated form.
public struct Packument: Sendable {
    public let name: PackageName
    /// The servable versions in the document's order.
    public let artifacts: [ListedArtifact]
    /// Every tag as upstream has it, in its order; a tag may name a version that is not in `artifacts`.
    public let distTags: [(tag: String, versionText: String)]
    public let dropped: [DroppedEntry]
    let bytes: [UInt8]
    let layout: PackumentLayout
    private let byVersionText: [String: Int]
    private let byFilename: [String: Int]

    /// Parses an upstream document.
    /// - Parameter name: the package that was asked for.
    /// - Throws: `ListingError`.
    public init(parsing bytes: [UInt8], name: PackageName) throws(ListingError) {
        precondition(name.ecosystem == .npm, "packument of a package that is not npm's")
        let scan = try ListingReader.read(bytes) { (reader) throws(ListingError) in
            var scan = PackumentScan(name: name)
            try scan.document(&reader)
            return scan
        }
        try scan.requireWhole()
        var dropped = scan.dropped
        let kept = scan.distinctVersions(dropped: &dropped)
        let filenames = TarballNames.assign(
            kept.map { ($0.version, $0.tarballURL) }, unscopedName: name.unscoped)
        self.name = name
        self.bytes = bytes
        self.dropped = dropped
        distTags = scan.distTags
        artifacts = zip(kept, filenames).map { version, filename in
            version.artifact(filename: filename, publishedAt: scan.times[version.text])
        }
        byVersionText = Dictionary(
            artifacts.enumerated().map { ($1.versionText, $0) }, uniquingKeysWith: { first, _ in first })
        byFilename = Dictionary(
            artifacts.enumerated().map { ($1.filename, $0) }, uniquingKeysWith: { first, _ in first })
        layout = PackumentLayout(scan: scan, kept: kept, droppedVersions: Set(dropped.map(\.text)))
    }

    /// The artifact behind `<package>/-/<filename>`.
    public func artifact(filename: String) -> ListedArtifact? { byFilename[filename].map { artifacts[$0] } }

    /// The artifact whose key under `versions` is exactly `text`.
    public func artifact(versionText text: String) -> ListedArtifact? { byVersionText[text].map { artifacts[$0] } }

    /// The artifact of a version in any spelling.
    public func artifact(version: PackageVersion) -> ListedArtifact? {
        artifact(versionText: version.text) ?? artifacts.first { $0.version == version }
    }

    func indexOf(versionText text: String) -> Int? { byVersionText[text] }
}
