/// Reads canonical JSON byte by byte and stops at the first byte that canonical form would not have there.
@safe
struct CanonicalReader: ~Copyable {
    private let bytes: UnsafeRawBufferPointer
    private let count: Int
    private let maxDepth: Int
    private(set) var offset = 0
    private var depth = 0

    @unsafe
    init(_ bytes: UnsafeRawBufferPointer, maxDepth: Int) {
        unsafe self.bytes = bytes
        count = bytes.count
        self.maxDepth = maxDepth
    }

    var isAtEnd: Bool { offset == count }

    mutating func readValue() throws(CanonicalJSONError) -> JSONValue {
        guard let first = peek() else { throw mismatch("a value") }
        switch first {
        case UInt8(ascii: "{"): return .object(try readObject())
        case UInt8(ascii: "["): return .array(try readArray())
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "t"):
            try expect("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try expect("false")
            return .bool(false)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .integer(try readInteger())
        default: throw mismatch("a value other than null")
        }
    }

    private mutating func readObject() throws(CanonicalJSONError) -> JSONObject {
        try enter()
        var members: [JSONObject.Member] = []
        members.reserveCapacity(8)
        if !consume(UInt8(ascii: "}")) {
            while true {
                let start = offset
                let name = try readString()
                if let previous = members.last?.name, !previous.utf8.lexicographicallyPrecedes(name.utf8) {
                    throw .notCanonical(offset: start, expected: "a member name greater than \"\(previous)\"")
                }
                try expect(":")
                members.append((name: name, value: try readValue()))
                if consume(UInt8(ascii: "}")) { break }
                try expect(",")
            }
        }
        depth -= 1
        return JSONObject(members)
    }

    private mutating func readArray() throws(CanonicalJSONError) -> [JSONValue] {
        try enter()
        var values: [JSONValue] = []
        if !consume(UInt8(ascii: "]")) {
            while true {
                values.append(try readValue())
                if consume(UInt8(ascii: "]")) { break }
                try expect(",")
            }
        }
        depth -= 1
        return values
    }

    private mutating func readInteger() throws(CanonicalJSONError) -> Int64 {
        let start = offset
        let isNegative = consume(UInt8(ascii: "-"))
        let firstDigit = offset
        var value: Int64 = 0
        while let byte = peek(), byte &- UInt8(ascii: "0") < 10 {
            // Sixteen digits are more than any accepted integer has, and cannot overflow.
            guard offset - firstDigit < 16 else { throw mismatch("an integer within 2^53 - 1") }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
            offset += 1
        }
        guard offset > firstDigit else { throw mismatch("a digit") }
        let hasLeadingZero = unsafe offset > firstDigit + 1 && bytes[firstDigit] == UInt8(ascii: "0")
        guard !hasLeadingZero, !(isNegative && value == 0) else {
            throw .notCanonical(offset: start, expected: "an integer without leading zeros")
        }
        guard value <= CanonicalJSON.maxInteger else {
            throw .notCanonical(offset: start, expected: "an integer within 2^53 - 1")
        }
        return isNegative ? -value : value
    }

    private mutating func readString() throws(CanonicalJSONError) -> String {
        try expect("\"")
        let first = offset
        let end = unsafe skipPlain(bytes, from: first)
        // Nearly every string: printable ASCII up to the quote, taken over without a copy in between.
        if end < count, unsafe bytes[end] == UInt8(ascii: "\"") {
            offset = end + 1
            return unsafe String(decoding: UnsafeRawBufferPointer(rebasing: bytes[first..<end]), as: UTF8.self)
        }
        var result: [UInt8] = []
        while true {
            let start = offset
            offset = unsafe skipPlain(bytes, from: offset)
            unsafe result.append(contentsOf: bytes[start..<offset])
            guard let byte = peek() else { throw mismatch("the closing quote of a string") }
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                return String(decoding: result, as: UTF8.self)
            case UInt8(ascii: "\\"): result.append(try readEscape())
            case 0..<0x20: throw mismatch("an escaped control character")
            default:
                let length = unsafe utf8SequenceLength(bytes, at: offset)
                guard length > 0 else { throw mismatch("valid UTF-8") }
                unsafe result.append(contentsOf: bytes[offset..<(offset + length)])
                offset += length
            }
        }
    }

    /// Reads one of the escapes canonical form uses: those for quote, backslash and control characters.
    private mutating func readEscape() throws(CanonicalJSONError) -> UInt8 {
        let start = offset
        offset += 1
        let kind = peek()
        offset += 1
        switch kind {
        case UInt8(ascii: "\""): return UInt8(ascii: "\"")
        case UInt8(ascii: "\\"): return UInt8(ascii: "\\")
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "r"): return 0x0D
        default: break
        }
        guard kind == UInt8(ascii: "u"), let code = unsafe hexQuad(bytes, at: offset), code < 0x20 else {
            throw .notCanonical(offset: start, expected: "a character that needs no escape, or a short escape")
        }
        var canonical: [UInt8] = []
        appendQuoted(String(Character(Unicode.Scalar(UInt8(code)))).utf8, to: &canonical)
        let end = offset + 4
        // Only the lower-case \u00xx form of characters without a short escape survives this comparison.
        guard unsafe canonical.dropFirst().dropLast().elementsEqual(bytes[start..<end]) else {
            throw .notCanonical(offset: start, expected: "the shortest escape in lower case")
        }
        offset = end
        return UInt8(code)
    }

    private mutating func enter() throws(CanonicalJSONError) {
        guard depth < maxDepth else { throw .tooDeep(offset: offset, limit: maxDepth) }
        depth += 1
        offset += 1
    }

    private func peek() -> UInt8? {
        unsafe offset < count ? bytes[offset] : nil
    }

    private mutating func consume(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        offset += 1
        return true
    }

    private mutating func expect(_ text: StaticString) throws(CanonicalJSONError) {
        for index in 0..<text.utf8CodeUnitCount {
            guard unsafe consume(text.utf8Start[index]) else { throw mismatch("'\(text)'") }
        }
    }

    private func mismatch(_ expected: String) -> CanonicalJSONError {
        .notCanonical(offset: offset, expected: expected)
    }
}
