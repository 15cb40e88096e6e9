/// A tar archive read once, front to back, by libarchive and by our own reader side by side.
final class TarArchive {
    private let source: AuditedSource
    private let gunzip: GunzipStream?
    private let reader: LibarchiveReader
    private let budget: AnalysisBudget
    private let hashes: ContentHashes
    private var disagreement = false
    /// What holes of sparse files are made of.
    private let zeros = [UInt8](repeating: 0, count: 64 << 10)

    init(
        _ bytes: ArchiveBytes, compression: ArchiveFormat.Compression, budget: AnalysisBudget,
        hashes: ContentHashes = .none
    ) throws(ArchiveFailure) {
        self.budget = budget
        self.hashes = hashes
        let stream: any ChunkSource
        switch compression {
        case .gzip:
            let gunzip = try GunzipStream(bytes, budget: budget)
            self.gunzip = gunzip
            stream = gunzip
        case .none:
            gunzip = nil
            stream = StoredStream(bytes, counting: budget)
        case .bzip2:
            gunzip = nil
            stream = try FilteredStream(bytes, format: .bzip2, budget: budget)
        case .xz:
            gunzip = nil
            stream = try FilteredStream(bytes, format: .xz, budget: budget)
        }
        source = AuditedSource(stream)
        reader = try LibarchiveReader(.tar, over: source)
    }

    /// Calls `body` with every member and its content, in the archive's order, then reads on to the end of the file.
    ///
    /// Content is nil for members that have none.
    func forEachMember(
        _ body: (ArchiveMember, MemberContent?) throws(ArchiveFailure) -> Void
    ) throws(ArchiveFailure) {
        while let entry = try reader.nextEntry() {
            try budget.countEntry()
            if entry.isEncrypted { throw .encrypted }
            guard let member = source.audit.takeMember() else {
                disagreement = true
                // Nothing is known about this member that could be trusted; its name at least is judged.
                let unknown = ArchiveMember(name: entry.name ?? [], kind: .file, sizeBytes: 0, mode: 0)
                try body(unknown, nil)
                continue
            }
            if let name = entry.name, name != member.name { disagreement = true }
            if member.kind == .file, entry.sizeBytes != member.sizeBytes { disagreement = true }
            try body(member, member.kind == .file ? try content(of: member) : nil)
        }
        try source.drain()
        if source.audit.takeMember() != nil || source.audit.isLost { disagreement = true }
    }

    /// What is odd about the archive as a whole; complete only after all members were read.
    var observations: Set<Observation> {
        var found = source.audit.observations.union(gunzip?.observations ?? [])
        // A reader that got lost after the end has said so already, and more exactly.
        if disagreement, !found.contains(.tarAfterEnd) { found.insert(.readersDisagree) }
        return found
    }

    private func content(of member: ArchiveMember) throws(ArchiveFailure) -> MemberContent {
        var collector = ContentCollector(
            maxHeldBytes: budget.limits.fileBytes, expectedBytes: member.sizeBytes, hashes: hashes)
        var position: Int64 = 0
        var isMore = true
        while isMore {
            isMore = unsafe try reader.withNextBlock { (block, offset) throws(ArchiveFailure) in
                while position < offset {
                    let count = Int(min(offset - position, Int64(zeros.count)))
                    // Holes of sparse files are not in the stream, so they are counted here.
                    try budget.countUnpacked(count)
                    unsafe zeros[..<count].withUnsafeBytes { unsafe collector.append($0) }
                    position += Int64(count)
                }
                unsafe collector.append(block)
                position += Int64(block.count)
            }
        }
        return collector.finish()
    }
}

/// Hands on a stream's pieces and lets the audit see each of them first.
private final class AuditedSource: ChunkSource {
    private let stream: any ChunkSource
    var audit = TarAudit()

    init(_ stream: any ChunkSource) { self.stream = stream }

    func nextChunk() throws(ArchiveFailure) -> UnsafeRawBufferPointer {
        let chunk = unsafe try stream.nextChunk()
        unsafe audit.consume(chunk)
        return unsafe chunk
    }

    /// Reads what libarchive left unread: everything after the end mark.
    func drain() throws(ArchiveFailure) {
        while unsafe try !nextChunk().isEmpty {}
    }
}
