/// Encodings that programs undo.
enum TextDecoding {
    /// Base64 as lenient decoders read it: both alphabets, blanks and padding passed over; nil for other bytes.
    static func base64(_ text: some Collection<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(text.count * 3 / 4 + 3)
        var (bits, count) = (UInt32(0), 0)
        for byte in text {
            guard let value = digit(byte) else {
                switch byte {
                case UInt8(ascii: "="), 0x20, 0x09, 0x0A, 0x0D: continue
                default: return nil
                }
            }
            bits = bits << 6 | value
            count += 6
            if count >= 8 {
                count -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return result
    }

    /// The value of a digit of base64, of either alphabet.
    @inline(__always)
    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte) - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) + 4
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }

    /// Pairs of hexadecimal digits; nil for other bytes.
    static func hexadecimal(_ text: some Collection<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(text.count / 2)
        var high: UInt8?
        for byte in text {
            guard let digit = UTF8Text.hexadecimalDigit(byte) else { return nil }
            if let first = high {
                result.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return high == nil ? result : nil
    }

    /// Percent signs, and `%u0065` where `unescape` reads them.
    static func percent(_ text: [UInt8], readsUnicode: Bool) -> [UInt8] {
        var (result, index) = ([UInt8](), 0)
        result.reserveCapacity(text.count)
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "%"), index + 2 < text.count,
                let high = UTF8Text.hexadecimalDigit(text[index + 1]),
                let low = UTF8Text.hexadecimalDigit(text[index + 2])
            {
                result.append(high << 4 | low)
                index += 3
            } else if readsUnicode, byte == UInt8(ascii: "%"), index + 5 < text.count,
                text[index + 1] | 0x20 == UInt8(ascii: "u"), let pair = hexadecimal(text[(index + 2)..<(index + 6)])
            {
                UTF8Text.append(UInt32(pair[0]) << 8 | UInt32(pair[1]), to: &result)
                index += 6
            } else {
                result.append(byte)
                index += 1
            }
        }
        return result
    }

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
        text.allSatisfy { UTF8Text.hexadecimalDigit($0) != nil }
    }

    /// Whether a text may decode to text for the most part, told by its first bytes: names and words do not.
    static func mayBeTextInBase64(_ text: ArraySlice<UInt8>) -> Bool {
        let most = text.count * 3 / 4 + 1
        var (bits, count, others, looked) = (UInt32(0), UInt32(0), 0, 0)
        for byte in text {
            guard let value = digit(byte) else { continue }
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
