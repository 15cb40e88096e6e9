/// The reader of one document; the grammar down to values.
struct TOMLParser {
    let bytes: [UInt8]
    let maxDepth: Int
    /// The byte that is read next.
    var at = 0
    /// The line of that byte, from 1.
    var line = 1

    init(_ bytes: [UInt8], maxDepth: Int) {
        self.bytes = bytes
        self.maxDepth = maxDepth
    }

    /// The byte that is read next; nil at the end.
    @inline(__always)
    var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    func fail(_ reason: TOMLError.Reason) -> TOMLError { TOMLError(line: line, reason: reason) }

    func unexpected(_ expected: String) -> TOMLError {
        guard let next else { return fail(.unexpectedEnd(expected: expected)) }
        return fail(.unexpectedByte(next, expected: expected))
    }

    mutating func document() throws(TOMLError) -> TOMLTable {
        var tree = TOMLTree(maxDepth: maxDepth)
        while true {
            skipBlanks()
            guard let first = next else { return tree.finished() }
            switch first {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "#"): break
            case UInt8(ascii: "["): try header(&tree)
            default:
                let path = try path()
                try equals()
                try tree.set(path, to: try value(depth: tree.currentDepth + path.count - 1))
            }
            try endOfLine()
        }
    }

    private mutating func header(_ tree: inout TOMLTree) throws(TOMLError) {
        at += 1
        let isArray = next == UInt8(ascii: "[")
        if isArray { at += 1 }
        let path = try path()
        for _ in 0..<(isArray ? 2 : 1) {
            guard next == UInt8(ascii: "]") else { throw unexpected("']' or '.'") }
            at += 1
        }
        if isArray { try tree.openArrayElement(path) } else { try tree.openTable(path) }
    }

    /// A key, dotted or not, with the blanks around it.
    mutating func path() throws(TOMLError) -> [TOMLKey] {
        var path: [TOMLKey] = []
        while true {
            skipBlanks()
            path.append(TOMLKey(text: try key(), line: line))
            guard path.count <= maxDepth else { throw fail(.tooDeep(limit: maxDepth)) }
            skipBlanks()
            guard next == UInt8(ascii: ".") else { return path }
            at += 1
        }
    }

    private mutating func key() throws(TOMLError) -> String {
        switch next {
        case UInt8(ascii: "\""): return try basicString()
        case UInt8(ascii: "'"): return try literalString()
        default:
            let start = at
            while let byte = next, byte.isBareKeyByte { at += 1 }
            guard at > start else { throw unexpected("a key") }
            return String(decoding: bytes[start..<at], as: UTF8.self)
        }
    }

    mutating func equals() throws(TOMLError) {
        guard next == UInt8(ascii: "=") else { throw unexpected("'=' or '.'") }
        at += 1
        skipBlanks()
    }

    /// - Parameter depth: how many tables and arrays enclose the value.
    mutating func value(depth: Int) throws(TOMLError) -> TOMLValue {
        switch next {
        case UInt8(ascii: "\""):
            return .string(try isTripled(UInt8(ascii: "\"")) ? multilineBasicString() : basicString())
        case UInt8(ascii: "'"):
            return .string(try isTripled(UInt8(ascii: "'")) ? multilineLiteralString() : literalString())
        case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
        case UInt8(ascii: "{"): return .table(try inlineTable(depth: depth + 1))
        default: return try word()
        }
    }

    private mutating func array(depth: Int) throws(TOMLError) -> [TOMLValue] {
        guard depth < maxDepth else { throw fail(.tooDeep(limit: maxDepth)) }
        at += 1
        var values: [TOMLValue] = []
        while true {
            try skipBlanksAndLines()
            if next == UInt8(ascii: "]") { break }
            values.append(try value(depth: depth))
            try skipBlanksAndLines()
            if next == UInt8(ascii: "]") { break }
            guard next == UInt8(ascii: ",") else { throw unexpected("',' or ']'") }
            at += 1
        }
        at += 1
        return values
    }

    /// Inline tables stand on one line, have no comma at the end, and are complete.
    private mutating func inlineTable(depth: Int) throws(TOMLError) -> TOMLTable {
        guard depth < maxDepth else { throw fail(.tooDeep(limit: maxDepth)) }
        let start = line
        at += 1
        skipBlanks()
        var pairs: [(path: [TOMLKey], value: TOMLValue)] = []
        if next == UInt8(ascii: "}") {
            at += 1
            return TOMLTable(members: [], line: start)
        }
        while true {
            let path = try path()
            try equals()
            pairs.append((path, try value(depth: depth + path.count - 1)))
            skipBlanks()
            if next == UInt8(ascii: "}") { break }
            guard next == UInt8(ascii: ",") else { throw unexpected("',' or '}'") }
            at += 1
        }
        at += 1
        return try Self.assembled(pairs, maxDepth: maxDepth, depth: depth, line: start)
    }

    private static func assembled(
        _ pairs: [(path: [TOMLKey], value: TOMLValue)], maxDepth: Int, depth: Int, line: Int
    ) throws(TOMLError) -> TOMLTable {
        // Nearly all have a few plain keys, and lockfiles have hundreds of thousands of them.
        guard pairs.count > 8 || pairs.contains(where: { $0.path.count > 1 }) else {
            var members: [TOMLTable.Member] = []
            members.reserveCapacity(pairs.count)
            for (position, pair) in pairs.enumerated() {
                let key = pair.path[0]
                if let first = pairs[..<position].first(where: { $0.path[0] == key }) {
                    throw TOMLError(line: key.line, reason: .duplicateKey(key.text, firstLine: first.path[0].line))
                }
                members.append(TOMLTable.Member(key: key.text, line: key.line, value: pair.value))
            }
            return TOMLTable(members: members, line: line)
        }
        var tree = TOMLTree(maxDepth: maxDepth, depth: depth, line: line)
        for pair in pairs { try tree.set(pair.path, to: pair.value) }
        return tree.finished()
    }
}

extension TOMLParser {
    @inline(__always)
    mutating func skipBlanks() {
        while let byte = next, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { at += 1 }
    }

    /// Blanks, comments and line ends, as they may stand between the elements of an array.
    private mutating func skipBlanksAndLines() throws(TOMLError) {
        while true {
            skipBlanks()
            switch next {
            case UInt8(ascii: "#"): try skipComment()
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): try skipLineEnd()
            default: return
            }
        }
    }

    /// What may follow a header or a value on its line, and the end of the line.
    private mutating func endOfLine() throws(TOMLError) {
        skipBlanks()
        if next == UInt8(ascii: "#") { try skipComment() }
        if next != nil { try skipLineEnd() }
    }

    private mutating func skipComment() throws(TOMLError) {
        while let byte = next, byte != UInt8(ascii: "\n") {
            if byte.isTOMLControl {
                if byte == UInt8(ascii: "\r"), at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "\n") { return }
                throw fail(.controlCharacter(byte))
            }
            at += 1
        }
    }

    /// A line feed, or a carriage return with one.
    mutating func skipLineEnd() throws(TOMLError) {
        if next == UInt8(ascii: "\r"), at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "\n") { at += 1 }
        guard next == UInt8(ascii: "\n") else { throw unexpected("the end of the line") }
        at += 1
        line += 1
    }
}

extension UInt8 {
    var isTOMLDigit: Bool { self >= 0x30 && self <= 0x39 }

    var isBareKeyByte: Bool {
        isTOMLDigit || (self >= 0x61 && self <= 0x7A) || (self >= 0x41 && self <= 0x5A) || self == 0x5F || self == 0x2D
    }

    /// Control characters that may stand nowhere bare; the tab may.
    var isTOMLControl: Bool { (self < 0x20 && self != 0x09) || self == 0x7F }
}
