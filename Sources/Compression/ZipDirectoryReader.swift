/// Reads the central directory entry by entry.
struct ZipDirectoryReader {
    private let input: LittleEndianBytes
    private let end: ZipEndRecord
    private let limits: ZipLimits
    private(set) var entries: [ZipEntry] = []
    private(set) var anomalies: [ZipAnomaly] = []

    init(_ input: LittleEndianBytes, _ end: ZipEndRecord, _ limits: ZipLimits) {
        self.input = input
        self.end = end
        self.limits = limits
    }

    mutating func readAll() throws(ZipError) {
        var offset = end.directory.lowerBound
        while offset < end.directory.upperBound {
            guard entries.count < limits.maxEntries else {
                throw .limitExceeded(what: "or more entries", value: entries.count + 1, limit: limits.maxEntries)
            }
            offset = try readEntry(at: offset)
        }
        if end.declaredEntries != entries.count {
            anomalies.append(.entryCountMismatch(declared: end.declaredEntries, found: entries.count))
        }
        findDuplicates()
    }

    private mutating func readEntry(at offset: Int) throws(ZipError) -> Int {
        guard input.u32(offset) == 0x0201_4B50, input.has(46, at: offset),
            offset + 46 <= end.directory.upperBound, let madeBy = input.u16(offset + 4),
            let flags = input.u16(offset + 8), let method = input.u16(offset + 10), let crc = input.u32(offset + 16),
            let compressed = input.u32(offset + 20), let uncompressed = input.u32(offset + 24),
            let nameLength = input.u16(offset + 28), let extraLength = input.u16(offset + 30),
            let commentLength = input.u16(offset + 32), let attributes = input.u32(offset + 38),
            let local = input.u32(offset + 42)
        else { throw .corruptDirectory(offset: offset, reason: "there is no entry header") }
        let nameEnd = offset + 46 + Int(nameLength)
        let extraEnd = nameEnd + Int(extraLength)
        let next = extraEnd + Int(commentLength)
        guard next <= end.directory.upperBound, let name = input.bytes((offset + 46)..<nameEnd) else {
            throw .corruptDirectory(offset: offset, reason: "an entry reaches beyond the directory")
        }
        guard name.count <= limits.maxNameBytes else {
            throw .limitExceeded(what: "bytes in a name", value: name.count, limit: limits.maxNameBytes)
        }
        let extra = try ZipExtra(
            reading: input, nameEnd..<extraEnd, uncompressed: uncompressed, compressed: compressed, offset: local)
        // The sum cannot overflow: both are below the file's length, or the entry is refused here.
        guard extra.localOffset <= input.count, end.prefixBytes <= input.count else {
            throw .corruptDirectory(offset: offset, reason: "an entry starts beyond the file")
        }
        let entry = ZipEntry(
            index: entries.count, nameBytes: name, method: method, compressedBytes: extra.compressed,
            uncompressedBytes: extra.uncompressed, crc32: crc, localHeaderOffset: extra.localOffset + end.prefixBytes,
            flags: flags, externalAttributes: attributes, madeBySystem: UInt8(madeBy >> 8),
            hasComment: commentLength > 0)
        noteAnomalies(of: entry, extra)
        entries.append(entry)
        return next
    }

    private mutating func noteAnomalies(of entry: ZipEntry, _ extra: ZipExtra) {
        let index = entry.index
        if entry.nameBytes.isEmpty { anomalies.append(.emptyName(index: index)) }
        if entry.nameBytes.contains(0) { anomalies.append(.nulInName(index: index)) }
        if extra.hasAlternativeName { anomalies.append(.alternativeName(index: index)) }
        if entry.hasComment { anomalies.append(.entryComment(index: index)) }
        if entry.isEncrypted { anomalies.append(.encrypted(index: index)) }
        if entry.method != 0 && entry.method != 8 {
            anomalies.append(.unsupportedMethod(index: index, method: entry.method))
        }
        if entry.method == 0 && !entry.isEncrypted && entry.compressedBytes != entry.uncompressedBytes {
            anomalies.append(.storedSizeMismatch(index: index))
        }
    }

    private mutating func findDuplicates() {
        var firstIndex: [[UInt8]: Int] = [:]
        firstIndex.reserveCapacity(entries.count)
        for entry in entries {
            if let first = firstIndex[entry.nameBytes] {
                anomalies.append(.duplicateName(first: first, second: entry.index))
            } else {
                firstIndex[entry.nameBytes] = entry.index
            }
        }
    }
}

/// The parts of an entry's extra field that change its meaning.
///
/// Spec: PKWARE APPNOTE 6.3.10 §4.5.3 (0x0001), §4.6.9 (0x7075).
struct ZipExtra {
    var uncompressed: Int
    var compressed: Int
    var localOffset: Int
    var hasWideSizes = false
    var hasAlternativeName = false

    /// Saturated values must be found in the 64-bit block, in this order.
    init(
        reading input: LittleEndianBytes, _ range: Range<Int>, uncompressed: UInt32, compressed: UInt32,
        offset: UInt32
    ) throws(ZipError) {
        var wide: Range<Int>?
        var at = range.lowerBound
        while range.upperBound - at >= 4 {
            guard let id = input.u16(at), let length = input.u16(at + 2),
                at + 4 + Int(length) <= range.upperBound
            else { break }
            let block = (at + 4)..<(at + 4 + Int(length))
            if id == 0x0001 {
                guard wide == nil else {
                    throw .corruptDirectory(offset: at, reason: "an entry has two 64-bit size blocks")
                }
                wide = block
            }
            if id == 0x7075 { hasAlternativeName = true }
            at = block.upperBound
        }
        hasWideSizes = wide != nil
        var cursor = wide ?? (range.lowerBound..<range.lowerBound)
        self.uncompressed = try Self.resolve(uncompressed, input, &cursor)
        self.compressed = try Self.resolve(compressed, input, &cursor)
        localOffset = try Self.resolve(offset, input, &cursor)
    }

    private static func resolve(
        _ value: UInt32, _ input: LittleEndianBytes, _ cursor: inout Range<Int>
    ) throws(ZipError) -> Int {
        guard value == .max else { return Int(value) }
        guard cursor.count >= 8, let wide = input.u64(cursor.lowerBound), let exact = Int(exactly: wide) else {
            throw .corruptDirectory(offset: cursor.lowerBound, reason: "a 64-bit value is missing or impossible")
        }
        cursor = (cursor.lowerBound + 8)..<cursor.upperBound
        return exact
    }
}
