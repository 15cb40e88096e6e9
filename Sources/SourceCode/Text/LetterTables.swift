/// What bytes above ASCII mean in encodings of letters.
enum LetterTables {
    static let latin1: [UInt16] = Array(0x80...0xFF)

    /// Spec: the WHATWG and Microsoft tables agree but for five bytes without a meaning, which stay control characters.
    static let windows1252: [UInt16] =
        [
            0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
            0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
            0x0153, 0x9D, 0x017E, 0x0178,
        ] + Array(0xA0...0xFF)

    /// Text of one byte a character; characters that no table tells are U+FFFD.
    static func decoded(_ bytes: [UInt8], table: [UInt16]?) -> [UInt8] {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return bytes }
        var writer = UTF8Writer(capacity: bytes.count + bytes.count / 8)
        for byte in bytes {
            if byte < 0x80 {
                writer.append(raw: byte)
            } else if let table {
                writer.append(UInt32(table[Int(byte) - 0x80]))
            } else {
                writer.append(0xFFFD)
            }
        }
        return writer.bytes
    }

    /// Text of two bytes a character where the first is above ASCII: a second byte that looks like a quote or a
    /// backslash is a part of the character.
    static func decodedPairs(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return bytes }
        var writer = UTF8Writer(capacity: bytes.count + bytes.count / 8)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            guard byte >= 0x81 else {
                writer.append(byte < 0x80 ? UInt32(byte) : 0xFFFD)
                continue
            }
            if index < bytes.count, bytes[index] >= 0x40 { index += 1 }
            writer.append(0xFFFD)
        }
        return writer.bytes
    }
}
