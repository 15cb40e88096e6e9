import HTTP
import Platform
import Registry
import VerdictStore

/// The stores that the gateway works on, opened by whoever starts it.
struct GatewayStores: Sendable {
    let log: VerdictLog
    /// Reads the same log for clients and operators, on a connection of its own.
    let logReader: LogReader
    let jobs: any JobQueue
    let artifacts: ArtifactStore
    let history: ListingHistory
    let access: AccessLog
    let audit: AuditLog
    let refusals: RefusalRegister
    /// What was taken over from other logs.
    let foreign: ForeignStore
    let differences: DifferenceBook
    /// What is fetched and analysed ahead.
    let watch: WatchBook
}

/// The gateway's inner parts, each made once and shared by the package port and the operator's API.
struct GatewayParts: Sendable {
    let settings: Settings
    let stores: GatewayStores
    let advisories: any AdvisorySource
    let breaker: CircuitBreaker
    let listings: ListingCache
    let derived: DerivedListings
    let relay: UpstreamRelay
    let documents: DocumentStore
    let companions: CompanionFetcher
    let live: LiveAdvisories
    let admission: Admission
    let fetcher: ArtifactFetcher
    let desk: AnalysisDesk
    let gate: ArtifactGate
    let recovery: BaseRecovery
    let requeue: Requeue
    let rescan: Rescan
    let review: AdvisoryReview
    let sweep: AdvisorySweep
    let warming: WarmingParts
    let check: CheckRoute
    let references: ReferenceIndex
    let records: RecordBook
    let refusals: RefusalResponder
    /// What our own log says against versions, for audits.
    let findings: OwnFindings
    let audits = AuditDesk()
    let following: FollowingService
    let logReads: LogReads
    let witnessing: WitnessingService
    /// What changed in releases, for people.
    let differences: DifferenceShelf
    let clock: any WallClock
    let logger: Logger

    private static let relayMemoryBytes = 32 << 20
    private static let diskThreads = 2

    init(
        settings: Settings, stores: GatewayStores, advisories: any AdvisorySource, upstream: any UpstreamFetching,
        cacheDirectory: String, adapters: [any EcosystemAdapter], scope: TaskScope, clock: any WallClock,
        pausing: any Pausing, logger: Logger
    ) {
        let limits = settings.current.limits
        let breaker = CircuitBreaker(clock: clock)
        let fetcher = DocumentFetcher(client: upstream, breaker: breaker, clock: clock)
        let documents = Self.documents(in: cacheDirectory, of: settings.current.topology, logger)
        let references = ReferenceIndex()
        let records = Self.records(stores, references, logger)
        let history = HistoryBook(history: stores.history, clock: clock) { records.noted($0) }
        let listings = Self.listings(adapters, fetcher, documents, history, scope, clock, limits, logger)
        let (knowledge, splitViews) = (stores.log.knowledge, SplitViews())
        live = LiveAdvisories(
            settings: settings, client: upstream, scope: scope, scratch: "\(cacheDirectory)/live", clock: clock,
            logger: logger)
        let admission = Admission(
            settings: settings, listings: listings, knowledge: knowledge, store: stores.artifacts,
            foreign: stores.foreign.knowledge, splitViews: splitViews, advisories: advisories, live: live,
            clock: clock, adapters: adapters)
        let artifacts = ArtifactFetcher(
            client: upstream, store: stores.artifacts, history: history, breaker: breaker, scope: scope,
            maxFlights: limits.artifactFlights, logger: logger)
        let desk = AnalysisDesk(
            jobs: WatchedJobQueue(watching: stores.jobs), knowledge: knowledge, settings: settings, scope: scope,
            maxFlights: limits.artifactFlights)
        (self.settings, self.stores, self.advisories) = (settings, stores, advisories)
        (self.breaker, self.listings, self.admission) = (breaker, listings, admission)
        (self.references, self.records, self.desk) = (references, records, desk)
        (self.clock, self.logger, self.fetcher, self.documents) = (clock, logger, artifacts, documents)
        gate = ArtifactGate(
            admission: admission, fetcher: artifacts, desk: desk, knowledge: knowledge, pausing: pausing, clock: clock,
            logger: logger)
        recovery = BaseRecovery(admission: admission, fetcher: artifacts, pausing: pausing, logger: logger)
        requeue = Requeue(
            admission: admission, settings: settings, stores: stores, desk: desk, pausing: pausing, logger: logger)
        rescan = Rescan(settings: settings, stores: stores, jobs: desk.jobs, pausing: pausing, logger: logger)
        logReads = LogReads(reader: stores.logReader)
        review = AdvisoryReview(knowledge: knowledge, reads: logReads, access: stores.access, records: records)
        sweep = AdvisorySweep(
            source: advisories, settings: settings, stores: stores, jobs: desk.jobs, review: review, pausing: pausing,
            logger: logger)
        warming = WarmingParts(
            admission: admission, settings: settings, stores: stores, fetcher: artifacts, desk: desk, breaker: breaker,
            clock: clock, pausing: pausing, logger: logger)
        check = CheckRoute(
            check: PackageCheck(
                admission: admission, settings: settings, warming: warming.requested, pausing: pausing, clock: clock))
        derived = DerivedListings(
            admission: admission, references: references, scope: scope, maxMemoryBytes: limits.renderedMemoryBytes,
            maxFlights: limits.listingFlights)
        relay = UpstreamRelay(
            fetcher: fetcher, store: documents, scope: scope, clock: clock, maxMemoryBytes: Self.relayMemoryBytes,
            maxFlights: limits.listingFlights)
        companions = CompanionFetcher(
            client: upstream, scope: scope, maxBytes: limits.companionBytes, maxMemoryBytes: Self.relayMemoryBytes,
            maxFlights: limits.artifactFlights)
        differences = DifferenceShelf(book: stores.differences, logger: logger)
        refusals = RefusalResponder(records: records, references: references, clock: clock)
        findings = OwnFindings(knowledge: knowledge, settings: settings, clock: clock)
        following = FollowingService(
            settings: settings, store: stores.foreign, splitViews: splitViews,
            connect: { HTTPPeerLog(url: $0, client: upstream) }, records: records, clock: clock, pausing: pausing,
            logger: logger)
        witnessing = WitnessingService(
            log: stores.log, reads: logReads, settings: settings, client: upstream,
            path: stores.logReader.directory.publishedCheckpointPath, clock: clock, pausing: pausing, logger: logger)
    }

    private static func records(
        _ stores: GatewayStores, _ references: ReferenceIndex, _ logger: Logger
    ) -> RecordBook {
        RecordBook(
            access: stores.access, audit: stores.audit, register: stores.refusals, references: references,
            logger: logger)
    }

    private static func listings(
        _ adapters: [any EcosystemAdapter], _ fetcher: DocumentFetcher, _ store: DocumentStore, _ history: HistoryBook,
        _ scope: TaskScope, _ clock: any WallClock, _ limits: GatewayConfiguration.Limits, _ logger: Logger
    ) -> ListingCache {
        let loaders = Dictionary(
            adapters.map { ($0.ecosystem, $0 as any ListingLoading) }, uniquingKeysWith: { first, _ in first })
        return ListingCache(
            loaders: loaders, fetcher: fetcher, store: store, history: history, scope: scope, clock: clock,
            maxMemoryBytes: limits.listingMemoryBytes, maxFlights: limits.listingFlights, logger: logger)
    }

    private static func documents(
        in cacheDirectory: String, of topology: RegistryTopology, _ logger: Logger
    ) -> DocumentStore {
        let largest = topology.definitions.compactMap(\.upstream?.maxListingBytes).max() ?? 64 << 20
        return DocumentStore(
            directory: "\(cacheDirectory)/metadata", maxDocumentBytes: Int(clamping: largest),
            pool: BlockingPool(name: "metadata", threads: diskThreads), logger: logger)
    }

    /// The routes of registries.
    func routes(_ adapters: [any EcosystemAdapter]) -> RegistryRoutes {
        let listing = ListingRoute(admission: admission, derived: derived, relay: relay, clock: clock)
        let versions = VersionRoutes(admission: admission, refusals: refusals, companions: companions)
        let artifact = ArtifactRoute(
            admission: admission, gate: gate, store: stores.artifacts, refusals: refusals, records: records,
            clock: clock, logger: logger)
        return RegistryRoutes(
            admission: admission, adapters: adapters, listings: listing, versions: versions, artifacts: artifact,
            refusals: refusals, settings: settings
        ) { [relay, derived, settings, advisories, findings, audits] in
            let configuration = settings.current
            return SpecialServices(
                relay: relay, derived: derived, topology: configuration.topology, advisories: advisories,
                findings: findings, audits: audits, maxAuditBytes: configuration.limits.auditRequestBytes)
        }
    }
}
