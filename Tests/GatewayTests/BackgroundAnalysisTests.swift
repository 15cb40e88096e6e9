import Cryptography
import HTTP
import Platform
import Registry
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import Gateway

@Suite("Analyses that no client waits for")
struct BackgroundAnalysisTests {
    private static let rules = RulesetReference(name: "diff", digest: SHA256Digest(hashing: [7]))
    private let demo = NPMFixture("demo").with("1.0.0").with("1.1.0").with("1.2.0")

    /// A gateway without workers that also has differences judged.
    private func withGateway(
        capacity: Int = 1000, _ change: @Sendable (inout ScreeningLayer) -> Void = { _ in },
        _ body: @escaping @Sendable (GatewayFixture) async throws -> Void
    ) async throws {
        var policy = ScreeningLayer()
        change(&policy)
        let chosen = policy
        try await GatewayFixture.with(capacity: capacity, judge: nil) { gateway in
            apply(chosen, to: gateway)
            demo.publish(on: gateway.upstream)
            try await body(gateway)
        }
    }

    private func apply(_ policy: ScreeningLayer, to gateway: GatewayFixture) {
        let effective = ScreeningPolicy.resolving([policy])
        gateway.reload { configuration in
            configuration.analyzerRulesets[.diff] = Self.rules
            for name in configuration.policies.keys { configuration.policies[name] = effective }
        }
    }

    private func queued(_ gateway: GatewayFixture) async -> Int? { try? await gateway.stores.jobs.counts().queued }

    /// Everything that waits, in the order in which workers get it.
    private func order(_ gateway: GatewayFixture) async throws -> [JobRequest] {
        var requests: [JobRequest] = []
        while let job = try await gateway.stores.jobs.lease(worker: "w", for: .seconds(60)) {
            requests.append(job.request)
        }
        return requests
    }

    @Test("what clients wait for comes first, whenever it was asked for")
    func behindClients() async throws {
        try await withGateway { gateway in
            var clients: [Task<Void, Never>] = []
            for (count, version) in [(3, "1.0.0"), (6, "1.1.0")] {
                clients.append(Task { _ = await gateway.get(demo.path(version)) })
                await eventually { await queued(gateway) == count }
            }
            let order = try await order(gateway)
            #expect(order.map(\.key.analyzer) == [.advisory, .static_, .advisory, .static_, .diff, .diff])
            #expect(order.map(\.priority) == Array(repeating: .waiting, count: 4) + [.warm, .warm])
            for client in clients { client.cancel() }
        }
    }

    @Test("where policy waits for it, it is as urgent as anything")
    func awaited() async throws {
        try await withGateway {
            $0.holdUntil = [.static_, .diff]
        } _: { gateway in
            let client = Task { _ = await gateway.get(demo.path("1.0.0")) }
            await eventually { await queued(gateway) == 3 }
            let order = try await order(gateway)
            #expect(order.map(\.key.analyzer) == [.static_, .diff, .advisory])
            #expect(order.map(\.priority) == [.waiting, .waiting, .warm])
            client.cancel()
        }
    }

    @Test("it leaves half of the queue to clients")
    func room() async throws {
        try await withGateway(capacity: 8) { gateway in
            var clients: [Task<Void, Never>] = []
            // Three for the first version; the fourth place is the last that may be taken, by an awaited one.
            for (count, version) in [(3, "1.0.0"), (5, "1.1.0"), (7, "1.2.0")] {
                clients.append(Task { _ = await gateway.get(demo.path(version)) })
                await eventually { await queued(gateway) == count }
            }
            let order = try await order(gateway)
            #expect(order.count { $0.key.analyzer == .diff } == 1)
            for client in clients { client.cancel() }
        }
    }

    @Test("a person who rules waits for all of it")
    func person() async throws {
        try await withGateway { gateway in
            let parts = gateway.service.parts
            let client = Task { _ = await gateway.get(demo.path("1.0.0")) }
            await eventually { await queued(gateway) == 3 }
            let source = try #require(
                parts.settings.current.topology.definition(named: try GatewayFixture.registry("npmjs")))
            let name = try PackageName(parsing: "demo", ecosystem: .npm)
            let view = try await parts.admission.view(of: name, at: source, maxAge: .seconds(3600))
            let artifact = try #require(view.listing.listing.artifacts.first { $0.version.text == "1.0.0" })
            let bytes = try #require(gateway.stores.artifacts.digests(of: demo.sha512("1.0.0")))
            _ = try await parts.desk.progress(of: view.judge(artifact), in: view, bytes: bytes, others: .waiting)
            #expect(try await order(gateway).map(\.priority) == Array(repeating: .waiting, count: 3))
            client.cancel()
        }
    }

    @Test("an old one does not shorten the wait for what policy asks for since")
    func waitIsItsOwn() async throws {
        try await withGateway { policy in
            policy.analyzers = [.diff]
            policy.holdUntil = []
        } _: { gateway in
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
            await eventually { await queued(gateway) == 1 }
            gateway.clock.advance(by: .seconds(600))
            var stricter = ScreeningLayer()
            stricter.analyzers = [.static_, .diff]
            stricter.holdUntil = [.static_]
            apply(stricter, to: gateway)
            let client = Task { await gateway.get(demo.path("1.0.0")).status }
            await eventually { await queued(gateway) == 2 }
            let bytes = try #require(demo.versions.first { $0.number == "1.0.0" }).bytes
            try await gateway.logVerdict(.clean, of: bytes, "pkg:npm/demo@1.0.0")
            #expect(await client.value == 200)
        }
    }
}
