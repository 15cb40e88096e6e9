import SourceCode

/// OBF-ESC: letters written as escapes though nothing asks for it.
enum EscapeCheck {
    /// Escapes of letters beyond hexadecimal digits in one literal: the writers of binary data escape those now and then.
    private static let leastInLiteral = 30
    private static let leastInFile = 200

    static func check(_ model: CodeModel, in file: InspectedFile, into report: inout FileReport) {
        let (total, literals, first) = count(model) { token in
            report.note(.escapedLiteral, line: file.line(at: Int(token.start)))
        }
        if total >= leastInFile, literals >= 20, let first {
            report.note(.escapedFile, line: file.line(at: first), count: total)
        }
    }

    /// Counts over all literals, and tells of each that is mostly escapes.
    private static func count(_ model: CodeModel, _ found: (Token) -> Void) -> (total: Int, literals: Int, first: Int?)
    {
        var (total, literals) = (0, 0)
        var first: Int?
        for token in model.tokens where isText(token.kind) && token.end - token.start >= 12 {
            let raw = model.source.bytes[Int(token.start)..<Int(token.end)]
            guard raw.contains(UInt8(ascii: "\\")) else { continue }
            let (needless, all) = escapes(raw)
            guard needless >= 3 else { continue }
            // In bytes of binary data a letter among six comes by chance.
            if needless * 4 >= all {
                total += needless
                literals += 1
            }
            first = first ?? Int(token.start)
            if needless >= leastInLiteral, needless * 16 >= raw.count { found(token) }
        }
        return (total, literals, first)
    }

    private static func isText(_ kind: TokenKind) -> Bool {
        switch kind {
        case .string, .templateHead, .templateMiddle, .templateTail: true
        case .identifier, .number, .regularExpression, .punctuator, .markupText, .newline, .indent, .dedent: false
        }
    }

    /// How many letters from g to z are written by their numbers.
    static func needlessEscapes(_ raw: ArraySlice<UInt8>) -> Int { escapes(raw).needless }

    /// These, and how many characters are written by their numbers at all.
    private static func escapes(_ raw: ArraySlice<UInt8>) -> (needless: Int, all: Int) {
        var (count, all) = (0, 0)
        var index = raw.startIndex
        while index + 2 < raw.endIndex {
            guard raw[index] == UInt8(ascii: "\\") else {
                index += 1
                continue
            }
            let (value, length) = escape(raw, at: index)
            if value != nil { all += 1 }
            if let value, (value | 0x20) >= UInt32(UInt8(ascii: "g")), (value | 0x20) <= UInt32(UInt8(ascii: "z")) {
                count += 1
            }
            index += length
        }
        return (count, all)
    }

    /// The value of the escape at `index`, when it is written by a number, and the bytes it takes.
    private static func escape(_ raw: ArraySlice<UInt8>, at index: Int) -> (UInt32?, Int) {
        switch raw[index + 1] {
        case UInt8(ascii: "x"): return number(raw, index + 2, digits: 2, base: 16, prefix: 2)
        case UInt8(ascii: "u"):
            if raw[index + 2] == UInt8(ascii: "{") { return number(raw, index + 3, digits: 6, base: 16, prefix: 3) }
            return number(raw, index + 2, digits: 4, base: 16, prefix: 2)
        case UInt8(ascii: "U"): return number(raw, index + 2, digits: 8, base: 16, prefix: 2)
        case UInt8(ascii: "0")...UInt8(ascii: "7"): return number(raw, index + 1, digits: 3, base: 8, prefix: 1)
        case _: return (nil, 2)
        }
    }

    private static func number(
        _ raw: ArraySlice<UInt8>, _ start: Int, digits: Int, base: UInt32, prefix: Int
    ) -> (UInt32?, Int) {
        var value: UInt32 = 0
        var read = 0
        while read < digits, start + read < raw.endIndex, let digit = digit(raw[start + read]), digit < base {
            value = value &* base &+ digit
            read += 1
        }
        return (read > 0 ? value : nil, prefix + max(read, 1))
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte - 0x30)
        case 0x41...0x46, 0x61...0x66: UInt32((byte | 0x20) - 0x57)
        case _: nil
        }
    }
}
