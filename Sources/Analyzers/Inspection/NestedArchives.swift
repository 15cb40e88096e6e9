/// Archives that lie inside the artifact: noted, and read two levels deep.
enum NestedArchives {
    private static let maxDepth = 2

    /// Reads `content` when it is an archive, within the budget of nested archives.
    ///
    /// Every file in it is handed to `file`: its name (`outer.zip!inner`), its path inside, and its bytes.
    /// - Returns: what is noticed about the archives themselves, and what of them could not be read.
    /// - Throws: only what must end the whole analysis: its time being over.
    static func read(
        _ content: MemberContent, name: [UInt8], budget: AnalysisBudget,
        file: (_ name: [UInt8], _ path: [[UInt8]], _ bytes: [UInt8]) -> Void
    ) throws(ArchiveFailure) -> [Notice] {
        guard isArchive(content, name: name) else { return [] }
        var reader = NestedReader(budget: budget)
        try reader.read(content, name: name, depth: 1, file: file)
        return reader.found.complete
    }

    /// A compressed single file is no archive; the ending tells, since everything may be compressed with gzip.
    fileprivate static func isArchive(_ content: MemberContent, name: [UInt8]) -> Bool {
        switch ArchiveFormat(head: content.head) {
        case .zip, .tar(.none): return true
        case .tar:
            let lowered = name.lowercasedASCII()
            let endings = [".tgz", ".tbz", ".tbz2", ".txz", ".crate"]
            return lowered.contains(text: ".tar.") || endings.contains { lowered.hasSuffix($0) }
        case nil: return false
        }
    }

    fileprivate static func isTooDeep(_ depth: Int) -> Bool { depth > maxDepth }
}

/// Reads one archive of the artifact and those in it.
private struct NestedReader {
    let budget: AnalysisBudget
    private(set) var found = FindingCollector()

    init(budget: AnalysisBudget) { self.budget = budget }

    mutating func read(
        _ content: MemberContent, name: [UInt8], depth: Int,
        file: ([UInt8], [[UInt8]], [UInt8]) -> Void
    ) throws(ArchiveFailure) {
        guard let format = ArchiveFormat(head: content.head), NestedArchives.isArchive(content, name: name) else {
            return
        }
        found.add(.nestedArchive, path: name)
        if NestedArchives.isTooDeep(depth) { return found.add(.nestedTooDeep, path: name) }
        guard let bytes = content.bytes else { return found.add(.nestedTooLarge, path: name) }
        let before = budget.unpackedBytes
        do throws(ArchiveFailure) {
            try readMembers(.memory(bytes), format, name: name, depth: depth, file: file)
        } catch {
            switch error {
            case .limit(.tookTooLong): throw error
            case .limit: noteSize(budget.unpackedBytes - before, of: Int64(bytes.count), name: name)
            case .unreadable, .encrypted: found.add(.nestedUnreadable, path: name)
            }
        }
    }

    private mutating func readMembers(
        _ bytes: ArchiveBytes, _ format: ArchiveFormat, name: [UInt8], depth: Int,
        file: ([UInt8], [[UInt8]], [UInt8]) -> Void
    ) throws(ArchiveFailure) {
        switch format {
        case .zip:
            let archive = try ZipArchive(bytes, budget: budget)
            try archive.forEachMember { (member, content) throws(ArchiveFailure) in
                try take(member, content, of: name, depth: depth, file: file)
            }
            if !archive.unreadableMembers.isEmpty { found.add(.nestedUnreadable, path: name) }
            if archive.statedBytes > budget.limits.totalBytes {
                noteSize(archive.statedBytes, of: bytes.count, name: name)
            }
        case .tar(let compression):
            let archive = try TarArchive(bytes, compression: compression, budget: budget)
            try archive.forEachMember { (member, content) throws(ArchiveFailure) in
                try take(member, content, of: name, depth: depth, file: file)
            }
        }
    }

    /// An archive that is too large: test data is often, but hardly ever hundreds of times larger than it is stored.
    private mutating func noteSize(_ unpackedBytes: Int64, of storedBytes: Int64, name: [UInt8]) {
        let path = name.split(separator: UInt8(ascii: "/")).map(Array.init)
        let isBomb = unpackedBytes / max(storedBytes, 1) > budget.limits.ratio
        let isTest = FileRole(path: path).isTestOrDocumentation
        found.add(isBomb && !isTest ? .nestedBomb : .nestedTooLarge, path: name)
    }

    /// Members that an unpacker would write elsewhere; test data of archivers has them honestly.
    private mutating func noteEscape(_ member: ArchiveMember, of outer: [UInt8]) {
        let names = [member.name] + (member.linkTarget.isEmpty ? [] : [member.linkTarget])
        let escapes = names.contains { name in
            let found = MemberPath.observations(of: name, limits: budget.limits)
            // A link may climb as far as it lies deep.
            return found.contains(.pathAbsolute) || name == member.name && found.contains(.pathEscapes)
        }
        guard escapes else { return }
        let path = outer.split(separator: UInt8(ascii: "/")).map(Array.init)
        let isTest = FileRole(path: path).isTestOrDocumentation
        found.add(isTest ? .nestedEscapeInTests : .nestedEscape, path: outer)
    }

    private mutating func take(
        _ member: ArchiveMember, _ content: MemberContent?, of outer: [UInt8], depth: Int,
        file: ([UInt8], [[UInt8]], [UInt8]) -> Void
    ) throws(ArchiveFailure) {
        noteEscape(member, of: outer)
        guard member.kind == .file, let content else { return }
        let full = outer + [UInt8(ascii: "!")] + member.name
        let path = member.name.split(separator: UInt8(ascii: "/")).filter { !$0.equals(".") }.map(Array.init)
        if let bytes = content.bytes { file(full, path, bytes) }
        try read(content, name: full, depth: depth + 1, file: file)
    }
}
