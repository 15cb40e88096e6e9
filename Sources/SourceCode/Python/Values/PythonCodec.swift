extension TextCodec {
    /// Whether a codec's name is that of something else than an encoding of letters.
    static func isTransformation(_ name: [UInt8]) -> Bool {
        switch CookieEncoding(named: String(decoding: name.prefix(40), as: UTF8.self)) {
        case .utf8, .letters, .pairs: false
        case .transformation: true
        }
    }

    /// What `codecs.decode` (or `encode`) makes of a content; nil when the codec is not known.
    static func decoded(_ content: [UInt8], by name: [UInt8], encodes: Bool) -> PythonConstant? {
        switch CookieEncoding(named: String(decoding: name.prefix(40), as: UTF8.self)) {
        case .utf8: return encodes ? .bytes(content) : .text(content)
        case .letters(_, let table):
            if encodes { return latin1(content).map { .bytes($0) } }
            return .text(LetterTables.decoded(content, table: table))
        case .pairs: return nil
        case .transformation(let transformation):
            switch transformation {
            case "rot_13": return .text(content.map(SourceTransformations.rotated))
            case "hex_codec": return encodes ? .bytes(hexDigits(content)) : hexadecimal(content).map { .bytes($0) }
            case "base64_codec": return encodes ? nil : base64(content).map { .bytes($0) }
            case "unicode_escape", "string_escape", "raw_unicode_escape", "utf_7":
                return encodes ? nil : .text(SourceTransformations.decoded(content, by: transformation))
            case _: return nil
            }
        }
    }

    /// UTF-8 as Latin-1; nil when a character is none.
    private static func latin1(_ content: [UInt8]) -> [UInt8]? {
        if content.allSatisfy({ $0 < 0x80 }) { return content }
        var result: [UInt8] = []
        for scalar in String(decoding: content, as: UTF8.self).unicodeScalars {
            guard let byte = UInt8(exactly: scalar.value) else { return nil }
            result.append(byte)
        }
        return result
    }
}
