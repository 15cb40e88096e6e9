import Cryptography
import HTTP
import JSON
import Platform
import Registry
import Screening
import VerdictStore

/// The workers' side of the admin socket: lease, heartbeat, complete, fail.
///
/// Spec: rfcs/0002. A statement is in the log before its job is gone, so a lost answer costs a repetition at most.
struct JobRoutes: Sendable {
    let jobs: any JobQueue
    let log: VerdictLog
    let artifacts: ArtifactStore
    let roster: WorkerRoster
    let clock: any WallClock
    let ending: EndingFlag

    /// How long a worker may keep a job between two signs of life.
    static let leaseDuration = Duration.seconds(60)
    private static let longestWaitSeconds: Int64 = 30
    private static let longestSlice = Duration.milliseconds(500)

    func lease(_ body: JSONValue) async -> ServerResponse {
        guard let worker = body["worker"]?.stringValue, (1...64).contains(worker.utf8.count) else {
            return PlainAnswers.failure(400, "worker is missing: a name of 1 to 64 bytes")
        }
        let waitSeconds = min(max(body["waitSeconds"]?.integerValue ?? 0, 0), Self.longestWaitSeconds)
        roster.saw(worker, at: clock.now())
        let deadline = ContinuousClock.now + .seconds(waitSeconds)
        do {
            while !ending.isSet {
                if let job = try await jobs.lease(worker: worker, for: Self.leaseDuration) {
                    return PlainAnswers.json(["job": description(of: job)])
                }
                let rest = deadline - ContinuousClock.now
                guard rest > .zero, !Task.isCancelled else { return ServerResponse(status: 204) }
                // In slices, so that a service that ends is not held up by workers with nothing to do.
                await jobs.waitForWork(atMost: min(rest, Self.longestSlice))
            }
            return PlainAnswers.failure(503, "the gateway is ending; ask again when it is back")
        } catch {
            return failure(error)
        }
    }

    func heartbeat(_ body: JSONValue) async -> ServerResponse {
        guard let lease = leaseToken(in: body) else { return malformedLease }
        do {
            _ = try await jobs.heartbeat(lease, for: Self.leaseDuration)
            return ServerResponse(status: 204)
        } catch {
            return failure(error)
        }
    }

    func complete(_ body: JSONValue) async -> ServerResponse {
        guard let lease = leaseToken(in: body) else { return malformedLease }
        guard let leaf = body["leaf"]?.stringValue else {
            return PlainAnswers.failure(400, "leaf is missing: the signed statement")
        }
        do {
            let job = try await jobs.held(lease)
            let envelope: Envelope
            do { envelope = try Envelope(parsingLeaf: Array(leaf.utf8)) } catch {
                return PlainAnswers.failure(422, "the statement is not accepted: \(error)")
            }
            if let complaint = try mismatch(of: envelope, with: job.request) {
                return PlainAnswers.failure(422, complaint)
            }
            let logged: LoggedStatement
            do { logged = try await log.append(envelope) } catch { return Self.failure(error) }
            // ✝ The statement is durable and the job still queued: another worker repeats it and gets the same place.
            try await jobs.complete(lease)
            return PlainAnswers.json([
                "statement": .string(logged.statementID.hex), "logIndex": .integer(Int64(clamping: logged.logIndex)),
            ])
        } catch let error as JobQueueError {
            return failure(error)
        } catch {
            return PlainAnswers.failure(422, "the statement is not accepted: \(error)")
        }
    }

    func fail(_ body: JSONValue) async -> ServerResponse {
        guard let lease = leaseToken(in: body) else { return malformedLease }
        guard let cause = body["cause"]?.stringValue.flatMap(JobFailure.Cause.init(rawValue:)) else {
            let names = JobFailure.Cause.allCases.map(\.rawValue).joined(separator: ", ")
            return PlainAnswers.failure(400, "cause is missing or unknown; expected one of \(names)")
        }
        do {
            try await jobs.fail(lease, cause: JobFailure(cause: cause, detail: body["detail"]?.stringValue ?? ""))
            return ServerResponse(status: 204)
        } catch {
            return failure(error)
        }
    }

    /// Why the statement does not answer the job; nil when it does.
    private func mismatch(of envelope: Envelope, with request: JobRequest) throws(StatementError) -> String? {
        guard case .verdict(let verdict) = try Statement(parsingCanonical: envelope.payload) else {
            return "the statement is no verdict"
        }
        guard verdict.subject.sha512 == request.key.sha512, verdict.subject.sha256 == request.sha256 else {
            return "the statement is about other bytes than the job"
        }
        guard verdict.analyzer.id == request.key.analyzer else {
            return "the statement is by \(verdict.analyzer.id), the job is for \(request.key.analyzer)"
        }
        // It would count for nothing, and the same job would be asked for again for ever.
        if log.knowledge.isRevoked(verdict.analyzer) {
            return "\(verdict.analyzer.id) \(verdict.analyzer.version) or its ruleset was revoked; update this worker"
        }
        if let coordinates = request.key.coordinates {
            guard case .coordinates(let purls) = verdict.appliesTo, purls.contains(coordinates) else {
                return "the statement does not apply to \(coordinates.text)"
            }
        }
        return nil
    }

    private func description(of job: LeasedJob) -> JSONValue {
        let request = job.request
        return [
            "id": .integer(job.id.value), "lease": .string(job.lease.secret),
            "sha512": .string(request.key.sha512.hex), "sha256": .string(request.sha256.hex),
            "sizeBytes": .integer(request.sizeBytes), "path": .string(artifacts.path(of: request.key.sha512)),
            "purl": .string(request.purl.text), "filename": .string(request.filename),
            "ecosystem": .string(request.ecosystem.rawValue), "analyzer": .string(request.key.analyzer.text),
            "listedName": .string(request.registryFacts.name), "listedVersion": .string(request.registryFacts.version),
            "deadline": .string(job.deadline.rfc3339), "attempt": .integer(Int64(job.attempt)),
        ]
    }

    private func leaseToken(in body: JSONValue) -> LeaseToken? {
        guard let id = body["id"]?.integerValue, let secret = body["lease"]?.stringValue else { return nil }
        return LeaseToken(job: JobID(value: id), secret: secret)
    }

    private var malformedLease: ServerResponse {
        PlainAnswers.failure(400, "id and lease are missing: what the lease answered")
    }

    private func failure(_ error: JobQueueError) -> ServerResponse {
        switch error {
        case .leaseLost: PlainAnswers.failure(409, "\(error)")
        case .full: PlainAnswers.failure(429, "\(error)", headers: ["Retry-After": "3"])
        case .database: PlainAnswers.failure(500, "\(error)")
        }
    }

    /// The answer for a statement that the log did not take.
    static func failure(_ error: LogError) -> ServerResponse {
        switch error {
        case .refused, .wrongSequence: PlainAnswers.failure(422, "\(error)")
        case .overloaded: PlainAnswers.failure(429, "\(error)", headers: ["Retry-After": "3"])
        case .notInitialized, .alreadyInitialized, .succeeded, .noSuccession, .locked, .notTheLogKey, .closed, .ended,
            .damaged, .rewound, .forked,
            .unusableAnchor, .badOrigin, .noSuchStatement, .otherExport, .ambiguousStatement, .database, .file:
            PlainAnswers.failure(503, "\(error)")
        }
    }
}
