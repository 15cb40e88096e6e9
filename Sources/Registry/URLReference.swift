/// Resolution of addresses that listings declare, as far as fetching them needs it: `http` and `https` only.
///
/// Spec: RFC 3986 §5.2, §5.2.4, §3.
enum URLReference {
    /// The address itself, without its fragment, when it is absolute and safe to hand to an HTTP client; else nil.
    ///
    /// Refused: other schemes, user information, an empty host, blanks, control and non-ASCII bytes, backslashes, quotes
    /// and angle brackets. Some clients repair such addresses, each in its own way.
    static func absolute(_ text: String) -> String? {
        let address = text[..<(text.utf8.firstIndex(of: UInt8(ascii: "#")) ?? text.endIndex)]
        guard let parts = Parts(address), !parts.authority.isEmpty, !parts.authority.contains(.at) else { return nil }
        return String(address)
    }

    /// Resolves `reference` against an absolute base; nil when the result is not as `absolute` wants it.
    static func resolve(_ reference: String, against base: String) -> String? {
        let bytes = reference.utf8.prefix { $0 != UInt8(ascii: "#") }
        let target = String(Substring(bytes))
        if let colon = bytes.firstIndex(of: UInt8(ascii: ":")), isScheme(bytes[..<colon]) { return absolute(target) }
        guard let base = Parts(base[...]) else { return nil }
        if bytes.starts(with: "//".utf8) { return absolute("\(base.scheme):\(target)") }
        let basePath = base.path.isEmpty ? "/" : text(base.path)
        if bytes.isEmpty { return absolute("\(base.origin)\(basePath)\(text(base.query))") }
        let path = bytes.prefix { $0 != UInt8(ascii: "?") }
        let query = bytes[path.endIndex...]
        if path.isEmpty { return absolute("\(base.origin)\(basePath)\(target)") }
        var merged = text(path)
        if path.first != .slash {
            let folder = base.path.lastIndex(of: .slash).map { base.path[...$0] }
            merged = (folder.map(text) ?? "/") + merged
        }
        return absolute("\(base.origin)\(withoutDotSegments(merged))\(text(query))")
    }

    private static func text(_ bytes: Substring.UTF8View) -> String { String(Substring(bytes)) }

    private static func isScheme(_ bytes: Substring.UTF8View) -> Bool {
        guard let first = bytes.first, first.isASCIILetter else { return false }
        return bytes.allSatisfy { $0.isASCIIAlphanumeric || $0 == .plus || $0 == .hyphen || $0 == .dot }
    }

    private static func withoutDotSegments(_ path: String) -> String {
        var kept: [Substring] = []
        let segments = path.utf8.dropFirst().split(separator: .slash, omittingEmptySubsequences: false)
        for (place, segment) in segments.enumerated() {
            let isLast = place == segments.count - 1
            if segment.elementsEqual(".".utf8) {
                if isLast { kept.append("") }
            } else if segment.elementsEqual("..".utf8) {
                _ = kept.popLast()
                if isLast { kept.append("") }
            } else {
                kept.append(Substring(segment))
            }
        }
        return "/" + kept.joined(separator: "/")
    }

    /// An absolute `http` or `https` address taken apart.
    private struct Parts {
        let scheme: String
        let authority: Substring.UTF8View
        /// Begins with `/`, or is empty when the address ends behind the host.
        let path: Substring.UTF8View
        /// With its `?`, or empty.
        let query: Substring.UTF8View

        var origin: String { "\(scheme)://\(Substring(authority))" }

        init?(_ text: Substring) {
            let bytes = text.utf8
            guard bytes.allSatisfy(Self.isAllowed), let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else {
                return nil
            }
            scheme = asciiLowercased(String(text[..<colon]))
            let rest = bytes[bytes.index(after: colon)...]
            guard scheme == "https" || scheme == "http", rest.starts(with: "//".utf8) else { return nil }
            let behindSlashes = rest.dropFirst(2)
            authority = behindSlashes.prefix { $0 != .slash && $0 != UInt8(ascii: "?") }
            path = behindSlashes[authority.endIndex...].prefix { $0 != UInt8(ascii: "?") }
            query = behindSlashes[path.endIndex...]
        }

        private static func isAllowed(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x22, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7B, 0x7C, 0x7D: false
            default: byte > 0x20 && byte < 0x7F
            }
        }
    }
}
