/// One 512-byte header block of a tar archive, its fields decoded but not interpreted.
///
/// Spec: POSIX.1-2017 pax, "ustar Interchange Format"; GNU tar's manual, "Basic Tar Format".
struct TarHeader {
    static let blockBytes = 512

    let name: [UInt8]
    let prefix: [UInt8]
    let linkName: [UInt8]
    let mode: UInt32
    let sizeBytes: Int64
    let type: UInt8
    /// POSIX magic: the prefix field belongs to the name.
    let isPOSIX: Bool
    let isGNU: Bool

    /// Decodes a block; nil when its checksum or a number in it is wrong.
    init?(_ block: [UInt8]) {
        guard block.count == Self.blockBytes, Self.isChecksumRight(block),
            let size = Self.number(block[124..<136]), let mode = Self.number(block[100..<108])
        else { return nil }
        name = Self.text(block[0..<100])
        self.mode = UInt32(truncatingIfNeeded: mode)
        sizeBytes = size
        type = block[156]
        linkName = Self.text(block[157..<257])
        isPOSIX = block[257..<263].elementsEqual(Array("ustar\0".utf8))
        isGNU = block[257..<265].elementsEqual(Array("ustar  \0".utf8))
        prefix = Self.text(block[345..<500])
    }

    /// The full name that the header alone gives.
    var fullName: [UInt8] { isPOSIX && !prefix.isEmpty ? prefix + [UInt8(ascii: "/")] + name : name }

    /// The bytes up to the first NUL.
    private static func text(_ field: ArraySlice<UInt8>) -> [UInt8] { Array(field.prefix { $0 != 0 }) }

    /// The header's sum with the checksum field taken as blanks, as unsigned or (old writers) as signed bytes.
    private static func isChecksumRight(_ block: [UInt8]) -> Bool {
        guard let stated = number(block[148..<156]) else { return false }
        var unsigned: Int64 = 0
        var signed: Int64 = 0
        for (index, byte) in block.enumerated() {
            let counted = (148..<156).contains(index) ? UInt8(ascii: " ") : byte
            unsigned += Int64(counted)
            signed += Int64(Int8(bitPattern: counted))
        }
        return stated == unsigned || stated == signed
    }

    /// An octal number between blanks and NULs, or GNU's binary form; nil when it is neither or does not fit.
    private static func number(_ field: ArraySlice<UInt8>) -> Int64? {
        guard let first = field.first else { return nil }
        if first & 0x80 != 0 { return binaryNumber(field) }
        let digits = field.drop { $0 == UInt8(ascii: " ") || $0 == 0 }.prefix { (0x30...0x37).contains($0) }
        let rest = field[digits.endIndex...]
        guard rest.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == 0 }) else { return nil }
        var value: Int64 = 0
        for digit in digits {
            let (product, overflow) = value.multipliedReportingOverflow(by: 8)
            if overflow { return nil }
            value = product | Int64(digit & 7)
        }
        return value
    }

    private static func binaryNumber(_ field: ArraySlice<UInt8>) -> Int64? {
        // 0x80 starts a positive number; 0xFF starts a negative one, which no size or mode may be.
        guard field.first == 0x80 else { return nil }
        var value: Int64 = 0
        for byte in field.dropFirst() {
            guard value >> 55 == 0 else { return nil }
            value = value << 8 | Int64(byte)
        }
        return value
    }
}

/// The records of a pax extended header that change what a reader sees.
///
/// Spec: POSIX.1-2017 pax, "pax Extended Header": `length SP keyword=value LF`.
struct PaxRecords {
    var path: [UInt8]?
    var linkPath: [UInt8]?
    var sizeBytes: Int64?
    /// A record that matters is there twice, has a NUL, or describes a sparse file.
    var isOdd = false
    /// The records do not follow the format.
    var isMalformed = false

    init(_ data: [UInt8]) {
        var position = 0
        while position < data.count {
            guard let end = Self.recordEnd(data, position), end.record <= data.count,
                data[end.record - 1] == UInt8(ascii: "\n"),
                let equals = data[end.text..<end.record].firstIndex(of: UInt8(ascii: "="))
            else {
                isMalformed = true
                return
            }
            take(data[end.text..<equals], Array(data[(equals + 1)..<(end.record - 1)]))
            position = end.record
        }
    }

    private static func recordEnd(_ data: [UInt8], _ start: Int) -> (text: Int, record: Int)? {
        let digits = data[start...].prefix(10).prefix { (0x30...0x39).contains($0) }
        guard let length = Int(String(decoding: digits, as: UTF8.self)), digits.endIndex < data.count,
            data[digits.endIndex] == UInt8(ascii: " "), length > digits.count + 2
        else { return nil }
        return (digits.endIndex + 1, start + length)
    }

    private mutating func take(_ keyword: ArraySlice<UInt8>, _ value: [UInt8]) {
        if keyword.equals("path") {
            isOdd = isOdd || path != nil || value.contains(0)
            path = value
        } else if keyword.equals("linkpath") {
            isOdd = isOdd || linkPath != nil || value.contains(0)
            linkPath = value
        } else if keyword.equals("size") {
            let number = Int64(String(decoding: value, as: UTF8.self))
            isOdd = isOdd || sizeBytes != nil || number == nil || (number ?? 0) < 0
            sizeBytes = number.flatMap { $0 < 0 ? nil : $0 }
        } else if keyword.hasPrefix("GNU.sparse.") {
            isOdd = true
        }
    }
}
