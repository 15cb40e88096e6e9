/// What the header fields say about the message's delimitation and the connection.
///
/// Spec: RFC 9112 sections 3.2, 6 and 9.3; RFC 9110 section 10.1.1. Whatever two recipients could read differently is
/// refused, also where a repair is allowed.
struct FramingFields {
    private var hostCount = 0
    private var contentLength: Int64?
    private var isChunked = false
    private var closes = false
    private var keepsAlive = false
    private(set) var expectsContinue = false

    /// Looks at every field once.
    init(in bytes: Span<UInt8>, _ entries: [HeaderFields.Entry]) throws(RequestRefusal) {
        for entry in entries {
            let name = bytes.extracting(entry.name)
            let value = bytes.extracting(entry.value)
            switch name.count {
            case 4 where isField(name, "host"): try readHost(value)
            case 6 where isField(name, "expect"): try readExpect(value)
            case 10 where isField(name, "connection"): readConnection(value)
            case 14 where isField(name, "content-length"): try readContentLength(value)
            case 17 where isField(name, "transfer-encoding"): try readTransferEncoding(value)
            default: break
            }
        }
    }

    /// Whether another request may follow on the connection.
    func isKeepAlive(minorVersion: Int) -> Bool {
        if closes { return false }
        return minorVersion >= 1 || keepsAlive
    }

    /// Checks the fields against each other and answers how the body is delimited.
    func framing(minorVersion: Int, maxBodyBytes: Int64) throws(RequestRefusal) -> BodyFraming {
        if minorVersion >= 1, hostCount == 0 { throw .missingHost }
        if isChunked {
            if contentLength != nil { throw .lengthAndTransferEncoding }
            if minorVersion == 0 { throw .transferEncodingInOldVersion }
            return .chunked
        }
        guard let contentLength, contentLength > 0 else { return .none }
        if contentLength > maxBodyBytes { throw .bodyTooLarge }
        return .length(contentLength)
    }

    private mutating func readHost(_ value: Span<UInt8>) throws(RequestRefusal) {
        hostCount += 1
        guard hostCount == 1, isAuthority(value) else { throw .malformedHost }
    }

    private mutating func readExpect(_ value: Span<UInt8>) throws(RequestRefusal) {
        guard isField(value, "100-continue") else { throw .unknownExpectation }
        expectsContinue = true
    }

    private mutating func readContentLength(_ value: Span<UInt8>) throws(RequestRefusal) {
        guard contentLength == nil else { throw .repeatedContentLength }
        // A list ("5, 5") is refused even where its members agree.
        guard !value.isEmpty else { throw .malformedContentLength }
        var length: Int64 = 0
        for index in value.indices {
            let digit = value[index] &- UInt8(ascii: "0")
            guard digit < 10 else { throw .malformedContentLength }
            let (product, overflow) = length.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int64(digit))
            if overflow || carry { throw .malformedContentLength }
            length = sum
        }
        contentLength = length
    }

    private mutating func readTransferEncoding(_ value: Span<UInt8>) throws(RequestRefusal) {
        guard !isChunked, !value.isEmpty else { throw .malformedTransferEncoding }
        guard isField(value, "chunked") else {
            // "gzip, chunked" is well-formed but not ours; "chunked, chunked" and "chunked, gzip" are wrong.
            for index in value.indices where value[index] == UInt8(ascii: ",") { throw .malformedTransferEncoding }
            throw .unknownTransferEncoding
        }
        isChunked = true
    }

    private mutating func readConnection(_ value: Span<UInt8>) {
        var start = 0
        for index in 0...value.count where index == value.count || value[index] == UInt8(ascii: ",") {
            var first = start
            var end = index
            while first < end, isBlank(value[first]) { first += 1 }
            while end > first, isBlank(value[end - 1]) { end -= 1 }
            let option = value.extracting(first..<end)
            if isField(option, "close") { closes = true }
            if isField(option, "keep-alive") { keepsAlive = true }
            start = index + 1
        }
    }
}

/// Whether `bytes` spell `lowercaseName`, without regard to ASCII case.
func isField(_ bytes: Span<UInt8>, _ lowercaseName: StaticString) -> Bool {
    guard bytes.count == lowercaseName.utf8CodeUnitCount else { return false }
    return lowercaseName.withUTF8Buffer { name in
        for index in 0..<name.count where unsafe asciiLowercased(bytes[index]) != name[index] { return false }
        return true
    }
}

/// Whether bytes may be a host with an optional port: letters, digits and `-._~%!$&'()*+;=:[]`, or nothing.
///
/// Spec: RFC 3986 section 3.2.2, without user information and without the comma, which would hide a second host.
func isAuthority(_ bytes: Span<UInt8>) -> Bool {
    for index in bytes.indices {
        let byte = bytes[index]
        guard byte < 0x80 else { return false }
        // One bit per byte value, as in `isTokenByte`.
        let word: UInt64 = byte < 64 ? 0x2FFF_6FF2_0000_0000 : 0x47FF_FFFE_AFFF_FFFE
        guard word &>> UInt64(byte & 63) & 1 == 1 else { return false }
    }
    return true
}
