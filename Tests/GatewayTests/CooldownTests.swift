import HTTP
import JSON
import Platform
import Registry
import Screening
import TestSupport
import Testing

@testable import Gateway

@Suite("Cooldown on every route")
struct CooldownTests {
    private static let published = Timestamp(secondsSinceEpoch: 1_767_225_600 - 3600)
    private let demo = NPMFixture("demo").with("1.0.0").with("1.1.0", published: published)

    private static func policy(_ cooldown: Duration = .seconds(72 * 3600)) -> ScreeningLayer {
        var layer = ScreeningLayer()
        layer.cooldown = cooldown
        return layer
    }

    @Test("a young version is out of the listing, 403 as manifest and tarball, and nothing of it is fetched")
    func heldEverywhere() async throws {
        try await GatewayFixture.with(policy: Self.policy()) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            let listing = try await gateway.get("/demo").json()
            #expect(listing["versions"]?.objectValue?.members.map(\.name) == ["1.0.0"])
            #expect(listing["time"]?["1.1.0"] == nil)
            #expect(listing["dist-tags"]?["latest"]?.stringValue == "1.0.0")
            let message = try #require(listing["policyRestrictions"]?["message"]?.stringValue)
            #expect(message.contains("1.1.0") && message.contains("cooldown"))
            for target in ["/demo/1.1.0", demo.path("1.1.0"), "/~npmjs/demo/1.1.0"] {
                let refusal = await gateway.get(target)
                #expect(refusal.status == 403, "\(target)")
                let body = try refusal.json()
                #expect(body["code"]?.stringValue == "HELD_COOLDOWN")
                #expect(body["until"]?.stringValue == "2026-01-03T23:00:00Z")
                #expect(body["alternatives"]?.arrayValue?.compactMap(\.stringValue) == ["1.0.0"])
                #expect(refusal.headers["X-Jurat-Decision"] == "hold")
                #expect(refusal.headers["Cache-Control"] == "no-store")
            }
            #expect(try await gateway.get("/demo/latest").json()["version"]?.stringValue == "1.0.0")
            #expect(gateway.upstream.count(demo.tarballURL("1.1.0")) == 0)
        }
    }

    @Test("time alone ends it on every route, and clients' copies live no longer than that")
    func endsByTime() async throws {
        try await GatewayFixture.with(policy: Self.policy()) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            let before = await gateway.get("/demo")
            let tag = try #require(before.headers["ETag"])
            #expect(before.headers["Cache-Control"]?.contains("max-age=0") == true)
            gateway.clock.advance(by: .seconds(71 * 3600 - 1))
            #expect(await gateway.get("/demo", ["If-None-Match": tag]).status == 304)
            #expect(await gateway.get(demo.path("1.1.0")).status == 403)
            gateway.clock.advance(by: .seconds(1))
            let after = await gateway.get("/demo", ["If-None-Match": tag])
            #expect(after.status == 200)
            #expect(try after.json()["versions"]?["1.1.0"] != nil)
            #expect(await gateway.get("/demo/1.1.0").status == 200)
            #expect(await gateway.get(demo.path("1.1.0")).status == 200)
        }
    }

    @Test("without a publish time a version counts as new, unless policy says otherwise")
    func missingTime() async throws {
        let timeless = NPMFixture("demo").with("1.0.0", published: nil)
        try await GatewayFixture.with(policy: Self.policy()) { (gateway) async throws in
            timeless.publish(on: gateway.upstream)
            #expect(await gateway.get(timeless.path("1.0.0")).status == 403)
            var firstSeen = Self.policy()
            firstSeen.cooldownWithoutTime = .firstSeen
            gateway.apply(firstSeen)
            #expect(await gateway.get(timeless.path("1.0.0")).status == 403)
            gateway.clock.advance(by: .seconds(72 * 3600))
            #expect(await gateway.get(timeless.path("1.0.0")).status == 200)
            #expect(try await gateway.get("/demo").json()["versions"]?["1.0.0"] != nil)
        }
    }

    @Test("an upstream that moves a publish time back gains nothing")
    func contradictedTime() async throws {
        try await GatewayFixture.with(policy: Self.policy()) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            #expect(await gateway.get(demo.path("1.1.0")).status == 403)
            let backdated = NPMFixture("demo").with("1.0.0").with("1.1.0")
            gateway.upstream.put(backdated.packument, at: demo.listingURL)
            gateway.clock.advance(by: .seconds(600))
            let refusal = await gateway.get(demo.path("1.1.0"))
            #expect(refusal.status == 403)
            #expect(try refusal.json()["code"]?.stringValue == "HELD_COOLDOWN")
        }
    }

    @Test("a reload changes the very next answer on both routes")
    func reloadAppliesAtOnce() async throws {
        try await GatewayFixture.with(policy: Self.policy()) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            #expect(try await gateway.get("/demo").json()["versions"]?["1.1.0"] == nil)
            #expect(await gateway.get(demo.path("1.1.0")).status == 403)
            gateway.apply(Self.policy(.zero))
            #expect(try await gateway.get("/demo").json()["versions"]?["1.1.0"] != nil)
            #expect(await gateway.get(demo.path("1.1.0")).status == 200)
        }
    }

    @Test("the version that fixes an advisory of an allowed one is served at once, and no other young version is")
    func fixesAreLifted() async throws {
        let package = demo.with("1.2.0", published: Self.published)
        try await GatewayFixture.with(policy: Self.policy()) { (gateway) async throws in
            package.publish(on: gateway.upstream)
            try gateway.load([.init(id: "GHSA-aaaa-bbbb-cccc", package: "demo", versions: [], fixed: "1.1.0")])
            #expect(await gateway.get(package.path("1.1.0")).status == 200)
            #expect(await gateway.get(package.path("1.2.0")).status == 403)
            let versions = try await gateway.get("/demo").json()["versions"]?.objectValue
            #expect(versions?.members.map(\.name) == ["1.0.0", "1.1.0"])
        }
    }
}
