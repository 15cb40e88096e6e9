public import HTTP
import Platform
import Screening
import VerdictStore

/// The operator API of a gateway: what answers on the admin socket.
public final class OperatorService: Sendable {
    /// Answers the admin socket.
    public let handler: any RequestHandler
    private let reloadProblem: ReloadProblem
    private let ending = EndingFlag()
    private let disk = BlockingPool(name: "operators", threads: 1)

    /// - Parameters:
    ///   - version: the program's version, for `status`.
    ///   - expectsWorkers: whether no worker at all is a failure of readiness.
    ///   - keyEffects: what is done when keys change.
    ///   - refreshPlan: when the advisories are refreshed next.
    public init(
        gateway: GatewayService, version: String, expectsWorkers: Bool,
        refreshPlan: @escaping @Sendable () -> AdvisoryRefreshPlan = { AdvisoryRefreshPlan() },
        keyEffects: KeyEventEffects = KeyEventEffects()
    ) {
        let parts = gateway.parts
        let roster = WorkerRoster()
        let reloadProblem = ReloadProblem()
        let lookup = ArtifactLookup(
            admission: parts.admission, records: parts.records, settings: parts.settings, store: parts.stores.artifacts,
            knowledge: gateway.log.knowledge, log: parts.stores.logReader, desk: parts.desk)
        let jobs = parts.desk.jobs
        let clock = gateway.clock
        let advisories = AdvisoryReport(
            source: parts.advisories, settings: parts.settings, live: parts.live, plan: refreshPlan)
        handler = OperatorHandler(
            jobs: JobRoutes(
                jobs: jobs, completion: Self.completion(gateway), artifacts: parts.stores.artifacts,
                increments: Self.increments(gateway), roster: roster, clock: clock, ending: ending,
                settings: parts.settings),
            holds: HoldRoutes(
                lookup: lookup, refusals: parts.stores.refusals, gate: parts.gate, differences: parts.differences),
            differences: DifferenceRoute(
                lookup: lookup, history: parts.stores.history, differences: parts.differences, fetcher: parts.fetcher),
            artifacts: ArtifactBytesRoute(store: parts.stores.artifacts),
            dispositions: DispositionRoute(
                log: gateway.log, reads: LogReads(reader: parts.stores.logReader), store: parts.stores.artifacts,
                foreign: parts.stores.foreign.knowledge, clock: clock, note: { parts.records.noted($0) }),
            statements: StatementRoute(
                log: gateway.log, clock: clock, note: { parts.records.noted($0) },
                onRevoked: { gateway.knowledgeRevoked() }),
            bundles: BundleRoute(
                store: parts.stores.foreign, clock: clock, logger: gateway.logger,
                trust: { [settings = parts.settings] in settings.current.trust[$0] },
                note: { parts.records.noted($0) }),
            keyEvents: KeyEventRoute(
                log: gateway.log, clock: clock, note: { parts.records.noted($0) }, effects: keyEffects,
                onEnded: { gateway.knowledgeRevoked() }),
            check: parts.check,
            status: StatusRoutes(
                version: version, log: gateway.log, jobs: jobs, roster: roster, readiness: gateway.readiness,
                canaries: gateway.canaries, settings: parts.settings, advisories: advisories,
                breaker: parts.breaker, following: parts.following, startedAt: clock.now(), clock: clock),
            metrics: MetricsRoute(
                version: version, log: gateway.log, jobs: jobs, roster: roster, readiness: gateway.readiness,
                advisories: advisories, live: parts.live, records: parts.records,
                startedAt: clock.now(), clock: clock),
            trust: TrustRoutes(following: parts.following),
            who: WhoRoute(
                access: parts.stores.access, records: parts.records, advisories: parts.advisories,
                admission: parts.admission, settings: parts.settings),
            rescan: RescanRoute(rescan: parts.rescan),
            warm: WarmRoutes(
                warming: parts.warming.watched, settings: parts.settings, clock: clock,
                note: { parts.records.noted($0) }),
            // Reading a snapshot takes longer than the loop that answers others may wait.
            reloadAdvisories: { [disk] in await disk.run { gateway.advisoriesChanged() } })
        self.reloadProblem = reloadProblem
        gateway.readiness.add { await Self.workers(roster, jobs, clock, expectsWorkers) }
        gateway.readiness.add { reloadProblem.report }
    }

    static func completion(_ gateway: GatewayService) -> JobCompletion {
        let (parts, log) = (gateway.parts, gateway.log)
        return JobCompletion(
            jobs: parts.desk.jobs, knowledge: log.knowledge,
            append: { (envelope) async throws(LogError) in try await log.append(envelope) }, review: parts.review,
            increments: increments(gateway), differences: parts.differences, clock: gateway.clock,
            note: { parts.records.noted($0) },
            onVerdict: { parts.sweep.check($0, $1) }, onChainLoss: { parts.requeue.ask() })
    }

    static func increments(_ gateway: GatewayService) -> IncrementDesk {
        IncrementDesk(
            history: gateway.parts.stores.history, knowledge: gateway.log.knowledge,
            artifacts: gateway.parts.stores.artifacts, settings: gateway.parts.settings,
            recovery: gateway.parts.recovery)
    }

    /// Sends workers that wait for jobs away; to be called before the server is shut down.
    public func end() { ending.set() }

    /// Keeps what was wrong with a configuration that could not be applied; nil when the last one could.
    public func configurationReloaded(problem: String?) { reloadProblem.set(problem) }

    /// Whether somebody analyses what clients ask for.
    private static func workers(
        _ roster: WorkerRoster, _ jobs: any JobQueue, _ clock: any WallClock, _ expectsWorkers: Bool
    ) async -> HealthReport {
        guard roster.present(at: clock.now()).isEmpty else { return HealthReport(name: "workers", state: .ok) }
        let advice = "no worker asked for jobs lately; nothing new can be served until one does (jurat worker)"
        return HealthReport(name: "workers", state: expectsWorkers ? .failed : .degraded, problem: advice)
    }
}

/// What was wrong with the last configuration that could not be applied.
private final class ReloadProblem: Sendable {
    private let problem = Lock<String?>(nil)

    func set(_ text: String?) { problem.withLock { $0 = text } }

    var report: HealthReport {
        guard let text = problem.withLock({ $0 }) else { return HealthReport(name: "configuration", state: .ok) }
        return HealthReport(
            name: "configuration", state: .degraded, problem: "the changed file was not applied: \(text)")
    }
}
