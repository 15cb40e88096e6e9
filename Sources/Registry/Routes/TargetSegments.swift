/// The path of a request target, split and decoded exactly once.
///
/// Refused, because two readers could take it for different paths: anything but printable characters of RFC 3986 `pchar`,
/// empty and dot segments, broken escapes, and escapes of control bytes, blanks, non-ASCII bytes, `%`, `\`, `?`, `#` and
/// `/`. The one encoded slash that npm clients send, behind a scope (`@scope%2fname`), becomes a segment border.
struct TargetSegments {
    /// Decoded, none empty.
    private(set) var segments: [String] = []
    /// Whether the path ended in `/` (never for the root path, which has no segments).
    private(set) var endsInSlash = false
    /// Whether any escape was decoded.
    private(set) var hadEscapes = false

    init(path: ArraySlice<UInt8>, allowsEncodedScope: Bool) throws(RouteError) {
        guard path.first == .slash else { throw .malformed(reason: "it does not begin with '/'") }
        var raw = path.dropFirst().split(separator: .slash, omittingEmptySubsequences: false)
        if raw.last?.isEmpty ?? false {
            raw.removeLast()
            endsInSlash = !raw.isEmpty
        }
        for segment in raw {
            try append(segment, allowsEncodedScope: allowsEncodedScope)
        }
    }

    private mutating func append(_ raw: ArraySlice<UInt8>, allowsEncodedScope: Bool) throws(RouteError) {
        let decoded = try decode(raw)
        let parts = decoded.split(separator: .slash, omittingEmptySubsequences: false)
        if parts.count > 1 {
            guard allowsEncodedScope, decoded.first == .at, parts.count == 2 else {
                throw .malformed(reason: "it has an encoded slash")
            }
        }
        for part in parts {
            if part.isEmpty { throw .malformed(reason: "it has an empty segment") }
            if part.elementsEqual([.dot]) || part.elementsEqual([.dot, .dot]) {
                throw .malformed(reason: "it has a dot segment")
            }
            segments.append(String(decoding: part, as: UTF8.self))
        }
    }

    private mutating func decode(_ raw: ArraySlice<UInt8>) throws(RouteError) -> [UInt8] {
        var decoded: [UInt8] = []
        var rest = raw
        while let byte = rest.popFirst() {
            guard byte == .percent else {
                guard Self.isPathCharacter(byte) else {
                    throw .malformed(reason: "it has \(byte.shown), which must be encoded")
                }
                decoded.append(byte)
                continue
            }
            guard let high = rest.popFirst()?.hexadecimalValue, let low = rest.popFirst()?.hexadecimalValue else {
                throw .malformed(reason: "it has '%' without two hexadecimal digits")
            }
            let value = high << 4 | low
            guard value > 0x20, value < 0x7F, !Self.neverEncoded.contains(value) else {
                throw .malformed(reason: "it encodes \(value.shown)")
            }
            hadEscapes = true
            decoded.append(value)
        }
        return decoded
    }

    /// `%` would be a second layer of escapes; the others end or split paths for some reader.
    private static let neverEncoded: [UInt8] = [.percent, 0x5C, UInt8(ascii: "?"), UInt8(ascii: "#")]

    /// Spec: RFC 3986 §3.3 `pchar` without its escapes.
    private static func isPathCharacter(_ byte: UInt8) -> Bool {
        byte.isASCIIAlphanumeric || "-._~!$&'()*+,;=:@".utf8.contains(byte)
    }
}

/// A request target cut at its first `?`.
struct TargetParts {
    let path: ArraySlice<UInt8>
    /// Without the `?`; nil when there is none.
    let query: ArraySlice<UInt8>?

    init(_ target: [UInt8]) throws(RouteError) {
        let mark = target.firstIndex(of: UInt8(ascii: "?"))
        path = target[..<(mark ?? target.endIndex)]
        query = mark.map { target[($0 + 1)...] }
        if target.contains(UInt8(ascii: "#")) { throw .malformed(reason: "it has a fragment") }
    }
}
