/// Compares local headers with the directory and accounts for every byte of the file.
struct ZipLayout {
    private let input: LittleEndianBytes
    private let end: ZipEndRecord
    /// Where each entry's data starts; nil when its local header is unusable.
    private(set) var dataOffsets: [Int?] = []
    private(set) var anomalies: [ZipAnomaly] = []
    private var extents: [(range: Range<Int>, index: Int)] = []

    init(_ input: LittleEndianBytes, _ end: ZipEndRecord, entries: [ZipEntry]) {
        self.input = input
        self.end = end
        dataOffsets.reserveCapacity(entries.count)
        extents.reserveCapacity(entries.count)
        for entry in entries {
            let dataOffset = checkLocalHeader(of: entry)
            dataOffsets.append(dataOffset)
            if dataOffset == nil { anomalies.append(.localHeaderMissing(index: entry.index)) }
        }
        accountForBytes()
    }

    /// The offset of the entry's data, or nil when there is no complete local header or the data would not fit.
    private mutating func checkLocalHeader(of entry: ZipEntry) -> Int? {
        let offset = entry.localHeaderOffset
        guard input.has(30, at: offset), input.u32(offset) == 0x0403_4B50, let flags = input.u16(offset + 6),
            let method = input.u16(offset + 8), let crc = input.u32(offset + 14),
            let compressed = input.u32(offset + 18), let uncompressed = input.u32(offset + 22),
            let nameLength = input.u16(offset + 26), let extraLength = input.u16(offset + 28)
        else { return nil }
        let nameEnd = offset + 30 + Int(nameLength)
        let dataOffset = nameEnd + Int(extraLength)
        guard input.has(entry.compressedBytes, at: dataOffset), let name = input.bytes((offset + 30)..<nameEnd) else {
            return nil
        }
        func note(_ field: ZipAnomaly.LocalField, unless isEqual: Bool) {
            if !isEqual { anomalies.append(.localMismatch(index: entry.index, field: field)) }
        }
        note(.name, unless: name == entry.nameBytes)
        note(.method, unless: method == entry.method)
        note(.flags, unless: flags == entry.flags)
        let extra = try? ZipExtra(
            reading: input, nameEnd..<dataOffset, uncompressed: uncompressed, compressed: compressed, offset: 0)
        // With a descriptor the writer did not know the values yet and left zeros.
        let mayBeZero = flags & 0x0008 != 0
        let sizesAgree = extra.map { extra in
            (extra.compressed == entry.compressedBytes || (mayBeZero && extra.compressed == 0))
                && (extra.uncompressed == entry.uncompressedBytes || (mayBeZero && extra.uncompressed == 0))
        }
        // A saturated size without its 64-bit block is how some streaming writers say "in the descriptor".
        let isDeferred = mayBeZero && compressed == .max && uncompressed == .max
        note(.sizes, unless: sizesAgree ?? isDeferred)
        note(.checksum, unless: crc == entry.crc32 || (mayBeZero && crc == 0))
        let dataEnd = dataOffset + entry.compressedBytes
        let entryEnd = mayBeZero ? descriptorEnd(of: entry, at: dataEnd) : dataEnd
        extents.append((offset..<entryEnd, entry.index))
        return dataOffset
    }

    /// The end of the data descriptor, in whichever of its four forms carries the directory's values.
    private mutating func descriptorEnd(of entry: ZipEntry, at offset: Int) -> Int {
        let crc = entry.crc32
        let hasSignature = input.u32(offset) == 0x0807_4B50
        for start in hasSignature ? [offset + 4, offset] : [offset] where input.u32(start) == crc {
            if input.u32(start + 4).map(Int.init) == entry.compressedBytes,
                input.u32(start + 8).map(Int.init) == entry.uncompressedBytes
            {
                return start + 12
            }
            if input.u64(start + 4) == UInt64(entry.compressedBytes),
                input.u64(start + 12) == UInt64(entry.uncompressedBytes)
            {
                return start + 20
            }
        }
        anomalies.append(.descriptorMismatch(index: entry.index))
        return offset
    }

    private mutating func accountForBytes() {
        extents.sort { ($0.range.lowerBound, $0.index) < ($1.range.lowerBound, $1.index) }
        var covered = 0
        var last: Int?
        for (range, index) in extents {
            if range.lowerBound > covered {
                anomalies.append(last == nil ? .prefixData(bytes: range.lowerBound) : .gap(covered..<range.lowerBound))
            } else if range.lowerBound < covered, let last {
                anomalies.append(.overlap(first: last, second: index))
            }
            if range.upperBound > covered || last == nil {
                covered = max(covered, range.upperBound)
                last = index
            }
        }
        let directory = end.directory.lowerBound
        if covered < directory {
            anomalies.append(last == nil ? .prefixData(bytes: directory) : .gap(covered..<directory))
        } else if covered > directory, let last {
            anomalies.append(.directoryOverlap(index: last))
        }
    }
}
