/// Turns a complete head (request line, header fields, empty line) into a `RequestHead`.
///
/// Spec: RFC 9112 sections 3 and 5.
struct HeadParser {
    private let limits: ParserLimits

    init(limits: ParserLimits) {
        self.limits = limits
    }

    /// Parses `block`, whose end a `HeadScanner` has found.
    func parse(_ block: [UInt8]) throws(RequestRefusal) -> RequestHead {
        let bytes = block.span
        let line = try requestLine(in: bytes)
        let fields = try FieldLines(
            in: bytes, from: line.nextLine, to: bytes.count, maxCount: limits.maxHeaders)
        let framing = try FramingFields(in: bytes, fields.entries)
        let body = try framing.framing(minorVersion: line.minorVersion, maxBodyBytes: limits.maxBodyBytes)
        var storage = block
        let target = try originForm(of: line, in: &storage)
        return RequestHead(
            method: line.method, line: storage, targetRange: target,
            headers: HeaderFields(storage: storage, entries: fields.entries),
            minorVersion: line.minorVersion,
            isKeepAlive: framing.isKeepAlive(minorVersion: line.minorVersion),
            // Without a body there is nothing to wait for, and HTTP/1.0 has no interim responses.
            expectsContinue: framing.expectsContinue && body != .none && line.minorVersion >= 1,
            framing: body)
    }

    private struct RequestLine {
        var method: Method
        var target: Range<Int>
        var minorVersion: Int
        var nextLine: Int
    }

    private func requestLine(in bytes: Span<UInt8>) throws(RequestRefusal) -> RequestLine {
        var position = 0
        while isTokenByte(bytes[position]) { position += 1 }
        guard position > 0, bytes[position] == UInt8(ascii: " ") else { throw .malformedRequestLine }
        let methodRange = 0..<position
        position += 1
        let targetStart = position
        // Whatever is not visible ASCII ends the target, and is then not the one space that must follow.
        while bytes[position] > 0x20, bytes[position] < 0x7F { position += 1 }
        let target = targetStart..<position
        guard bytes[position] == UInt8(ascii: " "), !target.isEmpty else {
            throw bytes[position] >= 0x7F ? .malformedTarget : .malformedRequestLine
        }
        position += 1
        let minorVersion = try version(in: bytes, at: position)
        guard let method = Method(spelling: bytes.extracting(methodRange)) else { throw .unknownMethod }
        if target.count > limits.maxTargetBytes { throw .targetTooLong }
        return RequestLine(
            method: method, target: target, minorVersion: minorVersion, nextLine: position + 10)
    }

    /// Reads `HTTP/1.0` or `HTTP/1.1` and the line's end.
    private func version(in bytes: Span<UInt8>, at start: Int) throws(RequestRefusal) -> Int {
        guard bytes.count >= start + 10, isEqual(bytes.extracting(start..<start + 5), "HTTP/"),
            isDigit(bytes[start + 5]), bytes[start + 6] == UInt8(ascii: "."), isDigit(bytes[start + 7]),
            bytes[start + 8] == UInt8(ascii: "\r"), bytes[start + 9] == UInt8(ascii: "\n")
        else { throw .malformedRequestLine }
        guard bytes[start + 5] == UInt8(ascii: "1"), bytes[start + 7] <= UInt8(ascii: "1") else {
            throw .unsupportedVersion
        }
        return Int(bytes[start + 7] - UInt8(ascii: "0"))
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10
    }

    /// Checks the target and answers where its origin form lies.
    ///
    /// A target in absolute form loses its scheme and authority (RFC 9112 section 3.2.2 has every server take it); `*` is
    /// for `OPTIONS` alone; an authority (`CONNECT`) is refused.
    private func originForm(of line: RequestLine, in storage: inout [UInt8]) throws(RequestRefusal) -> Range<Int> {
        let target = line.target
        for index in target where storage[index] == UInt8(ascii: "#") { throw .malformedTarget }
        if storage[target.lowerBound] == UInt8(ascii: "/") { return target }
        if target.count == 1, storage[target.lowerBound] == UInt8(ascii: "*"), line.method == .options { return target }
        guard let authorityStart = endOfScheme(storage.span, target) else { throw .malformedTarget }
        var authorityEnd = authorityStart
        while authorityEnd < target.upperBound, storage[authorityEnd] != UInt8(ascii: "/"),
            storage[authorityEnd] != UInt8(ascii: "?")
        {
            authorityEnd += 1
        }
        guard authorityEnd > authorityStart,
            isAuthority(storage.span.extracting(authorityStart..<authorityEnd))
        else { throw .malformedTarget }
        let rest = authorityEnd..<target.upperBound
        if storage[authorityEnd] == UInt8(ascii: "/") { return rest }
        // An empty path is "/": it is written behind the head, whose own bytes stay as they came.
        let start = storage.count
        let query = storage[rest]
        storage.append(UInt8(ascii: "/"))
        storage.append(contentsOf: query)
        return start..<storage.count
    }

    /// The offset behind `http://` or `https://`.
    private func endOfScheme(_ bytes: Span<UInt8>, _ target: Range<Int>) -> Int? {
        for scheme in ["http://", "https://"] as [StaticString] {
            let end = target.lowerBound + scheme.utf8CodeUnitCount
            if end <= target.upperBound, isField(bytes.extracting(target.lowerBound..<end), scheme) { return end }
        }
        return nil
    }
}
