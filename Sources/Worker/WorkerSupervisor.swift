import Advisories
import Analyzers
public import Cryptography
public import HTTP
import JSON
public import Platform
import Screening
import VerdictStore

/// The process that holds the verdict key: it leases jobs, has each artifact opened by a confined child, and signs.
///
/// A lost connection, a lost lease or a stop leaves nothing behind but a lease that expires: another worker repeats the
/// job and, analyses being deterministic, comes to the same findings.
public final class WorkerSupervisor: Sendable {
    private let configuration: WorkerConfiguration
    private let jobs: JobClient
    private let execution: JobExecution
    private let signing: VerdictSigning
    private let logger: Logger
    private let stopSignal = StopSignal()
    private let finishSignal = FinishSignal()
    private let endedKey = Lock<KeyID?>(nil)

    private static let shortestPause = Duration.milliseconds(100)
    private static let longestPause = Duration.seconds(5)
    /// Whatever the gateway says, no worker takes more.
    private static let mostReviews = 32
    /// A panel of models may be behind one address, for each review.
    private static let modelConnections = 8 * mostReviews

    /// A worker with the key of its data directory and a client of its own.
    ///
    /// - Throws: `WorkerError` when there is no usable key or no gateway was named.
    public convenience init(
        _ configuration: WorkerConfiguration, clock: any WallClock, logger: Logger
    ) throws(WorkerError) {
        let key = try VerdictKey.newest(configuration)
        // No proxy: the gateway is a neighbour.
        let client = UpstreamClient(
            proxyEnvironment: ProcessEnvironment(variables: [:]), userAgent: "jurat-worker",
            maxConnectionsPerHost: 2 * configuration.slots + 2 + Self.mostReviews)
        // Of their own: a question that waits for a connection would use up the model's time.
        let direct = UpstreamClient(
            proxyEnvironment: ProcessEnvironment(variables: [:]), userAgent: "jurat-worker",
            maxConnectionsPerHost: Self.modelConnections)
        let proxied = UpstreamClient(
            proxyEnvironment: configuration.environment, userAgent: "jurat-worker",
            maxConnectionsPerHost: Self.modelConnections)
        try self.init(
            configuration, key: key, client: client, models: ModelClients(direct: direct, proxied: proxied),
            clock: clock, logger: logger)
    }

    /// A worker with a given key and client.
    ///
    /// - Parameter models: reach models; nil for the same client.
    /// - Throws: `WorkerError.noServer` when no gateway was named.
    public init(
        _ configuration: WorkerConfiguration, key: Ed25519SigningKey, client: any UpstreamFetching,
        models: ModelClients? = nil, clock: any WallClock, logger: Logger
    ) throws(WorkerError) {
        guard configuration.adminSocketPath != nil || configuration.serverURL != nil else { throw .noServer }
        self.configuration = configuration
        self.logger = logger
        jobs = JobClient(
            client: client, socketPath: configuration.adminSocketPath,
            baseURL: configuration.serverURL ?? "http://localhost", worker: configuration.name)
        let pool = BlockingPool(name: "analysis", threads: max(configuration.slots, 1))
        execution = JobExecution(
            configuration: configuration,
            runner: AnalysisRunner(
                executable: configuration.executablePath, arguments: configuration.childArguments,
                limits: configuration.childLimits, start: configuration.childStart, pool: pool),
            userRules: UserRuleShelf(UserRuleStore(directory: configuration.dataDirectory.rulesDirectory)),
            advisories: AdvisoryDirectory(directory: configuration.dataDirectory.advisoriesDirectory),
            reviews: ReviewShelf(configuration.dataDirectory),
            models: models ?? ModelClients(direct: client, proxied: client), pool: pool, clock: clock,
            logger: logger)
        signing = VerdictSigning(key: key, clock: clock)
    }

    /// Works until `stop`; call it once.
    ///
    /// - Throws: `WorkerError.sandbox` when the kernel cannot confine children as the configuration asks.
    public func run() async throws(WorkerError) {
        let sandbox = Sandbox.available()
        if configuration.sandbox == .required, !sandbox.isComplete { throw .sandbox(sandbox) }
        if !sandbox.isComplete { logger.warning("analyses run in a degraded sandbox: \(sandbox)") }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await self.serveSlots()
                // Nothing is left to be stopped.
                self.stopSignal.request()
            }
            await stopSignal.wait()
            group.cancelAll()
        }
        if let id = endedKey.withLock({ $0 }) { throw .keyEnded(id) }
    }

    private func serveSlots() async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<max(configuration.slots, 1) {
                group.addTask { await self.work(on: .others) { await self.handle($0) } }
            }
            group.addTask { await self.serveReviews() }
        }
    }

    /// Takes reviews beside the slots, since they wait for models most of the time; how many run at once is for the gateway
    /// to say, which sees all workers.
    private func serveReviews() async {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            await work(on: .reviews) { job in
                if running >= Self.mostReviews {
                    await group.next()
                    running -= 1
                }
                running += 1
                group.addTask { await self.handle(job) }
            }
        }
    }

    /// Makes `run` return when the jobs that are worked on are handed in. Callable from any thread.
    public func finish() { finishSignal.request() }

    /// Makes `run` return soon; children are killed and their jobs left to others. Callable from any thread.
    public func stop() { stopSignal.request() }

    // MARK: Jobs

    /// Asks for jobs, one after the other, until the worker is to end.
    private func work(on wanted: JobClient.Wanted, _ take: (WorkerJob) async -> Void) async {
        var pause = Self.shortestPause
        var isConnected = true
        while !stopSignal.isRequested, !finishSignal.isRequested {
            switch await lease(wanted) {
            case .job(let job):
                (pause, isConnected) = (Self.shortestPause, true)
                await take(job)
            case .nothing: (pause, isConnected) = (Self.shortestPause, true)
            case .unreachable(let reason):
                if stopSignal.isRequested || finishSignal.isRequested { return }
                // Said once and not with every try: a gateway that restarts is no news.
                if isConnected { logger.warning("no work from the gateway: \(reason); trying again") }
                isConnected = false
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, Self.longestPause)
            }
        }
    }

    /// Asks for work; a worker that is to finish stops asking at once. A job that comes all the same is worked on.
    private func lease(_ wanted: JobClient.Wanted) async -> JobClient.Lease {
        await withTaskGroup(of: JobClient.Lease?.self) { group in
            group.addTask { await self.jobs.lease(wanted, waitSeconds: self.configuration.leaseWaitSeconds) }
            group.addTask {
                await self.finishSignal.wait()
                return nil
            }
            var answer = JobClient.Lease.nothing
            for await outcome in group {
                if let outcome { answer = outcome }
                group.cancelAll()
            }
            return answer
        }
    }

    /// Works on a job while telling the gateway so; ends early when the job is no longer ours.
    private func handle(_ job: WorkerJob) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.work(on: job) }
            group.addTask { await self.beat(job) }
            // Whichever ends first makes the other pointless.
            await group.next()
            group.cancelAll()
        }
    }

    /// Returns when the lease is lost or the task is cancelled.
    private func beat(_ job: WorkerJob) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: configuration.heartbeatInterval)
            if Task.isCancelled { return }
            if await jobs.heartbeat(job) == .leaseLost {
                logger.debug("lost the lease of \(job.purl), dropping it")
                return
            }
        }
    }

    private func work(on job: WorkerJob) async {
        let started = ContinuousClock.now
        let result = await execution.run(job)
        // A killed child says nothing about the artifact.
        if Task.isCancelled { return }
        switch result {
        case .failure(let failure): await giveBack(job, failure)
        case .success(let outcome):
            let report = outcome.report
            logger.info(
                "\(job.analyzer) \(job.purl): \(report.verdict.rawValue), \(report.findings.count) findings, "
                    + "\(ContinuousClock.now - started)")
            do throws(StatementError) {
                let revocations = try signing.revocations(of: outcome.outdated)
                await submit(
                    job, try signing.envelope(for: job, report, basis: outcome.basis), revoking: revocations,
                    VerdictSigning.details(of: report, outcome.shown))
            } catch {
                await giveBack(
                    job, AnalysisFailure(cause: .garbage, detail: "the statement cannot be written: \(error)"))
            }
        }
    }

    private func submit(
        _ job: WorkerJob, _ envelope: Envelope, revoking revocations: [Envelope], _ details: JSONValue
    ) async {
        let answer = await persist {
            await self.jobs.complete(job, envelope, revoking: revocations, report: details)
        }
        switch answer {
        case .done: break
        case .leaseLost: logger.debug("lost the lease of \(job.purl) before handing in, dropping it")
        case .refused(let reason):
            logger.error("the gateway refused the statement about \(job.purl): \(reason)")
            noticeEndedKey()
            await giveBack(job, AnalysisFailure(cause: .garbage, detail: "the statement was refused"))
        case .unreachable(let reason): logger.warning("could not hand in \(job.purl): \(reason)")
        }
    }

    /// A key that the log ended signs nothing that counts; going on would use up every job's attempts.
    private func noticeEndedKey() {
        let id = signing.key.publicKey.keyID
        do throws(LogError) {
            guard try VerdictKey.isEnded(id, in: configuration.dataDirectory) else { return }
        } catch {
            return logger.warning("whether the verdict key was ended cannot be told: \(error)")
        }
        logger.error("\(WorkerError.keyEnded(id))")
        endedKey.withLock { $0 = id }
        finishSignal.request()
    }

    private func giveBack(_ job: WorkerJob, _ failure: AnalysisFailure) async {
        logger.warning("\(job.analyzer) \(job.purl) not analysed: \(failure)")
        _ = await persist { await self.jobs.fail(job, failure) }
    }

    /// Repeats a request while the gateway does not answer: it may be restarting, and leases outlive that.
    private func persist(_ request: () async -> JobAnswer) async -> JobAnswer {
        let end = ContinuousClock.now.advanced(by: configuration.submissionPatience)
        var pause = Self.shortestPause
        while true {
            let answer = await request()
            guard case .unreachable = answer, !Task.isCancelled, ContinuousClock.now < end else { return answer }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, Self.longestPause)
        }
    }
}
