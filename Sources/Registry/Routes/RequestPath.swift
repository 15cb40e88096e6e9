internal import Cryptography

/// Turns request targets into routes; pure.
///
/// Targets are relative to a registry's root (`RegistryTarget` cuts `/~<registry>` off) and raw, as they came over the
/// wire. Queries carry no identity of a resource here and are ignored; `RequestQuery` reads them.
///
/// Spec: the design's wire contract §1, §2, §3, §6 "one canonical target per resource".
public enum RequestPath {
    /// The longest revision, token or user name in an address.
    private static let maxOpaqueBytes = 256

    /// The route of a target in an npm registry.
    public static func parse(npmTarget target: [UInt8]) throws(RouteError) -> PackageRoute {
        let path = try TargetSegments(path: try TargetParts(target).path, allowsEncodedScope: true)
        if path.endsInSlash { throw .malformed(reason: "it ends in '/'") }
        guard let first = path.segments.first else { return .root }
        if first == "-" { return try registryRoute(Array(path.segments.dropFirst())) }
        let (name, rest) = try packageName(path.segments[...])
        switch rest.count {
        case 0:
            return .npmPackument(name)
        case 1:
            return .npmManifest(name, try selector(rest[rest.startIndex]))
        case 2 where rest.first == "-":
            return .npmTarball(name, filename: try tarball(rest[rest.startIndex + 1]))
        case 2 where rest.first == "-rev":
            return .npmRevision(name, revision: try opaque(rest[rest.startIndex + 1]))
        case 4 where rest.first == "-" && rest[rest.startIndex + 2] == "-rev":
            return .npmTarballRevision(
                name, filename: try tarball(rest[rest.startIndex + 1]),
                revision: try opaque(rest[rest.startIndex + 3]))
        default:
            throw .unknown
        }
    }

    /// The routes below `/-/`.
    private static func registryRoute(_ segments: [String]) throws(RouteError) -> PackageRoute {
        switch segments {
        case ["ping"]: return .ping
        case ["whoami"]: return .npmWhoami
        case ["npm", "v1", "security", "advisories", "bulk"]: return .npmAdvisoriesBulk
        case ["npm", "v1", "security", "audits"], ["npm", "v1", "security", "audits", "quick"]: return .npmRetiredAudit
        case ["npm", "v1", "keys"]: return .npmKeys
        case ["npm", "v1", "user"]: return .npmProfile
        case ["npm", "v1", "tokens"]: return .npmTokens
        case ["v1", "search"]: return .npmSearch
        case ["v1", "login"]: return .npmWebLogin
        default: break
        }
        if segments.starts(with: ["npm", "v1", "tokens", "token"]), segments.count == 5 {
            return .npmToken(key: try opaque(segments[4]))
        }
        if segments.starts(with: ["npm", "v1", "attestations"]) {
            return try attestations(segments.dropFirst(3))
        }
        if segments.starts(with: ["user", "token"]), segments.count == 3 {
            return .npmSession(token: try opaque(segments[2]))
        }
        let account = "org.couchdb.user:"
        if segments.first == "user", segments.count == 2, segments[1].hasPrefix(account) {
            return .npmUser(name: try opaque(String(segments[1].dropFirst(account.count))))
        }
        if segments.first == "package" { return try packageSetting(segments.dropFirst()) }
        throw .unknown
    }

    /// `<package>/dist-tags`, `<package>/dist-tags/<tag>`, `<package>/access` and its kin.
    private static func packageSetting(_ segments: ArraySlice<String>) throws(RouteError) -> PackageRoute {
        if segments.isEmpty { throw .unknown }
        let (name, rest) = try packageName(segments)
        switch Array(rest) {
        case ["dist-tags"]: return .npmDistTags(name)
        case ["access"], ["visibility"], ["collaborators"]: return .npmPackageAccess(name)
        default: break
        }
        guard rest.first == "dist-tags", rest.count == 2 else { throw .unknown }
        guard case .tag(let tag) = try selector(rest[rest.startIndex + 1]) else {
            throw .malformed(reason: "a tag must not look like a version")
        }
        return .npmDistTag(name, tag: tag)
    }

    /// `<package>@<version>`, the scope with an encoded or a plain slash.
    private static func attestations(_ segments: ArraySlice<String>) throws(RouteError) -> PackageRoute {
        guard segments.count == 1 || (segments.count == 2 && segments.first?.utf8.first == .at) else { throw .unknown }
        let text = segments.joined(separator: "/")
        guard let at = text.lastIndex(of: "@"), at != text.startIndex else {
            throw .malformed(reason: "a package and a version with '@' between them are expected")
        }
        let name = try name(String(text[..<at]), ecosystem: .npm)
        let version = try version(String(text[text.index(after: at)...]), ecosystem: .npm)
        return .npmAttestations(name, version)
    }

    /// The package name at the front, one segment or, behind a scope, two.
    private static func packageName(
        _ segments: ArraySlice<String>
    ) throws(RouteError) -> (PackageName, rest: ArraySlice<String>) {
        let isScoped = segments.first?.utf8.first == .at
        let text = segments.prefix(isScoped ? 2 : 1).joined(separator: "/")
        return (try name(text, ecosystem: .npm), segments.dropFirst(isScoped ? 2 : 1))
    }

    static func name(_ text: String, ecosystem: Ecosystem) throws(RouteError) -> PackageName {
        do throws(NameError) {
            return try PackageName(parsing: text, ecosystem: ecosystem)
        } catch {
            throw .malformed(reason: "the package name is not valid")
        }
    }

    static func version(_ text: String, ecosystem: Ecosystem) throws(RouteError) -> PackageVersion {
        do throws(VersionError) {
            return try PackageVersion(parsing: text, ecosystem: ecosystem)
        } catch {
            throw .malformed(reason: "the version is not valid")
        }
    }

    /// A version, else a tag. A tag must not read like a version or a range (`v1.2.3`, `1.x`): npm refuses to set such
    /// tags, and some client would take it for the version.
    private static func selector(_ text: String) throws(RouteError) -> VersionSelector {
        if let version = try? PackageVersion(parsing: text, ecosystem: .npm) { return .version(version) }
        let bytes = Array(text.utf8)
        let isPlain = bytes.allSatisfy {
            $0.isASCIIAlphanumeric || $0 == .dot || $0 == .hyphen || $0 == .underscore || $0 == .tilde
        }
        let withoutMark = bytes.first?.asciiLowercased == UInt8(ascii: "v") ? bytes.dropFirst() : bytes[...]
        let core = withoutMark.prefix { $0.isASCIIDigit || $0 == .dot || $0.asciiLowercased == UInt8(ascii: "x") }
        let looksLikeRange = core.first.map { $0 != .dot } ?? false && core.count == withoutMark.count
        let looksLikeVersion = core.filter { $0 == .dot }.count >= 2
        guard isPlain, bytes[0].isASCIIAlphanumeric, bytes.count <= maxOpaqueBytes, !looksLikeRange, !looksLikeVersion
        else { throw .malformed(reason: "a version such as 1.2.3 or a tag is expected behind the package") }
        return .tag(text)
    }

    private static func tarball(_ text: String) throws(RouteError) -> String {
        guard TarballNames.isSafe(text.utf8) else {
            throw .malformed(reason: "a file name of letters, digits, '-', '.', '_', '+' and '~' in .tgz is expected")
        }
        return text
    }

    /// A text whose meaning is not ours: a revision, a token, a user's name.
    private static func opaque(_ text: String) throws(RouteError) -> String {
        guard !text.isEmpty, text.utf8.count <= maxOpaqueBytes else {
            throw .malformed(reason: "a segment is too long")
        }
        return text
    }
}
