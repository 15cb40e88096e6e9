/// Lower-case hexadecimal digits, two for each byte.
public enum Hex {
    /// Writes bytes as lower-case digits.
    public static func encode(_ bytes: [UInt8]) -> String {
        unsafe String(unsafeUninitializedCapacity: bytes.count * 2) { output in
            for (offset, byte) in bytes.enumerated() {
                unsafe output[2 * offset] = digit(byte >> 4)
                unsafe output[2 * offset + 1] = digit(byte & 15)
            }
            return bytes.count * 2
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// Reads lower-case digits. Capitals are refused: one value has one text.
    ///
    /// - Throws: `EncodingError`.
    public static func decode(_ text: String) throws(EncodingError) -> [UInt8] {
        var text = text
        if let bytes = text.withUTF8({ unsafe quickly($0) }) { return bytes }
        return try decode(Array(text.utf8))
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

    /// All of it at once; nil when anything is wrong, which the careful way then names.
    private static func quickly(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var seen: UInt8 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: text.count / 2) { output, count in
            count = text.count / 2
            unsafe values.withUnsafeBufferPointer { values in
                for offset in 0..<count {
                    let high = unsafe values[Int(text[2 * offset])]
                    let low = unsafe values[Int(text[2 * offset + 1])]
                    seen |= high | low
                    unsafe output[offset] = high << 4 | (low & 15)
                }
            }
        }
        return seen < 16 ? bytes : nil
    }

    /// The value of each digit, 255 for every other byte.
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 0xFF, count: 256)
        for (value, digit) in "0123456789abcdef".utf8.enumerated() { table[Int(digit)] = UInt8(value) }
        return table
    }()

    private static func value(_ digit: UInt8, at offset: Int) throws(EncodingError) -> UInt8 {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: throw .characterOutsideAlphabet(offset: offset)
        }
    }
}
