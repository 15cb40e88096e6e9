internal import Cryptography
internal import JSON
internal import Platform

/// An index's `/pypi/<project>/json` or `/pypi/<project>/<version>/json` document: facts that project pages may lack, and
/// a listing of its own that must be filtered like them.
///
/// Its bytes are kept; rendering replaces addresses and yank marks in place and copies the rest. Files that could not be
/// served (as in `ProjectPage`) are left out of `releases` and `urls`.
///
/// Spec: the index's "JSON API".
public struct ProjectDocument: Sendable {
    public let name: PackageName
    public let dropped: [DroppedEntry]
    let bytes: [UInt8]
    let layout: ProjectDocumentLayout

    /// Parses an upstream document.
    /// - Throws: `ListingError`: invalid JSON, duplicate members, another project's name, wrong kinds.
    public init(parsing bytes: [UInt8], name: PackageName) throws(ListingError) {
        precondition(name.ecosystem == .pypi, "project document of a package that is not PyPI's")
        let scan = try ListingReader.read(bytes) { (reader) throws(ListingError) in
            var scan = ProjectDocumentScan(name: name)
            try scan.document(&reader)
            return scan
        }
        self.name = name
        self.bytes = bytes
        dropped = scan.dropped
        layout = scan.layout()
    }

    /// What is known of each file, by its sha256; `releases` and `urls` together, the first mention counts.
    func facts() -> [SHA256Digest: ProjectFileFacts] {
        Dictionary(layout.files.map { ($0.sha256, $0.facts) }, uniquingKeysWith: { first, _ in first })
    }
}

/// Where the parts of a project document stand in its bytes.
struct ProjectDocumentLayout: Sendable {
    /// A place where a rendering writes something else than the source has.
    struct Splice: Sendable {
        enum Content: Sendable {
            case address
            /// `true` or `false`.
            case yanked
            /// A string or `null`.
            case yankedReason
            /// `false` for malicious files, else the source.
            case coreMetadata
            /// A member with its comma, at the front of an object that lacks it.
            case addedYanked
            case addedYankedReason
        }

        let range: Range<Int>
        let content: Content
    }

    /// One file object.
    struct File: Sendable {
        let range: Range<Int>
        let facts: ProjectFileFacts
        let sha256: SHA256Digest
        let kind: ArtifactKind
        /// Ascending, not overlapping, inside `range`.
        let splices: [Splice]
    }

    /// A stretch of the document.
    enum Piece: Sendable {
        case bytes(Range<Int>)
        /// An array of file objects: these places in `files`.
        case fileArray(Range<Int>)
        /// A yank mark of `info`.
        case infoMark(Splice)
    }

    let pieces: [Piece]
    let files: [File]
    /// The files of the version that `info` describes.
    let described: Range<Int>
}
