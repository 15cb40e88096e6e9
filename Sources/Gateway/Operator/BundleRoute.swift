import HTTP
import JSON
import Platform
import Screening
import VerdictStore

/// Takes bundles of other logs: `POST /-/api/v1/bundles`, the file as the body, or its path on this machine in JSON.
///
/// Spec: docs/operator-api.md.
struct BundleRoute: Sendable {
    static let contentType = "application/vnd.in-toto.bundle"
    private static let maxRequestBytes = 64 << 10

    let store: ForeignStore
    let clock: any WallClock
    let logger: Logger
    /// The trust in force in a log; nil for none.
    let trust: @Sendable (_ origin: String) -> TrustedLog?
    let note: @Sendable (AuditEvent) -> Void
    /// Reading and verifying take as long as they take; nothing else waits for them.
    private let thread = BlockingThread(name: "bundles")
    private let limits = BundleLimits()

    init(
        store: ForeignStore, clock: any WallClock, logger: Logger,
        trust: @escaping @Sendable (_ origin: String) -> TrustedLog?, note: @escaping @Sendable (AuditEvent) -> Void
    ) {
        self.store = store
        self.clock = clock
        self.logger = logger
        self.trust = trust
        self.note = note
    }

    func take(_ request: ServerRequest) async -> ServerResponse {
        let isDryRun = QueryFields(request.head.query)["dryRun"] == "1"
        switch request.head.headers["Content-Type"] {
        case Self.contentType: return await takeUpload(request.body, isDryRun: isDryRun)
        case "application/json": return await takePath(request.body, isDryRun: isDryRun)
        default:
            return PlainAnswers.failure(
                415, "expected \(Self.contentType) with the bundle, or application/json with its path")
        }
    }

    /// Keeps the upload in a file without a name that lasts: however this ends, nothing of it stays.
    private func takeUpload(_ body: RequestBody, isDryRun: Bool) async -> ServerResponse {
        if let declared = body.declaredBytes, declared > Int64(limits.maxFileBytes) {
            return refusal(
                .tooLarge(
                    what: "the bundle", found: UInt64(declared), limit: limits.maxFileBytes))
        }
        do {
            var temporary = try TemporaryFile.create(inDirectory: store.stagingDirectory)
            while let piece = try await body.next() {
                guard UInt64(temporary.sizeBytes) + UInt64(piece.count) <= limits.maxFileBytes else {
                    return refusal(
                        .tooLarge(
                            what: "the bundle", found: UInt64(temporary.sizeBytes) + UInt64(piece.count),
                            limit: limits.maxFileBytes))
                }
                try temporary.write(piece)
            }
            return await take(try OpenFile.openForReading(temporary.path), isDryRun: isDryRun)
        } catch let error as BodyError {
            return PlainAnswers.failure(error.status, "\(error)")
        } catch let error as FileError {
            return refusal(.file(error))
        } catch {
            preconditionFailure("an upload failed with something undeclared: \(error)")
        }
    }

    private func takePath(_ body: RequestBody, isDryRun: Bool) async -> ServerResponse {
        let file: OpenFile
        do {
            let bytes = try await body.collect(maxBytes: Self.maxRequestBytes)
            guard let path = try JSONText.parse(bytes)["path"]?.stringValue, path.hasPrefix("/") else {
                return PlainAnswers.failure(400, "path is missing: the absolute path of the bundle on this machine")
            }
            file = try OpenFile.openForReading(path)
        } catch let error as BodyError {
            return PlainAnswers.failure(error.status, "\(error)")
        } catch let error as FileError {
            return PlainAnswers.failure(error.isNotFound ? 404 : 400, "\(error)")
        } catch {
            return PlainAnswers.failure(400, "the body is not JSON: \(error)")
        }
        return await take(file, isDryRun: isDryRun)
    }

    private func take(_ file: OpenFile, isDryRun: Bool) async -> ServerResponse {
        do throws(ExchangeFailure) {
            let (limits, now, trust) = (limits, clock.now(), trust)
            let (verified, believed) = try await thread.run { () throws(ExchangeFailure) in
                let received = try ReceivedBundle(file: file, limits: limits)
                guard let believed = trust(received.origin) else { throw .notTrusted(origin: received.origin) }
                return (try VerifiedBundle(verifying: received, with: believed, at: now), believed)
            }
            let report = try await store.take(verified, trust: believed, isDryRun: isDryRun)
            record(report)
            return PlainAnswers.json(report.record)
        } catch {
            return refusal(error)
        }
    }

    private func record(_ report: BundleReport) {
        guard let receipt = report.receipt else { return }
        logger.info("imported a bundle of \(report.origin): \(report.newStatements) new entries")
        note(
            AuditEvent(
                .importing, at: clock.now(),
                members: [
                    "origin": .string(report.origin), "source": "bundle",
                    "statements": .integer(Int64(clamping: report.newStatements)),
                    "receipt": .string(receipt.statementID.hex),
                    "logIndex": .integer(Int64(clamping: receipt.logIndex)),
                ]))
    }

    private func refusal(_ error: ExchangeFailure) -> ServerResponse {
        switch error {
        case .line, .checkpoint, .entry, .unprovenConsistency, .wrongEntries, .notTrusted, .trustExpired:
            return PlainAnswers.failure(422, "\(error)")
        case .splitView, .rolledBack:
            logger.error("\(error)")
            return PlainAnswers.failure(422, "\(error)")
        case .tooLarge: return PlainAnswers.failure(413, "\(error)")
        case .overQuota, .busy: return PlainAnswers.failure(409, "\(error)")
        case .damaged, .receipt, .log, .database, .file:
            logger.error("\(error)")
            return PlainAnswers.failure(503, "\(error)")
        }
    }
}
