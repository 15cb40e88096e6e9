import Cryptography
import HTTP
import JSON
import Platform
import Registry
import Screening
import TestSupport
import Testing
import TransparencyLog
import VerdictStore

@testable import Gateway

@Suite("Revoked keys, rules and statements")
struct RevocationTests {
    private let demo = NPMFixture("demo").with("1.0.0").with("1.1.0").with("1.2.0")

    private func revocation(_ target: RevocationTarget, by key: Ed25519SigningKey) throws -> Envelope {
        let statement = RevocationStatement(
            target: target, reason: "a test", createdAt: Timestamp(secondsSinceEpoch: 1_767_225_600))
        return try Envelope.signing(.revocation(statement), with: key)
    }

    private func leaf(_ envelope: Envelope) -> JSONValue {
        ["leaf": .string(String(decoding: envelope.leafBytes, as: UTF8.self))]
    }

    private func post(_ path: String, _ body: JSONValue, to operators: OperatorService) async -> ServerResponse {
        await operators.handler.respond(
            to: ServerRequest(
                head: RequestHead(method: .post, target: "/-/api/v1/\(path)", headers: [:]),
                body: RequestBody(bytes: JSONText.serialize(body))))
    }

    private func operators(_ gateway: GatewayFixture) -> OperatorService {
        OperatorService(gateway: gateway.service, version: "test", expectsWorkers: false)
    }

    /// Voids everything that the worker's key signed, and has another key take over.
    private func replaceVerdictKey(
        of gateway: GatewayFixture, from index: UInt64 = 0
    ) async throws -> Ed25519SigningKey {
        let next = Ed25519SigningKey.generate()
        let events = [
            KeyEventStatement(
                event: .add, publicKey: next.publicKey, role: .verdict, scope: .standard(for: .verdict),
                reason: "a test"),
            KeyEventStatement(
                event: .revoke, publicKey: gateway.keys.verdict.publicKey, role: .verdict,
                scope: .standard(for: .verdict), invalidFromIndex: index, reason: "a test"),
        ]
        for event in events {
            _ = try await gateway.stores.log.append(Envelope.signing(.keyEvent(event), with: gateway.keys.root))
        }
        return next
    }

    /// Runs `body` beside a worker that calls everything clean.
    private func withWorker(
        _ gateway: GatewayFixture, key: Ed25519SigningKey, _ body: (FakeWorker) async throws -> Void
    ) async throws {
        let worker = FakeWorker(
            jobs: gateway.service.parts.desk.jobs, log: gateway.stores.log, key: key, clock: gateway.clock,
            judge: { _ in .clean })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await worker.run() }
            defer { group.cancelAll() }
            try await body(worker)
        }
    }

    @Test("what a revoked key called malicious waits for a new analysis, which the next request asks for")
    func voidMalicious() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try await gateway.logVerdict(.malicious, of: demo.versions[1].bytes, "pkg:npm/demo@1.1.0", rules: ["X-1"])
            #expect(try await gateway.get(demo.path("1.1.0")).json()["code"]?.stringValue == "BLOCKED_MALICIOUS")
            let next = try await replaceVerdictKey(of: gateway)
            try await withWorker(gateway, key: next) { worker in
                #expect(await gateway.get(demo.path("1.1.0")).status == 200)
                #expect(worker.signed.withLock { Set($0) }.contains("static pkg:npm/demo@1.1.0"))
            }
            let verdicts = gateway.stores.log.knowledge.about(demo.sha512("1.1.0")).verdicts
            #expect(verdicts.filter { $0.isVoid }.count == 1, "the doubted statement stays in sight")
        }
    }

    @Test("an earlier clean verdict does not answer for a later one that is in doubt")
    func doubtAfterClean() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try await withWorker(gateway, key: gateway.keys.verdict) { _ in
                #expect(await gateway.get(demo.path("1.1.0")).status == 200)
            }
            let stolenFrom = gateway.stores.log.size.value
            gateway.clock.advance(by: .seconds(1))
            try await gateway.logVerdict(.malicious, of: demo.versions[1].bytes, "pkg:npm/demo@1.1.0", rules: ["X-1"])
            let next = try await replaceVerdictKey(of: gateway, from: stolenFrom)
            #expect(gateway.stores.log.knowledge.about(demo.sha512("1.1.0")).verdicts.count == 3)
            try await withWorker(gateway, key: next) { worker in
                #expect(await gateway.get(demo.path("1.1.0")).status == 200)
                #expect(worker.signed.withLock { $0 } == ["static pkg:npm/demo@1.1.0"])
            }
        }
    }

    @Test("what lost its verdict and is here is analysed again without any request")
    func requeue() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            #expect(await gateway.get(demo.path("1.1.0")).status == 200)
            // About bytes that are not here: nobody fetches them for this.
            let away = try await gateway.logVerdict(.clean, of: demo.versions[0].bytes, "pkg:npm/demo@1.0.0")
            let knowledge = gateway.stores.log.knowledge
            let requests = gateway.upstream.requests.count
            let first = knowledge.about(demo.sha512("1.1.0")).verdicts.filter { $0.analyzer == .static_ }
            try #require(first.count == 1)
            gateway.clock.advance(by: .seconds(1))
            let operators = operators(gateway)
            for statement in [first[0].statement, away] {
                let envelope = try revocation(.statement(statement), by: gateway.keys.root)
                #expect(await post("statements", leaf(envelope), to: operators).status == 200)
            }
            await eventually {
                let now = knowledge.about(demo.sha512("1.1.0")).verdicts.filter { $0.analyzer == .static_ }
                return now.count == 1 && now != first
            }
            #expect(gateway.upstream.requests.count == requests)
            #expect(knowledge.about(demo.sha512("1.0.0")).verdicts.isEmpty)
            #expect(knowledge.lapsedSubjects() == [demo.sha512("1.0.0")])
        }
    }

    @Test("a restart goes on with what an earlier process did not get to")
    func requeueAfterRestart() async throws {
        let (directory, keys) = (try TemporaryDirectory(), GatewayFixture.Keys())
        try await GatewayFixture.with(directory: directory, keys: keys) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            #expect(await gateway.get(demo.path("1.1.0")).status == 200)
            for verdict in gateway.stores.log.knowledge.about(demo.sha512("1.1.0")).verdicts {
                _ = try await gateway.stores.log.append(
                    revocation(.statement(verdict.statement), by: keys.verdict))
            }
        }
        try await GatewayFixture.with(directory: directory, keys: keys) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            gateway.clock.advance(by: .seconds(10))
            await eventually {
                gateway.stores.log.knowledge.about(demo.sha512("1.1.0")).verdicts.count == 2
            }
            #expect(gateway.upstream.count(demo.tarballURL("1.1.0")) == 0)
        }
    }

    @Test("analyses that nobody waits for leave half of the queue to clients")
    func bounded() async throws {
        try await GatewayFixture.with(capacity: 4, judge: nil) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try await withWorker(gateway, key: gateway.keys.verdict) { _ in
                for version in ["1.0.0", "1.1.0", "1.2.0"] {
                    #expect(await gateway.get(demo.path(version)).status == 200)
                }
            }
            let next = try await replaceVerdictKey(of: gateway)
            let jobs = gateway.service.parts.desk.jobs
            gateway.service.knowledgeRevoked()
            // Two artifacts of two analyzers each fill the queue past its half; the third waits outside.
            try await eventually { try await jobs.counts().queued == 4 && gateway.pause.sleeperCount == 1 }
            try await withWorker(gateway, key: next) { worker in
                try await eventually { try await jobs.counts().queued == 0 && worker.signed.withLock { $0.count } == 4 }
                gateway.pause.elapse(.seconds(5))
                await eventually { worker.signed.withLock { $0.count } == 6 }
            }
            #expect(gateway.stores.log.knowledge.lapsedSubjects() == [])
        }
    }

    @Test("a revoked ruleset or analyzer version gives no new verdicts: a hold that says so, and no job without end")
    func revokedRules() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            #expect(await gateway.get(demo.path("1.1.0")).status == 200)
            let rules = try #require(GatewayFixture.rulesets[.static_])
            _ = try await gateway.stores.log.append(revocation(.ruleset(rules), by: gateway.keys.root))
            let size = gateway.stores.log.size
            gateway.clock.advance(by: .seconds(1))
            let refusal = await gateway.get(demo.path("1.1.0"))
            #expect(try refusal.json()["code"]?.stringValue == "HELD_UNAVAILABLE")
            gateway.service.knowledgeRevoked()
            #expect(await gateway.get(demo.path("1.0.0")).status == 403)
            let logged = try gateway.stores.logReader.statements(
                matching: StatementFilter(predicateType: .verdict, analyzer: .static_, sinceIndex: size.value),
                limit: 10)
            #expect(logged.isEmpty)
        }
    }

    @Test("a worker that still runs revoked rules is told so, and its statement does not enter the log")
    func outdatedWorker() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            let operators = operators(gateway)
            let rules = RulesetReference(name: "old", digest: SHA256Digest(hashing: [9]))
            _ = try await gateway.stores.log.append(revocation(.ruleset(rules), by: gateway.keys.root))
            let request = Task { await gateway.get(demo.path("1.1.0")) }
            try await eventually { try await gateway.service.parts.desk.jobs.counts().queued == 2 }
            var job: JSONValue = .null
            while job["analyzer"]?.stringValue != "static" {
                job = try await post("jobs/lease", ["worker": "old"], to: operators).json()["job"] ?? .null
            }
            let statement = VerdictStatement(
                subject: Subject(
                    purl: try PackageURL(parsing: "pkg:npm/demo@1.1.0"), sha512: demo.sha512("1.1.0"),
                    sha256: SHA256Digest(hashing: demo.versions[1].bytes)),
                analyzer: AnalyzerRevision(id: .static_, version: "1", ruleset: rules), verdict: .clean, findings: [],
                createdAt: gateway.clock.now())
            let envelope = try Envelope.signing(.verdict(statement), with: gateway.keys.verdict)
            let size = gateway.stores.log.size
            let answer = await post(
                "jobs/complete",
                ["id": job["id"] ?? .null, "lease": job["lease"] ?? .null, "leaf": leaf(envelope)["leaf"] ?? .null],
                to: operators)
            #expect(answer.status == 422)
            #expect(try answer.json()["error"]?.stringValue?.contains("revoked") == true)
            #expect(gateway.stores.log.size == size)
            request.cancel()
            _ = await request.value
        }
    }

    @Test("the operator API takes revocations and successions by keys that may make them, and nothing else")
    func route() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            let operators = operators(gateway)
            let digest = RulesetReference(name: "x", digest: SHA256Digest(hashing: [1]))
            let good = try revocation(.ruleset(digest), by: gateway.keys.root)
            let answer = await post("statements", leaf(good), to: operators)
            #expect(answer.status == 200)
            #expect(try answer.json()["statement"]?.stringValue == good.statementID.hex)
            #expect(gateway.stores.log.knowledge.isRevoked(ruleset: digest.digest))
            let succession = LogSuccessionStatement(
                event: .ends, origin: "next.example/log", logKey: Ed25519SigningKey.generate().publicKey,
                reason: "a test", createdAt: gateway.clock.now())
            let ends = try Envelope.signing(.logSuccession(succession), with: gateway.keys.root)
            #expect(await post("statements", leaf(ends), to: operators).status == 200)

            let size = gateway.stores.log.size
            let wide = try revocation(.ruleset(digest), by: gateway.keys.verdict)
            let event = KeyEventStatement(
                event: .add, publicKey: Ed25519SigningKey.generate().publicKey, role: .verdict,
                scope: .standard(for: .verdict), reason: "a test")
            let elsewhere = try Envelope.signing(.keyEvent(event), with: gateway.keys.root)
            for refused in [leaf(wide), leaf(elsewhere), ["leaf": "{}"]] {
                let answer = await post("statements", refused, to: operators)
                #expect(answer.status == 422)
                #expect(try answer.json()["error"]?.stringValue?.isEmpty == false)
            }
            #expect(await post("statements", [:], to: operators).status == 400)
            #expect(gateway.stores.log.size == size)
        }
    }
}
