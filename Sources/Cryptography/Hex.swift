/// Lower-case hexadecimal digits, two for each byte.
public enum Hex {
    /// Writes bytes as lower-case digits.
    public static func encode(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads lower-case digits. Capitals are refused: one value has one text.
    ///
    /// - Throws: `EncodingError`.
    public static func decode(_ text: String) throws(EncodingError) -> [UInt8] {
        try decode(Array(text.utf8))
    }

    /// Reads lower-case digits given as ASCII bytes.
    ///
    /// - Throws: `EncodingError`.
    public static func decode(_ text: [UInt8]) throws(EncodingError) -> [UInt8] {
        guard text.count.isMultiple(of: 2) else { throw .wrongLength(characterCount: text.count) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        for offset in stride(from: 0, to: text.count, by: 2) {
            let high = try value(text[offset], at: offset)
            let low = try value(text[offset + 1], at: offset + 1)
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(_ digit: UInt8, at offset: Int) throws(EncodingError) -> UInt8 {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: throw .characterOutsideAlphabet(offset: offset)
        }
    }
}
