public import Registry

/// One known problem of one package version; records that are aliases of each other are one match.
public struct AdvisoryMatch: Sendable, Equatable {
    /// The name of the group's leading record: a `MAL-` record if there is one, then `GHSA-`, then `PYSEC-`.
    public let id: String
    /// Every other name of the same problem, ascending.
    public let aliases: [String]
    /// The package itself is hostile, not only flawed.
    public let isMalicious: Bool
    /// The highest CVSS base score of the group times ten, 0 to 100.
    public let cvssTenths: Int?
    /// One line without control characters.
    public let summary: String
    /// Later versions named as fixed, ascending in the ecosystem's order.
    public let fixedVersions: [String]

    public init(
        id: String, aliases: [String], isMalicious: Bool, cvssTenths: Int?, summary: String, fixedVersions: [String]
    ) {
        self.id = id
        self.aliases = aliases
        self.isMalicious = isMalicious
        self.cvssTenths = cvssTenths
        self.summary = summary
        self.fixedVersions = fixedVersions
    }

    /// The highest CVSS base score of the group, 0.0 to 10.0; nil when no record has a readable vector.
    public var cvssScore: Double? {
        cvssTenths.map { Double($0) / 10 }
    }
}

/// Everything the index knows of one record about one package, for answers in other formats.
public struct PackageAdvisory: Sendable, Equatable {
    public let package: PackageName
    public let id: String
    public let aliases: [String]
    public let isMalicious: Bool
    public let cvssTenths: Int?
    /// The vector that gave the score.
    public let cvssVector: String?
    public let summary: String
    /// Seconds since 1970 of the record's last change, if it says so.
    public let modifiedSeconds: Int64?
    /// Each range's events in the ecosystem's order.
    public let ranges: [[RangeEvent]]
    /// Versions named one by one, ascending.
    public let versions: [String]

    /// One event of a range; the version of `introduced` is "0" when the range begins before every version.
    public struct RangeEvent: Sendable, Equatable {
        public let kind: RangeEventKind
        public let version: String

        public init(kind: RangeEventKind, version: String) {
            self.kind = kind
            self.version = version
        }
    }
}
