/// Base64 of both alphabets as lenient decoders read it.
public enum LenientBase64 {
    /// What a decoder does with bytes that are no digits.
    public enum Others: Sendable {
        /// Blanks, line ends and `=` are passed over, anything else is refused: `atob`, `base64 -d`.
        case refuse
        /// All are passed over: Node's `Buffer`.
        case passOver
        /// All are passed over, up to the first `=`: Python.
        case passOverToPadding
    }

    /// The bytes behind the digits; bits that fill no byte are left out. Nil when a byte is refused, or when Python would
    /// find one digit too many.
    ///
    /// Spec: RFC 4648, sections 4 and 5.
    public static func decode(_ text: ArraySlice<UInt8>, others: Others) -> [UInt8]? {
        unsafe text.withUnsafeBufferPointer { unsafe decode($0, others) }
    }

    /// The same of a whole array.
    public static func decode(_ text: [UInt8], others: Others) -> [UInt8]? {
        unsafe text.withUnsafeBufferPointer { unsafe decode($0, others) }
    }

    private static func decode(_ text: UnsafeBufferPointer<UInt8>, _ others: Others) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(text.count / 4 * 3 + 3)
        var (bits, count, digits): (UInt32, UInt32, Int) = (0, 0, 0)
        for place in 0..<text.count {
            let byte = unsafe text[place]
            guard let digit = digit(byte) else {
                switch others {
                case .refuse:
                    guard isBlankOrPadding(byte) else { return nil }
                    continue
                case .passOver: continue
                case .passOverToPadding:
                    if byte == UInt8(ascii: "=") { return digits & 3 == 1 ? nil : result }
                    continue
                }
            }
            digits &+= 1
            bits = bits << 6 | digit
            count += 6
            if count >= 8 {
                count -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        switch others {
        case .refuse, .passOver: return result
        case .passOverToPadding: return digits & 3 == 1 ? nil : result
        }
    }

    /// The value of a digit of either alphabet; nil for every other byte.
    @inline(__always)
    static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte) &- 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte) &- 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) &+ 4
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        case _: nil
        }
    }

    private static func isBlankOrPadding(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "=") || byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}
