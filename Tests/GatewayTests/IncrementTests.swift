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

@Suite("Jobs about differences")
struct IncrementTests {
    private static let ruleset = RulesetReference(name: "diff", digest: SHA256Digest(hashing: [7]))
    private let demo = NPMFixture("demo").with("1.0.0").with("1.2.0").with("1.1.0").with("1.3.0")

    /// A gateway that has every difference judged and waits for nothing.
    private func withGateway(
        maxSteps: Int? = nil, _ body: @escaping @Sendable (GatewayFixture, AdvisoryWorker) async throws -> Void
    ) async throws {
        var policy = ScreeningLayer()
        policy.analyzers = [.diff]
        policy.holdUntil = []
        policy.diff.maxSteps = maxSteps
        let (demo, effective) = (demo, ScreeningPolicy.resolving([policy]))
        try await GatewayFixture.with(policy: policy, judge: nil) { gateway in
            gateway.reload { configuration in
                configuration.analyzerRulesets[.diff] = Self.ruleset
                for name in configuration.policies.keys { configuration.policies[name] = effective }
            }
            demo.publish(on: gateway.upstream)
            try await body(gateway, AdvisoryWorker(gateway))
        }
    }

    /// Has a version fetched and takes the job about its difference.
    private func job(_ version: String, _ gateway: GatewayFixture, _ worker: AdvisoryWorker) async throws -> JSONValue {
        let answer = await gateway.get(demo.path(version))
        #expect(answer.status == 200)
        let job = try #require(try await worker.lease())
        #expect(job["analyzer"]?.stringValue == "diff")
        #expect(job["filename"]?.stringValue == demo.filename(version))
        return job
    }

    private func basis(_ job: JSONValue) throws -> Basis {
        guard let base = job["base"] else { return .full }
        return .diff(
            base: try SHA512Digest(hex: base["sha512"]?.stringValue ?? ""),
            baseStatement: try StatementID(hex: base["statement"]?.stringValue ?? ""),
            anchorStatement: try StatementID(hex: base["anchorStatement"]?.stringValue ?? ""),
            depth: Int(base["depth"]?.integerValue ?? -9) + 1)
    }

    private func envelope(
        _ job: JSONValue, _ basis: Basis, _ gateway: GatewayFixture
    ) throws -> Envelope {
        let subject = Subject(
            purl: try PackageURL(parsing: job["purl"]?.stringValue ?? ""),
            sha512: try SHA512Digest(hex: job["sha512"]?.stringValue ?? ""),
            sha256: try SHA256Digest(hex: job["sha256"]?.stringValue ?? ""))
        let statement = VerdictStatement(
            subject: subject, analyzer: AnalyzerRevision(id: .diff, version: "1", ruleset: Self.ruleset), basis: basis,
            verdict: .clean, findings: [], createdAt: gateway.clock.now())
        return try Envelope.signing(.verdict(statement), with: gateway.keys.verdict)
    }

    /// Fetches a version, judges its difference from the base that is offered as clean, and answers the job.
    @discardableResult
    private func step(_ version: String, _ gateway: GatewayFixture, _ worker: AdvisoryWorker) async throws -> JSONValue
    {
        let job = try await job(version, gateway, worker)
        let answer = try await worker.complete(job, leaf: try envelope(job, basis(job), gateway))
        let text = try answer.text()
        #expect(answer.status == 200, "\(text)")
        return job
    }

    private func base(_ job: JSONValue) -> String? {
        job["base"]?["purl"]?.stringValue ?? job["noBase"]?.stringValue
    }

    @Test("versions that arrive as 1.0.0, 1.2.0, 1.1.0 are compared with the right ones, and the chain is told")
    func outOfOrder() async throws {
        try await withGateway { gateway, worker in
            let first = try await step("1.0.0", gateway, worker)
            #expect(base(first) == "noOlderVersion" && first["anchor"] == nil)
            let second = try await step("1.2.0", gateway, worker)
            #expect(base(second) == "pkg:npm/demo@1.0.0")
            #expect(second["base"]?["sha512"]?.stringValue == demo.sha512("1.0.0").hex)
            #expect(second["base"]?["depth"] == 0 && second["anchor"] == nil)
            let path = try #require(second["base"]?["path"]?.stringValue)
            #expect(try Files.readAll(path) == demo.versions[0].bytes)
            let third = try await step("1.1.0", gateway, worker)
            #expect(base(third) == "pkg:npm/demo@1.0.0")
            let last = try await step("1.3.0", gateway, worker)
            #expect(base(last) == "pkg:npm/demo@1.2.0" && last["base"]?["depth"] == 1)
            #expect(last["anchor"]?["purl"] == "pkg:npm/demo@1.0.0")
            #expect(last["anchor"]?["sha512"]?.stringValue == demo.sha512("1.0.0").hex)
            #expect(gateway.stores.log.knowledge.chainFaultCount == 0)
        }
    }

    @Test("a review by a model is offered what the same reviewer verified, and nothing that another did")
    func otherAnalyzer() async throws {
        try await withGateway { gateway, worker in
            for version in ["1.0.0", "1.1.0"] { try await step(version, gateway, worker) }
            let request = JobRequest(
                key: JobKey(sha512: demo.sha512("1.1.0"), analyzer: .aiReview, ruleset: Self.ruleset.digest),
                sha256: SHA256Digest(hashing: demo.versions[2].bytes),
                purl: try PackageURL(parsing: "pkg:npm/demo@1.1.0"), filename: demo.filename("1.1.0"), ecosystem: .npm,
                registryFacts: RegistryFacts(name: "demo", version: "1.1.0"), priority: .waiting, sizeBytes: 1)
            _ = try await gateway.service.parts.desk.jobs.enqueue(request)
            let job = try #require(try await worker.lease())
            #expect(job["analyzer"] == "ai-review" && base(job) == "unverified")
        }
    }

    @Test("a job tells what listings say of both releases, what was rewritten, and the limits of policy")
    func facts() async throws {
        try await withGateway(maxSteps: 3) { gateway, worker in
            try await step("1.0.0", gateway, worker)
            let job = try await step("1.1.0", gateway, worker)
            let facts = try #require(job["facts"])
            let own = try #require(facts["own"].flatMap(ReleaseFacts.init(reading:)))
            #expect(own.publishedAt == demo.versions[0].published && own.hasProvenance == false)
            #expect(facts["base"].flatMap(ReleaseFacts.init(reading:)) == own)
            #expect(facts["isRewritten"] == false && facts["rewritten"]?.arrayValue?.isEmpty == true)
            #expect(job["thresholds"]?["maxSteps"] == 3 && job["thresholds"]?["maxChangedFiles"] == 200)
            #expect(job["thresholds"]?["maxChangedBytes"] == 1_048_576)
        }
    }

    @Test("a listing that tells another story of a release is told to the job and to the audit log")
    func rewriting() async throws {
        try await withGateway { gateway, worker in
            _ = await gateway.get("/demo")
            var changed = demo
            changed.versions[0].published = Timestamp(secondsSinceEpoch: 1_600_000_060)
            changed.publish(on: gateway.upstream)
            gateway.clock.advance(by: .seconds(3600))
            let job = try await job("1.0.0", gateway, worker)
            #expect(job["facts"]?["isRewritten"] == true)
            #expect(job["facts"]?["rewritten"] == ["publishedAt"])
            let own = job["facts"]?["own"].flatMap(ReleaseFacts.init(reading:))
            #expect(own?.publishedAt == demo.versions[0].published, "what was said first")
            let path = gateway.directory.path("data/audit.jsonl")
            try await eventually { String(decoding: try Files.readAll(path), as: UTF8.self).contains("\"rewriting\"") }
            let lines = try Files.readAll(path).split(separator: UInt8(ascii: "\n")).map {
                try JSONText.parse(Array($0))
            }
            let line = try #require(lines.first { $0["event"] == "rewriting" || $0["kind"] == "rewriting" })
            #expect(line["purl"] == "pkg:npm/demo@1.0.0" && line["facts"] == ["publishedAt"])
        }
    }

    @Test("who asks why is told what a verdict was compared with, and how far back its full review is")
    func why() async throws {
        try await withGateway { gateway, worker in
            for version in ["1.0.0", "1.1.0", "1.2.0"] { try await step(version, gateway, worker) }
            func basis(_ version: String) async throws -> JSONValue? {
                let answer = await worker.operators.handler.respond(
                    to: ServerRequest(
                        head: RequestHead(
                            method: .get, target: "/-/api/v1/why?purl=pkg:npm/demo@\(version)", headers: [:]),
                        body: RequestBody(bytes: [])))
                return try answer.json()["statements"]?.arrayValue?.first?["basis"]
            }
            #expect(try await basis("1.0.0") == ["kind": "full"])
            let last = try #require(try await basis("1.2.0"))
            #expect(last["kind"] == "diff" && last["depth"] == 2)
            #expect(last["base"] == "pkg:npm/demo@1.1.0" && last["anchor"] == "pkg:npm/demo@1.0.0")
            #expect(last["baseSha512"]?.stringValue == demo.sha512("1.1.0").hex)
        }
    }

    @Test("what its source lists no more is no base, and neither is what is no longer in the cache")
    func withdrawn() async throws {
        try await withGateway { gateway, worker in
            for version in ["1.0.0", "1.1.0", "1.2.0"] { try await step(version, gateway, worker) }
            var left = demo
            left.versions.removeAll { $0.number == "1.2.0" }
            left.publish(on: gateway.upstream)
            gateway.clock.advance(by: .seconds(3600))
            let job = try await job("1.3.0", gateway, worker)
            #expect(base(job) == "pkg:npm/demo@1.1.0")
            let statement = try envelope(job, basis(job), gateway)
            try gateway.stores.artifacts.discardDamaged(demo.sha512("1.0.0"))
            #expect(try await worker.complete(job, leaf: statement).status == 200, "it was here when it was read")
        }
    }

    @Test("bytes to compare with that left the cache are fetched again, and only those that were recorded")
    func evicted() async throws {
        try await withGateway { gateway, worker in
            for version in ["1.0.0", "1.1.0"] { try await step(version, gateway, worker) }
            for version in ["1.0.0", "1.1.0"] {
                try gateway.stores.artifacts.discardDamaged(demo.sha512(version))
            }
            let second = try await job("1.2.0", gateway, worker)
            #expect(base(second) == "pkg:npm/demo@1.1.0" && second["anchor"]?["purl"] == "pkg:npm/demo@1.0.0")
            let path = try #require(second["base"]?["path"]?.stringValue)
            #expect(SHA512Digest(hashing: try Files.readAll(path)) == demo.sha512("1.1.0"))
            for version in ["1.0.0", "1.1.0"] { #expect(gateway.upstream.count(demo.tarballURL(version)) == 2) }
            #expect(
                try await worker.complete(second, leaf: try envelope(second, basis(second), gateway)).status == 200)

            try gateway.stores.artifacts.discardDamaged(demo.sha512("1.2.0"))
            gateway.upstream.set(.status(404), at: demo.tarballURL("1.2.0"))
            let third = try await job("1.3.0", gateway, worker)
            #expect(base(third) == "pkg:npm/demo@1.1.0", "an older one, when it does not come back")
        }
    }

    @Test("a source that keeps a worker waiting for a base is not waited for")
    func slowSource() async throws {
        try await withGateway { gateway, worker in
            try await step("1.0.0", gateway, worker)
            #expect(await gateway.get(demo.path("1.1.0")).status == 200)
            try gateway.stores.artifacts.discardDamaged(demo.sha512("1.0.0"))
            gateway.upstream.hold()
            let offered = Lock<JSONValue?>(nil)
            let asking = Task {
                let job = try await worker.lease()
                offered.withLock { $0 = job }
            }
            await eventually { gateway.upstream.heldCount == 1 }
            #expect(offered.withLock { $0 } == nil)
            await eventually {
                gateway.pause.elapse(.seconds(1))
                return offered.withLock { $0 != nil }
            }
            try await asking.value
            let job = try #require(offered.withLock { $0 })
            #expect(base(job) == "evicted" && job["base"] == nil)
            gateway.upstream.release()
        }
    }

    @Test("a basis that nothing holds is refused, whoever signs it")
    func refusals() async throws {
        try await withGateway(maxSteps: 2) { gateway, worker in
            try await step("1.0.0", gateway, worker)
            try await step("1.1.0", gateway, worker)
            let job = try await job("1.2.0", gateway, worker)
            guard case .diff(let base, let statement, let anchor, let depth) = try basis(job) else {
                Issue.record("no base was offered")
                return
            }
            let unknown = StatementID(digest: SHA256Digest(hashing: [1]))
            let wrong: [Basis] = [
                .diff(base: base, baseStatement: unknown, anchorStatement: anchor, depth: depth),
                .diff(base: base, baseStatement: statement, anchorStatement: unknown, depth: depth),
                .diff(base: base, baseStatement: statement, anchorStatement: anchor, depth: depth - 1),
                .diff(base: demo.sha512("1.3.0"), baseStatement: statement, anchorStatement: anchor, depth: depth),
                .diff(base: demo.sha512("1.2.0"), baseStatement: statement, anchorStatement: anchor, depth: depth),
            ]
            let before = gateway.stores.log.size
            for basis in wrong {
                #expect(try await worker.complete(job, leaf: try envelope(job, basis, gateway)).status == 422)
            }
            #expect(gateway.stores.log.size == before, "nothing of it is in the log")
            // An older base than the offered one may be stood on too: another process may have offered it.
            let older = try #require(gateway.stores.log.knowledge.verifiedBase(by: .diff, about: demo.sha512("1.0.0")))
            let basis = older.basis(of: demo.sha512("1.0.0"))
            #expect(try await worker.complete(job, leaf: try envelope(job, basis, gateway)).status == 200)
        }
    }

    @Test("a chain longer than policy allows is refused")
    func maxSteps() async throws {
        try await withGateway(maxSteps: 1) { gateway, worker in
            try await step("1.0.0", gateway, worker)
            try await step("1.1.0", gateway, worker)
            let job = try await job("1.2.0", gateway, worker)
            let answer = try await worker.complete(job, leaf: try envelope(job, basis(job), gateway))
            #expect(answer.status == 422)
            #expect(try answer.text().contains("policy allows 1"))
            #expect(try await worker.complete(job, leaf: try envelope(job, .full, gateway)).status == 200)
        }
    }

    @Test("what stood on bytes that turn out to be malicious is analysed again, and its base is no base any more")
    func newlyMalicious() async throws {
        try await withGateway { gateway, worker in
            try await step("1.0.0", gateway, worker)
            try await step("1.1.0", gateway, worker)
            let request = JobRequest(
                key: JobKey(
                    sha512: demo.sha512("1.0.0"), analyzer: .static_,
                    ruleset: try #require(GatewayFixture.rulesets[.static_]).digest),
                sha256: SHA256Digest(hashing: demo.versions[0].bytes),
                purl: try PackageURL(parsing: "pkg:npm/demo@1.0.0"), filename: demo.filename("1.0.0"), ecosystem: .npm,
                registryFacts: RegistryFacts(name: "demo", version: "1.0.0"), priority: .waiting, sizeBytes: 1)
            _ = try await gateway.service.parts.desk.jobs.enqueue(request)
            let accusation = try #require(try await worker.lease())
            let statement = VerdictStatement(
                subject: Subject(purl: request.purl, sha512: request.key.sha512, sha256: request.sha256),
                analyzer: AnalyzerRevision(
                    id: .static_, version: "1", ruleset: try #require(GatewayFixture.rulesets[.static_])),
                verdict: .malicious, findings: [Finding(rule: "TEST", severity: .malicious)],
                createdAt: gateway.clock.now())
            let leaf = try Envelope.signing(.verdict(statement), with: gateway.keys.verdict)
            #expect(try await worker.complete(accusation, leaf: leaf).status == 200)
            #expect(gateway.stores.log.knowledge.lapsedSubjects() == [demo.sha512("1.1.0")])
            try await eventually { try await gateway.stores.jobs.counts().queued == 1 }
            let again = try #require(try await worker.lease())
            #expect(again["purl"] == "pkg:npm/demo@1.1.0" && base(again) == "unverified")
            #expect(try await worker.complete(again, leaf: try envelope(again, .full, gateway)).status == 200)
            #expect(gateway.stores.log.knowledge.lapsedSubjects().isEmpty)
        }
    }
}
