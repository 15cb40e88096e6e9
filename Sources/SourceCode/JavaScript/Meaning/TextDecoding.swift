import UnicodeText

/// What programs encode, and whether a text looks as if it had been.
enum TextDecoding {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let digits = Array("0123456789abcdef".utf8)

    static func base64Encoded(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let left = bytes.count - index
            let word =
                Int(bytes[index]) << 16 | (left > 1 ? Int(bytes[index + 1]) << 8 : 0)
                | (left > 2 ? Int(bytes[index + 2]) : 0)
            result.append(alphabet[word >> 18])
            result.append(alphabet[word >> 12 & 63])
            result.append(left > 1 ? alphabet[word >> 6 & 63] : UInt8(ascii: "="))
            result.append(left > 2 ? alphabet[word & 63] : UInt8(ascii: "="))
            index += 3
        }
        return result
    }

    static func hexadecimalEncoded(_ bytes: [UInt8]) -> [UInt8] {
        bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }

    static func isHexadecimal(_ text: ArraySlice<UInt8>) -> Bool {
        text.allSatisfy { HexadecimalDigit.value($0) != nil }
    }

    /// Whether a text may decode to text for the most part, told by its first bytes: names and words do not.
    static func mayBeTextInBase64(_ text: ArraySlice<UInt8>) -> Bool {
        let most = text.count * 3 / 4 + 1
        var (bits, count, others, looked) = (UInt32(0), UInt32(0), 0, 0)
        for byte in text {
            guard let value = LenientBase64.digit(byte) else { continue }
            bits = bits << 6 | value
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            let decoded = UInt8(truncatingIfNeeded: bits >> count)
            looked += 1
            if decoded == 0 { return false }
            if !isPrintable(decoded) { others += 1 }
            if others * 100 > most * 5 { return false }
            if looked == 64 { return true }
        }
        return true
    }

    private static func isPrintable(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    /// Whether bytes are text for the most part: 95 of 100 printable, and no zero.
    static func isMostlyText(_ bytes: [UInt8]) -> Bool {
        guard !bytes.isEmpty else { return false }
        var printable = 0
        for byte in bytes {
            if byte == 0 { return false }
            if isPrintable(byte) { printable += 1 }
        }
        return printable * 100 >= bytes.count * 95
    }
}
