import HTTP
import JSON
import Platform
import Registry
import Screening
import TestSupport
import Testing

@testable import Gateway

@Suite("A live service is asked about what the bundles do not know")
struct LiveFallbackTests {
    private let demo = NPMFixture("demo").with("1.0.0").with("1.1.0")
    private static let service = "https://live.test/osv"
    private static let address = "https://live.test/osv/v1/query"

    private static func record(_ id: String, versions: [String], package: String = "demo") -> JSONValue {
        [
            "id": .string(id), "modified": "2026-01-01T00:00:00Z",
            "affected": [
                [
                    "package": ["ecosystem": "npm", "name": .string(package)],
                    "versions": .array(versions.map { .string($0) }),
                ]
            ],
        ]
    }

    private func with(_ body: @Sendable (GatewayFixture) async throws -> Void) async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try gateway.load([.init(id: "MAL-1", package: "known", versions: ["1.0.0"])])
            gateway.reload { $0.liveFallback = LiveFallback(url: Self.service, cacheFor: .seconds(600)) }
            try await body(gateway)
        }
    }

    private static func answer(_ records: [JSONValue], on gateway: GatewayFixture) {
        gateway.upstream.put(JSONText.serialize(["vulns": .array(records)]), at: address)
    }

    @Test("off, nobody is asked anything")
    func off() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            #expect(await gateway.get("/demo/-/demo-1.0.0.tgz").status == 200)
            #expect(gateway.upstream.requests.allSatisfy { $0.method == .get })
            #expect(gateway.service.parts.live.counts == LiveAdvisories.Counts())
        }
    }

    @Test(
        "what it calls malicious is refused at manifest and artifact, then missing from listings; only name and version leave"
    )
    func malicious() async throws {
        try await with { (gateway) async throws in
            Self.answer([Self.record("MAL-9", versions: ["1.1.0"])], on: gateway)
            // Listings use what is known and ask nothing.
            #expect(try await gateway.get("/demo").json()["versions"]?["1.1.0"] != nil)
            #expect(gateway.upstream.count(Self.address) == 0)
            let refused = await gateway.get("/demo/1.1.0")
            #expect(refused.status == 403)
            #expect(try refused.json()["code"]?.stringValue == "BLOCKED_MALICIOUS")
            #expect(await gateway.get("/demo/-/demo-1.1.0.tgz").status == 403)
            #expect(gateway.upstream.count(Self.address) == 1)
            let asked = try #require(gateway.upstream.requests.first { $0.url == Self.address })
            let body = try JSONText.parse(try #require(asked.body))
            #expect(body == ["version": "1.1.0", "package": ["purl": "pkg:npm/demo"]])
            #expect(asked.headers["cookie"] == nil && asked.headers["authorization"] == nil)
            #expect(try await gateway.get("/demo").json()["versions"]?["1.1.0"] == nil)
            // The same answer is judged by our own reading: it says nothing of the other version.
            #expect(await gateway.get("/demo/-/demo-1.0.0.tgz").status == 200)
            #expect(gateway.service.parts.live.counts == LiveAdvisories.Counts(clean: 1, found: 1))
        }
    }

    @Test("an answer counts for its time and for one snapshot of the bundles")
    func ageing() async throws {
        try await with { (gateway) async throws in
            Self.answer([], on: gateway)
            for _ in 0..<3 { #expect(await gateway.get("/demo/-/demo-1.0.0.tgz").status == 200) }
            #expect(gateway.upstream.count(Self.address) == 1)
            gateway.clock.advance(by: .seconds(601))
            _ = await gateway.get("/demo/-/demo-1.0.0.tgz")
            #expect(gateway.upstream.count(Self.address) == 2)
            try gateway.load([.init(id: "MAL-2", package: "other", versions: ["1.0.0"])])
            _ = await gateway.get("/demo/-/demo-1.0.0.tgz")
            #expect(gateway.upstream.count(Self.address) == 3)
            // The clock went back: nobody knows how old the answer is.
            gateway.clock.advance(by: .seconds(-1))
            _ = await gateway.get("/demo/-/demo-1.0.0.tgz")
            #expect(gateway.upstream.count(Self.address) == 4)
        }
    }

    @Test("a known problem stands until the service says something else, whatever its age")
    func positives() async throws {
        try await with { (gateway) async throws in
            Self.answer([Self.record("MAL-9", versions: ["1.0.0"])], on: gateway)
            #expect(await gateway.get("/demo/-/demo-1.0.0.tgz").status == 403)
            gateway.upstream.set(.failure(.timedOut(.total)), at: Self.address)
            gateway.clock.advance(by: .seconds(7 * 86_400))
            #expect(await gateway.get("/demo/-/demo-1.0.0.tgz").status == 403)
            try gateway.load([.init(id: "MAL-2", package: "other", versions: ["1.0.0"])])
            #expect(await gateway.get("/demo/-/demo-1.0.0.tgz").status == 403)
            // A lesser problem that the bundles learn of meanwhile does not take the place of what is known.
            try gateway.load([.init(id: "GHSA-1", package: "demo", versions: ["1.0.0"])])
            #expect(await gateway.get("/demo/-/demo-1.0.0.tgz").status == 403)
            #expect(await gateway.get("/demo/1.0.0").status == 403)
            #expect(try await gateway.get("/demo").json()["versions"]?["1.0.0"] == nil)
        }
    }

    @Test(
        "no answer, a broken one or none in time leaves the decision to the bundles, is counted and logged once",
        arguments: [
            ScriptedUpstream.Answer.failure(.timedOut(.total)), .failure(.couldNotResolve(host: "live.test")),
            .status(500), .document(Array("<html>".utf8), contentType: "text/html"),
            .document(Array("[]".utf8), contentType: "application/json"),
            .document(Array("{\"vulns\":7}".utf8), contentType: "application/json"),
            .document(Array("{\"vulns\":[],\"next_page_token\":\"x\"}".utf8), contentType: "application/json"),
        ])
    func failures(answer: ScriptedUpstream.Answer) async throws {
        try await with { (gateway) async throws in
            gateway.upstream.set(answer, at: Self.address)
            #expect(await gateway.get("/demo/-/demo-1.0.0.tgz").status == 200)
            #expect(await gateway.get("/demo/-/demo-1.1.0.tgz").status == 200)
            #expect(gateway.service.parts.live.counts.failed == 2)
            #expect(gateway.service.parts.live.problem != nil)
            #expect(gateway.logged.all.count { $0.contains("live advisories") } == 1)
            // The same version is not asked about again at once.
            #expect(await gateway.get("/demo/-/demo-1.0.0.tgz").status == 200)
            #expect(gateway.service.parts.live.counts.failed == 2)
        }
    }

    @Test("more records than any version has are no answer")
    func tooMany() async throws {
        try await with { (gateway) async throws in
            Self.answer([JSONValue](repeating: 0, count: 70_000), on: gateway)
            #expect(await gateway.get("/demo/-/demo-1.0.0.tgz").status == 200)
            #expect(gateway.service.parts.live.counts.failed == 1)
            #expect(gateway.service.parts.live.problem?.contains("4000 records") == true)
        }
    }

    @Test("records that cannot be read, or are about something else, are no problem of this version")
    func foreignRecords() async throws {
        try await with { (gateway) async throws in
            Self.answer(
                [Self.record("MAL-9", versions: ["1.0.0"], package: "others"), ["id": 7], .string("x")], on: gateway)
            #expect(await gateway.get("/demo/-/demo-1.0.0.tgz").status == 200)
            #expect(gateway.service.parts.live.counts.clean == 1)
        }
    }

    @Test("a service that failed three times in a row rests, and one question tries it afterwards")
    func circuit() async throws {
        try await with { (gateway) async throws in
            let many = (1...6).reduce(NPMFixture("many")) { $0.with("\($1).0.0") }
            many.publish(on: gateway.upstream)
            gateway.upstream.set(.failure(.timedOut(.total)), at: Self.address)
            for version in 1...5 { #expect(await gateway.get("/many/-/many-\(version).0.0.tgz").status == 200) }
            #expect(gateway.service.parts.live.counts == LiveAdvisories.Counts(failed: 3, skipped: 2))
            gateway.clock.advance(by: .seconds(31))
            Self.answer([Self.record("MAL-9", versions: ["6.0.0"], package: "many")], on: gateway)
            #expect(await gateway.get("/many/-/many-6.0.0.tgz").status == 403)
            #expect(gateway.service.parts.live.problem == nil)
        }
    }

    @Test("what the bundles know, what is refused anyway and what is not public is never asked about")
    func privacy() async throws {
        let name = try GatewayFixture.registry("npmjs")
        let closed = try RegistryTopology(
            definitions: [
                RegistryDefinition(
                    name: name, ecosystem: .npm,
                    kind: .upstream(UpstreamDefinition(url: NPMFixture.base, isPublic: false)))
            ], defaultRegistry: [.npm: name])
        try await GatewayFixture.with(topology: closed) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            gateway.reload { $0.liveFallback = LiveFallback(url: Self.service) }
            Self.answer([Self.record("MAL-9", versions: ["1.0.0"])], on: gateway)
            #expect(await gateway.get("/demo/-/demo-1.0.0.tgz").status == 200)
            #expect(gateway.upstream.count(Self.address) == 0)
        }
        try await with { (gateway) async throws in
            try gateway.load([.init(id: "MAL-3", package: "demo", versions: ["1.0.0"])])
            Self.answer([], on: gateway)
            #expect(await gateway.get("/demo/-/demo-1.0.0.tgz").status == 403)
            #expect(await gateway.get("/jurat-canary/1.0.0").status == 403)
            #expect(gateway.upstream.count(Self.address) == 0)
        }
    }

    @Test("however many clients wait, one question is asked")
    func singleFlight() async throws {
        try await with { (gateway) async throws in
            Self.answer([Self.record("MAL-9", versions: ["1.1.0"])], on: gateway)
            _ = await gateway.get("/demo")
            gateway.upstream.hold()
            await withTaskGroup(of: Int.self) { group in
                for _ in 0..<8 { group.addTask { await gateway.get("/demo/1.1.0").status } }
                await eventually { gateway.upstream.heldCount > 0 }
                gateway.upstream.release()
                for await status in group { #expect(status == 403) }
            }
            #expect(gateway.upstream.count(Self.address) == 1)
        }
    }
}
