/// Base64 in its canonical form only: every value has exactly one text, so texts can be compared and hashed.
///
/// Spec: RFC 4648 sections 4 and 5, with the strictness of section 3.5; no line breaks.
public enum Base64 {
    private static let standardAlphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let urlAlphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let standardValues = valueTable(standardAlphabet)
    private static let urlValues = valueTable(urlAlphabet)

    /// Writes bytes in the standard alphabet with padding.
    public static func encode(_ bytes: [UInt8]) -> String {
        String(decoding: encode(bytes, alphabet: standardAlphabet, isPadded: true), as: UTF8.self)
    }

    /// Writes bytes in the standard alphabet with padding, as ASCII bytes.
    public static func encodeBytes(_ bytes: [UInt8]) -> [UInt8] {
        encode(bytes, alphabet: standardAlphabet, isPadded: true)
    }

    /// Writes bytes in the alphabet for URLs and file names, without padding.
    public static func encodeURL(_ bytes: [UInt8]) -> String {
        String(decoding: encode(bytes, alphabet: urlAlphabet, isPadded: false), as: UTF8.self)
    }

    /// Reads the standard alphabet with exact padding.
    ///
    /// - Throws: `EncodingError` for any text that `encode` does not write.
    public static func decode(_ text: String) throws(EncodingError) -> [UInt8] {
        try decode(Array(text.utf8))
    }

    /// Reads the standard alphabet with exact padding, given as ASCII bytes.
    ///
    /// - Throws: `EncodingError` for any text that `encode` does not write.
    public static func decode(_ text: [UInt8]) throws(EncodingError) -> [UInt8] {
        guard text.count.isMultiple(of: 4) else { throw .wrongLength(characterCount: text.count) }
        let padding = text.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
        return try decode(text.dropLast(padding), values: standardValues, padding: padding)
    }

    /// Reads the alphabet for URLs and file names, without padding.
    ///
    /// - Throws: `EncodingError` for any text that `encodeURL` does not write.
    public static func decodeURL(_ text: String) throws(EncodingError) -> [UInt8] {
        let text = Array(text.utf8)
        guard text.last != UInt8(ascii: "=") else { throw .wrongPadding }
        return try decode(text[...], values: urlValues, padding: (4 - text.count % 4) % 4)
    }

    private static func encode(_ bytes: [UInt8], alphabet: [UInt8], isPadded: Bool) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var group: UInt32 = 0
        for (offset, byte) in bytes.enumerated() {
            group = group << 8 | UInt32(byte)
            guard offset % 3 == 2 else { continue }
            for shift in [18, 12, 6, 0] as [UInt32] { text.append(alphabet[Int(group >> shift & 63)]) }
            group = 0
        }
        let remaining = bytes.count % 3
        guard remaining > 0 else { return text }
        group <<= UInt32(8 * (3 - remaining))
        for shift in ([18, 12, 6] as [UInt32]).prefix(remaining + 1) { text.append(alphabet[Int(group >> shift & 63)]) }
        if isPadded { text.append(contentsOf: repeatElement(UInt8(ascii: "="), count: 3 - remaining)) }
        return text
    }

    private static func decode(
        _ text: ArraySlice<UInt8>, values: [UInt8], padding: Int
    ) throws(EncodingError) -> [UInt8] {
        guard padding < 3 else { throw .wrongLength(characterCount: text.count) }
        let whole = text.count / 4 * 4
        var bytes: [UInt8] = []
        var begin = 0
        if let quick = quickly(text.prefix(whole), values: values) { (bytes, begin) = (quick, whole) }
        bytes.reserveCapacity(text.count / 4 * 3 + 2)
        var group: UInt32 = 0
        var bits: UInt32 = 0
        for offset in begin..<text.count {
            let character = text[text.startIndex + offset]
            let value = values[Int(character)]
            guard value < 64 else {
                throw character == UInt8(ascii: "=") ? .wrongPadding : .characterOutsideAlphabet(offset: offset)
            }
            group = group << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: group >> bits))
                group &= (1 << bits) - 1
            }
        }
        guard group == 0 else { throw .unusedBitsSet }
        return bytes
    }

    /// Whole groups of four characters at once; nil when anything is wrong, which the careful way names.
    private static func quickly(_ text: ArraySlice<UInt8>, values: [UInt8]) -> [UInt8]? {
        var seen: UInt8 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3) { output, count in
            count = text.count / 4 * 3
            unsafe text.withUnsafeBufferPointer { text in
                unsafe values.withUnsafeBufferPointer { values in
                    for group in 0..<text.count / 4 {
                        let first = unsafe values[Int(text[4 * group])]
                        let second = unsafe values[Int(text[4 * group + 1])]
                        let third = unsafe values[Int(text[4 * group + 2])]
                        let fourth = unsafe values[Int(text[4 * group + 3])]
                        seen |= first | second | third | fourth
                        unsafe output[3 * group] = first << 2 | second >> 4
                        unsafe output[3 * group + 1] = second << 4 | third >> 2
                        unsafe output[3 * group + 2] = third << 6 | fourth
                    }
                }
            }
        }
        return seen < 64 ? bytes : nil
    }

    private static func valueTable(_ alphabet: [UInt8]) -> [UInt8] {
        var table = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }
}
