/// A package URL (purl) for one npm or PyPI package, with or without a version.
///
/// Two purls are equal when name and version are; `text` is the canonical form. Qualifiers and subpaths are refused:
/// nothing here is addressed by them, and ignoring them would let one text mean more than it says.
///
/// Spec: ECMA-427 / package-url "purl-spec", types `npm` and `pypi`.
public struct PackageURL: Hashable, Sendable, CustomStringConvertible {
    public let name: PackageName
    public let version: PackageVersion?

    /// - Precondition: the version is of the name's ecosystem.
    public init(_ name: PackageName, version: PackageVersion? = nil) {
        precondition(version == nil || version?.ecosystem == name.ecosystem, "purl with a version of another ecosystem")
        self.name = name
        self.version = version
    }

    /// Parses `pkg:npm/%40scope/name@1.2.3`; scheme and type in any case, the scope's `@` encoded or not.
    /// - Throws: `PackageURLError`, with the name's or the version's own reason inside.
    public init(parsing text: String) throws(PackageURLError) {
        let malformed = PackageURLError(text: text, fault: .malformed)
        guard asciiLowercased(String(text.prefix(4))) == "pkg:" else { throw malformed }
        let body = text.dropFirst(4)
        guard let slash = body.firstIndex(of: "/") else { throw malformed }
        guard let ecosystem = Ecosystem(rawValue: asciiLowercased(String(body[..<slash]))) else {
            throw PackageURLError(text: text, fault: .unknownType(String(body[..<slash])))
        }
        let path = body[body.index(after: slash)...]
        guard !path.contains(where: { $0 == "?" || $0 == "#" }) else {
            throw PackageURLError(text: text, fault: .qualified)
        }
        var nameText = path
        var versionText: Substring?
        // The scope's own "@" may stand unencoded at the start; the version's is any later one.
        if let at = path.lastIndex(of: "@"), at != path.startIndex {
            nameText = path[..<at]
            versionText = path[path.index(after: at)...]
        }
        self.name = try Self.name(nameText, ecosystem: ecosystem, of: text)
        self.version = try versionText.map { (part) throws(PackageURLError) in
            try Self.version(part, ecosystem: ecosystem, of: text)
        }
    }

    /// The canonical text: a PyPI version in its normal form, an npm version as published.
    public var text: String {
        let path = name.scope.map { "%40\($0)/\(name.unscoped)" } ?? name.canonical
        let unversioned = "pkg:\(name.ecosystem.rawValue)/\(path)"
        guard let version else { return unversioned }
        let shown = name.ecosystem == .pypi ? version.normalized : version.text
        return "\(unversioned)@\(percentEncoded(shown))"
    }

    public var description: String { text }

    private static func name(
        _ part: Substring, ecosystem: Ecosystem, of text: String
    ) throws(PackageURLError) -> PackageName {
        let segments = part.split(separator: "/", omittingEmptySubsequences: false)
        guard segments.count == 1 || (ecosystem == .npm && segments.count == 2) else {
            throw PackageURLError(text: text, fault: .malformed)
        }
        var decoded: [String] = []
        for segment in segments {
            guard let plain = percentDecoded(segment.utf8), !plain.contains("/") else {
                throw PackageURLError(text: text, fault: .malformed)
            }
            decoded.append(plain)
        }
        do {
            return try PackageName(parsing: decoded.joined(separator: "/"), ecosystem: ecosystem)
        } catch {
            throw PackageURLError(text: text, fault: .name(error))
        }
    }

    private static func version(
        _ part: Substring, ecosystem: Ecosystem, of text: String
    ) throws(PackageURLError) -> PackageVersion {
        guard let decoded = percentDecoded(part.utf8) else { throw PackageURLError(text: text, fault: .malformed) }
        do {
            return try PackageVersion(parsing: decoded, ecosystem: ecosystem)
        } catch {
            throw PackageURLError(text: text, fault: .version(error))
        }
    }
}

/// Decodes `%XX` once; nil when an escape is broken or the result is not printable ASCII.
func percentDecoded(_ bytes: some Collection<UInt8>) -> String? {
    var decoded: [UInt8] = []
    var rest = bytes[...]
    while let byte = rest.popFirst() {
        guard byte == .percent else {
            decoded.append(byte)
            continue
        }
        guard let high = rest.popFirst()?.hexadecimalValue, let low = rest.popFirst()?.hexadecimalValue else {
            return nil
        }
        decoded.append(high << 4 | low)
    }
    guard decoded.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
    return String(decoding: decoded, as: UTF8.self)
}

/// Encodes every byte that is not unreserved by RFC 3986 §2.3: for a segment of a path or a value of a query.
public func percentEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var encoded: [UInt8] = []
    for byte in text.utf8 {
        if byte.isASCIIAlphanumeric || byte == .hyphen || byte == .dot || byte == .underscore || byte == .tilde {
            encoded.append(byte)
        } else {
            encoded.append(contentsOf: [.percent, digits[Int(byte >> 4)], digits[Int(byte & 15)]])
        }
    }
    return String(decoding: encoded, as: UTF8.self)
}

/// Why a text is not a purl we can act on.
public struct PackageURLError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Fault: Equatable, Sendable {
        case malformed
        case unknownType(String)
        case qualified
        case name(NameError)
        case version(VersionError)
    }

    public let text: String
    public let fault: Fault

    public var description: String {
        let reason =
            switch fault {
            case .malformed: "expected pkg:npm/name@version or pkg:pypi/name@version"
            case .unknownType(let type): "the type \(quoted(type)) is not known; expected npm or pypi"
            case .qualified: "qualifiers ('?') and subpaths ('#') are not supported; leave them away"
            case .name(let error): error.description
            case .version(let error): error.description
            }
        return "\(quoted(text)) is not a usable purl: \(reason)"
    }
}
