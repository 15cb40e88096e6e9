/// Python codecs that turn a harmless looking file into another program.
enum SourceTransformations {
    /// The program behind the transformation, where undoing it is exact and easy; else the bytes as they are.
    static func decoded(_ bytes: [UInt8], by name: String) -> [UInt8] {
        switch name {
        case "utf_7": utf7(bytes)
        case "rot_13": bytes.map(rotated)
        case "unicode_escape", "string_escape": escapes(bytes, isRaw: false)
        case "raw_unicode_escape": escapes(bytes, isRaw: true)
        case _: bytes
        }
    }

    static func rotated(_ byte: UInt8) -> UInt8 {
        let lower = byte | 0x20
        guard lower >= 0x61, lower <= 0x7A else { return byte }
        return lower < 0x6E ? byte + 13 : byte - 13
    }

    /// Spec: RFC 2152; Python ends a shifted run at the first byte outside of base64 and drops a `-` there.
    static func utf7(_ bytes: [UInt8]) -> [UInt8] {
        var writer = UTF8Writer(capacity: bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            guard byte == UInt8(ascii: "+") else {
                writer.append(byte < 0x80 ? UInt32(byte) : 0xFFFD)
                continue
            }
            if index < bytes.count, bytes[index] == UInt8(ascii: "-") {
                writer.append(raw: byte)
                index += 1
                continue
            }
            var (bits, count, high): (UInt32, Int, UInt32?) = (0, 0, nil)
            while index < bytes.count, bytes[index] != UInt8(ascii: "-"), bytes[index] != UInt8(ascii: "_"),
                let digit = LenientBase64.digit(bytes[index])
            {
                index += 1
                bits = bits << 6 | digit
                count += 6
                guard count >= 16 else { continue }
                count -= 16
                let unit = bits >> UInt32(count) & 0xFFFF
                bits &= (1 << UInt32(count)) - 1
                if let first = high, unit & 0xFC00 == 0xDC00 {
                    writer.append(0x10000 + (first & 0x3FF) << 10 + (unit & 0x3FF))
                    high = nil
                } else if unit & 0xFC00 == 0xD800 {
                    high = unit
                } else {
                    writer.append(unit)
                }
            }
            if index < bytes.count, bytes[index] == UInt8(ascii: "-") { index += 1 }
        }
        return writer.bytes
    }

    /// The escapes of string literals over a whole file; other bytes are Latin-1.
    static func escapes(_ bytes: [UInt8], isRaw: Bool) -> [UInt8] {
        var writer = UTF8Writer(capacity: bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            guard byte == UInt8(ascii: "\\"), index < bytes.count else {
                writer.append(UInt32(byte))
                continue
            }
            if isRaw, bytes[index] != UInt8(ascii: "u"), bytes[index] != UInt8(ascii: "U") {
                writer.append(raw: byte)
                writer.append(UInt32(bytes[index]))
                index += 1
                continue
            }
            index = PythonEscape.append(bytes, after: index, isBytes: false, to: &writer)
        }
        return writer.bytes
    }
}
