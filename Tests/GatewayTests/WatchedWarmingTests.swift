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

@Suite("Watched packages")
struct WatchedWarmingTests {
    private let demo = NPMFixture("demo").with("1.0.0").with("1.1.0").with("1.2.0")

    /// The analyzers that the fixture's worker has.
    private var policy: ScreeningLayer {
        var policy = ScreeningLayer()
        policy.analyzers = [.advisory, .static_]
        return policy
    }

    private func listed(_ gateway: GatewayFixture) async throws -> [JSONValue] {
        try await gateway.operated("warm").json["packages"]?.arrayValue ?? []
    }

    private func isLooked(_ gateway: GatewayFixture) async throws -> Bool {
        let packages = try await listed(gateway)
        return !packages.isEmpty && packages.allSatisfy { $0["ordered"] == false && $0["lookedAt"] != .null }
    }

    @Test("versions are analysed in their order, each only when the verdicts about the one before it stand")
    func inOrder() async throws {
        let order = Lock<[String]>([])
        let judge: @Sendable (JobRequest) -> FakeWorker.Result = { request in
            order.withLock { $0.append("\(request.key.analyzer) \(request.purl.version?.text ?? "")") }
            return .clean
        }
        try await GatewayFixture.with(policy: policy, judge: judge) { (gateway) async throws in
            gateway.reload { $0.warming = WarmSettings(versions: 2, requestsPerSecond: 1_000) }
            demo.publish(on: gateway.upstream)
            let added = try await gateway.operated("warm/add", ["purls": ["pkg:npm/demo"]])
            #expect(added.status == 200 && added.json["added"] == 1)
            try await eventually { try await isLooked(gateway) }
            let package = try #require(try await listed(gateway).first)
            #expect(package["known"] == 3 && package["wanted"] == 2 && package["analyzed"] == 2)
            #expect(package["pending"] == 0 && package["held"] == 0 && package["problem"] == .null)
            let seen = order.withLock { $0 }
            #expect(Set(seen.prefix(2)) == ["advisory 1.1.0", "static 1.1.0"])
            #expect(Set(seen.dropFirst(2)) == ["advisory 1.2.0", "static 1.2.0"])
            #expect(gateway.upstream.count(demo.tarballURL("1.0.0")) == 0)
            #expect(await gateway.get(demo.path("1.2.0")).status == 200)
            #expect(gateway.upstream.count(demo.tarballURL("1.2.0")) == 1, "a client finds it ready")
        }
    }

    @Test("the next version is not even fetched while the one before it waits for its verdict")
    func consecutive() async throws {
        try await GatewayFixture.with(policy: policy, judge: nil) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            _ = try await gateway.operated("warm/add", ["purls": ["pkg:npm/demo"]])
            try await eventually { try await gateway.stores.jobs.counts().queued == 2 }
            for _ in 0..<200 { await Task.yield() }
            #expect(gateway.upstream.count(demo.tarballURL("1.0.0")) == 1)
            #expect(gateway.upstream.count(demo.tarballURL("1.1.0")) == 0)
            let job = try #require(try await gateway.stores.jobs.lease(worker: "w", for: .seconds(60)))
            #expect(job.request.priority == .warm)
        }
    }

    @Test("the cooldown doubles as scan time, and what policy blocks is not fetched")
    func cooldown() async throws {
        var policy = policy
        policy.cooldown = .seconds(72 * 3600)
        policy.deny = [try PolicySelector(parsing: "demo@1.1.0")]
        try await GatewayFixture.with(policy: policy) { (gateway) async throws in
            let young = NPMFixture("demo").with("1.0.0").with("1.1.0")
                .with("1.2.0", published: gateway.clock.now().adding(.seconds(-60)))
            young.publish(on: gateway.upstream)
            _ = try await gateway.operated("warm/add", ["purls": ["pkg:npm/demo"]])
            try await eventually { try await isLooked(gateway) }
            let package = try #require(try await listed(gateway).first)
            #expect(package["wanted"] == 3 && package["analyzed"] == 2 && package["blocked"] == 1)
            #expect(package["held"] == 1 && package["cooldown"] == 1)
            #expect(gateway.upstream.count(young.tarballURL("1.1.0")) == 0)
            gateway.clock.advance(by: .seconds(80 * 3600))
            #expect(await gateway.get(young.path("1.2.0")).status == 200)
            #expect(gateway.upstream.count(young.tarballURL("1.2.0")) == 1)
        }
    }

    @Test("a source that asks to be left alone is left alone for so long, and then the look goes on")
    func politeness() async throws {
        try await GatewayFixture.with(policy: policy) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            gateway.upstream.set(.refusal(429, ["Retry-After": "600"]), at: demo.tarballURL("1.1.0"))
            let order = try await added(gateway)
            try await eventually { try await gateway.operated("warm/progress?order=\(order)").json["running"] == false }
            let progress = try await gateway.operated("warm/progress?order=\(order)").json
            #expect(progress["left"] == 1 && progress["resting"]?.arrayValue?.count == 1)
            let until = gateway.clock.now().adding(.seconds(600)).rfc3339
            #expect(progress["resting"]?.arrayValue?.first?["until"] == .string(until))
            let asked = gateway.upstream.requests.count
            gateway.clock.advance(by: .seconds(599))
            gateway.pause.elapse(.seconds(599))
            for _ in 0..<500 { await Task.yield() }
            #expect(gateway.upstream.requests.count == asked, "nothing is asked before that")
            demo.publish(on: gateway.upstream)
            gateway.clock.advance(by: .seconds(1))
            try await eventually {
                gateway.pause.elapse(.seconds(1))
                return try await isLooked(gateway)
            }
            #expect(try await listed(gateway).first?["analyzed"] == 3)
            #expect(gateway.upstream.count(demo.tarballURL("1.0.0")) == 1, "what was done is not done again")
            #expect(gateway.upstream.count(demo.tarballURL("1.1.0")) == 2, "asked once, and once when it may be")
        }
    }

    /// Watches `demo` and orders a look.
    private func added(_ gateway: GatewayFixture) async throws -> Int64 {
        _ = try await gateway.operated("warm/add", ["purls": ["pkg:npm/demo"]])
        return try #require(try await gateway.operated("warm/run", [:]).json["order"]?.integerValue)
    }

    @Test("a source that is down is asked once, holds up no other, and is gone on with when it is back")
    func outage() async throws {
        try await GatewayFixture.with(policy: policy) { (gateway) async throws in
            let wheel = PyPIFixture("some-wheel").with("1.0")
            wheel.publish(on: gateway.upstream)
            for name in ["a", "b", "c", "d", "e", "f"] {
                gateway.upstream.set(.status(500), at: NPMFixture(name).listingURL)
                _ = try await gateway.operated(
                    "warm/add", ["purls": [.string("pkg:npm/\(name)"), "pkg:pypi/some-wheel"]])
            }
            let order = try #require(try await gateway.operated("warm/run", [:]).json["order"]?.integerValue)
            try await eventually {
                gateway.pause.elapse(.milliseconds(1))
                return try await gateway.operated("warm/progress?order=\(order)").json["running"] == false
            }
            let progress = try await gateway.operated("warm/progress?order=\(order)").json
            #expect(progress["left"] == 6)
            let wheelRow = try await listed(gateway).first { $0["purl"] == "pkg:pypi/some-wheel" }
            #expect(wheelRow?["analyzed"] == 1)
            #expect(gateway.upstream.requests.count { $0.url.hasPrefix(NPMFixture.base) } <= 2)
        }
    }

    @Test("a look that an end of the process cut short is made by the next start, and what stands is kept")
    func resumed() async throws {
        let (directory, keys) = (try TemporaryDirectory(), GatewayFixture.Keys())
        try await GatewayFixture.with(policy: policy, directory: directory, keys: keys, judge: nil) {
            (gateway) async throws in
            demo.publish(on: gateway.upstream)
            _ = try await gateway.operated("warm/add", ["purls": ["pkg:npm/demo"]])
            try await eventually { try await gateway.stores.jobs.counts().queued == 2 }
        }
        try await GatewayFixture.with(policy: policy, directory: directory, keys: keys) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try await eventually { try await isLooked(gateway) }
            #expect(try await listed(gateway).first?["analyzed"] == 3)
            #expect(gateway.upstream.count(demo.tarballURL("1.0.0")) == 0, "its bytes are here")
        }
    }

    @Test("a version that is published later is analysed at the next look, and nothing is asked for in between")
    func nextRound() async throws {
        try await GatewayFixture.with(policy: policy) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            _ = try await gateway.operated("warm/add", ["purls": ["pkg:npm/demo"]])
            try await eventually { try await isLooked(gateway) }
            demo.with("1.3.0").publish(on: gateway.upstream)
            let asked = gateway.upstream.requests.count
            gateway.clock.advance(by: .seconds(6 * 3600 - 1))
            gateway.pause.elapse(.seconds(3600))
            for _ in 0..<500 { await Task.yield() }
            #expect(gateway.upstream.requests.count == asked)
            gateway.clock.advance(by: .seconds(1))
            try await eventually {
                gateway.pause.elapse(.seconds(3600))
                return try await listed(gateway).first?["analyzed"] == 4
            }
            #expect(gateway.upstream.count(demo.tarballURL("1.3.0")) == 1)
            #expect(gateway.upstream.count(demo.tarballURL("1.2.0")) == 1)
        }
    }

    @Test("what is not there, reserved or unknown is a problem of its package alone")
    func problems() async throws {
        try await GatewayFixture.with(policy: policy) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            _ = try await gateway.operated("warm/add", ["purls": ["pkg:npm/none", "pkg:npm/demo@9.9.9"]])
            try await eventually { try await isLooked(gateway) }
            let problems = try await listed(gateway).map { $0["problem"]?.stringValue ?? "" }
            #expect(problems[0].contains("no version that is wanted"))
            #expect(problems[1].contains("does not have it"))
        }
    }
}
