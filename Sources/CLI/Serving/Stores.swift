import Advisories
import Configuration
import Platform
import Screening
import VerdictStore

/// The databases and folders of a serving process.
struct Stores: Sendable {
    let jobs: SQLiteJobQueue
    let artifacts: ArtifactStore
    let history: ListingHistory
    let access: AccessLog
    let audit: AuditLog
    let refusals: RefusalRegister
    let foreign: ForeignStore
    let differences: DifferenceBook
    let watch: WatchBook
    let advisories: AdvisoryDirectory

    static func open(
        _ deployment: Deployment, log: VerdictLog, clock: any WallClock, logger: Logger
    ) async throws(CommandFailure) -> Stores {
        let data = deployment.data
        let configuration = deployment.configuration
        do {
            let artifacts = try ArtifactStore(
                cacheDirectory: configuration.cachePath, maxBytes: configuration.cacheMaxBytes, logger: logger)
            let swept = try await artifacts.sweepOrphans()
            if swept > 0 { logger.info("removed \(swept) artifacts that a crash left unfinished") }
            let judged = try LogReader(data).statements(matching: StatementFilter(predicateType: .verdict), limit: 1)
            try HistoryLoss(data).notice(artifactsWereJudged: !judged.isEmpty, now: clock.now(), logger: logger)
            return Stores(
                jobs: try SQLiteJobQueue(path: data.jobsPath, clock: clock), artifacts: artifacts,
                history: try ListingHistory(path: data.historyPath),
                access: try AccessLog(path: data.accessPath),
                audit: try AuditLog(path: data.auditPath),
                refusals: try RefusalRegister(path: data.refusalsPath),
                foreign: try await ForeignStore.open(data, log: log, clock: clock, logger: logger),
                differences: try Self.differences(data.differencesPath, logger),
                watch: try WatchBook(path: data.watchPath),
                advisories: AdvisoryDirectory(directory: data.advisoriesDirectory))
        } catch let error as DatabaseError where error.path == data.historyPath && error.kind == .corrupt {
            throw CommandFailure(
                .failure,
                "\(data.historyPath) is damaged (\(error.detail)). It remembers what sources claimed and cannot be made "
                    + "again: put it back from a backup (jurat restore), or move it away to go on without, which "
                    + "readiness then shows")
        } catch {
            throw CommandFailure(.failure, "\(error)")
        }
    }

    /// The book of differences; one that is damaged is begun anew, since nothing but a page is poorer without it.
    private static func differences(_ path: String, _ logger: Logger) throws -> DifferenceBook {
        do throws(DatabaseError) { return try DifferenceBook(path: path) } catch {
            guard error.kind == .corrupt else { throw error }
            logger.warning("\(path) is damaged (\(error.detail)) and begun anew; it only held what changed in releases")
            for ending in ["", "-wal", "-shm"] where Files.exists(path + ending) { try Files.remove(path + ending) }
            return try DifferenceBook(path: path)
        }
    }

    /// How long it is kept who fetched what, and what was refused to whom.
    private static let retention = AccessLog.defaultRetention

    /// Work that is due now and then: keeping the artifact store within its budget, forgetting what is too old, and
    /// writing down what is in memory only.
    func keepHouse(now: Timestamp, logger: Logger) async {
        let limit = now.adding(.zero - Self.retention)
        refusals.prune(before: limit)
        do {
            try await refusals.flush()
            let forgotten = try await access.prune(before: limit)
            if forgotten > 0 { logger.info("access log: forgot \(forgotten) accesses of before \(limit)") }
        } catch {
            logger.warning("records: \(error)")
        }
        do {
            let freed = try await artifacts.prune()
            if freed > 0 { logger.info("artifact store: freed \(freed) bytes") }
        } catch {
            logger.warning("artifact store: \(error)")
        }
    }

    func close(logger: Logger) async {
        await jobs.close()
        await access.close()
        do { try await audit.close() } catch { logger.warning("audit log: \(error)") }
        do { try await refusals.close() } catch { logger.warning("refusals: \(error)") }
        await foreign.close()
        await differences.close()
        await watch.close()
        await history.close()
        await artifacts.close()
    }
}
