/// Where a string stands in a scanned text.
public struct JSONStringToken: Sendable, Hashable {
    /// The bytes between the quotes, still escaped.
    public let contents: Range<Int>
    public let hasEscapes: Bool

    /// The bytes with the quotes.
    public var quoted: Range<Int> { (contents.lowerBound - 1)..<(contents.upperBound + 1) }
}

extension JSONScanner {
    /// Passes over the string at the current place.
    ///
    /// Runs of plain ASCII are skipped eight bytes at a time; everything else is looked at byte by byte.
    @inline(__always)
    mutating func skipString() throws(JSONError) -> JSONStringToken {
        let start = offset + 1
        var at = start
        var hasEscapes = false

        while true {
            at = unsafe skipPlain(bytes, from: at)
            guard at < count else {
                offset = count
                throw error(.unexpectedEnd(expected: "the closing quote of a string"))
            }
            let byte = unsafe bytes[at]
            if byte == UInt8(ascii: "\"") {
                offset = at + 1
                return JSONStringToken(contents: start..<at, hasEscapes: hasEscapes)
            }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                at = try skipEscape(at)
            } else if byte < 0x20 {
                offset = at
                throw error(.controlCharacterInString(byte))
            } else {
                let length = unsafe utf8SequenceLength(bytes, at: at)
                guard length > 0 else {
                    offset = at
                    throw error(.invalidUTF8)
                }
                at += length
            }
        }
    }

    private mutating func skipEscape(_ start: Int) throws(JSONError) -> Int {
        offset = start
        guard start + 1 < count else { throw error(.unexpectedEnd(expected: "an escape sequence")) }
        switch unsafe bytes[start + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return start + 2
        case UInt8(ascii: "u"):
            guard let unit = unsafe hexQuad(bytes, at: start + 2) else { throw error(.invalidEscape) }
            if unit & 0xF800 != 0xD800 { return start + 6 }
            if unit < 0xDC00, let low = unsafe lowSurrogate(bytes, at: start + 6) {
                precondition(low & 0xFC00 == 0xDC00, "not a low surrogate")
                return start + 12
            }
            guard acceptsUnpairedSurrogates else { throw error(.unpairedSurrogate) }
            return start + 6
        default:
            throw error(.invalidEscape)
        }
    }

    /// Passes over the number at the current place. True when it is written as an integer.
    mutating func skipNumber() throws(JSONError) -> Bool {

        var at = offset
        if unsafe bytes[at] == UInt8(ascii: "-") { at += 1 }
        let firstDigit = at
        at = unsafe skipDigits(bytes, from: at)
        let hasLeadingZero = unsafe at > firstDigit + 1 && bytes[firstDigit] == UInt8(ascii: "0")
        if at == firstDigit || hasLeadingZero {
            throw error(.invalidNumber)
        }
        var isInteger = true
        if at < count, unsafe bytes[at] == UInt8(ascii: ".") {
            isInteger = false
            let start = at + 1
            at = unsafe skipDigits(bytes, from: start)
            if at == start { throw error(.invalidNumber) }
        }
        if at < count, unsafe bytes[at] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            var start = at + 1
            if start < count, unsafe bytes[start] == UInt8(ascii: "+") || bytes[start] == UInt8(ascii: "-") {
                start += 1
            }
            at = unsafe skipDigits(bytes, from: start)
            if at == start { throw error(.invalidNumber) }
        }
        offset = at
        return isInteger
    }

    mutating func skipLiteral(_ literal: StaticString) throws(JSONError) {
        let length = literal.utf8CodeUnitCount
        guard count - offset >= length else {
            throw unexpected("'\(literal)'")
        }
        for index in 0..<length where unsafe bytes[offset + index] != literal.utf8Start[index] {
            offset += index
            throw unexpected("'\(literal)'")
        }
        offset += length
    }

    @inline(__always)
    mutating func skipWhiteSpace() {
        while offset < count {
            let byte = unsafe bytes[offset]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            offset += 1
        }
    }

    @inline(__always)
    mutating func consume(_ byte: UInt8) -> Bool {
        guard offset < count, unsafe bytes[offset] == byte else { return false }
        offset += 1
        return true
    }

    /// Moves to the first byte of the value the caller is about to read.
    mutating func moveToValue() throws(JSONError) {
        precondition(place == .beforeValue, "there is no value here: call nextMember() or nextElement() first")
        skipWhiteSpace()
        guard offset < count else { throw unexpected("a value") }
    }

    mutating func requireKind(_ expected: Kind) throws(JSONError) {
        let found = try peekKind()
        guard found == expected else {
            throw error(.wrongKind(expected: expected.words, found: found.words))
        }
    }

    func unexpected(_ expected: String) -> JSONError {
        guard offset < count else { return error(.unexpectedEnd(expected: expected)) }
        return unsafe error(.unexpectedByte(bytes[offset], expected: expected))
    }

    /// An error at the current offset, with its line and column.
    public func error(_ reason: JSONError.Reason) -> JSONError {
        unsafe JSONError(in: bytes, at: offset, reason: reason)
    }
}

extension JSONScanner.Kind {
    var words: String {
        switch self {
        case .null: "null"
        case .boolean: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSONError {
    @unsafe
    init(in bytes: UnsafeRawBufferPointer, at offset: Int, reason: Reason) {
        var line = 1
        var lineStart = 0
        for index in 0..<min(offset, bytes.count) where unsafe bytes[index] == 0x0A {
            line += 1
            lineStart = index + 1
        }
        self.init(offset: offset, line: line, column: offset - lineStart + 1, reason: reason)
    }
}
