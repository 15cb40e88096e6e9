import Cryptography
import Glibc
import Registry
import SourceCode

/// Makes the files of a tree from the members of an archive as they go by.
struct TreeReading {
    let layout: ArtifactLayout
    private let ecosystem: Ecosystem
    /// The name that the wheel's own folders begin with, in normal form; nil for everything else.
    private let wheelName: [UInt8]?
    private let base: ArtifactTree?
    private var textLeft: Int
    private var manifestLeft: Int
    private(set) var entries: [TreeEntry] = []
    private(set) var isComplete = false

    init(context: ArtifactContext, kept: DifferenceLimits, base: ArtifactTree?) {
        layout = ArtifactLayout(ecosystem: context.ecosystem, filename: context.filename)
        ecosystem = context.ecosystem
        wheelName = layout == .wheel ? Self.wheelName(context) : nil
        self.base = base
        textLeft = kept.textBytes
        manifestLeft = kept.manifestBytes
    }

    private static func wheelName(_ context: ArtifactContext) -> [UInt8] {
        let stated = WheelFileName(context.filename)?.name ?? context.purl.name.canonical
        return Requirement.normalName(Array(stated.utf8))
    }

    /// Reads as much as can be read.
    mutating func read(_ bytes: ArchiveBytes, limits: AnalysisLimits) {
        let budget = AnalysisBudget(limits: limits, artifactBytes: bytes.count)
        do throws(ArchiveFailure) {
            isComplete = try readMembers(bytes, budget)
        } catch {
            // What was read so far stands; that it is not all is said by `isComplete`.
            isComplete = false
        }
    }

    /// False when some member could not be read.
    private mutating func readMembers(_ bytes: ArchiveBytes, _ budget: AnalysisBudget) throws(ArchiveFailure) -> Bool {
        let head = try bytes.read(at: 0, count: TarHeader.blockBytes)
        switch layout == .wheel ? .zip : ArchiveFormat(head: head) {
        case .zip:
            guard ecosystem == .pypi else { return false }
            let archive = try ZipArchive(bytes, budget: budget, hashes: .unheld)
            try archive.forEachMember { (member, content) throws(ArchiveFailure) in take(member, content) }
            return archive.unreadableMembers.isEmpty
        case .tar(let compression):
            let archive = try TarArchive(bytes, compression: compression, budget: budget, hashes: .unheld)
            try archive.forEachMember { (member, content) throws(ArchiveFailure) in take(member, content) }
            return true
        case nil: return false
        }
    }

    private mutating func take(_ member: ArchiveMember, _ content: MemberContent?) {
        // Some unpackers write the content of a folder to a file.
        if member.kind == .directory, member.sizeBytes == 0 { return }
        let parts = installedParts(of: member.name)
        let path = Array(parts.joined(separator: [UInt8(ascii: "/")]))
        switch member.kind {
        case .symbolicLink, .hardLink: addLink(member, path)
        case .file:
            guard let content else { return add(member, path, .unread, .data, nil) }
            addFile(member, path, parts, content)
        case .directory, .special: add(member, path, .unread, .data, nil)
        }
    }

    // MARK: Paths

    private func installedParts(of name: [UInt8]) -> [[UInt8]] {
        var parts = layout.installPath(of: name)
        if parts.isEmpty { return [Array("..".utf8), name] }
        if let wheelName, let own = Self.withoutVersion(parts[0], of: wheelName) { parts[0] = own }
        return parts
    }

    /// `acme_box-1.2.3.dist-info` as `acme-box.dist-info`, when the folder is the wheel's own.
    private static func withoutVersion(_ folder: [UInt8], of name: [UInt8]) -> [UInt8]? {
        for ending in [".dist-info", ".data"] where folder.hasSuffix(ending) {
            let stem = folder.dropLast(ending.utf8.count)
            guard let dash = stem.lastIndex(of: UInt8(ascii: "-")) else { continue }
            if Requirement.normalName(Array(stem[..<dash])) == name { return name + Array(ending.utf8) }
        }
        return nil
    }

    // MARK: Entries

    private mutating func addLink(_ member: ArchiveMember, _ path: [UInt8]) {
        // A hard link names another member, whose first folder has the version in its name.
        let target =
            member.kind == .hardLink
            ? Array(installedParts(of: member.linkTarget).joined(separator: [UInt8(ascii: "/")])) : member.linkTarget
        entries.append(
            TreeEntry(
                path: path, copy: 0, fileClass: .link, kind: .data, sizeBytes: Int64(target.count),
                digest: nil, isExecutable: false, isPrivileged: false, text: target))
    }

    private mutating func addFile(
        _ member: ArchiveMember, _ path: [UInt8], _ parts: [[UInt8]], _ content: MemberContent
    ) {
        guard let bytes = content.bytes else {
            let kind = FileKind(path: parts, bytes: content.head)
            return add(member, path, kind.isText ? .oversized : .binary, kind, content, digest: content.sha256)
        }
        if let known = base?.entries(at: path).first(where: { $0.holds(bytes) }) {
            // What did not change needs neither memory nor a second look.
            return add(member, path, known.fileClass, known.kind, content, text: known.text)
        }
        let kind = FileKind(path: parts, bytes: bytes)
        let wide = kind.isText ? Self.wideText(bytes) : nil
        let text = wide ?? bytes
        if !kind.isText {
            add(member, path, .binary, kind, content, digest: SHA256Digest(hashing: bytes))
        } else if keep(text.count, isManifest: ManifestKind(path: parts, layout: layout)?.hasMembers == true) {
            let digest = wide == nil ? nil : SHA256Digest(hashing: bytes)
            add(member, path, FileClass(kind: kind, text: text), kind, content, digest: digest, text: text)
        } else {
            add(member, path, .oversized, kind, content, digest: SHA256Digest(hashing: bytes))
        }
    }

    /// Whether so many bytes of text are kept; they are counted then.
    private mutating func keep(_ count: Int, isManifest: Bool) -> Bool {
        if isManifest, count <= manifestLeft {
            manifestLeft -= count
            return true
        }
        guard count <= textLeft else { return false }
        textLeft -= count
        return true
    }

    /// The text of wide encodings, whose line ends are at other bytes; nil for all others.
    private static func wideText(_ bytes: [UInt8]) -> [UInt8]? {
        let isMarked = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
        let hasZero = unsafe bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return false }
            return unsafe memchr(start, 0, min(bytes.count, 4096)) != nil
        }
        guard isMarked || hasZero, let text = SourceText(decoding: bytes, language: nil)?.bytes else { return nil }
        return text == bytes ? nil : text
    }

    private mutating func add(
        _ member: ArchiveMember, _ path: [UInt8], _ fileClass: FileClass, _ kind: FileKind, _ content: MemberContent?,
        digest: SHA256Digest? = nil, text: [UInt8]? = nil
    ) {
        entries.append(
            TreeEntry(
                path: path, copy: 0, fileClass: fileClass, kind: kind,
                sizeBytes: content?.sizeBytes ?? member.sizeBytes, digest: digest,
                isExecutable: member.mode & 0o111 != 0, isPrivileged: member.mode & 0o6000 != 0, text: text))
    }
}
