/// Resolution of addresses that listings declare, as far as fetching them needs it: `http` and `https` only.
///
/// Spec: RFC 3986 §5.2, §5.2.4, §3.
enum URLReference {
    /// The address itself, without its fragment, when it is absolute and safe to hand to an HTTP client; else nil.
    ///
    /// Refused: other schemes, user information, an empty host, blanks, control and non-ASCII bytes, backslashes, quotes
    /// and angle brackets. Some clients repair such addresses, each in its own way.
    static func absolute(_ text: String) -> String? {
        let address = text.prefix { $0 != "#" }
        guard let parts = Parts(String(address)), !parts.authority.isEmpty, !parts.authority.contains("@") else {
            return nil
        }
        return String(address)
    }

    /// Resolves `reference` against an absolute base; nil when the result is not as `absolute` wants it.
    static func resolve(_ reference: String, against base: String) -> String? {
        let target = String(reference.prefix { $0 != "#" })
        if let colon = target.firstIndex(of: ":"), isScheme(target[..<colon]) { return absolute(target) }
        guard let base = Parts(base) else { return nil }
        if target.hasPrefix("//") { return absolute("\(base.scheme):\(target)") }
        if target.isEmpty { return absolute(base.origin + base.path + base.query) }
        if target.hasPrefix("?") { return absolute(base.origin + base.path + target) }
        let path = target.prefix { $0 != "?" }
        let query = target.dropFirst(path.count)
        let merged: String
        if path.hasPrefix("/") {
            merged = String(path)
        } else {
            let folderEnd = base.path.lastIndex(of: "/").map { String(base.path[...$0]) } ?? "/"
            merged = folderEnd + path
        }
        return absolute(base.origin + withoutDotSegments(merged) + query)
    }

    private static func isScheme(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, first.isASCIILetter else { return false }
        return text.utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 == .plus || $0 == .hyphen || $0 == .dot }
    }

    private static func withoutDotSegments(_ path: String) -> String {
        var kept: [Substring] = []
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for (place, segment) in segments.enumerated() {
            let isLast = place == segments.count - 1
            switch segment {
            case ".":
                if isLast { kept.append("") }
            case "..":
                _ = kept.popLast()
                if isLast { kept.append("") }
            default:
                kept.append(segment)
            }
        }
        return "/" + kept.joined(separator: "/")
    }

    /// An absolute `http` or `https` address taken apart.
    private struct Parts {
        let scheme: String
        let authority: String
        /// Begins with `/`.
        let path: String
        /// With its `?`, or empty.
        let query: String

        var origin: String { "\(scheme)://\(authority)" }

        init?(_ text: String) {
            guard text.utf8.allSatisfy(Self.isAllowed), let colon = text.firstIndex(of: ":") else { return nil }
            scheme = asciiLowercased(String(text[..<colon]))
            let rest = text[text.index(after: colon)...]
            guard scheme == "https" || scheme == "http", rest.hasPrefix("//") else { return nil }
            let afterSlashes = rest.dropFirst(2)
            let host = afterSlashes.prefix { $0 != "/" && $0 != "?" }
            let pathAndQuery = afterSlashes.dropFirst(host.count)
            let plainPath = pathAndQuery.prefix { $0 != "?" }
            authority = String(host)
            path = plainPath.isEmpty ? "/" : String(plainPath)
            query = String(pathAndQuery.dropFirst(plainPath.count))
        }

        private static func isAllowed(_ byte: UInt8) -> Bool {
            guard byte > 0x20 && byte < 0x7F else { return false }
            return ![0x22, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7B, 0x7C, 0x7D].contains(byte)
        }
    }
}
