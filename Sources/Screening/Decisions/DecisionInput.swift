public import Platform
public import Registry

/// Everything that the decision about one artifact, or one listed version, depends on.
///
/// Listing routes and artifact routes fill in the same facts, so they get the same answer.
public struct DecisionInput: Sendable {
    /// The registry whose policy acts.
    public var registry: RegistryName
    public var policy: ScreeningPolicy
    public var name: PackageName
    public var version: PackageVersion
    /// The name belongs to another registry's declared namespace.
    public var isNameReserved: Bool
    /// The publish time that the listing claims; nil when it is missing or unreadable.
    public var publishedAt: Timestamp?
    /// When this version was first seen here.
    public var firstSeenAt: Timestamp?
    /// The listing claims an earlier publish time than an earlier listing did.
    public var isTimeContradicted: Bool
    public var hasInstallScript: Bool
    public var hasRepositoryURL: Bool
    /// The bytes, or the claims about them, differ from what was seen before under this name and version.
    public var isTampered: Bool
    /// Every valid verdict about the bytes; the decision picks the newest ones itself.
    public var statements: [StandingVerdict]
    /// Every disposition about the bytes by a valid key.
    public var dispositions: [StandingDisposition]
    /// What the advisory index says about name and version now.
    public var advisories: [AdvisoryFact]
    public var advisoryAvailability: AdvisoryAvailability
    /// Progress of the analyzers that have not judged yet; absent means not requested.
    public var progress: [AnalyzerID: AnalysisProgress]
    /// The version fixes an advisory that affects an older version which would be served.
    public var fixesAdvisory: Bool
    public var now: Timestamp

    public init(
        registry: RegistryName, policy: ScreeningPolicy, name: PackageName, version: PackageVersion,
        isNameReserved: Bool = false, publishedAt: Timestamp?, firstSeenAt: Timestamp? = nil,
        isTimeContradicted: Bool = false, hasInstallScript: Bool = false, hasRepositoryURL: Bool = true,
        isTampered: Bool = false, statements: [StandingVerdict] = [], dispositions: [StandingDisposition] = [],
        advisories: [AdvisoryFact] = [], advisoryAvailability: AdvisoryAvailability,
        progress: [AnalyzerID: AnalysisProgress] = [:], fixesAdvisory: Bool = false, now: Timestamp
    ) {
        self.registry = registry
        self.policy = policy
        self.name = name
        self.version = version
        self.isNameReserved = isNameReserved
        self.publishedAt = publishedAt
        self.firstSeenAt = firstSeenAt
        self.isTimeContradicted = isTimeContradicted
        self.hasInstallScript = hasInstallScript
        self.hasRepositoryURL = hasRepositoryURL
        self.isTampered = isTampered
        self.statements = statements
        self.dispositions = dispositions
        self.advisories = advisories
        self.advisoryAvailability = advisoryAvailability
        self.progress = progress
        self.fixesAdvisory = fixesAdvisory
        self.now = now
    }
}
