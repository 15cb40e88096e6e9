import UnicodeText

/// Pairs of hexadecimal digits as lenient decoders read them.
public enum LenientHexadecimal {
    /// The bytes behind the digits; nil when something else stands among them.
    ///
    /// - Parameter passesBlanks: whether blanks and line ends between digits are passed over.
    /// - Parameter dropsHalf: whether a last digit without its pair is left out, rather than refused.
    ///
    /// Spec: RFC 4648, section 8, in letters of either case.
    public static func decode(
        _ text: ArraySlice<UInt8>, passesBlanks: Bool, dropsHalf: Bool = false
    ) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(text.count / 2)
        var high: UInt8?
        for byte in text {
            if passesBlanks, byte == 0x20 || byte >= 0x09 && byte <= 0x0D { continue }
            guard let digit = HexadecimalDigit.value(byte) else { return nil }
            if let first = high {
                result.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return high == nil || dropsHalf ? result : nil
    }

    /// The same of a whole array.
    public static func decode(_ text: [UInt8], passesBlanks: Bool, dropsHalf: Bool = false) -> [UInt8]? {
        decode(text[...], passesBlanks: passesBlanks, dropsHalf: dropsHalf)
    }
}
