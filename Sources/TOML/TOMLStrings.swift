/// Strings of all four kinds.
///
/// Spec: TOML 1.0.0, "String".
extension TOMLParser {
    func isTripled(_ quote: UInt8) -> Bool {
        at + 2 < bytes.count && bytes[at + 1] == quote && bytes[at + 2] == quote
    }

    /// `"…"` on one line, with escapes.
    mutating func basicString() throws(TOMLError) -> String {
        let start = at + 1
        at = start
        while let byte = next {
            if byte == UInt8(ascii: "\"") {
                at += 1
                return String(decoding: bytes[start..<(at - 1)], as: UTF8.self)
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            if byte.isTOMLControl { throw stringFault(byte) }
            at += 1
        }
        throw unexpected("the closing quote of a string")
    }

    /// The rest of a basic string from its first backslash on.
    private mutating func escapedString(from start: Int) throws(TOMLError) -> String {
        var text = Array(bytes[start..<at])
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &text)
            default:
                if byte.isTOMLControl { throw stringFault(byte) }
                text.append(byte)
                at += 1
            }
        }
        throw unexpected("the closing quote of a string")
    }

    /// `'…'` on one line, taken as it is.
    mutating func literalString() throws(TOMLError) -> String {
        let start = at + 1
        at = start
        while let byte = next {
            if byte == UInt8(ascii: "'") {
                at += 1
                return String(decoding: bytes[start..<(at - 1)], as: UTF8.self)
            }
            if byte.isTOMLControl { throw stringFault(byte) }
            at += 1
        }
        throw unexpected("the closing quote of a string")
    }

    private func stringFault(_ byte: UInt8) -> TOMLError {
        let endsLine =
            byte == UInt8(ascii: "\n")
            || (byte == UInt8(ascii: "\r") && at + 1 < bytes.count && bytes[at + 1] == UInt8(ascii: "\n"))
        return endsLine ? unexpected("the closing quote of a string") : fail(.controlCharacter(byte))
    }

    /// `"""…"""`
    mutating func multilineBasicString() throws(TOMLError) -> String {
        var text: [UInt8] = []
        try openMultiline()
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                if closes(byte, &text) { return String(decoding: text, as: UTF8.self) }
            case UInt8(ascii: "\\"):
                if try !skipLineContinuation() { try escape(into: &text) }
            default: try multilineByte(byte, &text)
            }
        }
        throw unexpected("three closing quotes of a string")
    }

    /// `'''…'''`
    mutating func multilineLiteralString() throws(TOMLError) -> String {
        var text: [UInt8] = []
        try openMultiline()
        while let byte = next {
            if byte == UInt8(ascii: "'") {
                if closes(byte, &text) { return String(decoding: text, as: UTF8.self) }
            } else {
                try multilineByte(byte, &text)
            }
        }
        throw unexpected("three closing quotes of a string")
    }

    /// Passes over the opening quotes and a line end right behind them.
    private mutating func openMultiline() throws(TOMLError) {
        at += 3
        let isCarriageReturn = next == UInt8(ascii: "\r") && at + 1 < bytes.count && bytes[at + 1] == UInt8(ascii: "\n")
        if next == UInt8(ascii: "\n") || isCarriageReturn { try skipLineEnd() }
    }

    private mutating func multilineByte(_ byte: UInt8, _ text: inout [UInt8]) throws(TOMLError) {
        if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
            guard byte == UInt8(ascii: "\n") || (at + 1 < bytes.count && bytes[at + 1] == UInt8(ascii: "\n")) else {
                throw fail(.controlCharacter(byte))
            }
            try skipLineEnd()
            return text.append(UInt8(ascii: "\n"))
        }
        if byte.isTOMLControl { throw fail(.controlCharacter(byte)) }
        text.append(byte)
        at += 1
    }

    /// At a quote inside a multi-line string: up to two belong to the text, also right before the three that close it.
    private mutating func closes(_ quote: UInt8, _ text: inout [UInt8]) -> Bool {
        var run = 0
        while run < 5, at + run < bytes.count, bytes[at + run] == quote { run += 1 }
        at += run
        guard run >= 3 else {
            text.append(contentsOf: repeatElement(quote, count: run))
            return false
        }
        text.append(contentsOf: repeatElement(quote, count: run - 3))
        return true
    }

    /// A backslash at the end of a line takes all white space up to the next text with it.
    ///
    /// - Returns: false when the backslash begins an escape.
    private mutating func skipLineContinuation() throws(TOMLError) -> Bool {
        let mark = at
        at += 1
        skipBlanks()
        let endsLine =
            next == UInt8(ascii: "\n")
            || (next == UInt8(ascii: "\r") && at + 1 < bytes.count && bytes[at + 1] == UInt8(ascii: "\n"))
        guard endsLine else {
            at = mark
            return false
        }
        while true {
            skipBlanks()
            guard next == UInt8(ascii: "\n") || next == UInt8(ascii: "\r") else { return true }
            try skipLineEnd()
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws(TOMLError) {
        guard at + 1 < bytes.count else {
            at += 1
            throw unexpected("an escape sequence")
        }
        let kind = bytes[at + 1]
        at += 2
        switch kind {
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(kind)
        case UInt8(ascii: "u"): try scalar(digits: 4, into: &text)
        case UInt8(ascii: "U"): try scalar(digits: 8, into: &text)
        default: throw fail(.invalidEscape)
        }
    }

    private mutating func scalar(digits: Int, into text: inout [UInt8]) throws(TOMLError) {
        var code: UInt32 = 0
        for _ in 0..<digits {
            guard let byte = next, let digit = Self.hexadecimalValue(byte) else { throw fail(.invalidEscape) }
            code = code << 4 | UInt32(digit)
            at += 1
        }
        guard let scalar = Unicode.Scalar(code) else { throw fail(.notAScalar) }
        text.append(contentsOf: Array(String(scalar).utf8))
    }

    static func hexadecimalValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
