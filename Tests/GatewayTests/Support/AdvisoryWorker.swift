import Advisories
import Cryptography
import HTTP
import JSON
import Platform
import Registry
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import Gateway

/// A worker on the operator API that judges by the snapshot on disk, as the real one does, and may be told to misbehave.
final class AdvisoryWorker: Sendable {
    let gateway: GatewayFixture
    let operators: OperatorService
    /// The jobs that were handed out, and what was answered to what came of them.
    let jobs = Lock<[JSONValue]>([])
    let answers = Lock<[(status: Int, body: JSONValue)]>([])
    /// What it hands in as revocations for a job, instead of one for each offered statement that lacks something.
    let revoking: (@Sendable (JSONValue) throws -> [Envelope]?)?

    init(
        _ gateway: GatewayFixture, operators: OperatorService? = nil,
        revoking: (@Sendable (JSONValue) throws -> [Envelope]?)? = nil
    ) {
        self.gateway = gateway
        self.operators =
            operators ?? OperatorService(gateway: gateway.service, version: "test", expectsWorkers: false)
        self.revoking = revoking
    }

    func post(_ path: String, _ body: JSONValue) async -> ServerResponse {
        await operators.handler.respond(
            to: ServerRequest(
                head: RequestHead(method: .post, target: "/-/api/v1/\(path)", headers: [:]),
                body: RequestBody(bytes: JSONText.serialize(body))))
    }

    /// Works beside `body`.
    func working(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { while !Task.isCancelled { try await self.workOnce(waitSeconds: 1) } }
            defer { group.cancelAll() }
            try await body()
        }
    }

    /// Does the next job, if there is one.
    @discardableResult
    func workOnce(waitSeconds: Int64 = 0) async throws -> Bool {
        guard let job = try await lease(waitSeconds: waitSeconds) else { return false }
        try await complete(job)
        return true
    }

    func lease(waitSeconds: Int64 = 0) async throws -> JSONValue? {
        let answer = await post("jobs/lease", ["worker": "w", "waitSeconds": .integer(waitSeconds)])
        guard answer.status == 200, let job = try answer.json()["job"] else { return nil }
        jobs.withLock { $0.append(job) }
        return job
    }

    @discardableResult
    func complete(_ job: JSONValue, leaf: Envelope? = nil) async throws -> ServerResponse {
        let verdict = try leaf ?? envelope(job)
        var body: JSONObject = [
            "id": job["id"] ?? .null, "lease": job["lease"] ?? .null, "leaf": Self.text(verdict),
        ]
        let revocations = try revoking?(job) ?? revocations(job)
        if !revocations.isEmpty {
            body.append("revocations", .array(revocations.map(Self.text)))
        }
        let answer = await post("jobs/complete", .object(body))
        let read = try answer.json()
        answers.withLock { $0.append((status: answer.status, body: read)) }
        return answer
    }

    static func text(_ envelope: Envelope) -> JSONValue { .string(String(decoding: envelope.leafBytes, as: UTF8.self)) }

    // MARK: What it signs

    private func matches(_ job: JSONValue) throws -> [AdvisoryMatch]? {
        let purl = try PackageURL(parsing: job["purl"]?.stringValue ?? "")
        try gateway.advisories.reloadIfChanged()
        let version = try #require(purl.version)
        return try gateway.advisories.current()?.matches(purl.name, version)
    }

    /// The verdict on a job; `static` finds nothing.
    func envelope(_ job: JSONValue) throws -> Envelope {
        let purl = try PackageURL(parsing: job["purl"]?.stringValue ?? "")
        let analyzer = try AnalyzerID(parsing: job["analyzer"]?.stringValue ?? "")
        let subject = Subject(
            purl: purl, sha512: try SHA512Digest(hex: job["sha512"]?.stringValue ?? ""),
            sha256: try SHA256Digest(hex: job["sha256"]?.stringValue ?? ""))
        let revision = AnalyzerRevision(
            id: analyzer, version: "1", ruleset: try #require(GatewayFixture.rulesets[analyzer]))
        var findings: [Finding] = []
        if analyzer == .advisory {
            let matches = try matches(job)
            findings = (matches ?? []).map { match in
                Finding(
                    rule: match.isMalicious ? "ADV-MAL" : "ADV-VULN", severity: match.isMalicious ? .malicious : .info,
                    evidence: match.id)
            }
            if matches == nil { findings = [Finding(rule: VerdictStatement.withoutDataRule, severity: .info)] }
        }
        let statement = VerdictStatement(
            subject: subject, analyzer: revision, appliesTo: analyzer == .advisory ? .coordinates([purl]) : .bytes,
            verdict: findings.map(\.severity.verdict).max() ?? .clean, findings: findings,
            createdAt: gateway.clock.now())
        return try Envelope.signing(.verdict(statement), with: gateway.keys.verdict)
    }

    private func revocations(_ job: JSONValue) throws -> [Envelope] {
        let known = (try matches(job) ?? []).map(\.id)
        return try (job["standing"]?.arrayValue ?? []).compactMap { said in
            let named = said["findings"]?.arrayValue?.compactMap(\.stringValue) ?? []
            guard !Set(known).isSubset(of: Set(named)) else { return nil }
            return try revocation(of: try StatementID(hex: said["statement"]?.stringValue ?? ""))
        }
    }

    func revocation(of statement: StatementID, by key: Ed25519SigningKey? = nil) throws -> Envelope {
        try revocation(.statement(statement), by: key)
    }

    func revocation(_ target: RevocationTarget, by key: Ed25519SigningKey? = nil) throws -> Envelope {
        let statement = RevocationStatement(target: target, reason: "it became known", createdAt: gateway.clock.now())
        return try Envelope.signing(.revocation(statement), with: key ?? gateway.keys.verdict)
    }
}
