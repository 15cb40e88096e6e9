import Compression

/// The bytes of an archive as they are stored, in pieces.
@safe
final class StoredStream: ChunkSource {
    private let bytes: ArchiveBytes
    private var offset: Int64 = 0
    private let buffer: UnsafeMutableRawBufferPointer
    private let budget: AnalysisBudget?

    private static let chunkBytes = 128 << 10

    /// A stream that counts its bytes as unpacked when it is given a budget.
    init(_ bytes: ArchiveBytes, counting budget: AnalysisBudget? = nil) {
        self.bytes = bytes
        self.budget = budget
        unsafe buffer = .allocate(byteCount: Self.chunkBytes, alignment: 16)
    }

    deinit { unsafe buffer.deallocate() }

    /// Goes on at an offset.
    func seek(to offset: Int64) { self.offset = offset }

    func nextChunk() throws(ArchiveFailure) -> UnsafeRawBufferPointer {
        let chunk = try bytes.read(at: offset, count: Self.chunkBytes)
        offset += Int64(chunk.count)
        try budget?.countUnpacked(chunk.count)
        unsafe buffer.copyBytes(from: chunk)
        return unsafe UnsafeRawBufferPointer(rebasing: buffer[..<chunk.count])
    }
}

/// A gzip file's content, every member of it, as the readers of npm and pip see it.
///
/// Spec: RFC 1952 section 2.2 (a file is a series of members).
@safe
final class GunzipStream: ChunkSource {
    private let source: StoredStream
    private let budget: AnalysisBudget
    private var inflater: InflateStream
    private var input: UnsafeRawBufferPointer
    private var used = 0
    private let output: UnsafeMutableRawBufferPointer
    private var state = State.inMember
    /// The first member where it is small enough to be decompressed at once, which is several times faster.
    private var whole: [UInt8] = []
    private var handedOut = 0
    /// What readers may disagree about, known once the end is reached.
    private(set) var observations: Set<Observation> = []

    private enum State { case handingOut, inMember, betweenMembers, ended }

    private static let chunkBytes = 256 << 10

    init(_ bytes: ArchiveBytes, budget: AnalysisBudget) throws(ArchiveFailure) {
        source = StoredStream(bytes)
        self.budget = budget
        unsafe input = UnsafeRawBufferPointer(start: nil, count: 0)
        do throws(CompressionError) { inflater = try InflateStream(.gzip) } catch { throw .unreadable }
        unsafe output = .allocate(byteCount: Self.chunkBytes, alignment: 16)
        let header = try bytes.read(at: 0, count: 10)
        if header.count == 10, header[3] & Self.unusualFlags != 0 { observations.insert(.gzipHeader) }
        if header.count == 10, header[3] & ~Self.nameFlag == 0 { try readWhole(bytes) }
    }

    private static let nameFlag: UInt8 = 0x08
    /// So much of an artifact is unpacked at once: nearly every one is smaller, and a child stays within 200 MB.
    private static let maxWholeBytes = 64 << 20
    /// So much of it is read at once for that.
    private static let maxStoredBytes: Int64 = 32 << 20

    /// Takes the first member at once; what is damaged, larger or unusual is left to the stream, which says what it is.
    private func readWhole(_ bytes: ArchiveBytes) throws(ArchiveFailure) {
        guard bytes.count <= Self.maxStoredBytes else { return }
        let stored = try bytes.read(at: 0, count: Int(bytes.count))
        // A claim of more is read as a stream from its beginning, without trying.
        let claimed = stored.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard claimed <= Self.maxWholeBytes,
            let member = Gzip.firstMember(of: stored, maxBytes: Self.maxWholeBytes)
        else { return }
        whole = member.contents
        source.seek(to: Int64(member.consumedBytes))
        state = .handingOut
    }

    /// The next piece of the member that was decompressed at once, in the buffer that the stream uses as well.
    private func nextPiece() throws(ArchiveFailure) -> UnsafeRawBufferPointer {
        let end = min(handedOut + Self.chunkBytes, whole.count)
        let count = end - handedOut
        unsafe output.copyBytes(from: whole[handedOut..<end])
        handedOut = end
        if handedOut == whole.count {
            whole = []
            state = .betweenMembers
        }
        try budget.countUnpacked(count)
        return unsafe UnsafeRawBufferPointer(rebasing: output[..<count])
    }

    /// FEXTRA, FCOMMENT and what is reserved; Python's writers store the name, and some tools a header checksum.
    private static let unusualFlags: UInt8 = 0x04 | 0x10 | 0xE0

    deinit { unsafe output.deallocate() }

    func nextChunk() throws(ArchiveFailure) -> UnsafeRawBufferPointer {
        if state == .handingOut {
            let piece = unsafe try nextPiece()
            if unsafe !piece.isEmpty { return unsafe piece }
        }
        while state != .ended {
            if unsafe used == input.count { try refill() }
            if state == .betweenMembers { try beginMember() }
            guard state == .inMember else { break }
            let produced = try inflate()
            if produced > 0 { return unsafe UnsafeRawBufferPointer(rebasing: output[..<produced]) }
        }
        return unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    }

    private func refill() throws(ArchiveFailure) {
        unsafe input = try source.nextChunk()
        used = 0
    }

    /// Decides what the bytes after a member are: nothing, another member, or something that readers treat differently.
    private func beginMember() throws(ArchiveFailure) {
        if unsafe input.isEmpty {
            state = .ended
        } else if unsafe input[used] == 0x1F {
            observations.insert(.gzipMembers)
            inflater.reset()
            state = .inMember
        } else {
            // Zeros up to the end are padding that every reader skips.
            while unsafe !input.isEmpty {
                if unsafe input[used...].contains(where: { $0 != 0 }) { observations.insert(.trailingBytes) }
                try refill()
            }
            state = .ended
        }
    }

    private func inflate() throws(ArchiveFailure) -> Int {
        let isInputOver = unsafe input.isEmpty
        let progress: InflateStream.Progress
        do throws(CompressionError) {
            unsafe progress = try inflater.step(UnsafeRawBufferPointer(rebasing: input[used...]), into: output)
        } catch {
            throw .unreadable
        }
        used += progress.consumedBytes
        try budget.countUnpacked(progress.producedBytes)
        if progress.isAtEnd { state = .betweenMembers }
        // The file ends inside a member.
        if isInputOver, !progress.isAtEnd, progress.producedBytes == 0 { throw .unreadable }
        return progress.producedBytes
    }
}

/// A stream decompressed by libarchive, for the formats that are rare today.
final class FilteredStream: ChunkSource {
    private let reader: LibarchiveReader
    private let budget: AnalysisBudget
    private var hasEntry = false

    init(_ bytes: ArchiveBytes, format: LibarchiveReader.Format, budget: AnalysisBudget) throws(ArchiveFailure) {
        reader = try LibarchiveReader(format, over: StoredStream(bytes))
        self.budget = budget
    }

    func nextChunk() throws(ArchiveFailure) -> UnsafeRawBufferPointer {
        if !hasEntry {
            guard try reader.nextEntry() != nil else { throw .unreadable }
            hasEntry = true
        }
        var chunk = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
        // The block is libarchive's own buffer, valid until the next call, as the contract of a source asks.
        let isMore = unsafe try reader.withNextBlock { (block, _) throws(ArchiveFailure) in unsafe chunk = block }
        guard isMore else { return unsafe UnsafeRawBufferPointer(start: nil, count: 0) }
        try budget.countUnpacked(chunk.count)
        return unsafe chunk
    }
}
