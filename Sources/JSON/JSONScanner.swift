/// A strict pull reader over JSON bytes that leaves values where they are.
///
/// For documents too large to build in memory: the caller walks objects and arrays, reads what it wants and learns the
/// byte range of what it skips. Every byte passed over is checked, UTF-8 included, so no other strict reader can see
/// something else in the same bytes. Every member is reported, duplicates too. Call `finish()` at the end.
///
/// A copy is a bookmark. No text is copied: the buffer must outlive the scanner. Member names come unescaped through `matches` and `text`.
/// After any thrown error the scanner's position is unspecified; stop using it.
/// Spec: RFC 8259; strings must be valid UTF-8 and, unless told otherwise, hold no unpaired surrogate escape.
@safe
public struct JSONScanner {
    public enum Kind: Sendable, Hashable {
        case null, boolean, number, string, array, object
    }

    /// The deepest nesting any scanner can follow.
    public static let depthCeiling = 1024

    let bytes: UnsafeRawBufferPointer
    let count: Int
    let maxDepth: Int
    let acceptsUnpairedSurrogates: Bool
    /// The byte that is read next.
    public internal(set) var offset = 0
    /// How many arrays and objects enclose the current place.
    public internal(set) var depth = 0
    var place = Place.beforeValue
    /// One bit per level: set for objects.
    private var kinds: InlineArray<16, UInt64> = InlineArray(repeating: 0)

    enum Place {
        case beforeValue, containerStart, afterValue
    }

    /// Starts at the first byte.
    ///
    /// - Parameters:
    ///   - bytes: must stay valid and unchanged while the scanner is used.
    ///   - maxDepth: nesting limit, at most `depthCeiling`.
    ///   - acceptsUnpairedSurrogates: lets `skipValue` pass over escapes such as a lone `\ud83d`, which the grammar
    ///     allows and registries' cut-off README texts contain. Reading such a string is refused all the same.
    @unsafe
    public init(_ bytes: UnsafeRawBufferPointer, maxDepth: Int = 128, acceptsUnpairedSurrogates: Bool = false) {
        precondition(maxDepth > 0 && maxDepth <= Self.depthCeiling, "nesting limit out of range")
        unsafe self.bytes = bytes
        count = bytes.count
        self.maxDepth = maxDepth
        self.acceptsUnpairedSurrogates = acceptsUnpairedSurrogates
    }

    /// The kind of the value that comes next, by its first byte alone.
    public mutating func peekKind() throws(JSONError) -> Kind {
        try moveToValue()
        switch unsafe bytes[offset] {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        default: throw unexpected("a value")
        }
    }

    /// Steps into the object that comes next.
    public mutating func enterObject() throws(JSONError) {
        try requireKind(.object)
        offset += 1
        try push(isObject: true)
        place = .containerStart
    }

    /// Steps into the array that comes next.
    public mutating func enterArray() throws(JSONError) {
        try requireKind(.array)
        offset += 1
        try push(isObject: false)
        place = .containerStart
    }

    /// Moves to the next member of the object entered last and gives its name; nil when the object ends.
    ///
    /// A value the caller has not touched is skipped. After nil the scanner is behind the object.
    public mutating func nextMember() throws(JSONError) -> JSONStringToken? {
        precondition(depth > 0 && isObject, "nextMember() outside an object")
        guard try advance(closing: UInt8(ascii: "}")) else { return nil }
        return try nameAndColon()
    }

    /// Moves to the next element of the array entered last; false when the array ends.
    ///
    /// A value the caller has not touched is skipped. After false the scanner is behind the array.
    public mutating func nextElement() throws(JSONError) -> Bool {
        precondition(depth > 0 && !isObject, "nextElement() outside an array")
        guard try advance(closing: UInt8(ascii: "]")) else { return false }
        place = .beforeValue
        return true
    }

    /// Passes over the value that comes next, checking all of it.
    ///
    /// - Returns: the value's bytes, without the white space around it.
    @discardableResult
    public mutating func skipValue() throws(JSONError) -> Range<Int> {
        try moveToValue()
        let start = offset
        let floor = depth
        repeat {
            let isContainer = try skipScalarOrOpen()
            if !isContainer {
                try closeOrContinue(downTo: floor)
            }
        } while depth > floor
        place = .afterValue
        return start..<offset
    }

    /// Checks that the one value has been consumed and that nothing but white space follows it.
    public mutating func finish() throws(JSONError) {
        if depth == 0 && place == .beforeValue {
            try skipValue()
        }
        precondition(depth == 0, "finish() inside a container")
        skipWhiteSpace()
        if offset < count {
            throw error(.bytesAfterValue)
        }
    }

    /// The bytes of a range learnt from this scanner.
    public func copy(_ range: Range<Int>) -> [UInt8] {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "range outside the text")
        return unsafe [UInt8](bytes[range])
    }
}

extension JSONScanner {
    private var isObject: Bool {
        kinds[(depth - 1) >> 6] & (1 << UInt64((depth - 1) & 63)) != 0
    }

    private mutating func push(isObject: Bool) throws(JSONError) {
        guard depth < maxDepth else { throw error(.tooDeep(limit: maxDepth)) }
        let bit: UInt64 = 1 << UInt64(depth & 63)
        if isObject {
            kinds[depth >> 6] |= bit
        } else {
            kinds[depth >> 6] &= ~bit
        }
        depth += 1
    }

    /// Skips one scalar, or opens a container and stops at its first value. True when there is a value to skip next.
    @inline(__always)
    private mutating func skipScalarOrOpen() throws(JSONError) -> Bool {
        guard offset < count else { throw unexpected("a value") }
        switch unsafe bytes[offset] {
        case UInt8(ascii: "\""):
            _ = try skipString()
        case UInt8(ascii: "{"):
            offset += 1
            try push(isObject: true)
            skipWhiteSpace()
            if !consume(UInt8(ascii: "}")) {
                _ = try nameAndColon()
                skipWhiteSpace()
                return true
            }
            depth -= 1
        case UInt8(ascii: "["):
            offset += 1
            try push(isObject: false)
            skipWhiteSpace()
            if !consume(UInt8(ascii: "]")) { return true }
            depth -= 1
        case UInt8(ascii: "t"): try skipLiteral("true")
        case UInt8(ascii: "f"): try skipLiteral("false")
        case UInt8(ascii: "n"): try skipLiteral("null")
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): _ = try skipNumber()
        default: throw unexpected("a value")
        }
        return false
    }

    /// After a value: closes every container that ends here, then stops at the next value or at level `floor`.
    @inline(__always)
    private mutating func closeOrContinue(downTo floor: Int) throws(JSONError) {
        while depth > floor {
            skipWhiteSpace()
            let inObject = isObject
            if consume(UInt8(ascii: ",")) {
                skipWhiteSpace()
                if inObject {
                    _ = try nameAndColon()
                    skipWhiteSpace()
                }
                return
            }
            guard consume(UInt8(ascii: inObject ? "}" : "]")) else {
                throw unexpected(inObject ? "',' or '}'" : "',' or ']'")
            }
            depth -= 1
        }
    }

    /// Moves to the next entry of a container entered by the caller; false when it ends.
    private mutating func advance(closing: UInt8) throws(JSONError) -> Bool {
        if place == .beforeValue {
            try skipValue()
        }
        skipWhiteSpace()
        let isFirst = place == .containerStart
        if consume(closing) {
            depth -= 1
            place = .afterValue
            return false
        }
        if !isFirst {
            guard consume(UInt8(ascii: ",")) else {
                throw unexpected("',' or '\(Character(Unicode.Scalar(closing)))'")
            }
            skipWhiteSpace()
        }
        return true
    }

    private mutating func nameAndColon() throws(JSONError) -> JSONStringToken {
        guard offset < count, unsafe bytes[offset] == UInt8(ascii: "\"") else {
            throw unexpected("a member name")
        }
        let name = try skipString()
        skipWhiteSpace()
        guard consume(UInt8(ascii: ":")) else { throw unexpected("':'") }
        place = .beforeValue
        return name
    }
}
