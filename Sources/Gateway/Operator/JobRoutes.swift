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
    let completion: JobCompletion
    let artifacts: ArtifactStore
    let increments: IncrementDesk
    let roster: WorkerRoster
    let clock: any WallClock
    let ending: EndingFlag
    let settings: Settings

    /// How long a worker may keep a job between two signs of life.
    static let leaseDuration = Duration.seconds(60)
    private static let longestWaitSeconds: Int64 = 30
    /// The analyzers whose verdicts may stand on earlier ones of theirs.
    private static let comparing: [AnalyzerID] = [.diff, .aiReview]
    private static let longestSlice = Duration.milliseconds(500)

    func lease(_ body: JSONValue) async -> ServerResponse {
        guard let worker = body["worker"]?.stringValue, (1...64).contains(worker.utf8.count) else {
            return PlainAnswers.failure(400, "worker is missing: a name of 1 to 64 bytes")
        }
        let waitSeconds = min(max(body["waitSeconds"]?.integerValue ?? 0, 0), Self.longestWaitSeconds)
        guard let selection = selection(in: body) else {
            return PlainAnswers.failure(400, "only or except names no analyzer, or both are there")
        }
        roster.saw(worker, at: clock.now())
        let deadline = ContinuousClock.now + .seconds(waitSeconds)
        do {
            while !ending.isSet {
                if let job = try await jobs.lease(worker: worker, for: Self.leaseDuration, taking: selection) {
                    return await offer(job)
                }
                let rest = deadline - ContinuousClock.now
                guard rest > .zero, !Task.isCancelled else { return ServerResponse(status: 204) }
                // In slices, so that a service that ends is not held up by workers with nothing to do.
                await jobs.waitForWork(atMost: min(rest, Self.longestSlice), taking: selection)
            }
            return PlainAnswers.failure(503, "the gateway is ending; ask again when it is back")
        } catch {
            return Self.failure(error)
        }
    }

    /// What a worker asks for; nil when that makes no sense. How many jobs of one kind run at once is ours to say.
    private func selection(in body: JSONValue) -> JobSelection? {
        switch (body["only"], body["except"]) {
        case (nil, nil): .all
        case (let only?, nil):
            only.stringValue.flatMap { try? AnalyzerID(parsing: $0) }.map { analyzer in
                .only(analyzer, atMost: analyzer == .aiReview ? settings.current.reviewsAtOnce : .max)
            }
        case (nil, let except?): except.stringValue.flatMap { try? AnalyzerID(parsing: $0) }.map { .except($0) }
        case (.some, .some): nil
        }
    }

    func heartbeat(_ body: JSONValue) async -> ServerResponse {
        guard let lease = leaseToken(in: body) else { return malformedLease }
        do {
            _ = try await jobs.heartbeat(lease, for: Self.leaseDuration)
            return ServerResponse(status: 204)
        } catch {
            return Self.failure(error)
        }
    }

    func complete(_ body: JSONValue) async -> ServerResponse {
        guard let lease = leaseToken(in: body) else { return malformedLease }
        guard let leaf = body["leaf"]?.stringValue else {
            return PlainAnswers.failure(400, "leaf is missing: the signed statement")
        }
        return await completion.complete(lease, leaf: leaf, revocations: body["revocations"], report: body["report"])
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
            return Self.failure(error)
        }
    }

    /// The lease's answer. A job that is done anew tells the worker what was said before, and how often it was relied on;
    /// one about a difference tells from what.
    private func offer(_ job: LeasedJob) async -> ServerResponse {
        if Self.comparing.contains(job.request.key.analyzer) { return await offerDifference(job) }
        guard let subject = AdvisorySubject(job.request) else {
            return PlainAnswers.json(["job": .object(description(of: job))])
        }
        do throws(AdvisoryReviewError) {
            var description = description(of: job)
            if let past = try await completion.review.past(of: subject) {
                description.append("standing", .array(past.relied.map(Self.standing)))
                description.append("served", .integer(Int64(past.served.accesses)))
            }
            return PlainAnswers.json(["job": .object(description)])
        } catch {
            // A verdict without its revocations would be half of the answer: the job is tried again.
            _ = try? await jobs.fail(job.lease, cause: JobFailure(cause: .lost, detail: "\(error)"))
            return PlainAnswers.failure(503, "\(error)")
        }
    }

    private func offerDifference(_ job: LeasedJob) async -> ServerResponse {
        do throws(DatabaseError) {
            var description = description(of: job)
            for member in try await increments.offer(for: job.request).members {
                description.append(member.name, member.value)
            }
            return PlainAnswers.json(["job": .object(description)])
        } catch {
            // "No base" would be a full review for nothing: the job is tried again.
            _ = try? await jobs.fail(job.lease, cause: JobFailure(cause: .lost, detail: "\(error)"))
            return PlainAnswers.failure(503, "\(error)")
        }
    }

    private static func standing(_ said: AdvisoryPast.Said) -> JSONValue {
        [
            "statement": .string(said.standing.statement.hex),
            "findings": .array(said.statement.findings.compactMap(\.evidence).map { .string($0) }),
        ]
    }

    private func description(of job: LeasedJob) -> JSONObject {
        let request = job.request
        return [
            "id": .integer(job.id.value), "lease": .string(job.lease.secret),
            "sha512": .string(request.key.sha512.hex), "sha256": .string(request.sha256.hex),
            "sizeBytes": .integer(request.sizeBytes), "path": .string(artifacts.path(of: request.key.sha512)),
            "purl": .string(request.purl.text), "filename": .string(request.filename),
            "ecosystem": .string(request.ecosystem.rawValue), "analyzer": .string(request.key.analyzer.text),
            "ruleset": .string(request.key.ruleset.hex),
            "listedName": .string(request.registryFacts.name), "listedVersion": .string(request.registryFacts.version),
            "deadline": .string(job.deadline.rfc3339), "attempt": .integer(Int64(job.attempt)),
            "isRescan": .bool(isRescan(request)),
        ]
    }

    /// Whether the artifact was judged before and nobody waits.
    private func isRescan(_ request: JobRequest) -> Bool {
        request.priority >= .warm
            && increments.knowledge.newest(by: request.key.analyzer, about: request.key.sha512) != nil
    }

    private func leaseToken(in body: JSONValue) -> LeaseToken? {
        guard let id = body["id"]?.integerValue, let secret = body["lease"]?.stringValue else { return nil }
        return LeaseToken(job: JobID(value: id), secret: secret)
    }

    private var malformedLease: ServerResponse {
        PlainAnswers.failure(400, "id and lease are missing: what the lease answered")
    }

    static func failure(_ error: JobQueueError) -> ServerResponse {
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
