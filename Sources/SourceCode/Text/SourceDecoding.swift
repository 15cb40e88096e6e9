extension SourceText {
    /// The text of a file as its interpreter would read it; nil when the bytes are no text.
    ///
    /// With a language the answer is never nil: a control character in a program must not hide the rest of it. A Python
    /// file is read by its cookie, where the encoding is known. What is not UTF-8 in UTF-8 text stays as it is.
    ///
    /// - Parameter language: nil for any text, such as a README or a configuration file.
    ///
    /// Spec: PEP 263; RFC 3629, section 6 (the mark).
    public init?(decoding bytes: [UInt8], language: SourceLanguage?) {
        if let wide = WideText(of: bytes) {
            self.init(bytes: wide.transcoded(bytes), encoding: .wide(name: wide.name))
            return
        }
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        if language == nil, SourceText.isBinary(bytes) { return nil }
        let marked = SourceText(
            bytes: hasMark ? Array(bytes.dropFirst(3)) : bytes, encoding: .utf8(hasMark: hasMark))
        guard language == .python, let cookie = EncodingCookie.name(in: marked.bytes) else {
            self = marked
            return
        }
        self = CookieEncoding(named: cookie).decoded(marked.bytes, hasMark: hasMark)
    }

    /// Whether bytes are something else than text in an encoding that keeps ASCII: too many control characters.
    ///
    /// Looks at the first 16 KiB. One NUL in a script does not make it binary; an image, an archive or compiled code
    /// has them by the hundred.
    public static func isBinary(_ bytes: [UInt8]) -> Bool {
        let sample = min(bytes.count, 16 << 10)
        var controls = 0
        for index in 0..<sample {
            let byte = bytes[index]
            guard byte < 0x20 || byte == 0x7F else { continue }
            // Tab to carriage return, backspace of old manual pages, escape of terminal colours.
            if byte >= 0x08 && byte <= 0x0D || byte == 0x1B { continue }
            controls += 1
        }
        return controls * 32 > sample
    }
}

/// Appends code points to UTF-8 bytes.
struct UTF8Writer {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    /// Appends a code point; what is none (a lone surrogate, a value too large) becomes U+FFFD.
    mutating func append(_ value: UInt32) {
        if value < 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value))
        } else if value < 0x800 {
            bytes.append(0xC0 | UInt8(truncatingIfNeeded: value >> 6))
            bytes.append(0x80 | UInt8(truncatingIfNeeded: value & 0x3F))
        } else if (0xD800..<0xE000).contains(value) || value > 0x10FFFF {
            bytes.append(contentsOf: [0xEF, 0xBF, 0xBD])
        } else if value < 0x10000 {
            bytes.append(0xE0 | UInt8(truncatingIfNeeded: value >> 12))
            bytes.append(0x80 | UInt8(truncatingIfNeeded: value >> 6 & 0x3F))
            bytes.append(0x80 | UInt8(truncatingIfNeeded: value & 0x3F))
        } else {
            bytes.append(0xF0 | UInt8(truncatingIfNeeded: value >> 18))
            bytes.append(0x80 | UInt8(truncatingIfNeeded: value >> 12 & 0x3F))
            bytes.append(0x80 | UInt8(truncatingIfNeeded: value >> 6 & 0x3F))
            bytes.append(0x80 | UInt8(truncatingIfNeeded: value & 0x3F))
        }
    }

    mutating func append(raw byte: UInt8) { bytes.append(byte) }

    mutating func append(raw piece: ArraySlice<UInt8>) { bytes.append(contentsOf: piece) }
}
