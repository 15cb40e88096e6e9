import HTTP
import JSON
import Platform
import Screening
import TestSupport
import Testing
import TransparencyLog
import VerdictStore

@testable import Gateway

@Suite("Waiting for analysis")
struct WaitingTests {
    private let demo = NPMFixture("demo").with("1.0.0")
    /// Jobs that a worker was given, by analyzer.
    private final class Tally: Sendable {
        let value = Lock<[String: Int]>([:])
    }

    private static let pip: HeaderFields = ["User-Agent": "pip/24.0 {}"]

    @Test("fifty cold requests cause one fetch, one job for each analyzer, and fifty answers")
    func fiftyClients() async throws {
        let jobs = Tally()
        let judge: @Sendable (JobRequest) -> FakeWorker.Result = { request in
            jobs.value.withLock { $0[request.key.analyzer.text, default: 0] += 1 }
            return .clean
        }
        try await GatewayFixture.with(judge: judge) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            gateway.upstream.hold()
            let statuses = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<50 { group.addTask { await gateway.get(demo.path("1.0.0")).status } }
                await eventually { gateway.upstream.heldCount == 1 }
                gateway.upstream.release()
                return await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses == Array(repeating: 200, count: 50))
            #expect(gateway.upstream.count(demo.listingURL) == 1)
            #expect(gateway.upstream.count(demo.tarballURL("1.0.0")) == 1)
            #expect(jobs.value.withLock { $0 } == ["advisory": 1, "static": 1])
        }
    }

    @Test("what was served once is served again without fetch, job, new statement or any database")
    func secondRequestIsHot() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
            let (size, requests) = (gateway.stores.log.size, gateway.upstream.requests.count)
            await gateway.stores.history.close()
            await gateway.stores.artifacts.close()
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
            #expect(gateway.stores.log.size == size)
            #expect(gateway.upstream.requests.count == requests)
        }
    }

    @Test("without a worker: 429 with the reason when the client's patience ends, then 403 when policy's does")
    func noWorker() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            async let first = gateway.get(demo.path("1.0.0"), Self.pip)
            try await eventually { try await gateway.stores.jobs.counts().queued == 2 }
            await eventually { gateway.pause.sleeperCount >= 2 }
            gateway.clock.advance(by: .seconds(12))
            gateway.pause.elapse(.seconds(12))
            let pending = await first
            #expect(pending.status == 429)
            #expect(pending.headers["Retry-After"] == "3")
            #expect(pending.reason == "Analysis of demo@1.0.0 in progress (advisory, static, 12s); retry")
            gateway.clock.advance(by: .seconds(108))
            let refused = await gateway.get(demo.path("1.0.0"), Self.pip)
            #expect(refused.status == 403)
            #expect(try refused.json()["code"]?.stringValue == "HELD_PENDING")
            #expect(gateway.upstream.count(demo.tarballURL("1.0.0")) == 1)
            let worker = gateway.worker { _ in .clean }
            let ended = Task { await worker.run() }
            let digest = demo.sha512("1.0.0")
            await eventually { gateway.stores.log.knowledge.about(digest).verdicts.count == 2 }
            #expect(await gateway.get(demo.path("1.0.0"), Self.pip).status == 200)
            ended.cancel()
        }
    }

    @Test("a client with more patience than policy is refused when policy's ends")
    func policyEndsFirst() async throws {
        var policy = ScreeningLayer()
        policy.pendingMax = .seconds(60)
        try await GatewayFixture.with(policy: policy, judge: nil) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            async let answer = gateway.get(demo.path("1.0.0"), ["User-Agent": "npm/10.9.2 node/v22"])
            await eventually { gateway.pause.sleeperCount >= 2 }
            gateway.clock.advance(by: .seconds(60))
            gateway.pause.elapse(.seconds(60))
            let refused = await answer
            #expect(refused.status == 403)
            #expect(try refused.json()["code"]?.stringValue == "HELD_PENDING")
        }
    }

    @Test("a full queue refuses at once instead of waiting")
    func fullQueue() async throws {
        try await GatewayFixture.with(capacity: 1, judge: nil) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            let refused = await gateway.get(demo.path("1.0.0"))
            #expect(refused.status == 403)
            #expect(try refused.json()["code"]?.stringValue == "HELD_PENDING")
        }
    }

    @Test("an analysis that is given up wakes the waiting client with HELD_UNAVAILABLE, or serves where policy says so")
    func givenUp() async throws {
        let judge: @Sendable (JobRequest) -> FakeWorker.Result = {
            $0.key.analyzer == .static_ ? .failure(.crash) : .clean
        }
        try await GatewayFixture.with(judge: judge) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            let refused = await gateway.get(demo.path("1.0.0"))
            #expect(refused.status == 403)
            let refusal = try refused.json()
            #expect(refusal["code"]?.stringValue == "HELD_UNAVAILABLE")
            #expect(refusal["error"]?.stringValue?.contains("cannot be analysed now (static: crash)") == true)
            #expect(refused.reason?.contains("cannot be analysed now (static: crash)") == true)
            // Who looks later is told the same, and nothing is asked for by looking.
            let page = try await gateway.follow(try #require(refusal["why"]?.stringValue)).text()
            #expect(page.contains("Held: demo@1.0.0") && page.contains("not possible: it crashed"))
            let operators = OperatorService(gateway: gateway.service, version: "test", expectsWorkers: false)
            let shown = try await RulingDesk(gateway: gateway, operators: operators)
                .get("holds/pkg:npm%2Fdemo@1.0.0").json()
            #expect(shown["code"]?.stringValue == "HELD_UNAVAILABLE")
            #expect(shown["unavailable"] == [["analyzer": "static", "cause": "crash"]])
            var open = ScreeningLayer()
            open.onAnalyzerUnavailable = .allow
            gateway.apply(open)
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
        }
    }

    @Test("a suspicious verdict refuses the artifact that it was waited for, then the listing and the manifest too")
    func suspiciousVerdict() async throws {
        let judge: @Sendable (JobRequest) -> FakeWorker.Result = {
            $0.key.analyzer == .static_ ? .verdict(.suspicious, rules: ["INST-SCRIPT-NET"]) : .clean
        }
        try await GatewayFixture.with(judge: judge) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            #expect(try await gateway.get("/demo").json()["versions"]?["1.0.0"] != nil)
            let refused = await gateway.get(demo.path("1.0.0"))
            #expect(refused.status == 403)
            let body = try refused.json()
            #expect(body["code"]?.stringValue == "HELD_REVIEW")
            #expect(body["verdicts"]?.arrayValue?.contains { $0["analyzer"]?.stringValue == "static" } == true)
            #expect(refused.reason?.contains("INST-SCRIPT-NET") == true)
            let page = try await gateway.follow(try #require(body["why"]?.stringValue)).text()
            #expect(page.contains("<li>INST-SCRIPT-NET</li>"), "the words that the configuration has for it")
            #expect(await gateway.get("/demo/1.0.0").status == 403)
            let listing = await gateway.get("/demo")
            #expect(listing.status == 200, "a package whose versions are all refused is not missing")
            #expect(try listing.json()["versions"]?.objectValue?.isEmpty == true)
            #expect(try listing.json()["policyRestrictions"]?["versions"]?["1.0.0"] != nil)
        }
    }

    @Test("a client that leaves does not end the fetch that it started")
    func leavingClient() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            #expect(await gateway.get("/demo").status == 200)
            gateway.upstream.hold()
            let client = Task { await gateway.get(demo.path("1.0.0")) }
            await eventually { gateway.upstream.heldCount == 1 }
            client.cancel()
            _ = await client.value
            gateway.upstream.release()
            let digest = demo.sha512("1.0.0")
            await eventually { gateway.stores.artifacts.contains(digest) }
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
            #expect(gateway.upstream.count(demo.tarballURL("1.0.0")) == 1)
        }
    }

    @Test("bytes that are known under one name are examined no second time under another, but the new name is")
    func sameBytesOtherName() async throws {
        let twin = NPMFixture("twin").with("3.0.0", contents: "tarball of demo 1.0.0")
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            twin.publish(on: gateway.upstream)
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
            let size = gateway.stores.log.size.value
            #expect(await gateway.get(twin.path("3.0.0")).status == 200)
            #expect(gateway.stores.log.size.value == size + 1)
            #expect(gateway.upstream.count(twin.tarballURL("3.0.0")) == 0, "the bytes are here already")
            let verdicts = gateway.stores.log.knowledge.about(demo.sha512("1.0.0")).verdicts
            #expect(verdicts.count { $0.analyzer == .advisory } == 2)
        }
    }

    @Test("an analyzer that is not here holds what needs it")
    func missingAnalyzer() async throws {
        var policy = ScreeningLayer()
        policy.holdUntil = [.advisory, .static_, .diff]
        try await GatewayFixture.with(policy: policy) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            let refused = await gateway.get(demo.path("1.0.0"))
            #expect(try refused.json()["code"]?.stringValue == "HELD_UNAVAILABLE")
        }
    }

    @Test("analyses that nothing waits for are asked for all the same")
    func backgroundAnalysis() async throws {
        var policy = ScreeningLayer()
        policy.holdUntil = []
        try await GatewayFixture.with(policy: policy, judge: nil) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
            #expect(try await gateway.stores.jobs.counts().queued == 2)
        }
    }
}
