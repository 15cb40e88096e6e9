/// Where the central directory is, read from the end of the file as Python's `zipfile` does it.
///
/// That reader decides what gets installed, so its choice among contradictory records is ours; each contradiction is
/// reported besides.
///
/// Spec: PKWARE APPNOTE 6.3.10 §4.3.14–4.3.16.
struct ZipEndRecord {
    /// The directory's place in the file, prefix data counted.
    let directory: Range<Int>
    /// What has to be added to every offset in the file.
    let prefixBytes: Int
    let anomalies: [ZipAnomaly]
    let declaredEntries: Int
    /// The first byte that belongs to the end records.
    let start: Int

    private static let signature: UInt32 = 0x0605_4B50
    private static let fixedBytes = 22

    init(reading input: LittleEndianBytes, limits: ZipLimits) throws(ZipError) {
        var anomalies: [ZipAnomaly] = []
        let offset = try Self.find(input, &anomalies)
        var values = try Values(reading: input, at: offset)
        Self.checkTail(input, offset, values.commentBytes, &anomalies)
        var end = offset
        if let wide = try Self.wideValues(input, before: offset) {
            if !values.agrees(with: wide.values) { anomalies.append(.endRecordsDisagree) }
            values = wide.values
            end = wide.offset
        }
        if values.isSplit { anomalies.append(.severalDisks) }
        guard values.directoryBytes <= limits.maxDirectoryBytes else {
            throw .limitExceeded(
                what: "directory bytes", value: values.directoryBytes, limit: limits.maxDirectoryBytes)
        }
        // The directory ends where the end records start; a directory offset that disagrees means prefix data.
        let directoryStart = end - values.directoryBytes
        guard directoryStart >= 0, directoryStart >= values.directoryOffset else {
            throw .corruptDirectory(offset: offset, reason: "the directory would start before the file")
        }
        directory = directoryStart..<end
        prefixBytes = directoryStart - values.directoryOffset
        // The locator's own offset is what other readers follow to the 64-bit record.
        if end < offset, input.u64(offset - 12) != UInt64(end - prefixBytes) { anomalies.append(.endRecordsDisagree) }
        declaredEntries = values.entries
        start = end
        self.anomalies = anomalies
    }

    /// The record without a comment at the very end, or else the last one within reach.
    private static func find(_ input: LittleEndianBytes, _ anomalies: inout [ZipAnomaly]) throws(ZipError) -> Int {
        let last = input.count - fixedBytes
        guard last >= 0 else { throw .notZip }
        let lowest = max(0, last - 0xFFFF)
        var found: Int?
        if input.u32(last) == signature, input.u16(last + 20) == 0 {
            found = last
        }
        for offset in stride(from: last, through: lowest, by: -1) where input.u32(offset) == signature {
            guard let chosen = found else {
                found = offset
                continue
            }
            if chosen != offset, isRival(input, offset) {
                anomalies.append(.severalEndRecords)
                break
            }
        }
        guard let found else { throw .notZip }
        return found
    }

    /// A record whose comment ends exactly with the file is one that some reader accepts. Others are chance, or belong
    /// to a ZIP file that is stored inside this one: whoever searches from the end has found ours by then.
    private static func isRival(_ input: LittleEndianBytes, _ offset: Int) -> Bool {
        guard let commentBytes = input.u16(offset + 20) else { return false }
        return offset + fixedBytes + Int(commentBytes) == input.count
    }

    private static func checkTail(
        _ input: LittleEndianBytes, _ offset: Int, _ commentBytes: Int, _ anomalies: inout [ZipAnomaly]
    ) {
        let rest = input.count - offset - fixedBytes
        if commentBytes > 0 { anomalies.append(.archiveComment(bytes: commentBytes)) }
        if commentBytes > rest { anomalies.append(.commentBeyondEnd) }
        if commentBytes < rest { anomalies.append(.trailingData(bytes: rest - commentBytes)) }
    }

    /// The 64-bit record, which stands right before its locator, which stands right before the classic record.
    private static func wideValues(
        _ input: LittleEndianBytes, before offset: Int
    ) throws(ZipError) -> (values: Values, offset: Int)? {
        let locator = offset - 20
        guard locator >= 0, input.u32(locator) == 0x0706_4B50 else { return nil }
        let record = locator - 56
        guard record >= 0, input.u32(record) == 0x0606_4B50 else {
            throw .corruptDirectory(offset: locator, reason: "the 64-bit end record is not where it belongs")
        }
        return (try Values(readingWide: input, at: record), record)
    }
}

extension ZipEndRecord {
    /// The fields that both forms of the record have.
    private struct Values {
        var entries: Int
        var directoryBytes: Int
        var directoryOffset: Int
        var isSplit: Bool
        var commentBytes = 0
        private var isSaturated = false

        init(reading input: LittleEndianBytes, at offset: Int) throws(ZipError) {
            guard let disk = input.u16(offset + 4), let directoryDisk = input.u16(offset + 6),
                let entriesHere = input.u16(offset + 8), let entries = input.u16(offset + 10),
                let directoryBytes = input.u32(offset + 12), let directoryOffset = input.u32(offset + 16),
                let commentBytes = input.u16(offset + 20)
            else { throw .corruptDirectory(offset: offset, reason: "the end record is cut off") }
            self.entries = Int(entries)
            self.directoryBytes = Int(directoryBytes)
            self.directoryOffset = Int(directoryOffset)
            self.commentBytes = Int(commentBytes)
            isSplit = disk != directoryDisk || entriesHere != entries || (disk != 0 && disk != 0xFFFF)
            isSaturated = entries == 0xFFFF || directoryBytes == .max || directoryOffset == .max
        }

        init(readingWide input: LittleEndianBytes, at offset: Int) throws(ZipError) {
            guard let disk = input.u32(offset + 16), let directoryDisk = input.u32(offset + 20),
                let entriesHere = input.u64(offset + 24), let entries = input.u64(offset + 32),
                let directoryBytes = input.u64(offset + 40), let directoryOffset = input.u64(offset + 48),
                let entryCount = Int(exactly: entries), let byteCount = Int(exactly: directoryBytes),
                let position = Int(exactly: directoryOffset), byteCount <= input.count, position <= input.count
            else { throw .corruptDirectory(offset: offset, reason: "the 64-bit end record holds impossible values") }
            self.entries = entryCount
            self.directoryBytes = byteCount
            self.directoryOffset = position
            isSplit = disk != 0 || directoryDisk != 0 || entriesHere != entries
        }

        /// Each classic field is either full, deferring to the 64-bit one, or equal to it.
        func agrees(with wide: Values) -> Bool {
            (entries == 0xFFFF || entries == wide.entries)
                && (directoryBytes == Int(UInt32.max) || directoryBytes == wide.directoryBytes)
                && (directoryOffset == Int(UInt32.max) || directoryOffset == wide.directoryOffset)
        }
    }
}
