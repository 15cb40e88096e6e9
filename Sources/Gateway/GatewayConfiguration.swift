public import Registry
public import Screening
public import VerdictStore

/// Everything that a running gateway can be told anew; what needs a restart is in the initialiser of `GatewayService`.
public struct GatewayConfiguration: Sendable {
    public var topology: RegistryTopology
    /// The effective policy of each registry that is a source.
    public var policies: [RegistryName: ScreeningPolicy]
    /// Our address as clients write it, with or without a slash at its end.
    public var publicURL: String
    /// Proxies whose `X-Forwarded-*` fields are believed.
    public var trustedProxies: [AddressRange]
    /// The rules each analyzer judges by now; an analyzer that is not named here is not available.
    public var analyzerRulesets: [AnalyzerID: RulesetReference]
    /// The version of each analyzer that runs now, as its verdicts name it.
    public var analyzerVersions: [AnalyzerID: String]
    /// What a finding says, in a sentence of ours; the log has codes only.
    public var findingSentence: @Sendable (Finding) -> String
    /// Whether artifacts may be judged before any advisory snapshot was ever loaded (`required: whenLoaded`).
    public var advisoriesRequired: Bool
    /// The age from which a snapshot counts as stale.
    public var advisoriesMaxAge: Duration
    /// Where each ecosystem's bundle comes from, as people may see it.
    public var advisoryPlaces: [Ecosystem: String]
    /// The service that is asked about versions of which the bundles know nothing; nil for none.
    public var liveFallback: LiveFallback?
    public var limits: Limits
    /// The foreign logs whose statements count, no two of one origin.
    public var trust: [TrustedLog]
    /// Who must have seen a checkpoint of our own log before others are shown it.
    public var witnessing: WitnessPolicy

    /// How many artifacts are with models at once, over all workers.
    public var reviewsAtOnce = 2
    /// How packages are looked at ahead of demand.
    public var warming: WarmSettings

    /// Bounds on memory and on work under way.
    public struct Limits: Sendable, Hashable {
        /// Upstream listings held in memory, parsed.
        public var listingMemoryBytes = 256 << 20
        /// Rendered and compressed listings held in memory.
        public var renderedMemoryBytes = 128 << 20
        /// Different listings being fetched at once; past it 429.
        public var listingFlights = 512
        /// Different artifacts being fetched at once; past it 429.
        public var artifactFlights = 256
        /// The largest body of an npm audit request, compressed and not.
        public var auditRequestBytes = 16 << 20
        /// The largest metadata file beside a wheel.
        public var companionBytes = 4 << 20

        public init() {}
    }

    public init(
        topology: RegistryTopology, policies: [RegistryName: ScreeningPolicy], publicURL: String,
        trustedProxies: [AddressRange] = [], analyzerRulesets: [AnalyzerID: RulesetReference],
        analyzerVersions: [AnalyzerID: String] = [:],
        findingSentence: @escaping @Sendable (Finding) -> String = { $0.rule }, advisoriesRequired: Bool = false,
        advisoriesMaxAge: Duration = .seconds(48 * 3600), advisoryPlaces: [Ecosystem: String] = [:],
        liveFallback: LiveFallback? = nil,
        limits: Limits = Limits(), trust: [TrustedLog] = [],
        witnessing: WitnessPolicy = .none, warming: WarmSettings = WarmSettings()
    ) {
        self.topology = topology
        self.policies = policies
        self.publicURL = publicURL
        self.trustedProxies = trustedProxies
        self.analyzerRulesets = analyzerRulesets
        self.analyzerVersions = analyzerVersions
        self.findingSentence = findingSentence
        self.advisoriesRequired = advisoriesRequired
        self.advisoriesMaxAge = advisoriesMaxAge
        self.advisoryPlaces = advisoryPlaces
        self.liveFallback = liveFallback
        self.limits = limits
        self.trust = trust
        self.witnessing = witnessing
        self.warming = warming
    }

    /// The policy of `registry`; the defaults when none is configured.
    public func policy(of registry: RegistryName) -> ScreeningPolicy { policies[registry] ?? .standard }

    /// `publicURL` without a slash at its end.
    var publicBase: String { publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL }
}
