/// Where a dependency is fetched from, as its specifier says.
enum DependencySource: Equatable {
    /// The registry, or nowhere that a client of the registry would go.
    case registry
    /// A folder or archive on the machine of whoever installs.
    case local
    /// A repository; a commit is a version that nobody published.
    case repository(isCommit: Bool)
    /// A file behind a URL.
    case url
    /// A URL that anyone on the way can change, or a bare address of the internet.
    case unprotected

    // MARK: npm

    /// Reads the value of a member of `dependencies`.
    ///
    /// Spec: npm's documentation of package.json, "dependencies"; npm-package-arg.
    init(npm specifier: String) {
        let text = Array(specifier.utf8).trimmedASCII().lowercasedASCII()
        if ["npm:", "workspace:", "catalog:", "condition:", "jsr:"].contains(where: { text.hasPrefix($0) }) {
            self = .registry
        } else if ["file:", "link:", "portal:", "patch:"].contains(where: { text.hasPrefix($0) }) || Self.isPath(text) {
            self = .local
        } else if text.hasPrefix("http://") || text.hasPrefix("https://") {
            self = Self.web(text)
        } else if Self.isRepository(text) {
            self = .repository(isCommit: Self.namesCommit(text))
        } else {
            self = .registry
        }
    }

    private static func isPath(_ text: [UInt8]) -> Bool {
        text.hasPrefix("./") || text.hasPrefix("../") || text.hasPrefix("~/") || text.hasPrefix("/")
            || text.equals("..")
            || text.equals(".")
    }

    private static func isRepository(_ text: [UInt8]) -> Bool {
        let schemes = ["git:", "git+", "git@", "ssh:", "github:", "gitlab:", "bitbucket:", "gist:", "hg+", "svn+"]
        if schemes.contains(where: { text.hasPrefix($0) }) { return true }
        // `owner/name#branch`
        let path = text.prefix { $0 != UInt8(ascii: "#") }
        let parts = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(isNameByte) }
            && path.first != UInt8(ascii: "@")
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
    }

    // MARK: Python

    /// Reads what stands behind `@` in a requirement.
    ///
    /// Spec: Python packaging, "Dependency specifiers", URL specification; pip's VCS support.
    init(python url: [UInt8]) {
        let text = url.trimmedASCII().lowercasedASCII()
        if text.hasPrefix("file:") || Self.isPath(text) {
            self = .local
        } else if ["git+", "hg+", "svn+", "bzr+", "git:", "ssh:"].contains(where: { text.hasPrefix($0) }) {
            self = .repository(isCommit: Self.namesCommit(text))
        } else {
            self = text.hasPrefix("http://") || text.hasPrefix("https://") ? Self.web(text) : .url
        }
    }

    // MARK: Both

    private static func web(_ text: [UInt8]) -> DependencySource {
        let address = WebAddress(text)
        if address.isNumeric { return .unprotected }
        if text.hasPrefix("http://"), !forges.contains(where: { address.host.equals($0) }) { return .unprotected }
        let isRepository = address.path.hasSuffix(".git") || address.path.contains(text: ".git#")
        return isRepository ? .repository(isCommit: namesCommit(text)) : .url
    }

    /// Hosts that answer plain http with a redirect to https, so that old manifests still name them so.
    private static let forges = [
        "github.com", "codeload.github.com", "raw.githubusercontent.com", "gitlab.com", "bitbucket.org",
        "registry.npmjs.org", "sourceforge.net",
    ]

    /// Whether what stands behind `#` or the last `@` is a commit: 7 to 64 hexadecimal digits.
    private static func namesCommit(_ text: [UInt8]) -> Bool {
        let marks = [UInt8(ascii: "#"), UInt8(ascii: "@")]
        guard let mark = text.lastIndex(where: marks.contains) else { return false }
        let reference = text[(mark + 1)...].prefix { $0 != UInt8(ascii: "&") }
        return (7...64).contains(reference.count)
            && reference.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
            && reference.contains { (0x30...0x39).contains($0) }
    }
}

/// The host and path of a web address, as far as judging it needs.
struct WebAddress {
    let host: [UInt8]
    let path: [UInt8]

    /// Splits `text`, which is in lower case and begins with a scheme and `//`.
    init(_ text: [UInt8]) {
        let rest = text.firstRange(of: "://").map { text[$0.upperBound...] } ?? text[...]
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        var authority = rest[..<end]
        if let at = authority.lastIndex(of: UInt8(ascii: "@")) { authority = authority[(at + 1)...] }
        if authority.first != UInt8(ascii: "[") {
            authority = authority.prefix { $0 != UInt8(ascii: ":") }
        }
        host = Array(authority)
        path = Array(rest[end...])
    }

    /// Whether the host is an address of the internet in any of its forms, but not one of this machine or network.
    var isNumeric: Bool { InternetAddress.isRemote(host: host) }
}
