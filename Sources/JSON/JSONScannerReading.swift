extension JSONScanner {
    /// Reads the string that comes next and gives its place.
    public mutating func readStringToken() throws(JSONError) -> JSONStringToken {
        try requireKind(.string)
        let token = try skipString()
        place = .afterValue
        return token
    }

    /// Reads the string that comes next, unescaped.
    public mutating func readString() throws(JSONError) -> String {
        let token = try readStringToken()
        return try text(of: token)
    }

    /// Reads the number that comes next, which must be an integer that fits 64 bits.
    public mutating func readInteger() throws(JSONError) -> Int64 {
        try requireKind(.number)
        let start = offset
        let isInteger = try skipNumber()
        guard isInteger, let value = integer(in: start..<offset) else {
            offset = start
            throw error(.integerOutOfRange)
        }
        place = .afterValue
        return value
    }

    /// Reads the number that comes next, as it is written.
    public mutating func readNumberText() throws(JSONError) -> String {
        try requireKind(.number)
        let start = offset
        _ = try skipNumber()
        place = .afterValue
        return unsafe String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    public mutating func readBool() throws(JSONError) -> Bool {
        try requireKind(.boolean)
        let isTrue = unsafe bytes[offset] == UInt8(ascii: "t")
        try skipLiteral(isTrue ? "true" : "false")
        place = .afterValue
        return isTrue
    }

    public mutating func readNull() throws(JSONError) {
        try requireKind(.null)
        try skipLiteral("null")
        place = .afterValue
    }

    /// Builds the value that comes next in memory.
    public mutating func readValue(duplicates: JSONLimits.Duplicates = .reject) throws(JSONError) -> JSONValue {
        switch try peekKind() {
        case .null:
            try readNull()
            return .null
        case .boolean: return .bool(try readBool())
        case .string: return .string(try readString())
        case .number: return try readNumber()
        case .array:
            var values: [JSONValue] = []
            try enterArray()
            while try nextElement() {
                values.append(try readValue(duplicates: duplicates))
            }
            return .array(values)
        case .object: return .object(try readObject(duplicates: duplicates))
        }
    }

    private mutating func readObject(duplicates: JSONLimits.Duplicates) throws(JSONError) -> JSONObject {
        var object = JSONObject()
        try enterObject()
        while let token = try nextMember() {
            let name = try text(of: token)
            switch duplicates {
            case .reject:
                if object[name] != nil {
                    offset = token.quoted.lowerBound
                    throw error(.duplicateMember(name))
                }
                object.append(name, try readValue(duplicates: duplicates))
            case .keepLast: object.set(name, try readValue(duplicates: duplicates))
            case .keepAll: object.append(name, try readValue(duplicates: duplicates))
            }
        }
        return object
    }

    private mutating func readNumber() throws(JSONError) -> JSONValue {
        let start = offset
        let isInteger = try skipNumber()
        place = .afterValue
        // "-0" is not the integer zero to readers that know a negative zero; keep it as written.
        if isInteger, let value = integer(in: start..<offset), unsafe value != 0 || bytes[start] != UInt8(ascii: "-") {
            return .integer(value)
        }
        return unsafe .number(String(decoding: bytes[start..<offset], as: UTF8.self))
    }

    private func integer(in range: Range<Int>) -> Int64? {
        let isNegative = unsafe bytes[range.lowerBound] == UInt8(ascii: "-")
        var value: Int64 = 0
        for index in (isNegative ? range.lowerBound + 1 : range.lowerBound)..<range.upperBound {
            let digit = unsafe Int64(bytes[index] &- UInt8(ascii: "0"))
            let (scaled, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowedToo) = scaled.subtractingReportingOverflow(digit)
            if overflowed || overflowedToo { return nil }
            value = sum
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }
}

extension JSONScanner {
    /// Says whether the unescaped string has exactly these bytes.
    public func matches(_ token: JSONStringToken, _ expected: StaticString) -> Bool {
        let length = expected.utf8CodeUnitCount
        guard token.hasEscapes else {
            guard token.contents.count == length else { return false }
            let start = token.contents.lowerBound
            for index in 0..<length where unsafe bytes[start + index] != expected.utf8Start[index] { return false }
            return true
        }
        guard let unescaped = unescape(token), unescaped.count == length else { return false }
        for index in 0..<length where unsafe unescaped[index] != expected.utf8Start[index] { return false }
        return true
    }

    /// The unescaped bytes of a string.
    ///
    /// - Throws: `JSONError` when it escapes half of a surrogate pair, which has no bytes.
    public func bytes(of token: JSONStringToken) throws(JSONError) -> [UInt8] {
        guard token.hasEscapes else { return copy(token.contents) }
        guard let unescaped = unescape(token) else {
            throw unsafe JSONError(in: bytes, at: token.contents.lowerBound, reason: .unpairedSurrogate)
        }
        return unescaped
    }

    /// The unescaped string.
    ///
    /// - Throws: `JSONError` when it escapes half of a surrogate pair.
    public func text(of token: JSONStringToken) throws(JSONError) -> String {
        guard token.hasEscapes else {
            return unsafe String(decoding: bytes[token.contents], as: UTF8.self)
        }
        return String(decoding: try bytes(of: token), as: UTF8.self)
    }

    /// The unescaped bytes, or nil for half a surrogate pair. Escapes were checked when the token was made.
    private func unescape(_ token: JSONStringToken) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(token.contents.count)
        var at = token.contents.lowerBound
        while at < token.contents.upperBound {
            let byte = unsafe bytes[at]
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                at += 1
                continue
            }
            let kind = unsafe bytes[at + 1]
            at += 2
            guard kind == UInt8(ascii: "u") else {
                result.append(Self.meaning(ofEscape: kind))
                continue
            }
            guard var code = unsafe hexQuad(bytes, at: at) else { preconditionFailure("unchecked escape") }
            at += 4
            if code & 0xFC00 == 0xD800, let low = unsafe lowSurrogate(bytes, at: at) {
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
                at += 6
            }
            guard let scalar = Unicode.Scalar(code) else { return nil }
            result.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
        }
        return result
    }

    private static func meaning(ofEscape kind: UInt8) -> UInt8 {
        switch kind {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: kind
        }
    }
}
