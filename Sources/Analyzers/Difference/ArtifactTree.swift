public import Cryptography
public import Platform

/// One file of an artifact.
public struct TreeEntry: Sendable, Equatable {
    /// Where the installer puts it, below the package's own folder; parts are joined by `/`.
    ///
    /// The version in the names of a wheel's own folders is left out, so that it makes no difference. What lies
    /// outside of the package's folder, and is put nowhere by some installers, begins with `../`.
    public let path: [UInt8]
    /// 0 for the first file at its path; more only in archives that have several there.
    public let copy: Int
    public let fileClass: FileClass
    let kind: FileKind
    public let sizeBytes: Int64
    /// The digest of content that is not kept as it is stored.
    let digest: SHA256Digest?
    /// Whether anyone may execute it.
    public let isExecutable: Bool
    /// Whether it runs as its owner or group whoever starts it.
    public let isPrivileged: Bool
    /// The content of text and minified code, from wide encodings in UTF-8; where a link points; nil for the rest.
    public let text: [UInt8]?

    /// The digest of the content as stored, or of where a link points; nil when it could not be read.
    ///
    /// Computed from the content where that is kept: most files of two releases are compared without it.
    public var sha256: SHA256Digest? { digest ?? text.map { SHA256Digest(hashing: $0) } }

    /// Whether an interpreter runs it, by its content and its name.
    public var isCode: Bool { kind.isProgram }

    /// Whether both have the same content and would be installed with the same rights.
    func isSame(as other: TreeEntry) -> Bool {
        hasSameContent(as: other) && isExecutable == other.isExecutable && isPrivileged == other.isPrivileged
    }

    /// Whether both were read and have the same content; what could not be read is never the same.
    func hasSameContent(as other: TreeEntry) -> Bool {
        guard sizeBytes == other.sizeBytes, (fileClass == .link) == (other.fileClass == .link) else { return false }
        if digest == nil, other.digest == nil, let text, let theirs = other.text {
            return text.hasSameBytes(as: theirs)
        }
        guard let sha256, let theirs = other.sha256 else { return false }
        return sha256 == theirs
    }

    /// Whether these bytes are its content, which is kept as they are.
    func holds(_ bytes: [UInt8]) -> Bool {
        guard fileClass.hasLines, digest == nil, let text else { return false }
        return text.hasSameBytes(as: bytes)
    }
}

/// The files of one artifact in an order that only their paths decide.
///
/// Total: whatever the bytes are, there is a tree; `isComplete` says whether it has everything. Deterministic: equal
/// bytes, names and limits give equal trees. Memory is bounded by the limits. Blocking: hostile bytes may break
/// parsers, so it is called where the static analysis runs.
public struct ArtifactTree: Sendable, Equatable {
    /// By path, then by place in the archive.
    public let entries: [TreeEntry]
    /// Whether the whole archive was read, every member of it.
    public let isComplete: Bool
    let layout: ArtifactLayout

    /// Reads an artifact.
    ///
    /// - Parameter base: a tree that this one will be compared with; text that both have is held once.
    public init(
        reading artifact: OpenFile, context: ArtifactContext, limits: AnalysisLimits = .standard,
        keeping kept: DifferenceLimits = .standard, sharing base: ArtifactTree? = nil
    ) {
        self.init(reading: .file(artifact), context: context, limits: limits, keeping: kept, sharing: base)
    }

    init(
        reading bytes: ArchiveBytes, context: ArtifactContext, limits: AnalysisLimits = .standard,
        keeping kept: DifferenceLimits = .standard, sharing base: ArtifactTree? = nil
    ) {
        var reading = TreeReading(context: context, kept: kept, base: base)
        withUTF8Locale { reading.read(bytes, limits: limits) }
        self.init(reading.entries, isComplete: reading.isComplete, layout: reading.layout)
    }

    init(_ files: [TreeEntry], isComplete: Bool, layout: ArtifactLayout) {
        entries = Self.ordered(files)
        self.isComplete = isComplete
        self.layout = layout
    }

    /// The files at a path; several only in archives that have several there.
    public func entries(at path: [UInt8]) -> ArraySlice<TreeEntry> {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].path.precedes(path) { low = middle + 1 } else { high = middle }
        }
        var end = low
        while end < entries.count, entries[end].path == path { end += 1 }
        return entries[low..<end]
    }

    /// The first file at a path.
    public func entry(at path: [UInt8]) -> TreeEntry? { entries(at: path).first }

    /// Sorts by path, keeps the archive's order where paths are equal, and numbers these.
    private static func ordered(_ files: [TreeEntry]) -> [TreeEntry] {
        let order = files.indices.sorted { left, right in
            let order = files[left].path.compare(files[right].path)
            return order == 0 ? left < right : order < 0
        }
        var sorted: [TreeEntry] = []
        sorted.reserveCapacity(files.count)
        for index in order {
            let file = files[index]
            guard let last = sorted.last, last.path == file.path else {
                sorted.append(file)
                continue
            }
            sorted.append(file.numbered(last.copy + 1))
        }
        return sorted
    }
}

extension TreeEntry {
    fileprivate func numbered(_ number: Int) -> TreeEntry {
        TreeEntry(
            path: path, copy: number, fileClass: fileClass, kind: kind, sizeBytes: sizeBytes, digest: digest,
            isExecutable: isExecutable, isPrivileged: isPrivileged, text: text)
    }
}
