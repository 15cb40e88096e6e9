/// A value of a build file of gyp.
indirect enum GypValue {
    case text([UInt8], offset: Int)
    case list([GypValue])
    case table([(key: GypValue, value: GypValue)])
    /// Numbers and the names `True`, `False` and `None`.
    case other
}

/// Reads build files of gyp, which are literals of Python.
///
/// gyp itself hands the file to Python's `eval`, so a file may hold any expression; what is more than a literal is
/// remembered and passed over.
///
/// Spec: GYP input format reference; Python language reference, 2.4.1 (string literals) and 6.2 (displays).
struct GypReader {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    /// Where something stands that is no literal: a name, an operator, a call.
    private(set) var firstExpression: Int?
    /// Whether brackets do not match or nest too deeply, or a string does not end.
    private(set) var isBroken = false

    private static let maxDepth = 100

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// The value of a file, where its first expression stands, and whether it could be read to its end.
    static func read(_ bytes: [UInt8]) -> (value: GypValue, firstExpression: Int?, isBroken: Bool) {
        var reader = GypReader(bytes)
        var values = [reader.value()]
        reader.skipBlanks()
        // Every text counts when the file is an expression: what becomes of it is not known.
        while reader.position < bytes.count {
            reader.noteExpression()
            values.append(reader.value())
            reader.skipBlanks()
        }
        let value = values.count == 1 ? values[0] : .list(values)
        return (value, reader.firstExpression, reader.isBroken)
    }

    // MARK: Values

    private mutating func value() -> GypValue {
        skipBlanks()
        guard position < bytes.count else { return .other }
        let byte = bytes[position]
        switch byte {
        case UInt8(ascii: "{"): return nested { $0.table() }
        case UInt8(ascii: "["): return nested { $0.list(until: UInt8(ascii: "]")) }
        case UInt8(ascii: "("): return nested { $0.list(until: UInt8(ascii: ")")) }
        default: break
        }
        if isStringStart { return strings() }
        if let number = numberEnd {
            position = number
            return .other
        }
        let word = bytes[position...].prefix { Self.isWord($0) }
        if word.isEmpty {
            noteExpression()
            position += 1
            return .other
        }
        position = word.endIndex
        if !["True", "False", "None"].contains(where: { word.equals($0) }) { noteExpression(word.startIndex) }
        return .other
    }

    /// Where the number that starts here ends.
    private var numberEnd: Int? {
        let isSigned = bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+")
        let digits = bytes[(position + (isSigned ? 1 : 0))...].prefix { Self.isWord($0) || $0 == UInt8(ascii: ".") }
        guard let first = digits.first, (0x30...0x39).contains(first) else { return nil }
        return digits.endIndex
    }

    private mutating func nested(_ body: (inout GypReader) -> GypValue) -> GypValue {
        position += 1
        guard depth < Self.maxDepth else {
            isBroken = true
            position = bytes.count
            return .other
        }
        depth += 1
        defer { depth -= 1 }
        return body(&self)
    }

    private mutating func list(until end: UInt8) -> GypValue {
        var values: [GypValue] = []
        while !isEnd(end) {
            values.append(value())
            separator(UInt8(ascii: ","), before: end)
        }
        // Parentheses around one value are only that.
        if end == UInt8(ascii: ")"), values.count == 1, let only = values.first { return only }
        return .list(values)
    }

    private mutating func table() -> GypValue {
        var members: [(GypValue, GypValue)] = []
        while !isEnd(UInt8(ascii: "}")) {
            let key = value()
            separator(UInt8(ascii: ":"), before: UInt8(ascii: "}"))
            if position < bytes.count, bytes[position] == UInt8(ascii: "}") {
                members.append((key, .other))
                continue
            }
            let member = value()
            members.append((key, member))
            separator(UInt8(ascii: ","), before: UInt8(ascii: "}"))
        }
        return .table(members)
    }

    /// Whether the bracket closes here; takes it then.
    private mutating func isEnd(_ end: UInt8) -> Bool {
        skipBlanks()
        guard position < bytes.count else {
            isBroken = true
            return true
        }
        guard bytes[position] == end else { return false }
        position += 1
        return true
    }

    /// Takes a separator; what stands there instead is an expression, passed over token by token by `value`.
    private mutating func separator(_ mark: UInt8, before end: UInt8) {
        skipBlanks()
        guard position < bytes.count else { return }
        if bytes[position] == mark {
            position += 1
        } else if bytes[position] != end {
            noteExpression()
            // A bracket of another kind would never be taken by the list around it.
            let closing = [UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}")]
            if closing.contains(bytes[position]) || bytes[position] == UInt8(ascii: ":")
                || bytes[position] == UInt8(ascii: ",")
            {
                position += 1
            }
        }
    }

    // MARK: Strings

    private var isStringStart: Bool {
        var index = position
        while index < bytes.count, index - position < 2, Self.isPrefix(bytes[index]) { index += 1 }
        return index < bytes.count && (bytes[index] == UInt8(ascii: "'") || bytes[index] == UInt8(ascii: "\""))
    }

    private static func isPrefix(_ byte: UInt8) -> Bool {
        [UInt8(ascii: "r"), UInt8(ascii: "b"), UInt8(ascii: "u")].contains(byte | 0x20)
    }

    /// One string; neighbours and those joined by `+` belong to it.
    private mutating func strings() -> GypValue {
        let start = position
        var text: [UInt8] = []
        while isStringStart {
            string(into: &text)
            skipBlanks()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "+") else { continue }
            noteExpression()
            position += 1
            skipBlanks()
        }
        return .text(text, offset: start)
    }

    private mutating func string(into text: inout [UInt8]) {
        var isRaw = false
        while Self.isPrefix(bytes[position]) {
            if bytes[position] | 0x20 == UInt8(ascii: "r") { isRaw = true }
            position += 1
        }
        let quote = bytes[position]
        let isLong = position + 2 < bytes.count && bytes[position + 1] == quote && bytes[position + 2] == quote
        position += isLong ? 3 : 1
        while position < bytes.count {
            let byte = bytes[position]
            if byte == quote,
                !isLong
                    || position + 2 < bytes.count && bytes[position + 1] == quote
                        && bytes[position + 2] == quote
            {
                position += isLong ? 3 : 1
                return
            }
            if byte == 0x0A, !isLong { break }
            position += 1
            if byte == UInt8(ascii: "\\"), !isRaw { escape(into: &text) } else { text.append(byte) }
        }
        isBroken = true
    }

    private mutating func escape(into text: inout [UInt8]) {
        guard position < bytes.count else { return }
        let byte = bytes[position]
        position += 1
        switch byte {
        case 0x0A: break
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "x"): number(digits: 2, radix: 16, into: &text)
        case UInt8(ascii: "u"): number(digits: 4, radix: 16, into: &text)
        case UInt8(ascii: "U"): number(digits: 8, radix: 16, into: &text)
        case 0x30...0x37:
            position -= 1
            number(digits: 3, radix: 8, into: &text)
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): text.append(byte)
        default: text += [UInt8(ascii: "\\"), byte]
        }
    }

    private mutating func number(digits: Int, radix: UInt32, into text: inout [UInt8]) {
        var value: UInt32 = 0
        var left = digits
        while left > 0, position < bytes.count, let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue,
            digit < radix
        {
            value = value &* radix &+ UInt32(digit)
            position += 1
            left -= 1
        }
        text += Array(String(Character(Unicode.Scalar(value) ?? "?")).utf8)
    }

    // MARK: Between

    private static func isWord(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) && byte < 0x80 || byte == UInt8(ascii: "_")
            || byte >= 0x80
    }

    private mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09...0x0D: position += 1
            case UInt8(ascii: "#"):
                while position < bytes.count, bytes[position] != 0x0A { position += 1 }
            case UInt8(ascii: "\\") where position + 1 < bytes.count && bytes[position + 1] == 0x0A: position += 2
            default: return
            }
        }
    }

    private mutating func noteExpression(_ offset: Int? = nil) {
        firstExpression = firstExpression ?? offset ?? position
    }
}
