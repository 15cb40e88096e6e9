/// What the literals of Python stand for.
enum PythonLiteral {
    /// The text of a string token or of a piece of a template, a slice of the source where nothing is escaped.
    ///
    /// - Parameter hasReturns: whether the source has carriage returns at all.
    static func text(
        _ bytes: [UInt8], _ token: Token, _ flags: PythonStringFlags, hasReturns: Bool
    ) -> ArraySlice<UInt8> {
        let start = Int(token.start) + flags.textOffset
        let quote = flags.contains(.unterminated) ? 0 : flags.contains(.triple) ? 3 : 1
        let isOpen = token.kind == .templateHead || token.kind == .templateMiddle
        let end = Int(token.end) - (isOpen ? 1 : quote)
        guard start < end else { return [] }
        let hasEscapes = flags.contains(.hasBackslash) && !flags.contains(.raw)
        let hasReturns = hasReturns && flags.contains(.triple) && bytes[start..<end].contains(0x0D)
        guard hasEscapes || hasReturns || flags.contains(.hasBraces) else { return bytes[start..<end] }
        return decoded(bytes[start..<end], flags, hasEscapes: hasEscapes)
    }

    private static func decoded(
        _ source: ArraySlice<UInt8>, _ flags: PythonStringFlags, hasEscapes: Bool
    ) -> ArraySlice<UInt8> {
        // A copy with its own end: an escape at the end of the text must not read what is behind it.
        let text = Array(source)
        let hasBraces = flags.contains(.hasBraces)
        var writer = UTF8Writer(capacity: text.count)
        var (index, plain) = (0, 0)
        while index < text.count {
            let byte = text[index]
            let isEscape = byte == 0x5C && hasEscapes && index + 1 < text.count
            let isBrace =
                hasBraces && (byte == 0x7B || byte == 0x7D) && index + 1 < text.count && text[index + 1] == byte
            guard isEscape || isBrace || byte == 0x0D else {
                index += 1
                continue
            }
            // What stands for itself is taken in one piece.
            if plain < index { writer.append(raw: text[plain..<index]) }
            if isEscape {
                index = PythonEscape.append(text, after: index + 1, isBytes: flags.contains(.bytes), to: &writer)
            } else if isBrace {
                writer.append(raw: byte)
                index += 2
            } else {
                // Python reads every end of a line as a line feed.
                writer.append(raw: 0x0A)
                index += index + 1 < text.count && text[index + 1] == 0x0A ? 2 : 1
            }
            plain = index
        }
        if plain < text.count { writer.append(raw: text[plain...]) }
        return writer.bytes[...]
    }

    /// How many escapes a literal has.
    static func escapes(_ bytes: [UInt8], _ token: Token, _ flags: PythonStringFlags) -> Int32 {
        guard flags.contains(.hasBackslash), !flags.contains(.raw) else { return 0 }
        var (count, index): (Int32, Int) = (0, Int(token.start))
        while index < Int(token.end) {
            if bytes[index] == 0x5C {
                count += 1
                index += 1
            }
            index += 1
        }
        return count
    }

    /// A number; nil for complex ones and what does not fit.
    static func number(_ text: ArraySlice<UInt8>) -> PythonConstant? {
        if let plain = plainNumber(text) { return .integer(plain) }
        var digits = text.filter { $0 != 0x5F }
        if let last = digits.last, last | 0x20 == UInt8(ascii: "l") { digits.removeLast() }
        guard let first = digits.first else { return nil }
        if digits.count > 2, first == 0x30 {
            let radix: Int? =
                switch digits[1] | 0x20 {
                case UInt8(ascii: "x"): 16
                case UInt8(ascii: "o"): 8
                case UInt8(ascii: "b"): 2
                case _: nil
                }
            if let radix {
                return Int(String(decoding: digits.dropFirst(2), as: UTF8.self), radix: radix).map { .integer($0) }
            }
        }
        guard digits.count <= 40 else { return nil }
        let whole = String(decoding: digits, as: UTF8.self)
        if digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
            // Python 2's octal numbers begin with a zero.
            let isOctal = first == 0x30 && digits.count > 1 && digits.allSatisfy { $0 < 0x38 }
            return Int(whole, radix: isOctal ? 8 : 10).map { .integer($0) }
        }
        return Double(whole).map { .float($0) }
    }
}

extension PythonLiteral {
    /// A number of few decimal digits, as most are.
    private static func plainNumber(_ text: ArraySlice<UInt8>) -> Int? {
        guard let first = text.first, text.count <= 18, first != 0x30 || text.count == 1 else { return nil }
        var value = 0
        for byte in text {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int(byte &- 0x30)
        }
        return value
    }
}

/// Whole numbers as Python computes with them, where they fit.
enum PythonArithmetic {
    static func result(_ mark: Int32, _ left: Int, _ right: Int) -> Int? {
        switch mark {
        case PythonMark.minus: return exact(left.subtractingReportingOverflow(right))
        case PythonMark.star: return exact(left.multipliedReportingOverflow(by: right))
        case PythonMark.xor: return left ^ right
        case PythonMark.and: return left & right
        case PythonMark.or: return left | right
        case PythonMark.shiftLeft:
            guard right >= 0, right < 62, left.magnitude < 1 << UInt(62 - right) else { return nil }
            return left << right
        case PythonMark.shiftRight: return right >= 0 ? left >> min(right, 63) : nil
        case PythonMark.floor: return divided(left, right)?.quotient
        case PythonMark.slash:
            guard let (quotient, remainder) = divided(left, right), remainder == 0 else { return nil }
            return quotient
        case PythonMark.percent: return divided(left, right)?.remainder
        case PythonMark.power: return power(left, right)
        case _: return nil
        }
    }

    private static func exact(_ result: (partialValue: Int, overflow: Bool)) -> Int? {
        result.overflow ? nil : result.partialValue
    }

    /// Rounded towards minus infinity.
    private static func divided(_ left: Int, _ right: Int) -> (quotient: Int, remainder: Int)? {
        guard right != 0, right != -1 || left != .min else { return nil }
        var (quotient, remainder) = left.quotientAndRemainder(dividingBy: right)
        if remainder != 0, (remainder < 0) != (right < 0) {
            quotient -= 1
            remainder += right
        }
        return (quotient, remainder)
    }

    static func power(_ base: Int, _ exponent: Int) -> Int? {
        guard exponent >= 0, exponent <= 64 else { return nil }
        var result = 1
        for _ in 0..<exponent {
            guard let next = exact(result.multipliedReportingOverflow(by: base)) else { return nil }
            result = next
        }
        return result
    }
}
