import Cryptography
import JSON
import Platform
import VerdictStore

/// `jurat bundle import`: takes a bundle over through the running server, or, when none runs, under the log's own lock.
enum BundleImportCommand {
    static let command = Command(
        ["bundle", "import"], "take over a bundle of a log that `trust:` names", operands: ["FILE"],
        options: [.flag("dry-run", "check everything and say what would be taken over"), OutputFormat.option],
        example: "jurat bundle import verdicts.intoto.jsonl --dry-run", run: run)

    /// Larger files are not sent through memory: the server is told where they are.
    private static let maxSentBytes: UInt64 = 64 << 20

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(of: invocation)
        let isDryRun = invocation.has("dry-run")
        // A file that is wrong in itself is told about without any server.
        let bundle = try BundleCommands.receive(invocation)
        let answer: JSONValue
        do throws(CommandFailure) {
            answer = try await send(invocation, bundle, isDryRun: isDryRun)
        } catch {
            // Only when nobody listens: a server that answers with a refusal has spoken.
            guard error.code == .notReady else { throw error }
            answer = try await importHere(invocation, bundle, isDryRun: isDryRun)
        }
        let console = invocation.surroundings.console
        if format == .json || format == .jsonl {
            console.line(JSONText.string(answer, pretty: format == .json))
        } else {
            console.line(sentence(answer))
        }
        return .success
    }

    private static func sentence(_ answer: JSONValue) -> String {
        let origin = answer["origin"]?.stringValue ?? ""
        let new = answer["newStatements"]?.integerValue ?? 0
        let known = answer["knownStatements"]?.integerValue ?? 0
        if answer["dryRun"]?.boolValue == true {
            return "would take over \(new) new entries of \(origin); \(known) are held already"
        }
        guard let index = answer["logIndex"]?.integerValue, let receipt = answer["receipt"]?.stringValue else {
            return "nothing new: all \(known) entries of \(origin) are held already"
        }
        return "took over \(new) new entries of \(origin) · receipt \(receipt.prefix(12)) · log index \(index)"
    }

    // MARK: Through the server

    private static func send(
        _ invocation: Invocation, _ bundle: ReceivedBundle, isDryRun: Bool
    ) async throws(CommandFailure) -> JSONValue {
        let admin = try Deployment.server(invocation)
        let route = "\(AdminClient.api)/bundles" + (isDryRun ? "?dryRun=1" : "")
        let path = invocation.operands[0]
        guard bundle.sizeBytes <= maxSentBytes else {
            return try await admin.post(route, ["path": .string(try absolute(path))])
        }
        do {
            let bytes = try Files.readAll(path, maxBytes: Int(maxSentBytes))
            return try await admin.post(route, contentType: "application/vnd.in-toto.bundle", bytes)
        } catch let error as FileError {
            throw CommandFailure(.failure, "\(error)")
        } catch {
            throw error as? CommandFailure ?? CommandFailure(.failure, "\(error)")
        }
    }

    private static func absolute(_ path: String) throws(CommandFailure) -> String {
        do throws(FileError) {
            return try Files.resolve(path)
        } catch {
            throw CommandFailure(.failure, "\(error)")
        }
    }

    // MARK: Here

    private static func importHere(
        _ invocation: Invocation, _ bundle: ReceivedBundle, isDryRun: Bool
    ) async throws(CommandFailure) -> JSONValue {
        let deployment = try Deployment(invocation)
        let trust = try BundleTrust.configured(deployment, bundle.origin)
        let verified = try BundleCommands.verified(bundle, with: trust, invocation)
        let logger = Logger.standardError(minimum: .warning)
        let log = try await deployment.openLog(invocation.surroundings, logger: logger)
        let result: Result<JSONValue, ExchangeFailure>
        do throws(ExchangeFailure) {
            let store = try await ForeignStore.open(
                deployment.data, log: log, clock: invocation.surroundings.clock, logger: logger)
            do throws(ExchangeFailure) {
                result = .success(try await store.take(verified, trust: trust, isDryRun: isDryRun).record)
            } catch {
                result = .failure(error)
            }
            await store.close()
        } catch {
            result = .failure(error)
        }
        await log.close()
        switch result {
        case .success(let answer): return answer
        case .failure(let error): throw BundleCommands.failure(error)
        }
    }
}
