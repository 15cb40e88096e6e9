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

@Suite("Foreign verdicts")
struct ForeignVerdictTests {
    private let demo = NPMFixture("demo").with("1.0.0").with("1.1.0")

    private func versions(_ gateway: GatewayFixture) async throws -> [String] {
        try await gateway.get("/demo").json()["versions"]?.objectValue?.members.map(\.name) ?? []
    }

    /// Our own static analyzer gives no answer.
    @Sendable private static func withoutStatic(_ request: JobRequest) -> FakeWorker.Result {
        request.key.analyzer == .advisory ? .clean : .failure(.crash)
    }

    /// A gateway that follows a peer with this to say of 1.1.0.
    private func with(
        _ verdict: Verdict, by analyzer: AnalyzerID = .static_,
        judge: (@Sendable (JobRequest) -> FakeWorker.Result)? = { _ in .clean },
        _ body: @Sendable (GatewayFixture, PeerFixture) async throws -> Void
    ) async throws {
        let peer = try await PeerFixture()
        try await peer.say(verdict, of: demo.versions[1].bytes, "pkg:npm/demo@1.1.0", by: analyzer)
        try await GatewayFixture.with(judge: judge) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try peer.publish(on: gateway.upstream)
            try await body(gateway, peer)
        }
    }

    @Test("a foreign malicious verdict holds, blocks as soon as its weight is raised, and ends with the trust")
    func weights() async throws {
        try await with(.malicious) { (gateway, peer) async throws in
            #expect(await gateway.get(demo.path("1.1.0")).status == 200)
            #expect(try await versions(gateway) == ["1.0.0", "1.1.0"])
            gateway.trust(try peer.trust())
            await gateway.look()
            let held = await gateway.get(demo.path("1.1.0"))
            #expect(try held.json()["code"]?.stringValue == "HELD_REVIEW")
            #expect(try held.json()["verdicts"]?.arrayValue?.first?["origin"]?.stringValue == PeerFixture.origin)
            #expect(held.reason?.contains("static at peer.test/log") == true)
            #expect(try await versions(gateway) == ["1.0.0"])
            #expect(await gateway.get("/demo/1.1.0").status == 403)

            gateway.trust(try peer.trust(weights: try ForeignWeights(malicious: .block)))
            #expect(try await gateway.get(demo.path("1.1.0")).json()["code"]?.stringValue == "BLOCKED_MALICIOUS")
            gateway.trust(try peer.trust(weights: try ForeignWeights(malicious: .shown)))
            #expect(await gateway.get(demo.path("1.1.0")).status == 200)
            #expect(try await versions(gateway) == ["1.0.0", "1.1.0"])
            gateway.trust(try peer.trust(weights: try ForeignWeights(malicious: .block)))
            #expect(try await versions(gateway) == ["1.0.0"])
            gateway.trust()
            #expect(try await versions(gateway) == ["1.0.0", "1.1.0"])
            #expect(await gateway.get(demo.path("1.1.0")).status == 200)
        }
    }

    @Test("a listing notices by itself that the trust behind a hold has ended")
    func expiry() async throws {
        try await with(.malicious) { (gateway, peer) async throws in
            let end = gateway.clock.now().adding(.seconds(600))
            gateway.trust(try peer.trust(expiresAt: end))
            await gateway.look()
            #expect(try await versions(gateway) == ["1.0.0"])
            gateway.clock.set(end.adding(.seconds(-1)))
            #expect(try await versions(gateway) == ["1.0.0"])
            gateway.clock.set(end)
            #expect(try await versions(gateway) == ["1.0.0", "1.1.0"])
            #expect(await gateway.get(demo.path("1.1.0")).status == 200)
        }
    }

    @Test("scopes decide what counts: packages, analyzers, keys")
    func scopes() async throws {
        try await with(.suspicious) { (gateway, peer) async throws in
            gateway.trust(try peer.trust())
            await gateway.look()
            func isHeld(_ trust: TrustedLog) async -> Bool {
                gateway.trust(trust)
                return await gateway.get(demo.path("1.1.0")).status == 403
            }
            #expect(await isHeld(try peer.trust()))
            #expect(await !isHeld(try peer.trust(packages: [try PackagePattern(parsing: "other")])))
            #expect(await isHeld(try peer.trust(packages: [try PackagePattern(parsing: "demo")])))
            #expect(await !isHeld(try peer.trust(analyzers: [.advisory])))
            #expect(await isHeld(try peer.trust(analyzers: [.static_])))
            var other = try peer.trust()
            other.roots = [Ed25519SigningKey.generate().publicKey.keyID]
            #expect(await !isHeld(other))
            other.signers = [peer.keys.verdict.publicKey.keyID]
            #expect(await isHeld(other))
        }
    }

    @Test("a clean verdict satisfies at weight satisfy only, from a followed log only, and only while the log is seen")
    func clean() async throws {
        try await with(.clean, judge: Self.withoutStatic) { (gateway, peer) async throws in
            let path = demo.path("1.1.0")
            let satisfying = try ForeignWeights(clean: .satisfy)
            gateway.trust(try peer.trust())
            await gateway.look()
            #expect(try await gateway.get(path).json()["code"]?.stringValue == "HELD_UNAVAILABLE")
            gateway.trust(try peer.trust(weights: satisfying))
            #expect(await gateway.get(path).status == 200)
            #expect(try await versions(gateway) == ["1.0.0", "1.1.0"])

            // Out of reach from here on, so that its age shows.
            gateway.upstream.set(.status(503), at: PeerFixture.url + "/checkpoint")
            let seen = try #require(try await gateway.held()?.lastVerifiedAt)
            gateway.clock.set(seen.adding(.seconds(86_400 - 1)))
            #expect(await gateway.get(path).status == 200)
            gateway.clock.set(seen.adding(.seconds(86_400)))
            #expect(await gateway.get(path).status == 403)
            #expect(await gateway.service.readiness.reports().first { $0.name == "trust" }?.state == .degraded)
            try peer.publish(on: gateway.upstream)
            await gateway.look()
            #expect(await gateway.get(path).status == 200)
            gateway.trust(try peer.trust(weights: satisfying, isFollowed: false))
            #expect(await gateway.get(path).status == 403)
        }
    }

    @Test("a clean verdict from a file alone does not lift what the same log said before; a followed one does")
    func cleanFromFile() async throws {
        try await with(.malicious) { (gateway, peer) async throws in
            let trust = try peer.trust(weights: try ForeignWeights(clean: .satisfy))
            gateway.trust(trust)
            await gateway.look()
            try await peer.say(.clean, of: demo.versions[1].bytes, "pkg:npm/demo@1.1.0")
            let bundle = try VerifiedBundle(
                verifying: try ReceivedBundle(parsing: try peer.bundle()), with: trust, at: gateway.clock.now())
            _ = try await gateway.stores.foreign.importBundle(bundle, trust: trust)
            #expect(try await gateway.get(demo.path("1.1.0")).json()["code"]?.stringValue == "HELD_REVIEW")
            try peer.publish(on: gateway.upstream)
            await gateway.look()
            #expect(await gateway.get(demo.path("1.1.0")).status == 200)
        }
    }

    @Test("a clean verdict about a difference satisfies nothing: what it stands on is the peer's to know")
    func difference() async throws {
        let peer = try await PeerFixture()
        let base = try await peer.say(.clean, of: demo.versions[0].bytes, "pkg:npm/demo@1.0.0")
        let basis = Basis.diff(
            base: demo.sha512("1.0.0"), baseStatement: base.statementID, anchorStatement: base.statementID, depth: 1)
        try await peer.say(.clean, of: demo.versions[1].bytes, "pkg:npm/demo@1.1.0", basis: basis)
        try await GatewayFixture.with(judge: Self.withoutStatic) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try peer.publish(on: gateway.upstream)
            gateway.trust(try peer.trust(weights: try ForeignWeights(clean: .satisfy)))
            await gateway.look()
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
            #expect(await gateway.get(demo.path("1.1.0")).status == 403)
        }
    }

    @Test("a log that was caught with two histories satisfies nothing any more")
    func splitView() async throws {
        try await with(.clean, judge: Self.withoutStatic) { (gateway, peer) async throws in
            let trust = try peer.trust(weights: try ForeignWeights(clean: .satisfy))
            gateway.trust(trust)
            await gateway.look()
            #expect(await gateway.get(demo.path("1.1.0")).status == 200)
            let twin = try await PeerFixture(keys: peer.keys)
            try await twin.say(.clean, of: [9], "pkg:npm/other@1.0.0")
            await #expect(throws: FollowRound.Failure.self) {
                try await gateway.service.parts.following.compare(trust, with: try twin.note)
            }
            #expect(await gateway.get(demo.path("1.1.0")).status == 403)
        }
    }

    @Test("why, the page and a hold show log, index and weight; an allow is in view of the foreign verdict")
    func shown() async throws {
        try await with(.malicious) { (gateway, peer) async throws in
            gateway.trust(try peer.trust())
            await gateway.look()
            let refused = await gateway.get(demo.path("1.1.0"))
            let page = try await gateway.follow(try #require(try refused.json()["why"]?.stringValue))
            let text = String(decoding: try page.bytes(), as: UTF8.self)
            #expect(text.contains("by peer.test/log, log index \(peer.size - 1)") && text.contains("holds here"))
            let why = try await gateway.get("/-/why?purl=pkg:npm/demo@1.1.0").json()
            let foreign = try #require(why["artifacts"]?.arrayValue?.first?["foreign"]?.arrayValue?.first)
            #expect(foreign["origin"]?.stringValue == PeerFixture.origin)
            #expect(foreign["logIndex"]?.integerValue == Int64(peer.size) - 1)
            #expect(foreign["weight"]?.stringValue == "hold")
            #expect(foreign["signer"] == nil)

            let operators = OperatorService(gateway: gateway.service, version: "test", expectsWorkers: false)
            func ask(_ method: HTTP.Method, _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue {
                try await operators.handler.respond(
                    to: ServerRequest(
                        head: RequestHead(method: method, target: "/-/api/v1/\(path)", headers: [:]),
                        body: RequestBody(bytes: body.map { JSONText.serialize($0) } ?? []))
                ).json()
            }
            let shown = try await ask(.get, "why?purl=pkg%3Anpm%2Fdemo%401.1.0")
            #expect(shown["foreign"]?.arrayValue?.first?["findings"]?.arrayValue?.first?["rule"] == "PEER-RULE")
            #expect(shown["statements"]?.arrayValue?.allSatisfy { $0["origin"] == nil } == true)
            let resolved = try await ask(.post, "holds/pkg%3Anpm%2Fdemo%401.1.0/resolve", [:])
            #expect(
                resolved["statements"]?.arrayValue?.contains { $0["origin"]?.stringValue == PeerFixture.origin } == true
            )
            let list = try await ask(.get, "trust")["logs"]?.arrayValue?.first
            #expect(list?["note"]?.stringValue == String(decoding: try peer.note, as: UTF8.self))
            #expect(list?["weights"]?["malicious"] == "hold")
            let same = try await ask(
                .post, "trust/check", ["note": .string(String(decoding: try peer.note, as: UTF8.self))])
            #expect(same["result"] == "same")
            #expect(try await ask(.post, "trust/follow", ["origin": "nobody"])["error"] != nil)
        }
    }
}
