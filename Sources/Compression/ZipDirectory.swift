public import Platform

/// A ZIP file as its central directory describes it, and every way in which the file contradicts that description.
///
/// Nothing is unpacked to disk; nothing is decoded or normalised. Reading a file of n bytes takes O(n) time and memory
/// for the directory only.
///
/// Spec: PKWARE APPNOTE 6.3.10.
public struct ZipDirectory: Sendable {
    /// In the order of the directory.
    public let entries: [ZipEntry]
    /// Empty for a file that every reader understands alike.
    public let anomalies: [ZipAnomaly]
    private let source: Source
    private let dataOffsets: [Int?]

    private enum Source: Sendable {
        case mapped(MappedFile)
        case memory([UInt8])

        func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws(ZipError) -> Result) throws(ZipError) -> Result {
            switch self {
            case .mapped(let file): return unsafe try file.withBytes(body)
            case .memory(let bytes):
                return unsafe try bytes.withUnsafeBufferPointer { buffer throws(ZipError) in
                    unsafe try body(UnsafeRawBufferPointer(buffer))
                }
            }
        }
    }

    /// Reads the directory of a mapped file.
    ///
    /// - Throws: `ZipError` when there is no directory, it is corrupt or it exceeds a limit.
    public init(reading file: MappedFile, limits: ZipLimits = .default) throws(ZipError) {
        try self.init(.mapped(file), limits)
    }

    /// Reads the directory of a file in memory.
    public init(reading bytes: [UInt8], limits: ZipLimits = .default) throws(ZipError) {
        try self.init(.memory(bytes), limits)
    }

    private init(_ source: Source, _ limits: ZipLimits) throws(ZipError) {
        self.source = source
        (entries, anomalies, dataOffsets) = unsafe try source.withBytes { buffer throws(ZipError) in
            let input = unsafe LittleEndianBytes(buffer)
            let end = try ZipEndRecord(reading: input, limits: limits)
            var reader = ZipDirectoryReader(input, end, limits)
            try reader.readAll()
            let layout = ZipLayout(input, end, entries: reader.entries)
            return (reader.entries, end.anomalies + reader.anomalies + layout.anomalies, layout.dataOffsets)
        }
    }

    /// The unpacked bytes of one entry of this directory, checked against its size and checksum.
    ///
    /// - Parameter maxBytes: entries that claim more are refused before anything is allocated.
    /// - Throws: `ZipError`; also when compressed bytes are left over, which other readers may use differently.
    public func contents(of entry: ZipEntry, maxBytes: Int) throws(ZipError) -> [UInt8] {
        precondition(entry.index < entries.count, "an entry of another directory")
        guard !entry.isEncrypted else { throw .encrypted(index: entry.index) }
        guard entry.method == 0 || entry.method == 8 else {
            throw .unsupportedMethod(index: entry.index, method: entry.method)
        }
        guard entry.uncompressedBytes <= maxBytes else {
            throw .entryTooLarge(index: entry.index, bytes: entry.uncompressedBytes, limit: maxBytes)
        }
        guard let start = dataOffsets[entry.index] else {
            throw .unreadableEntry(index: entry.index, reason: "its local header is missing or its data cut off")
        }
        return unsafe try source.withBytes { buffer throws(ZipError) in
            let data = unsafe LittleEndianBytes(buffer).slice(start..<(start + entry.compressedBytes))
            let contents = unsafe try entry.method == 0 ? stored(data, entry) : inflated(data, entry)
            let checksum = unsafe contents.withUnsafeBytes { unsafe Compression.crc32($0) }
            guard checksum == entry.crc32 else { throw .checksumMismatch(index: entry.index) }
            return contents
        }
    }

    private func stored(_ data: UnsafeRawBufferPointer, _ entry: ZipEntry) throws(ZipError) -> [UInt8] {
        guard entry.compressedBytes == entry.uncompressedBytes else {
            throw .unreadableEntry(index: entry.index, reason: "it is stored, but its two sizes differ")
        }
        return unsafe [UInt8](data)
    }

    private func inflated(_ data: UnsafeRawBufferPointer, _ entry: ZipEntry) throws(ZipError) -> [UInt8] {
        let size = entry.uncompressedBytes
        // No honest stream expands further; refusing here keeps a lie about the size from costing memory.
        let (ceiling, overflowed) = data.count.multipliedReportingOverflow(by: maxDeflateRatio)
        guard overflowed || size <= ceiling + 64 else {
            throw .unreadableEntry(index: entry.index, reason: "it claims more than its data can expand to")
        }
        guard let decompressor = DeflateDecompressor() else { throw .outOfMemory }
        var outcome = DeflateDecompressor.Outcome.corrupt
        let contents = unsafe [UInt8](unsafeUninitializedCapacity: size) { output, written in
            let room = unsafe UnsafeMutableRawBufferPointer(start: output.baseAddress, count: size)
            outcome = unsafe decompressor.inflateRaw(data, into: room)
            if case .done(_, let produced) = outcome { written = produced }
        }
        switch outcome {
        case .done(let consumed, let produced):
            guard produced == size else {
                throw .unreadableEntry(index: entry.index, reason: "it unpacks to \(produced) bytes, not \(size)")
            }
            guard consumed == data.count else {
                throw .unreadableEntry(index: entry.index, reason: "compressed bytes are left over")
            }
            return contents
        case .outputTooSmall:
            throw .unreadableEntry(index: entry.index, reason: "it unpacks to more than the \(size) bytes it claims")
        case .corrupt: throw .unreadableEntry(index: entry.index, reason: "its deflate stream is invalid")
        }
    }
}
