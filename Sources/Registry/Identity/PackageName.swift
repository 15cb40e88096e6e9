/// A package name that is valid in its ecosystem.
///
/// Two spellings of one package are one value: PyPI names are stored in their PEP 503 form (lower case, each run of
/// `-`, `_` and `.` one hyphen); npm names are case-sensitive and stored exactly as written. A `PackageName` is pure
/// ASCII without `/` (but for the one behind an npm scope), `%`, dots at the front or control bytes, so it can stand
/// in a URL path or a message as it is.
///
/// Deliberately narrower than the registries' oldest data: npm's `!`, `'`, `(`, `)` and `*`, names over 214 bytes, a
/// leading `~` (our address of a registry) and the name `-` (npm's own name space) are refused.
///
/// Spec: PEP 503 "Normalized Names", PEP 508 "Names"; npm: `validate-npm-package-name`, valid for old packages.
public struct PackageName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let ecosystem: Ecosystem
    /// The one spelling every comparison uses.
    public let canonical: String

    /// The most bytes a name may have, its scope included.
    public static let maxBytes = 214

    /// Parses a name as somebody spelled it.
    /// - Throws: `NameError`, naming the text and what a valid name looks like.
    public init(parsing text: String, ecosystem: Ecosystem) throws(NameError) {
        if text.isEmpty { throw NameError(text: text, ecosystem: ecosystem, fault: .empty) }
        if text.utf8.count > Self.maxBytes { throw NameError(text: text, ecosystem: ecosystem, fault: .tooLong) }
        self.ecosystem = ecosystem
        switch ecosystem {
        case .npm:
            try Self.checkNPM(text)
            self.canonical = text
        case .pypi:
            self.canonical = try Self.normalizePyPI(text)
        }
    }

    /// The npm scope without its `@`; nil for unscoped names and for PyPI.
    public var scope: String? {
        guard ecosystem == .npm, canonical.utf8.first == .at, let slash = canonical.firstIndex(of: "/") else {
            return nil
        }
        return String(canonical[canonical.index(after: canonical.startIndex)..<slash])
    }

    /// The name behind the scope; the whole name when there is none.
    public var unscoped: String {
        guard scope != nil, let slash = canonical.firstIndex(of: "/") else { return canonical }
        return String(canonical[canonical.index(after: slash)...])
    }

    /// The single path segment by which upstream registries are asked: `@scope%2fname`, else the name.
    public var urlSegment: String {
        scope.map { "@\($0)%2f\(unscoped)" } ?? canonical
    }

    /// Whether `text` is already the canonical spelling (a PyPI address in another spelling is redirected).
    public func isCanonicalSpelling(_ text: String) -> Bool {
        text.utf8.elementsEqual(canonical.utf8)
    }

    public var description: String { canonical }

    public static func < (left: Self, right: Self) -> Bool {
        if left.ecosystem != right.ecosystem { return left.ecosystem.rawValue < right.ecosystem.rawValue }
        return left.canonical.utf8.lexicographicallyPrecedes(right.canonical.utf8)
    }
}

extension PackageName {
    private static func checkNPM(_ text: String) throws(NameError) {
        let bytes = Array(text.utf8)
        if bytes.first == .at {
            guard let slash = bytes.firstIndex(of: .slash) else {
                throw NameError(text: text, ecosystem: .npm, fault: .scopeWithoutName)
            }
            try checkNPMPart(bytes[1..<slash], of: text)
            try checkNPMPart(bytes[(slash + 1)...], of: text)
            return
        }
        try checkNPMPart(bytes[...], of: text)
        if bytes[0] == .underscore || bytes[0] == .tilde {
            throw NameError(text: text, ecosystem: .npm, fault: .badFirstByte(bytes[0]))
        }
        // The first two are files every npm tree has; the last is where registries keep their own routes.
        if ["node_modules", "favicon.ico", "-"].contains(asciiLowercased(text)) {
            throw NameError(text: text, ecosystem: .npm, fault: .reserved)
        }
    }

    private static func checkNPMPart(_ part: ArraySlice<UInt8>, of text: String) throws(NameError) {
        guard let first = part.first else { throw NameError(text: text, ecosystem: .npm, fault: .scopeWithoutName) }
        if first == .dot { throw NameError(text: text, ecosystem: .npm, fault: .badFirstByte(first)) }
        for byte in part {
            let isAllowed =
                byte.isASCIIAlphanumeric || byte == .hyphen || byte == .dot || byte == .underscore || byte == .tilde
            if !isAllowed { throw NameError(text: text, ecosystem: .npm, fault: .badByte(byte)) }
        }
    }

    private static func normalizePyPI(_ text: String) throws(NameError) -> String {
        var canonical: [UInt8] = []
        var isInRun = false
        let bytes = Array(text.utf8)
        for end in [bytes[0], bytes[bytes.count - 1]] where !end.isASCIIAlphanumeric {
            throw NameError(text: text, ecosystem: .pypi, fault: .badEnds(end))
        }
        for byte in bytes {
            if byte == .hyphen || byte == .underscore || byte == .dot {
                if !isInRun { canonical.append(.hyphen) }
                isInRun = true
            } else if byte.isASCIIAlphanumeric {
                canonical.append(byte.asciiLowercased)
                isInRun = false
            } else {
                throw NameError(text: text, ecosystem: .pypi, fault: .badByte(byte))
            }
        }
        return String(decoding: canonical, as: UTF8.self)
    }
}

/// Why a text is not a package name.
public struct NameError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Fault: Equatable, Sendable {
        case empty
        case tooLong
        case badByte(UInt8)
        case badFirstByte(UInt8)
        case badEnds(UInt8)
        case scopeWithoutName
        case reserved
    }

    public let text: String
    public let ecosystem: Ecosystem
    public let fault: Fault

    public var description: String {
        "\(quoted(text)) is not \(ecosystem == .npm ? "an npm package" : "a Python project") name: \(reason); \(expected)"
    }

    private var reason: String {
        switch fault {
        case .empty: "it is empty"
        case .tooLong: "it has \(text.utf8.count) bytes and at most \(PackageName.maxBytes) are allowed"
        case .badByte(let byte): "\(byte.shown) is not allowed in it"
        case .badFirstByte(let byte): "it must not begin with \(byte.shown)"
        case .badEnds(let byte): "it must begin and end with a letter or digit, not \(byte.shown)"
        case .scopeWithoutName: "a scope and a name, both not empty, are needed"
        case .reserved: "the word is reserved"
        }
    }

    private var expected: String {
        switch ecosystem {
        case .npm: "expected letters, digits, '-', '.', '_' and '~', with or without '@scope/' before it"
        case .pypi: "expected letters, digits, '-', '.' and '_'"
        }
    }
}
