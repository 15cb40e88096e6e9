import JSON
import Platform
import Screening
import VerdictStore

/// Brings a signed statement into the log: through the running server, or, when none runs, under the log's own lock.
///
/// Whoever opens the log here needs a log key at hand, and re-reads the whole log as `serve` would.
struct LogAppender: Sendable {
    let deployment: Deployment
    let surroundings: Surroundings

    /// Where a statement got its place.
    struct Place: Sendable {
        let statement: StatementID
        let logIndex: UInt64
        /// Whether a running server took it, which acts on it at once.
        let isServing: Bool
    }

    /// Appends a statement; it is durable when this returns.
    ///
    /// - Parameter route: where the operator API takes such statements, below `/-/api/v1`, such as `dispositions`.
    /// - Throws: `CommandFailure` with `verificationFailed` when the log refuses the statement.
    func append(_ envelope: Envelope, route: String) async throws(CommandFailure) -> Place {
        let leaf = JSONValue.string(String(decoding: envelope.leafBytes, as: UTF8.self))
        do throws(CommandFailure) {
            let answer = try await deployment.admin.post("\(AdminClient.api)/\(route)", .object(["leaf": leaf]))
            return Place(
                statement: envelope.statementID, logIndex: UInt64(clamping: answer["logIndex"]?.integerValue ?? 0),
                isServing: true)
        } catch {
            // Only when nobody listens: a server that answers with a refusal has spoken.
            guard error.code == .notReady else { throw error }
        }
        return try await appendHere(envelope)
    }

    private func appendHere(_ envelope: Envelope) async throws(CommandFailure) -> Place {
        let log = try await deployment.openLog(surroundings, logger: Logger.standardError(minimum: .warning))
        let outcome: Result<LoggedStatement, LogError>
        do throws(LogError) { outcome = .success(try await log.append(envelope)) } catch { outcome = .failure(error) }
        await log.close()
        switch outcome {
        case .success(let logged):
            return Place(statement: logged.statementID, logIndex: logged.logIndex, isServing: false)
        case .failure(.refused(let error)): throw CommandFailure(.verificationFailed, "\(error)")
        case .failure(let error): throw LogCommands.failure(error)
        }
    }
}

extension Deployment {
    /// Has an open log sign with the log keys that are in the key directory now. What goes wrong is logged, and the
    /// keys in use stay.
    func reloadLogKeys(of log: VerdictLog, _ logger: Logger) async {
        // Opening encrypted files takes a tenth of a second each.
        let thread = BlockingThread(name: "keys")
        defer { thread.stop() }
        do {
            let store = try keyStore()
            let keys = try await thread.run { () throws(KeyFileError) in try store.logKeys() }
            try await log.replaceLogKeys(keys)
        } catch {
            logger.error("the log keys stay as they are: \((error as? CommandFailure)?.message ?? "\(error)")")
        }
    }

    /// Opens the log for writing with every log key of the data directory.
    ///
    /// - Throws: `CommandFailure` also when another process, such as a server, holds the log.
    func openLog(_ surroundings: Surroundings, logger: Logger) async throws(CommandFailure) -> VerdictLog {
        let progress = ProgressLine(console: surroundings.console, what: "entries checked")
        let store = try keyStore()
        do {
            let keys = try store.logKeys()
            let log = try await VerdictLog.open(data, signingWith: keys, logger: logger) { done, all in
                progress.show(done, of: all)
            }
            progress.finish()
            return log
        } catch let error as LogError {
            throw LogCommands.failure(error)
        } catch {
            throw CommandFailure(.failure, "\(error)")
        }
    }
}
