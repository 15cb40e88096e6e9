internal import Cryptography
internal import JSON
internal import Platform

/// What one pass over a project document found.
struct ProjectDocumentScan {
    let name: PackageName
    private(set) var dropped: [DroppedEntry] = []
    private var files: [ProjectDocumentLayout.File] = []
    private var described = 0..<0
    private var pieces: [ProjectDocumentLayout.Piece] = []
    /// Everything before this offset is in `pieces`.
    private var covered = 0
    private var hasInfo = false

    init(name: PackageName) { self.name = name }

    func layout() -> ProjectDocumentLayout {
        ProjectDocumentLayout(pieces: pieces, files: files, described: described)
    }

    /// Walks the whole document.
    mutating func document(_ reader: inout ListingReader) throws(ListingError) {
        try reader.require(.object, at: "the document", "an object")
        try reader.members(of: "the document") { (reader, member, _) throws(ListingError) in
            switch member {
            case "info": try info(&reader)
            case "urls": described = try fileArray(&reader, path: "urls")
            case "releases":
                try reader.require(.object, at: "releases", "an object from version to files")
                try reader.members(of: "releases") { (reader, version, _) throws(ListingError) in
                    _ = try fileArray(&reader, path: "releases of \(version)")
                }
            default: break
            }
        }
        if !hasInfo { throw .missingMember(path: "info") }
        pieces.append(.bytes(covered..<reader.position))
    }

    /// Ends the running stretch of unchanged bytes and adds a piece that replaces `range`.
    private mutating func add(_ piece: ProjectDocumentLayout.Piece, replacing range: Range<Int>) {
        if covered < range.lowerBound { pieces.append(.bytes(covered..<range.lowerBound)) }
        pieces.append(piece)
        covered = range.upperBound
    }

    private mutating func info(_ reader: inout ListingReader) throws(ListingError) {
        try reader.require(.object, at: "info", "an object")
        hasInfo = true
        var hasName = false
        let expected = name
        try reader.members(of: "info") { (reader, member, _) throws(ListingError) in
            switch member {
            case "name":
                let found = try reader.string() ?? ""
                guard let parsed = try? PackageName(parsing: found, ecosystem: .pypi), parsed == expected else {
                    throw .nameMismatch(found: found, expected: expected)
                }
                hasName = true
            case "yanked", "yanked_reason":
                let start = try reader.startOfValue()
                let range = start..<(try reader.endOfValue())
                let content: ProjectDocumentLayout.Splice.Content = member == "yanked" ? .yanked : .yankedReason
                add(.infoMark(.init(range: range, content: content)), replacing: range)
            default: break
            }
        }
        if !hasName { throw .missingMember(path: "info.name") }
    }

    private mutating func fileArray(
        _ reader: inout ListingReader, path: String
    ) throws(ListingError) -> Range<Int> {
        try reader.require(.array, at: path, "an array of files")
        let start = try reader.startOfValue()
        let first = files.count
        try reader.elements { (reader) throws(ListingError) in
            try reader.require(.object, at: "an entry of \(path)", "an object")
            var scan = DocumentFileScan()
            try scan.file(&reader, path: path)
            switch scan.result(project: name) {
            case .success(let file): files.append(file)
            case .failure(let fault): dropped.append(DroppedEntry(text: scan.filename, reason: fault.reason))
            }
        }
        add(.fileArray(first..<files.count), replacing: start..<reader.position)
        return first..<files.count
    }
}

/// Reads one file object of a project document.
private struct DocumentFileScan {
    private(set) var filename = ""
    private var range = 0..<0
    private var splices: [ProjectDocumentLayout.Splice] = []
    private var hashes: [(name: String, value: String)] = []
    private var sizeBytes: Int64?
    private var uploadTime: String?
    private var isYanked = false
    private var yankedReason: String?
    private var requiresPython: String?
    private var hasAddress = false

    mutating func file(_ reader: inout ListingReader, path: String) throws(ListingError) {
        let start = try reader.startOfValue()
        var marks: Set<String> = []
        try reader.members(of: "an entry of \(path)") { (reader, member, _) throws(ListingError) in
            let valueStart = try reader.startOfValue()
            let content = try read(member, &reader, path: path)
            guard let content else { return }
            marks.insert(member)
            let end = try reader.endOfValue()
            splices.append(.init(range: valueStart..<end, content: content))
        }
        range = start..<reader.position
        // A file object is never empty when it is used: it has at least its name, address and digest.
        let front = (start + 1)..<(start + 1)
        if !marks.contains("yanked_reason") { splices.insert(.init(range: front, content: .addedYankedReason), at: 0) }
        if !marks.contains("yanked") { splices.insert(.init(range: front, content: .addedYanked), at: 0) }
    }

    /// Reads a member; gives what a rendering writes in place of its value, nil when that never changes.
    private mutating func read(
        _ member: String, _ reader: inout ListingReader, path: String
    ) throws(ListingError) -> ProjectDocumentLayout.Splice.Content? {
        switch member {
        case "filename": filename = try reader.string() ?? ""
        case "url":
            hasAddress = try reader.string() != nil
            return .address
        case "yanked":
            isYanked = try reader.boolean() ?? false
            return .yanked
        case "yanked_reason":
            yankedReason = try reader.string()
            return .yankedReason
        case "core-metadata", "dist-info-metadata": return .coreMetadata
        case "requires_python": requiresPython = try reader.string()
        case "size": sizeBytes = try reader.integer()
        case "upload_time_iso_8601": uploadTime = try reader.string()
        case "digests":
            guard try reader.kind() == .object else { break }
            try reader.members(of: "digests in \(path)") { (reader, algorithm, _) throws(ListingError) in
                if let value = try reader.string() { hashes.append((asciiLowercased(algorithm), value)) }
            }
        default: break
        }
        return nil
    }

    func result(project: PackageName) -> Result<ProjectDocumentLayout.File, ProjectFileFault> {
        var draft = ProjectFileDraft()
        draft.filename = filename
        // Only its presence matters here: bytes are always fetched from where the project page says.
        draft.url = hasAddress ? "" : nil
        draft.hashes = hashes
        draft.sizeBytes = sizeBytes
        draft.uploadTime = uploadTime
        do throws(ProjectFileFault) {
            let file = try ProjectFile(draft, project: project)
            let facts = ProjectFileFacts(
                filename: filename, integrity: file.artifact.integrity, sizeBytes: file.artifact.sizeBytes,
                publishedAt: file.artifact.publishedAt, uploadTime: file.uploadTime, isYanked: isYanked,
                yankedReason: yankedReason.flatMap { $0.isEmpty ? nil : $0 },
                requiresPython: requiresPython.flatMap { $0.isEmpty ? nil : $0 })
            return .success(
                .init(range: range, facts: facts, sha256: file.sha256, kind: file.artifact.kind, splices: splices))
        } catch {
            return .failure(error)
        }
    }
}
