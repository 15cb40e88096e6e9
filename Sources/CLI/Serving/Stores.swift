import Advisories
import Configuration
import Platform
import VerdictStore

/// The databases and folders of a serving process.
struct Stores: Sendable {
    let jobs: SQLiteJobQueue
    let artifacts: ArtifactStore
    let history: ListingHistory
    let access: AccessLog
    let audit: AuditLog
    let refusals: RefusalRegister
    let advisories: AdvisoryDirectory

    static func open(
        _ deployment: Deployment, clock: any WallClock, logger: Logger
    ) async throws(CommandFailure) -> Stores {
        let data = deployment.data
        let configuration = deployment.configuration
        do {
            let artifacts = try ArtifactStore(
                cacheDirectory: configuration.cachePath, maxBytes: configuration.cacheMaxBytes, logger: logger)
            let swept = try await artifacts.sweepOrphans()
            if swept > 0 { logger.info("removed \(swept) artifacts that a crash left unfinished") }
            return Stores(
                jobs: try SQLiteJobQueue(path: data.jobsPath, clock: clock), artifacts: artifacts,
                history: try ListingHistory(path: data.historyPath),
                access: try AccessLog(path: data.accessPath),
                audit: try AuditLog(path: data.auditPath),
                refusals: try RefusalRegister(path: data.refusalsPath),
                advisories: AdvisoryDirectory(directory: data.advisoriesDirectory))
        } catch {
            throw CommandFailure(.failure, "\(error)")
        }
    }

    /// Work that is due now and then: keeping the artifact store within its budget.
    func keepHouse(logger: Logger) async {
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
        await history.close()
        await artifacts.close()
    }
}
