import UnicodeText

extension PythonTokenizer {
    /// A punctuator, or a byte that means nothing.
    mutating func readPunctuator() {
        let start = index
        let byte = bytes[index]
        if depth > 0, !fields.isEmpty, endsField(byte) { return }
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
            depth += 1
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
            // A bracket inside of a field closes nothing outside of it.
            let floor = fields.isEmpty ? 0 : fields[fields.count - 1].depth + 1
            if depth > floor { depth -= 1 } else { problem(.unbalancedBrackets, at: start) }
        case _: break
        }
        let code = markCode()
        emit(.punctuator, start, code | PythonMark.bit)
    }

    /// Takes the longest punctuator.
    @inline(__always)
    private mutating func markCode() -> Int32 {
        let first = bytes[index]
        let second = bytes[index + 1]
        var length = 1
        switch first {
        case UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: ">"):
            length = second == first ? (bytes[index + 2] == 0x3D ? 3 : 2) : second == 0x3D ? 2 : 1
        case UInt8(ascii: "<"):
            length = second == first ? (bytes[index + 2] == 0x3D ? 3 : 2) : second == 0x3D || second == 0x3E ? 2 : 1
        case UInt8(ascii: "+"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "^"),
            UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "@"), UInt8(ascii: ":"):
            length = second == 0x3D ? 2 : 1
        case UInt8(ascii: "-"):
            length = second == 0x3D || second == 0x3E ? 2 : 1
        case UInt8(ascii: "."):
            length = second == first && bytes[index + 2] == first ? 3 : 1
        case _: break
        }
        var code = Int32(first)
        if length > 1 { code = code << 8 | Int32(second) }
        if length > 2 { code = code << 8 | Int32(bytes[index + 2]) }
        index += length
        return code
    }

    /// A number as Python reads it: `1if x` is a number and a word, `0x1for` is `0x1f` and `or`.
    ///
    /// Spec: Python language reference, 2.4.4 – 2.4.7.
    mutating func readNumber() {
        let start = index
        let radix = bytes[index + 1] | 0x20
        if bytes[index] == 0x30, radix == UInt8(ascii: "x") {
            index += 2
            while HexadecimalDigit.value(bytes[index]) != nil || bytes[index] == 0x5F { index += 1 }
        } else if bytes[index] == 0x30, radix == UInt8(ascii: "o") || radix == UInt8(ascii: "b") {
            index += 2
            skipDigits()
        } else {
            skipDigits()
            if bytes[index] == UInt8(ascii: ".") {
                index += 1
                skipDigits()
            }
            if bytes[index] | 0x20 == UInt8(ascii: "e") {
                let sign = bytes[index + 1]
                let digit = sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") ? bytes[index + 2] : sign
                if digit >= 0x30, digit <= 0x39 {
                    index += 2
                    skipDigits()
                }
            }
            if bytes[index] | 0x20 == UInt8(ascii: "j") { index += 1 }
        }
        // Python 2's long integers.
        if bytes[index] == UInt8(ascii: "L") || bytes[index] == UInt8(ascii: "l"),
            !PythonNameByte.isPart(bytes[index + 1])
        {
            index += 1
        }
        emit(.number, start, PythonMark.number)
    }

    private mutating func skipDigits() {
        while bytes[index] >= 0x30 && bytes[index] <= 0x39
            || bytes[index] == 0x5F && bytes[index + 1] >= 0x30 && bytes[index + 1] <= 0x39
        {
            index += 1
        }
    }
}
