internal import Cryptography
internal import JSON

/// The files of one Python project as its index lists them, from PEP 691 JSON or from PEP 503 HTML.
///
/// Parsed once and written many times: whatever form came in, both forms go out, and writing only puts pieces together.
/// A file that cannot be served is left out and recorded in `dropped`: a name that does not belong to the project, an
/// unusable address, no or a malformed sha256. One file name with two different digests makes the page useless
/// (`ListingError.contradictoryFile`). Files of kind `.other` stay listed, always yanked: see `ArtifactKind`.
///
/// Signatures (`gpg-sig`) are not announced, since none are served.
///
/// Spec: PyPA "Simple repository API" (PEP 503, 592, 629, 658, 691, 700, 714, 740, 792).
public struct ProjectPage: Sendable {
    public let name: PackageName
    /// Every listed file in the page's order.
    public let artifacts: [ListedArtifact]
    /// The project's status marker as the index gives it (`active`, `archived`, `quarantined`, `deprecated`, …).
    public let status: ProjectStatus?
    public let dropped: [DroppedEntry]
    let files: [ProjectFile]
    /// The index's own list of versions; nil when it gives none.
    let declaredVersions: [String]?
    /// Members of `meta` and of the document that nobody here knows, as `"name":value`.
    let otherMeta: [[UInt8]]
    let otherMembers: [[UInt8]]
    private let byFilename: [String: Int]

    /// Parses a PEP 691 document.
    /// - Parameter baseURL: the address it came from, after redirects; relative file addresses begin there.
    /// - Throws: `ListingError`.
    public init(parsingJSON bytes: [UInt8], name: PackageName, baseURL: String) throws(ListingError) {
        precondition(name.ecosystem == .pypi, "project page of a package that is not PyPI's")
        let scan = try ListingReader.read(bytes) { (reader) throws(ListingError) in
            var scan = ProjectPageScan(name: name, baseURL: baseURL, bytes: bytes)
            try scan.document(&reader)
            return scan
        }
        try self.init(
            name: name, drafts: scan.drafts, status: scan.status, declaredVersions: scan.versions,
            otherMeta: scan.otherMeta, otherMembers: scan.otherMembers)
    }

    /// Parses a PEP 503 page.
    /// - Parameter baseURL: the address it came from, after redirects; a `<base>` in the page goes before it.
    /// - Throws: `ListingError`, also when the page has links and none of them is a file of the project: that is some
    ///   other page, and an empty listing would read as "no such version".
    public init(parsingHTML bytes: [UInt8], name: PackageName, baseURL: String) throws(ListingError) {
        precondition(name.ecosystem == .pypi, "project page of a package that is not PyPI's")
        let page = try HTMLProjectPage(parsing: bytes, baseURL: baseURL)
        try self.init(
            name: name, drafts: page.drafts, status: page.status, declaredVersions: nil, otherMeta: [],
            otherMembers: [])
        if files.isEmpty && !page.drafts.isEmpty {
            throw .malformedHTML(reason: "none of its \(page.drafts.count) links is a file of '\(name)'")
        }
    }

    private init(
        name: PackageName, drafts: [ProjectFileDraft], status: ProjectStatus?, declaredVersions: [String]?,
        otherMeta: [[UInt8]], otherMembers: [[UInt8]]
    ) throws(ListingError) {
        var files: [ProjectFile] = []
        var places: [String: Int] = [:]
        var dropped: [DroppedEntry] = []
        for draft in drafts {
            let file: ProjectFile
            do throws(ProjectFileFault) {
                file = try ProjectFile(draft, project: name)
            } catch {
                dropped.append(DroppedEntry(text: draft.filename, reason: error.reason))
                continue
            }
            if let earlier = places[draft.filename] {
                guard files[earlier].sha256 == file.sha256 else {
                    throw .contradictoryFile(filename: draft.filename)
                }
                continue
            }
            places[draft.filename] = files.count
            files.append(file)
        }
        self.init(
            name: name, files: files, status: status, dropped: dropped, declaredVersions: declaredVersions,
            otherMeta: otherMeta, otherMembers: otherMembers, byFilename: places)
    }

    private init(
        name: PackageName, files: [ProjectFile], status: ProjectStatus?, dropped: [DroppedEntry],
        declaredVersions: [String]?, otherMeta: [[UInt8]], otherMembers: [[UInt8]], byFilename: [String: Int]
    ) {
        self.name = name
        self.files = files
        artifacts = files.map(\.artifact)
        self.status = status
        self.dropped = dropped
        self.declaredVersions = declaredVersions
        self.otherMeta = otherMeta
        self.otherMembers = otherMembers
        self.byFilename = byFilename
    }

    /// The listed file of that name.
    public func artifact(filename: String) -> ListedArtifact? { byFilename[filename].map { artifacts[$0] } }

    /// Whether some file lacks what `/pypi/<project>/json` could add: its upload time.
    public var lacksTimes: Bool { artifacts.contains { $0.publishedAt == nil } }

    /// The page with times, sizes, yanks and Python requirements that it lacks taken from the project's JSON document,
    /// for files that agree in name and sha256.
    public func enriched(with document: ProjectDocument) -> ProjectPage {
        let facts = document.facts()
        let enriched = files.map { file in
            guard let known = facts[file.sha256], known.filename == file.artifact.filename else { return file }
            return file.enriched(with: known)
        }
        return ProjectPage(
            name: name, files: enriched, status: status, dropped: dropped, declaredVersions: declaredVersions,
            otherMeta: otherMeta, otherMembers: otherMembers, byFilename: byFilename)
    }
}

/// A project's status marker.
///
/// Spec: PEP 792.
public struct ProjectStatus: Sendable, Equatable {
    public let status: String
    public let reason: String?

    public init(status: String, reason: String?) {
        self.status = status
        self.reason = reason
    }
}
