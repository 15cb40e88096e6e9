internal import Cryptography

extension RequestPath {
    private static let maxFilenameBytes = 255
    private static let metadataSuffix = ".metadata"

    /// The route of a target in a PyPI registry.
    public static func parse(pypiTarget target: [UInt8]) throws(RouteError) -> PackageRoute {
        let path = try TargetSegments(path: try TargetParts(target).path, allowsEncodedScope: false)
        let segments = path.segments
        guard let first = segments.first else { return .root }
        if first == "simple" && segments.count <= 2 {
            let isAsWritten = path.endsInSlash && !path.hadEscapes
            guard segments.count == 2 else { return .pypiIndex(isCanonicalSpelling: isAsWritten) }
            let name = try name(segments[1], ecosystem: .pypi)
            return .pypiProject(name, isCanonicalSpelling: isAsWritten && name.isCanonicalSpelling(segments[1]))
        }
        if segments == ["legacy"] { return .pypiUpload }
        if path.endsInSlash { throw .malformed(reason: "it ends in '/'") }
        switch first {
        case "files": return try file(segments)
        case "pypi": return try projectJSON(segments)
        case "integrity": return try provenance(segments)
        case "-" where segments == ["-", "ping"]: return .ping
        default: throw .unknown
        }
    }

    private static func file(_ segments: [String]) throws(RouteError) -> PackageRoute {
        guard segments.count == 4 else { throw .unknown }
        let name = try name(segments[1], ecosystem: .pypi)
        guard let digest = try? SHA256Digest(hex: segments[2]) else {
            throw .malformed(reason: "a SHA-256 digest of 64 lower-case hexadecimal digits is expected")
        }
        let isMetadata = segments[3].hasSuffix(metadataSuffix)
        let text = isMetadata ? String(segments[3].dropLast(metadataSuffix.count)) : segments[3]
        return .pypiFile(name, digest, filename: try filename(text), isMetadata: isMetadata)
    }

    private static func projectJSON(_ segments: [String]) throws(RouteError) -> PackageRoute {
        guard segments.last == "json", segments.count == 3 || segments.count == 4 else { throw .unknown }
        let name = try name(segments[1], ecosystem: .pypi)
        guard segments.count == 4 else { return .pypiJSON(name, version: nil) }
        return .pypiJSON(name, version: try version(segments[2], ecosystem: .pypi))
    }

    private static func provenance(_ segments: [String]) throws(RouteError) -> PackageRoute {
        guard segments.count == 5, segments[4] == "provenance" else { throw .unknown }
        return .pypiProvenance(
            try name(segments[1], ecosystem: .pypi), try version(segments[2], ecosystem: .pypi),
            filename: try filename(segments[3]))
    }

    private static func filename(_ text: String) throws(RouteError) -> String {
        guard DistributionFilename.isSafe(text.utf8), text.utf8.count <= maxFilenameBytes else {
            throw .malformed(reason: "a file name of letters, digits, '-', '.', '_', '+', '!' and '~' is expected")
        }
        return text
    }
}
