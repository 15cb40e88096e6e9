import Advisories
import Analyzers
import Configuration
import Gateway
import HTTP
import Platform
import Registry
import VerdictStore

/// The parts of `jurat serve`, put together once, and the order in which they start and end.
final class ServingProcess: Sendable {
    private let deployment: Deployment
    private let surroundings: Surroundings
    private let configurationPath: String
    private let logger: Logger
    private let log: VerdictLog
    private let gateway: GatewayService
    private let operators: OperatorService
    private let stores: Stores
    private let server: HTTPServer
    private let workers: WorkerProcesses
    private let refreshing: AdvisoryRefreshing
    private let upstream: UpstreamClient
    private let attempt: ReloadAttempt
    private let rules: UserRuleBook
    /// The configuration that the gateway has.
    private let applied: Lock<ServiceConfiguration>

    private static let gracePeriod = Duration.seconds(20)

    private init(
        deployment: Deployment, surroundings: Surroundings, configurationPath: String, logger: Logger, log: VerdictLog,
        gateway: GatewayService, operators: OperatorService, stores: Stores, server: HTTPServer,
        workers: WorkerProcesses, refreshing: AdvisoryRefreshing, upstream: UpstreamClient, rules: UserRuleBook
    ) {
        self.deployment = deployment
        self.surroundings = surroundings
        self.configurationPath = configurationPath
        self.logger = logger
        self.log = log
        self.gateway = gateway
        self.operators = operators
        self.stores = stores
        self.server = server
        self.workers = workers
        self.refreshing = refreshing
        self.upstream = upstream
        self.rules = rules
        attempt = ReloadAttempt(of: deployment.configurationBytes)
        applied = Lock(deployment.configuration)
    }

    /// Opens every store and checks the log; nothing listens yet.
    static func assemble(
        _ deployment: Deployment, configurationPath: String, surroundings: Surroundings, workers: Int, logger: Logger
    ) async throws(CommandFailure) -> ServingProcess {
        let configuration = deployment.configuration
        let log = try await deployment.openLog(surroundings, logger: logger)
        let stores = try await Stores.open(deployment, log: log, clock: surroundings.clock, logger: logger)
        let upstream = UpstreamClient(
            proxyEnvironment: surroundings.environment, userAgent: "jurat/\(JuratVersion.text)",
            maxConnectionsPerHost: 16)
        let rules = try UserRuleBook.open(
            folder: configuration.userRulesPath, directory: deployment.data.rulesDirectory, logger: logger)
        try ReviewSettingsFile.write(configuration.aiReview, in: deployment.data)
        let reader: LogReader
        do throws(LogError) { reader = try LogReader(deployment.data) } catch { throw LogCommands.failure(error) }
        let gateway = GatewayService(
            configuration: ServedConfiguration.gateway(configuration, staticRuleset: rules.ruleset), log: log,
            logReader: reader, jobs: stores.jobs,
            artifacts: stores.artifacts, history: stores.history, access: stores.access, audit: stores.audit,
            refusals: stores.refusals, foreign: stores.foreign, differences: stores.differences,
            watch: stores.watch, advisories: stores.advisories, upstream: upstream,
            cacheDirectory: configuration.cachePath, clock: surroundings.clock, logger: logger)
        let launch = WorkerLaunch(
            executable: surroundings.executablePath, dataPath: configuration.dataPath,
            sandbox: configuration.sandbox, allowance: configuration.analysisAllowance,
            environment: surroundings.environment,
            passphrasePath: deployment.passphrasePath)
        let jobs = stores.jobs
        let processes = WorkerProcesses(
            count: workers, logger: logger,
            prepare: { await forgetLeases(of: WorkerLaunch.name($0), in: jobs, logger) },
            launch: { number throws(SpawnError) in try launch.start(number) })
        let refreshing = AdvisoryRefreshing(
            directory: stores.advisories, settings: configuration.advisories,
            launch: RefreshLaunch(
                executable: surroundings.executablePath, configurationPath: configurationPath,
                environment: surroundings.environment), clock: surroundings.clock, logger: logger,
            onChange: { gateway.advisoriesChanged() })
        let operators = OperatorService(
            gateway: gateway, version: JuratVersion.text, expectsWorkers: workers > 0,
            refreshPlan: { refreshing.plan },
            keyEffects: KeyEventEffects(
                reloadLogKeys: { await deployment.reloadLogKeys(of: log, logger) },
                restartWorkers: { processes.restart() }))
        addChecks(to: gateway.readiness, deployment, rules)
        let server = HTTPServer(
            listeners: [
                ListenerConfiguration(
                    name: "public", address: .tcp(host: configuration.listen.host, port: configuration.listen.port)),
                ListenerConfiguration(
                    name: "operator", address: .unix(path: deployment.data.adminSocketPath, mode: 0o600)),
            ],
            limits: ServerLimits(), loops: 2, handler: PortSwitch(gateway: gateway, operators: operators),
            logger: logger)
        return ServingProcess(
            deployment: deployment, surroundings: surroundings, configurationPath: configurationPath, logger: logger,
            log: log, gateway: gateway, operators: operators, stores: stores, server: server, workers: processes,
            refreshing: refreshing, upstream: upstream, rules: rules)
    }

    /// What readiness tells besides the health of the gateway's own parts.
    private static func addChecks(to readiness: Gateway.Readiness, _ deployment: Deployment, _ rules: UserRuleBook) {
        let loss = HistoryLoss(deployment.data)
        readiness.add {
            HealthReport(name: "history", state: loss.problem == nil ? .ok : .degraded, problem: loss.problem)
        }
        readiness.add {
            HealthReport(name: "rules", state: rules.problem == nil ? .ok : .degraded, problem: rules.problem)
        }
        // Both are fixed from the start on: the setting needs a restart, and the kernel one of the machine.
        let sandbox = HealthReport(deployment.configuration.sandbox, Sandbox.available())
        readiness.add { sandbox }
    }

    /// Serves until the process is asked to end. Returns after everything that ran has finished or run out of time.
    func run() async throws(CommandFailure) {
        let signals = SignalInbox()
        let watcher = signals.watch()
        do { try await server.start() } catch { throw CommandFailure(.failure, "\(error)") }
        // Whoever reads the banner may use the address at once, so it comes after the listeners are open.
        Banner(configuration: deployment.configuration, advisories: stores.advisories, clock: surroundings.clock)
            .print(on: surroundings.console)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.gateway.run() }
            group.addTask { await self.workers.run() }
            group.addTask { await self.refreshing.run() }
            group.addTask { await self.watchConfiguration() }
            group.addTask { await self.keepHouse() }
            for await signal in signals.received {
                if signal.isReload {
                    reload()
                } else {
                    logger.info("\(signal): finishing what runs")
                    break
                }
            }
            operators.end()
            await server.shutdown(gracePeriod: Self.gracePeriod)
            workers.stop()
            refreshing.stop()
            gateway.finish()
            group.cancelAll()
        }
        withExtendedLifetime(watcher) {}
        await stores.close(logger: logger)
        await log.close()
        logger.info("ended")
    }

    // MARK: What goes on beside serving

    private func watchConfiguration() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))
            restoreSocketFiles()
            refreshing.look()
            if rules.look() { applyRules() }
            // By content: a modification time in whole seconds would miss a file that is written twice in one.
            guard let now = try? Files.readAll(configurationPath, maxBytes: ConfigurationFile.maxBytes),
                attempt.isNew(now)
            else { continue }
            reload()
        }
    }

    /// Whoever removed the socket file took the operators' way in away; make it again, and say so.
    private func restoreSocketFiles() {
        do {
            for name in try server.restoreSocketFiles() {
                logger.warning("the socket file of the \(name) listener was removed; it is made again")
            }
        } catch {
            logger.error("\(error)")
        }
    }

    private func keepHouse() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(300))
            await stores.keepHouse(now: surroundings.clock.now(), logger: logger)
            let removed = await gateway.pruneDocuments()
            if removed > 0 { logger.info("listings: removed \(removed) that nobody asked for in a month") }
        }
    }

    /// Tells the gateway that its verdicts are to be made by other rules from now on.
    private func applyRules() {
        gateway.reload(ServedConfiguration.gateway(applied.withLock { $0 }, staticRuleset: rules.ruleset))
    }

    /// Applies the configuration file as it is now; one with mistakes is reported and the last good one stays.
    private func reload() {
        let file = ConfigurationFile(path: configurationPath, environment: surroundings.environment)
        do {
            let bytes = try file.read()
            attempt.began(bytes)
            let fresh = try file.load(bytes)
            let current = deployment.configuration
            let fixed = fresh.changesThatNeedRestart(from: current)
            if !fixed.isEmpty {
                logger.warning("needs a restart, the running value stays: \(fixed.joined(separator: ", "))")
            }
            rules.use(folder: fresh.userRulesPath)
            try ReviewSettingsFile.write(fresh.aiReview, in: deployment.data)
            gateway.reload(ServedConfiguration.gateway(fresh, staticRuleset: rules.ruleset))
            applied.withLock { $0 = fresh }
            refreshing.configurationChanged(fresh.advisories)
            operators.configurationReloaded(problem: nil)
            attempt.ended(problem: nil)
            logger.info("configuration applied")
        } catch {
            operators.configurationReloaded(problem: error.message)
            // A signal right after the file changed finds the same mistakes: they are said once.
            if attempt.ended(problem: error.message) {
                logger.error("configuration not applied, the last good one stays: \(error.message)")
            }
        }
    }
}

/// Which handler answers on which listener.
private struct PortSwitch: RequestHandler {
    let gateway: GatewayService
    let operators: OperatorService

    func respond(to request: ServerRequest) async -> ServerResponse {
        if request.listener == "operator" { return await operators.handler.respond(to: request) }
        return await gateway.publicHandler.respond(to: request)
    }
}

/// Lets the jobs of a worker that has ended be given out again, so that no client waits for leases nobody holds.
private func forgetLeases(of worker: String, in jobs: SQLiteJobQueue, _ logger: Logger) async {
    do throws(JobQueueError) {
        let ended = try await jobs.endLeases(of: worker)
        if ended > 0 { logger.info("\(worker) had left \(ended) jobs; they are given out again") }
    } catch {
        logger.warning("what \(worker) left waits for its deadline: \(error)")
    }
}

extension HealthReport {
    /// Whether artifacts are opened in less than the whole sandbox, or may be.
    init(_ requirement: SandboxRequirement, _ available: SandboxReport) {
        guard requirement == .degraded else {
            // Workers refuse to start then, which is a check of its own.
            self.init(name: "sandbox", state: .ok)
            return
        }
        let gaps = available.gaps.map { "\($0.layer.rawValue): \($0.reason)" }.joined(separator: "; ")
        self.init(
            name: "sandbox", state: .degraded,
            problem: gaps.isEmpty
                ? "the configuration says `sandbox: degraded`, and this kernel has every layer; take the setting out"
                : "artifacts are opened with less than the whole sandbox, as `sandbox: degraded` says: \(gaps)")
    }
}
