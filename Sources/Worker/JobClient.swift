import HTTP
import JSON
import Screening
import VerdictStore

/// What the gateway said to a request about a job.
enum JobAnswer: Equatable, Sendable {
    case done
    /// Somebody else holds the job now, or it is finished: what was made of it is dropped.
    case leaseLost
    /// The gateway will not take it, now or later.
    case refused(String)
    /// No answer, or one that says that a later try may succeed.
    case unreachable(String)
}

/// The worker's side of the gateway's admin API.
struct JobClient: Sendable {
    let client: any UpstreamFetching
    let socketPath: String?
    let baseURL: String
    let worker: String

    private static let maxAnswerBytes = 1 << 20

    enum Lease: Sendable {
        case job(WorkerJob)
        case nothing
        case unreachable(String)
    }

    /// Which jobs are asked for: those that wait for models most of their time, or those that compute.
    enum Wanted: Sendable {
        case reviews, others

        fileprivate var member: JSONObject.Member {
            switch self {
            case .reviews: ("only", .string(AnalyzerID.aiReview.text))
            case .others: ("except", .string(AnalyzerID.aiReview.text))
            }
        }
    }

    /// Asks for work and waits up to `waitSeconds` for some.
    func lease(_ wanted: Wanted, waitSeconds: Int) async -> Lease {
        var body: JSONObject = ["worker": .string(worker), "waitSeconds": .integer(Int64(waitSeconds))]
        body.append(wanted.member.name, wanted.member.value)
        switch await post("lease", .object(body), patience: .seconds(waitSeconds + 30)) {
        case .failure(let failure): return .unreachable(failure.reason)
        case .success((204, _)): return .nothing
        case .success((200, let answer)):
            if let job = WorkerJob(reading: answer) { return .job(job) }
            let reason = "the job is not one that this version of the worker understands"
            // The lease is ours all the same; keeping it would only make everybody wait for its end.
            if let id = answer["job"]?["id"], let lease = answer["job"]?["lease"] {
                _ = await send(
                    "fail", ["id": id, "lease": lease, "cause": "garbage", "detail": .string(reason)])
            }
            return .unreachable(reason)
        case .success((let status, let answer)): return .unreachable(Self.reason(status, answer))
        }
    }

    /// Says that the job is still worked on.
    func heartbeat(_ job: WorkerJob) async -> JobAnswer {
        await send("heartbeat", ["id": job.id, "lease": job.lease])
    }

    /// Hands in the signed statement and the revocations that follow from it; `report` is for people and not part of it.
    func complete(
        _ job: WorkerJob, _ envelope: Envelope, revoking revocations: [Envelope], report: JSONValue
    ) async -> JobAnswer {
        var body: JSONObject = ["id": job.id, "lease": job.lease, "leaf": Self.leaf(envelope), "report": report]
        if !revocations.isEmpty { body.append("revocations", .array(revocations.map(Self.leaf))) }
        return await send("complete", .object(body))
    }

    private static func leaf(_ envelope: Envelope) -> JSONValue {
        .string(String(decoding: envelope.leafBytes, as: UTF8.self))
    }

    /// Gives the job back with the reason why it could not be done.
    func fail(_ job: WorkerJob, _ failure: AnalysisFailure) async -> JobAnswer {
        await send(
            "fail",
            [
                "id": job.id, "lease": job.lease, "cause": .string(failure.cause.rawValue),
                "detail": .string(failure.detail),
            ])
    }

    // MARK: Transport

    private struct TransportFailure: Error {
        let reason: String
    }

    private func send(_ verb: String, _ body: JSONValue) async -> JobAnswer {
        switch await post(verb, body, patience: .seconds(60)) {
        case .failure(let failure): .unreachable(failure.reason)
        case .success((200, _)), .success((204, _)): .done
        case .success((404, _)), .success((409, _)), .success((410, _)): .leaseLost
        case .success((429, let answer)): .unreachable(Self.reason(429, answer))
        case .success((let status, let answer)):
            (400..<500).contains(status)
                ? .refused(Self.reason(status, answer)) : .unreachable(Self.reason(status, answer))
        }
    }

    private func post(
        _ verb: String, _ body: JSONValue, patience: Duration
    ) async -> Result<(Int, JSONValue), TransportFailure> {
        var request = UpstreamRequest(
            method: .post, url: "\(baseURL)/-/api/v1/jobs/\(verb)", headers: ["Content-Type": "application/json"],
            body: JSONText.serialize(body), maxBodyBytes: Int64(Self.maxAnswerBytes), redirects: .refuse,
            unixSocketPath: socketPath, retries: 0)
        request.stallTimeout = patience
        request.totalTimeout = patience
        do throws(UpstreamError) {
            let response = try await client.send(request)
            let bytes = try await response.collect(maxBytes: Self.maxAnswerBytes)
            // An empty answer, such as that of 204, has nothing to read.
            let answer = bytes.isEmpty ? JSONValue.null : (try? JSONText.parse(bytes)) ?? .null
            return .success((response.status, answer))
        } catch {
            return .failure(TransportFailure(reason: "\(error)"))
        }
    }

    private static func reason(_ status: Int, _ answer: JSONValue) -> String {
        "it answered \(status)" + (answer["error"]?.stringValue.map { ": \($0.prefix(200))" } ?? "")
    }
}
