import Cryptography
import HTTP
import Platform
import Registry
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import Gateway

@Suite("Reviews by other models than those of now")
struct ReviewRescanTests {
    private let demo = (0..<12).reduce(NPMFixture("demo")) { $0.with("1.\($1).0") }

    /// What a worker was asked, in order: the analyzer and the first byte of the ruleset's digest.
    private final class Asked: Sendable {
        let jobs = Lock<[(analyzer: AnalyzerID, ruleset: SHA256Digest)]>([])
        let fails = Lock(false)
        var reviews: [SHA256Digest] { jobs.withLock { $0.filter { $0.analyzer == .aiReview }.map(\.ruleset) } }
    }

    private static func models(_ number: UInt8) -> RulesetReference {
        RulesetReference(name: "ai-review", digest: SHA256Digest(hashing: [number]))
    }

    private func withGateway(_ body: @escaping @Sendable (GatewayFixture, Asked) async throws -> Void) async throws {
        let asked = Asked()
        var policy = ScreeningLayer()
        policy.analyzers = [.static_, .aiReview]
        policy.holdUntil = [.static_, .aiReview]
        let judge: @Sendable (JobRequest) -> FakeWorker.Result = { request in
            asked.jobs.withLock { $0.append((request.key.analyzer, request.key.ruleset)) }
            return request.key.analyzer == .aiReview && asked.fails.withLock { $0 } ? .failure(.limit) : .clean
        }
        let (demo, effective) = (demo, ScreeningPolicy.resolving([policy]))
        try await GatewayFixture.with(policy: policy, judge: judge) { gateway in
            demo.publish(on: gateway.upstream)
            Self.use(Self.models(1), effective, gateway)
            for version in demo.versions { #expect(await gateway.get(demo.path(version.number)).status == 200) }
            #expect(asked.reviews.count == demo.versions.count)
            gateway.clock.advance(by: .seconds(1))
            try await body(gateway, asked)
        }
    }

    private static func use(
        _ models: RulesetReference, rules: RulesetReference? = nil, _ policy: ScreeningPolicy, _ gateway: GatewayFixture
    ) {
        gateway.reload { configuration in
            configuration.analyzerRulesets[.aiReview] = models
            if let rules { configuration.analyzerRulesets[.static_] = rules }
            for name in configuration.policies.keys { configuration.policies[name] = policy }
        }
    }

    private func effective(_ gateway: GatewayFixture) throws -> ScreeningPolicy {
        gateway.service.parts.settings.current.policy(of: try RegistryName(parsing: "npmjs"))
    }

    @Test("artifacts are reviewed again by the models of now, after everything that needs no model")
    func again() async throws {
        try await withGateway { gateway, asked in
            let count = demo.versions.count
            let before = asked.jobs.withLock { $0.count }
            let rules = RulesetReference(name: "static", digest: SHA256Digest(hashing: [99]))
            Self.use(Self.models(2), rules: rules, try effective(gateway), gateway)
            await eventually { asked.reviews.count == 2 * count }
            let later = asked.jobs.withLock { $0[before...].map(\.analyzer) }
            #expect(
                later.prefix(count).allSatisfy { $0 == .static_ }
                    && later.dropFirst(count).allSatisfy { $0 == .aiReview })
            #expect(asked.reviews.suffix(count).allSatisfy { $0 == Self.models(2).digest })
            await eventually { !gateway.service.parts.rescan.progress.isRunning }
            #expect(asked.reviews.count == 2 * count)
        }
    }

    @Test("when models can be paid for no more, the rest is not even tried")
    func unpaid() async throws {
        try await withGateway { gateway, asked in
            let count = demo.versions.count
            asked.fails.withLock { $0 = true }
            Self.use(Self.models(2), try effective(gateway), gateway)
            await eventually { gateway.service.parts.rescan.progress.failed == 8 }
            await eventually { !gateway.service.parts.rescan.progress.isRunning }
            #expect(asked.reviews.count == count + 8)
            for version in demo.versions { #expect(await gateway.get(demo.path(version.number)).status == 200) }
        }
    }
}
