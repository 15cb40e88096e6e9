/// Texts that are another text in base64 or hexadecimal digits.
public enum EncodedText {
    /// The text behind the digits; nil when there are too few, other characters among them, or no text behind them.
    ///
    /// Takes a look at few bytes for most texts: the first character that is no digit ends it.
    public static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.count >= 16, text.count <= 1 << 20 else { return nil }
        guard let kind = kind(of: text) else { return nil }
        let content = Array(text)
        let decoded = kind == .hexadecimal ? TextCodec.hexadecimal(content) : TextCodec.base64(content)
        guard let decoded, isReadable(decoded) else { return nil }
        return decoded
    }

    private enum Kind { case hexadecimal, base64 }

    private static func kind(of text: ArraySlice<UInt8>) -> Kind? {
        var isHexadecimal = true
        var (digits, lower, upper, other) = (0, 0, 0, 0)
        for byte in text {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): other += 1
            case UInt8(ascii: "a")...UInt8(ascii: "z"):
                lower += 1
                if byte > UInt8(ascii: "f") { isHexadecimal = false }
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                upper += 1
                if byte > UInt8(ascii: "F") { isHexadecimal = false }
            case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"): isHexadecimal = false
            case UInt8(ascii: "="), 0x0A, 0x0D: continue
            case _: return nil
            }
            digits += 1
        }
        if isHexadecimal, digits & 1 == 0 { return .hexadecimal }
        // A word or a path has letters of one kind; digits of base64 have both.
        return digits & 3 != 1 && lower > 0 && upper > 0 && digits >= 16 ? .base64 : nil
    }

    /// Whether bytes are text: nearly all printable ASCII, or UTF-8 letters.
    static func isReadable(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 4 else { return false }
        var strange = 0
        for byte in bytes where byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D || byte >= 0x7F {
            strange += 1
        }
        return strange * 20 <= bytes.count
    }
}
