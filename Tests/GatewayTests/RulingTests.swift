import HTTP
import JSON
import Platform
import Registry
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import Gateway

@Suite("Rulings, advisories and tampering")
struct RulingTests {
    private let demo = NPMFixture("demo").with("1.0.0").with("1.1.0")

    @Test("an operator's allow opens a held version everywhere, a later deny closes it, an expiry ends it by itself")
    func dispositions() async throws {
        let young = NPMFixture("demo").with("1.0.0")
            .with("1.1.0", published: Timestamp(secondsSinceEpoch: 1_767_225_600 - 60))
        try await GatewayFixture.with { (gateway) async throws in
            young.publish(on: gateway.upstream)
            let bytes = young.versions[1].bytes
            #expect(await gateway.get(young.path("1.1.0")).status == 403)
            try await gateway.rule(
                .allow, on: bytes, "pkg:npm/demo@1.1.0", until: gateway.clock.now().adding(.seconds(3600)))
            #expect(await gateway.get(young.path("1.1.0")).status == 200)
            #expect(try await gateway.get("/demo").json()["versions"]?["1.1.0"] != nil)
            gateway.clock.advance(by: .seconds(3600))
            #expect(await gateway.get(young.path("1.1.0")).status == 403)
            #expect(try await gateway.get("/demo").json()["versions"]?["1.1.0"] == nil)
            try await gateway.rule(.allow, on: bytes, "pkg:npm/demo@1.1.0", sequence: 2)
            #expect(await gateway.get(young.path("1.1.0")).status == 200)
            try await gateway.rule(.deny, on: bytes, "pkg:npm/demo@1.1.0", sequence: 3)
            let denied = await gateway.get(young.path("1.1.0"))
            #expect(try denied.json()["code"]?.stringValue == "BLOCKED_DENIED")
            #expect(denied.headers["X-Jurat-Decision"] == "block")
            #expect(try await gateway.get("/demo").json()["versions"]?["1.1.0"] == nil)
        }
    }

    @Test("a malicious advisory refuses without asking for the bytes, and 1.0.0 takes over latest")
    func maliciousAdvisory() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try gateway.load([.init(id: "MAL-2099-0001", package: "demo", versions: ["1.1.0"])])
            for target in ["/demo/1.1.0", demo.path("1.1.0")] {
                let refusal = await gateway.get(target)
                #expect(refusal.status == 403)
                let body = try refusal.json()
                #expect(body["code"]?.stringValue == "BLOCKED_MALICIOUS")
                #expect(body.objectValue?.members.first?.name == "error")
                #expect(try refusal.bytes().count < 1024)
                let reason = try #require(refusal.reason)
                #expect(reason.hasPrefix("Blocked by jurat: demo@1.1.0 is known malicious (MAL-2099-0001)"))
                #expect(reason.utf8.count <= 160 && reason.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
            }
            #expect(gateway.upstream.count(demo.tarballURL("1.1.0")) == 0)
            let listing = try await gateway.get("/demo").json()
            #expect(listing["dist-tags"]?["latest"]?.stringValue == "1.0.0")
        }
    }

    @Test("a client that cached the listing before a ban gets 200 with the new one, not 304")
    func listingAfterBan() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            let before = await gateway.get("/demo")
            let tag = try #require(before.headers["ETag"])
            try gateway.load([.init(id: "MAL-2099-0001", package: "demo", versions: ["1.1.0"])])
            let after = await gateway.get("/demo", ["If-None-Match": tag])
            #expect(after.status == 200)
            #expect(try after.json()["versions"]?["1.1.0"] == nil)
            let upstreamTag = try #require(gateway.upstream.requests.first).headers["If-None-Match"] ?? "\"x\""
            #expect(await gateway.get("/demo", ["If-None-Match": upstreamTag]).status == 200)
        }
    }

    @Test("a malicious verdict about bytes that were served refuses them from then on")
    func laterVerdict() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            #expect(await gateway.get(demo.path("1.1.0")).status == 200)
            let tag = try #require(await gateway.get("/demo").headers["ETag"])
            try await gateway.logVerdict(.malicious, of: demo.versions[1].bytes, "pkg:npm/demo@1.1.0", rules: ["X-1"])
            let hot = try #require(await gateway.get(demo.path("1.0.0")).headers["ETag"])
            #expect(await gateway.get(demo.path("1.1.0")).status == 403)
            #expect(await gateway.get(demo.path("1.1.0"), ["If-None-Match": hot]).status == 403)
            #expect(await gateway.get("/demo", ["If-None-Match": tag]).status == 200)
        }
    }

    @Test("the same malicious bytes are refused under another name")
    func sameBytesElsewhere() async throws {
        let twin = NPMFixture("twin").with("3.0.0", contents: "tarball of demo 1.1.0")
        try await GatewayFixture.with { (gateway) async throws in
            twin.publish(on: gateway.upstream)
            try await gateway.logVerdict(.malicious, of: demo.versions[1].bytes, "pkg:npm/demo@1.1.0", rules: ["X-1"])
            #expect(try await gateway.get(twin.path("3.0.0")).json()["code"]?.stringValue == "BLOCKED_MALICIOUS")
            #expect(gateway.upstream.count(twin.tarballURL("3.0.0")) == 0)
        }
    }

    @Test("bytes that are not what the listing claims are never served, and are remembered as tampered")
    func integrityMismatch() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            gateway.upstream.put(Array("evil bytes".utf8), at: demo.tarballURL("1.1.0"))
            for _ in 0..<2 {
                let refusal = await gateway.get(demo.path("1.1.0"))
                #expect(refusal.status == 403)
                #expect(try refusal.json()["code"]?.stringValue == "BLOCKED_TAMPERED")
                #expect(try !refusal.text().contains("evil"))
            }
            #expect(gateway.upstream.count(demo.tarballURL("1.1.0")) == 1)
            #expect(await gateway.get("/demo/1.1.0").status == 403)
            #expect(try await gateway.get("/demo").json()["versions"]?["1.1.0"] == nil)
            let facts = try await gateway.stores.history.facts(
                of: .init(parsing: "demo", ecosystem: .npm), at: GatewayFixture.registry("npmjs"))
            #expect(facts["demo-1.1.0.tgz"]?.isTampered == true)
            #expect(facts["demo-1.0.0.tgz"]?.isTampered == false)
        }
    }

    @Test("a listing that claims another digest than before is tampering, whether or not the bytes agree")
    func changedClaim() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            #expect(await gateway.get(demo.path("1.1.0")).status == 200)
            let replaced = NPMFixture("demo").with("1.0.0").with("1.1.0", contents: "other bytes")
            replaced.publish(on: gateway.upstream)
            gateway.clock.advance(by: .seconds(600))
            let refusal = await gateway.get(demo.path("1.1.0"))
            #expect(refusal.status == 403)
            #expect(try refusal.json()["code"]?.stringValue == "BLOCKED_TAMPERED")
            #expect(gateway.upstream.count(demo.tarballURL("1.1.0")) == 1)
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
        }
    }

    @Test("rules in report mode serve, and say what they would have done")
    func reportMode() async throws {
        var policy = ScreeningLayer()
        policy.onMalicious = .report
        try await GatewayFixture.with(policy: policy) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try gateway.load([.init(id: "MAL-2099-0001", package: "demo", versions: ["1.1.0"])])
            let served = await gateway.get(demo.path("1.1.0"))
            #expect(served.status == 200)
            #expect(served.headers["X-Jurat-Would-Refuse"] == "BLOCKED_MALICIOUS")
        }
    }
}
