import UnicodeText

/// What string literals say.
extension JavaScriptProgram {
    /// The text of a string or of a piece of a template, escapes decoded; nil for other tokens.
    func plainString(_ token: Int32) -> [UInt8]? {
        guard token >= 0, Int(token) < lexed.tokens.count,
            let inner = StringText.content(of: lexed.tokens[Int(token)], source)
        else { return nil }
        let code = lexed.codes[Int(token)]
        guard code.isEscaped || inner.contains(0x0D) else { return Array(source[inner]) }
        return StringText.decode(source, inner).bytes
    }
}

enum StringText {
    /// The bytes between the quotes or around the substitutions.
    static func content(of token: Token, _ source: [UInt8]) -> Range<Int>? {
        let (start, end) = (Int(token.start), Int(token.end))
        guard end > start else { return nil }
        switch token.kind {
        case .string, .templateTail:
            let quote: UInt8 = token.kind == .string ? source[start] : UInt8(ascii: "`")
            // An unterminated string has no closing quote.
            let isClosed = end - start >= 2 && source[end - 1] == quote
            return start + 1..<max(isClosed ? end - 1 : end, start + 1)
        case .templateHead, .templateMiddle:
            return start + 1..<max(end - 2, start + 1)
        case .identifier, .number, .regularExpression, .punctuator, .markupText, .newline, .indent, .dedent:
            return nil
        }
    }

    /// Decodes escapes; also counts them.
    ///
    /// Spec: ECMAScript 2024, 12.9.4 and B.1.2 (legacy octal escapes).
    static func decode(_ source: [UInt8], _ range: Range<Int>) -> (bytes: [UInt8], escapes: Int) {
        var (bytes, escapes) = ([UInt8](), 0)
        bytes.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = source[index]
            index += 1
            guard byte == UInt8(ascii: "\\"), index < range.upperBound else {
                bytes.append(byte)
                continue
            }
            escapes += 1
            decodeEscape(source, &index, range.upperBound, into: &bytes)
        }
        return (bytes, escapes)
    }

    private static func decodeEscape(_ source: [UInt8], _ index: inout Int, _ end: Int, into bytes: inout [UInt8]) {
        let byte = source[index]
        index += 1
        switch byte {
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "v"): bytes.append(0x0B)
        case UInt8(ascii: "x"):
            guard let value = hexadecimal(source, index, 2, end) else { return bytes.append(byte) }
            index += 2
            UTF8Text.append(value, to: &bytes)
        case UInt8(ascii: "u"): decodeUnicode(source, &index, end, into: &bytes)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            var value = UInt32(byte & 7)
            var digits = 1
            while digits < (byte < UInt8(ascii: "4") ? 3 : 2), index < end, source[index] & 0xF8 == 0x30 {
                value = value << 3 | UInt32(source[index] & 7)
                (index, digits) = (index + 1, digits + 1)
            }
            UTF8Text.append(value, to: &bytes)
        case 0x0D:
            // A line continuation.
            if index < end, source[index] == 0x0A { index += 1 }
        case 0x0A: break
        case 0xE2 where index + 1 < end && source[index] == 0x80 && source[index + 1] & 0xFE == 0xA8: index += 2
        default: bytes.append(byte)
        }
    }

    private static func decodeUnicode(_ source: [UInt8], _ index: inout Int, _ end: Int, into bytes: inout [UInt8]) {
        if index < end, source[index] == UInt8(ascii: "{") {
            var (value, place) = (UInt32(0), index + 1)
            while place < end, let digit = HexadecimalDigit.value(source[place]) {
                value = min(value << 4 | UInt32(digit), 0x11_0000)
                place += 1
            }
            guard place < end, source[place] == UInt8(ascii: "}"), value < 0x11_0000 else {
                return bytes.append(UInt8(ascii: "u"))
            }
            index = place + 1
            return UTF8Text.append(value, to: &bytes)
        }
        guard let first = hexadecimal(source, index, 4, end) else { return bytes.append(UInt8(ascii: "u")) }
        index += 4
        if first & 0xFC00 == 0xD800, index + 5 < end, source[index] == UInt8(ascii: "\\"),
            source[index + 1] == UInt8(ascii: "u"), let second = hexadecimal(source, index + 2, 4, end),
            second & 0xFC00 == 0xDC00
        {
            index += 6
            return UTF8Text.append(0x1_0000 + (first & 0x3FF) << 10 + (second & 0x3FF), to: &bytes)
        }
        UTF8Text.append(first, to: &bytes)
    }

    private static func hexadecimal(_ source: [UInt8], _ start: Int, _ count: Int, _ end: Int) -> UInt32? {
        guard start + count <= end else { return nil }
        var value: UInt32 = 0
        for place in start..<start + count {
            guard let digit = HexadecimalDigit.value(source[place]) else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
