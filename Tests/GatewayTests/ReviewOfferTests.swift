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

@Suite("Jobs of models")
struct ReviewOfferTests {
    private let demo = NPMFixture("demo").with("1.0.0").with("1.1.0").with("1.2.0").with("1.3.0")
    private static func models(_ number: UInt8) -> RulesetReference {
        RulesetReference(name: "ai-review", digest: SHA256Digest(hashing: [number]))
    }

    /// A gateway that has everything reviewed by models and waits for nothing.
    private func withGateway(
        _ body: @escaping @Sendable (GatewayFixture, AdvisoryWorker) async throws -> Void
    ) async throws {
        var policy = ScreeningLayer()
        policy.analyzers = [.aiReview]
        policy.holdUntil = []
        let (demo, effective) = (demo, ScreeningPolicy.resolving([policy]))
        try await GatewayFixture.with(policy: policy, judge: nil) { gateway in
            gateway.reload { configuration in
                configuration.analyzerRulesets[.aiReview] = Self.models(1)
                configuration.reviewsAtOnce = 2
                for name in configuration.policies.keys { configuration.policies[name] = effective }
            }
            demo.publish(on: gateway.upstream)
            try await body(gateway, AdvisoryWorker(gateway))
        }
    }

    private func job(_ version: String, _ gateway: GatewayFixture, _ worker: AdvisoryWorker) async throws -> JSONValue {
        #expect(await gateway.get(demo.path(version)).status == 200)
        let job = try #require(try await worker.lease())
        #expect(job["analyzer"] == "ai-review" && job["filename"]?.stringValue == demo.filename(version))
        return job
    }

    private func envelope(_ job: JSONValue, by models: RulesetReference, _ gateway: GatewayFixture) throws -> Envelope {
        var basis = Basis.full
        if let base = job["base"] {
            basis = .diff(
                base: try SHA512Digest(hex: base["sha512"]?.stringValue ?? ""),
                baseStatement: try StatementID(hex: base["statement"]?.stringValue ?? ""),
                anchorStatement: try StatementID(hex: base["anchorStatement"]?.stringValue ?? ""),
                depth: Int(base["depth"]?.integerValue ?? -9) + 1)
        }
        let subject = Subject(
            purl: try PackageURL(parsing: job["purl"]?.stringValue ?? ""),
            sha512: try SHA512Digest(hex: job["sha512"]?.stringValue ?? ""),
            sha256: try SHA256Digest(hex: job["sha256"]?.stringValue ?? ""))
        let statement = VerdictStatement(
            subject: subject, analyzer: AnalyzerRevision(id: .aiReview, version: "1", model: "m", ruleset: models),
            basis: basis, verdict: .clean, findings: [], createdAt: gateway.clock.now())
        return try Envelope.signing(.verdict(statement), with: gateway.keys.verdict)
    }

    @Test("the base is what the models of now found clean; what others did is none, and is not accepted as one")
    func bases() async throws {
        try await withGateway { gateway, worker in
            let first = try await job("1.0.0", gateway, worker)
            #expect(first["noBase"] == "noOlderVersion" && first["isRescan"] == false)
            #expect(try await worker.complete(first, leaf: envelope(first, by: Self.models(1), gateway)).status == 200)
            let second = try await job("1.1.0", gateway, worker)
            #expect(second["base"]?["purl"] == "pkg:npm/demo@1.0.0")
            #expect(
                try await worker.complete(second, leaf: envelope(second, by: Self.models(1), gateway)).status == 200)
            let third = try await job("1.2.0", gateway, worker)
            #expect(third["base"]?["purl"] == "pkg:npm/demo@1.1.0" && third["anchor"]?["purl"] == "pkg:npm/demo@1.0.0")
            // Other models from now on; what was leased before may still stand on what it was offered.
            gateway.reload { $0.analyzerRulesets[.aiReview] = Self.models(2) }
            let fourth = try await job("1.3.0", gateway, worker)
            #expect(fourth["noBase"] == "unverified")
            guard case .object(var forged) = fourth, let base = third["base"] else { throw NoObject() }
            forged.set("base", base)
            let refused = try await worker.complete(
                fourth, leaf: envelope(.object(forged), by: Self.models(2), gateway))
            #expect(refused.status == 422)
            #expect(try await worker.complete(third, leaf: envelope(third, by: Self.models(1), gateway)).status == 200)
        }
    }

    @Test("no more artifacts are with models at once than the configuration says, over all workers")
    func concurrency() async throws {
        try await withGateway { gateway, worker in
            for version in ["1.0.0", "1.1.0", "1.2.0"] {
                #expect(await gateway.get(demo.path(version)).status == 200)
            }
            func lease(_ more: JSONObject) async -> ServerResponse {
                var body: JSONObject = ["worker": "w", "waitSeconds": 0]
                for member in more.members { body.append(member.name, member.value) }
                return await worker.post("jobs/lease", .object(body))
            }
            #expect(await lease(["except": "ai-review"]).status == 204)
            let first = await lease(["only": "ai-review"])
            #expect(first.status == 200)
            #expect(await lease(["only": "ai-review"]).status == 200)
            #expect(await lease(["only": "ai-review"]).status == 204)
            let held = try #require(try first.json()["job"])
            let leaf = try envelope(held, by: Self.models(1), gateway)
            #expect(try await worker.complete(held, leaf: leaf).status == 200)
            #expect(await lease(["only": "ai-review"]).status == 200)
            for wrong: JSONObject in [["only": 1], ["only": "A B"], ["only": "static", "except": "diff"]] {
                #expect(await lease(wrong).status == 400)
            }
        }
    }

    private struct NoObject: Error {}
}
