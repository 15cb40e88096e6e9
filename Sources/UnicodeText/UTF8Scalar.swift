/// Reads UTF-8 one code point at a time.
public enum UTF8Scalar {
    /// What stands for a byte that begins no well-formed sequence.
    public static let invalid: UInt32 = 0xFFFF_FFFF

    /// The code point that starts at `index`, and how many bytes it takes; `invalid` takes one byte.
    ///
    /// Spec: Unicode Standard, table 3-7: overlong forms, surrogates and values above U+10FFFF are ill-formed.
    @inlinable
    public static func read(_ bytes: Span<UInt8>, at index: Int) -> (value: UInt32, length: Int) {
        let first = UInt32(bytes[index])
        if first < 0x80 { return (first, 1) }
        let left = bytes.count - index
        switch first {
        case 0xC2...0xDF:
            guard left > 1, let second = continuation(bytes[index + 1]) else { return (invalid, 1) }
            return ((first & 0x1F) << 6 | second, 2)
        case 0xE0...0xEF:
            guard left > 2, let second = continuation(bytes[index + 1]), let third = continuation(bytes[index + 2])
            else { return (invalid, 1) }
            let value = (first & 0x0F) << 12 | second << 6 | third
            return value < 0x800 || (0xD800...0xDFFF).contains(value) ? (invalid, 1) : (value, 3)
        case 0xF0...0xF4:
            guard left > 3, let second = continuation(bytes[index + 1]), let third = continuation(bytes[index + 2]),
                let fourth = continuation(bytes[index + 3])
            else { return (invalid, 1) }
            let value = (first & 0x07) << 18 | second << 12 | third << 6 | fourth
            return value < 0x10000 || value > 0x10FFFF ? (invalid, 1) : (value, 4)
        case _: return (invalid, 1)
        }
    }

    /// Appends a code point.
    public static func append(_ value: UInt32, to bytes: inout [UInt8]) {
        guard let scalar = Unicode.Scalar(value) else { return bytes.append(contentsOf: [0xEF, 0xBF, 0xBD]) }
        if value < 0x80 { return bytes.append(UInt8(truncatingIfNeeded: value)) }
        bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    @inlinable
    static func continuation(_ byte: UInt8) -> UInt32? { byte & 0xC0 == 0x80 ? UInt32(byte & 0x3F) : nil }
}
