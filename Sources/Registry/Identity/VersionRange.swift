/// A range of versions in their ecosystem's order: `>=1.2,<2`, at most one bound on either side.
///
/// Neither npm's ranges nor PEP 440's specifiers, which differ from each other: only the comparisons that mean the same in
/// both. Pre-releases have their place in the order, so `<2` has 2.0.0-rc.1 in it.
public struct VersionRange: Hashable, Sendable, CustomStringConvertible {
    public struct Bound: Hashable, Sendable {
        public let version: PackageVersion
        public let isInclusive: Bool
    }

    public let lower: Bound?
    public let upper: Bound?

    /// Parses comparisons with `>=`, `>`, `<=` or `<`, with commas between them.
    ///
    /// - Throws: `VersionRangeError`.
    public init(parsing text: String, ecosystem: Ecosystem) throws(VersionRangeError) {
        var lower: Bound?
        var upper: Bound?
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let comparison = Self.comparisons.first(where: { part.hasPrefix($0.sign) }) else {
                throw VersionRangeError(text: text, fault: .malformed)
            }
            let version: PackageVersion
            do throws(VersionError) {
                version = try PackageVersion(
                    parsing: String(part.dropFirst(comparison.sign.utf8.count)), ecosystem: ecosystem)
            } catch {
                throw VersionRangeError(text: text, fault: .version(error))
            }
            let bound = Bound(version: version, isInclusive: comparison.isInclusive)
            guard (comparison.isLower ? lower : upper) == nil else {
                throw VersionRangeError(text: text, fault: .twice)
            }
            if comparison.isLower { lower = bound } else { upper = bound }
        }
        if let lower, let upper {
            let isEmpty =
                lower.version > upper.version
                || (lower.version == upper.version && !(lower.isInclusive && upper.isInclusive))
            if isEmpty { throw VersionRangeError(text: text, fault: .empty) }
        }
        self.lower = lower
        self.upper = upper
    }

    private static let comparisons: [(sign: String, isLower: Bool, isInclusive: Bool)] = [
        (">=", true, true), ("<=", false, true), (">", true, false), ("<", false, false),
    ]

    public func contains(_ version: PackageVersion) -> Bool {
        if let lower, version < lower.version || (version == lower.version && !lower.isInclusive) { return false }
        if let upper, version > upper.version || (version == upper.version && !upper.isInclusive) { return false }
        return true
    }

    /// Whether a bound names a pre-release, so that these are meant too.
    public var namesPrerelease: Bool {
        (lower?.version.isPrerelease ?? false) || (upper?.version.isPrerelease ?? false)
    }

    /// The same for equal ranges.
    public var text: String {
        let parts =
            [lower.map { ($0.isInclusive ? ">=" : ">") + $0.version.canonical }]
            + [upper.map { ($0.isInclusive ? "<=" : "<") + $0.version.canonical }]
        return parts.compactMap(\.self).joined(separator: ",")
    }

    public var description: String { text }
}

/// Why a text is not a range of versions.
public struct VersionRangeError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Fault: Equatable, Sendable {
        case malformed
        /// Two bounds on one side.
        case twice
        /// No version can be in it.
        case empty
        case version(VersionError)
    }

    public let text: String
    public let fault: Fault

    public var description: String {
        let reason =
            switch fault {
            case .malformed: "expected comparisons with >=, >, <= or <, as in >=1.2,<2"
            case .twice: "it has two bounds on one side"
            case .empty: "no version is in it"
            case .version(let error): error.description
            }
        return "\(quoted(text)) is not a range of versions: \(reason)"
    }
}
