public import Advisories
public import HTTP
import JSON
public import Platform
import Registry
public import VerdictStore

/// The gateway: everything between a client's request and its answer, put together once.
///
/// The handlers answer requests by themselves; fetching, rendering and record keeping go on inside `run`, which must be
/// running while requests are answered.
public final class GatewayService: Sendable {
    /// Answers the package port.
    public let publicHandler: any RequestHandler
    /// What the service says of its health; others may add their checks.
    public let readiness: Readiness
    /// Asks every registry for its canary.
    public let canaries: CanaryProbe

    let settings: Settings
    let parts: GatewayParts
    let log: VerdictLog
    let advisories: any AdvisorySource
    let clock: any WallClock
    let logger: Logger
    private let scope: TaskScope

    /// Puts the gateway together; nothing listens, fetches or writes before `run` and the first request.
    init(
        configuration: GatewayConfiguration, stores: GatewayStores, advisories: any AdvisorySource,
        upstream: any UpstreamFetching, cacheDirectory: String, clock: any WallClock, pausing: any Pausing,
        logger: Logger
    ) {
        let settings = Settings(configuration)
        let scope = TaskScope()
        let adapters: [any EcosystemAdapter] = [NPMAdapter(), PyPIAdapter()]
        let parts = GatewayParts(
            settings: settings, stores: stores, advisories: advisories, upstream: upstream,
            cacheDirectory: cacheDirectory, adapters: adapters, scope: scope, clock: clock, pausing: pausing,
            logger: logger)
        let readiness = Readiness()
        let why = WhyRoute(
            admission: parts.admission, records: parts.records, refusals: parts.refusals, settings: settings,
            adapters: adapters, desk: parts.desk, log: stores.logReader, differences: parts.differences,
            logger: logger)
        let osv = OSVRoutes(advisories: advisories, findings: parts.findings, audits: parts.audits)
        let system = SystemRoutes(
            readiness: readiness, why: why,
            extensions: [
                PackageWhyRoute(
                    admission: parts.admission, settings: settings, knowledge: stores.log.knowledge,
                    log: stores.logReader),
                LogRoutes(reads: parts.logReads, source: parts.witnessing, logger: logger), osv,
                parts.check,
            ])
        let handler = PublicHandler(
            settings: settings, system: system, osv: osv, registries: parts.routes(adapters))
        publicHandler = handler
        canaries = CanaryProbe(handler: handler, settings: settings, adapters: adapters)
        self.readiness = readiness
        self.settings = settings
        self.parts = parts
        self.scope = scope
        self.clock = clock
        self.logger = logger
        self.advisories = advisories
        log = stores.log
        addChecks(advisories)
    }

    /// Puts the gateway together from the stores that the process opened.
    public convenience init(
        configuration: GatewayConfiguration, log: VerdictLog, logReader: LogReader, jobs: any JobQueue,
        artifacts: ArtifactStore, history: ListingHistory, access: AccessLog, audit: AuditLog,
        refusals: RefusalRegister, foreign: ForeignStore, differences: DifferenceBook, watch: WatchBook,
        advisories: AdvisoryDirectory, upstream: any UpstreamFetching, cacheDirectory: String, clock: any WallClock,
        pausing: any Pausing = SystemPause(), logger: Logger
    ) {
        self.init(
            configuration: configuration,
            stores: GatewayStores(
                log: log, logReader: logReader, jobs: jobs, artifacts: artifacts, history: history, access: access,
                audit: audit, refusals: refusals, foreign: foreign, differences: differences, watch: watch),
            advisories: AdvisoryBook(advisories), upstream: upstream, cacheDirectory: cacheDirectory, clock: clock,
            pausing: pausing, logger: logger)
    }

    /// Runs what requests start and what outlives them, until `finish` (or cancellation) and the end of that work.
    ///
    /// Returns after every record that was taken over is written. Call it once.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [parts] in await parts.records.run() }
            await withTaskGroup(of: Void.self) { work in
                work.addTask { [parts] in await parts.following.run() }
                work.addTask { [parts] in await parts.requeue.run() }
                work.addTask { [parts] in await parts.rescan.run() }
                work.addTask { [parts] in await parts.sweep.run() }
                work.addTask { [parts] in await parts.warming.requested.run() }
                work.addTask { [parts] in await parts.warming.watched.run() }
                work.addTask { [parts] in await parts.witnessing.run() }
                await scope.run()
                work.cancelAll()
            }
            // Fetches are over (or cancelled); their records are not lost.
            scope.finish()
            parts.records.finish()
        }
    }

    /// Starts no more work and lets `run` return when what is under way has ended.
    ///
    /// Call it after the server has answered its last request.
    public func finish() {
        scope.finish()
    }

    /// Applies a new configuration to every request from now on.
    public func reload(_ configuration: GatewayConfiguration) {
        let isOtherTopology = settings.current.topology.definitions != configuration.topology.definitions
        settings.replace(with: configuration)
        parts.following.trustChanged()
        parts.witnessing.policyChanged()
        parts.rescan.rulesChanged()
        parts.warming.watched.changed()
        if isOtherTopology {
            parts.listings.removeAll()
            parts.derived.removeAll()
        }
        parts.records.noted(
            AuditEvent(.reload, at: clock.now(), members: ["publicUrl": .string(configuration.publicBase)]))
    }

    /// Removes upstream documents that were not fetched anew for `age`; they are asked for again when somebody wants them.
    ///
    /// - Returns: how many were removed.
    @discardableResult
    public func pruneDocuments(olderThan age: Duration = .seconds(30 * 86_400)) async -> Int {
        await parts.documents.prune(before: clock.now().adding(.zero - age))
    }

    /// Takes over the advisory snapshot that is installed now, and has everything known here compared with it. Blocks for
    /// as long as reading it takes.
    public func advisoriesChanged() {
        (advisories as? AdvisoryBook)?.reload()
        parts.sweep.ring()
    }

    /// Has everything analysed again that is here and lost its verdict; to be called after a revocation, or an event that
    /// ends a key, has entered the log.
    public func knowledgeRevoked() { parts.requeue.ask() }

    /// The checks of what this service itself depends on.
    private func addChecks(_ advisories: any AdvisorySource) {
        readiness.add { [following = parts.following] in await following.health() }
        readiness.add { [parts] in parts.witnessing.report }
        readiness.add { [settings, clock] in
            HealthReport(advisories, settings.current, at: clock.now())
        }
        readiness.add { [canaries, settings] in
            HealthReport(await canaries.run(), policies: settings.current)
        }
    }
}
