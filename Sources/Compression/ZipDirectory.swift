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
        guard let decoder = ZipEntryDecoder() else { throw .outOfMemory }
        return unsafe try source.withBytes { buffer throws(ZipError) in
            let data = unsafe LittleEndianBytes(buffer).slice(start..<(start + entry.compressedBytes))
            return unsafe try decoder.decode(data, as: entry.claim, index: entry.index)
        }
    }

    /// Where an entry's compressed bytes are in the file; nil when its local header is missing or its data cut off.
    public func dataRange(of entry: ZipEntry) -> Range<Int>? {
        precondition(entry.index < entries.count, "an entry of another directory")
        return dataOffsets[entry.index].map { $0..<($0 + entry.compressedBytes) }
    }
}
