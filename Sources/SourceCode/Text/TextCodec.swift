import UnicodeText

/// Encodings of bytes as text that programs undo with a call of the library.
enum TextCodec {
    /// Base64 of both alphabets; characters of neither are passed over as Python does.
    static func base64(_ content: [UInt8]) -> [UInt8]? { LenientBase64.decode(content, others: .passOverToPadding) }

    /// Spec: RFC 4648, section 6.
    static func base32(_ content: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        var (bits, count): (UInt32, Int) = (0, 0)
        for byte in content where byte != UInt8(ascii: "=") {
            let upper = byte >= 0x61 && byte <= 0x7A ? byte & 0xDF : byte
            let digit: UInt8
            switch upper {
            case 0x41...0x5A: digit = upper - 0x41
            case 0x32...0x37: digit = upper - 0x32 + 26
            case _: return nil
            }
            bits = bits << 5 | UInt32(digit)
            count += 5
            guard count >= 8 else { continue }
            count -= 8
            result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            bits &= (1 << UInt32(count)) - 1
        }
        return result
    }

    private static let base85Alphabet = Array(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~".utf8)

    /// The alphabet of RFC 1924, as `base64.b85decode` has it.
    static func base85(_ content: [UInt8]) -> [UInt8]? {
        var digits: [UInt8] = []
        var values: [UInt8?] = Array(repeating: nil, count: 256)
        for (value, byte) in base85Alphabet.enumerated() { values[Int(byte)] = UInt8(value) }
        for byte in content {
            guard let value = values[Int(byte)] else { return nil }
            digits.append(value)
        }
        return fives(digits)
    }

    /// Adobe's alphabet, `z` for four zeros.
    static func ascii85(_ content: [UInt8]) -> [UInt8]? {
        var digits: [UInt8] = []
        for byte in content {
            switch byte {
            case 0x21...0x75: digits.append(byte - 0x21)
            case UInt8(ascii: "z") where digits.count % 5 == 0: digits += [0, 0, 0, 0, 0]
            case UInt8(ascii: "~"), 0x09...0x0D, 0x20: continue
            case _: return nil
            }
        }
        return fives(digits)
    }

    private static func fives(_ digits: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        var index = 0
        while index < digits.count {
            let count = min(5, digits.count - index)
            guard count > 1 else { return nil }
            var value: UInt64 = 0
            for place in 0..<5 { value = value * 85 + UInt64(place < count ? digits[index + place] : 84) }
            guard value <= UInt64(UInt32.max) else { return nil }
            for place in 0..<(count - 1) {
                result.append(UInt8(truncatingIfNeeded: value >> UInt64(24 - 8 * place)))
            }
            index += count
        }
        return result
    }

    /// Hexadecimal digits, with blanks between them.
    static func hexadecimal(_ content: [UInt8]) -> [UInt8]? { LenientHexadecimal.decode(content, passesBlanks: true) }

    static func hexDigits(_ content: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return content.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }

    /// Percent signs, and `%u0065` where JavaScript's `unescape` reads them.
    static func percentDecoded(_ content: [UInt8], readsUnicode: Bool = false) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(content.count)
        var index = 0
        while index < content.count {
            let byte = content[index]
            if byte == UInt8(ascii: "%"), index + 2 < content.count,
                let high = HexadecimalDigit.value(content[index + 1]),
                let low = HexadecimalDigit.value(content[index + 2])
            {
                result.append(high << 4 | low)
                index += 3
            } else if readsUnicode, byte == UInt8(ascii: "%"), index + 5 < content.count,
                content[index + 1] | 0x20 == UInt8(ascii: "u"),
                let pair = LenientHexadecimal.decode(content[(index + 2)..<(index + 6)], passesBlanks: false)
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

    /// A content without the bytes of `set` (blanks when nil) at its ends.
    static func trimmed(_ content: [UInt8], of set: [UInt8]?, left: Bool, right: Bool) -> [UInt8] {
        func drops(_ byte: UInt8) -> Bool {
            if let set { return set.contains(byte) }
            return byte == 0x20 || byte >= 0x09 && byte <= 0x0D
        }
        var (start, end) = (0, content.count)
        while left, start < end, drops(content[start]) { start += 1 }
        while right, start < end, drops(content[end - 1]) { end -= 1 }
        return Array(content[start..<end])
    }
}
