import Compression
import Cryptography
import HTTP
import JSON
import Platform
import Registry
import Screening
import TestSupport
import Testing
import TransparencyLog
import VerdictStore

@testable import Gateway

@Suite("Health, log head, canary, audit")
struct ServiceTests {
    @Test("liveness, readiness with the state of advisories, and the signed head of the log")
    func health() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            #expect(try await gateway.get("/-/livez").json()["status"]?.stringValue == "ok")
            let before = await gateway.get("/-/readyz")
            #expect(before.status == 200)
            #expect(try before.json()["advisories"]?.stringValue == "degraded")
            #expect(try before.json()["canary"]?.stringValue == "ok")
            let records: [GatewayFixture.Advisory] = [.init(id: "MAL-1", package: "x", versions: ["1.0.0"])]
            try gateway.load(records)
            try gateway.load([.init(id: "MAL-2", ecosystem: .pypi, package: "x", versions: ["1.0"])], of: .pypi)
            #expect(try await gateway.get("/-/readyz").json()["advisories"]?.stringValue == "ok")
            gateway.clock.advance(by: .seconds(49 * 3600))
            let stale = await gateway.get("/-/readyz")
            #expect(stale.status == 503)
            #expect(try stale.json()["advisories"]?.stringValue == "failed")
            gateway.service.readiness.add { HealthReport(name: "workers", state: .failed, problem: "no worker") }
            #expect(try await gateway.get("/-/readyz").json()["workers"]?.stringValue == "failed")
            let note = try await gateway.get("/-/log/checkpoint").bytes()
            #expect(try SignedNote(parsing: note).text.hasPrefix("jurat.test/log\n"))
            #expect(await gateway.send(.post, "/-/livez").status == 405)
        }
    }

    @Test("the canary is refused on every registry without asking any source, and clients' text is known")
    func canary() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            let results = await gateway.service.canaries.run()
            #expect(results.map(\.registry.text) == ["npmjs", "pypi"])
            #expect(results.allSatisfy { $0.isRefused && $0.status == 403 })
            #expect(results.allSatisfy { $0.reason.contains("jurat-canary@1.0.0 is known malicious") })
            #expect(await gateway.get("/jurat-canary/1.0.0").status == 403)
            #expect(try await gateway.get("/jurat-canary").json()["versions"]?.objectValue?.isEmpty == true)
            #expect(gateway.upstream.requests.isEmpty)
            #expect(gateway.stores.refusals.list().isEmpty, "nobody waits for a canary")
            var policy = ScreeningLayer()
            policy.onMalicious = .report
            gateway.apply(policy)
            #expect(await gateway.service.canaries.run().allSatisfy { !$0.isRefused })
            #expect(try await gateway.get("/-/readyz").json()["canary"]?.stringValue == "degraded")
            #expect(gateway.upstream.requests.isEmpty)
        }
    }

    @Test("stale advisories hold what needs them, and not where policy lets it pass")
    func staleAdvisories() async throws {
        let demo = NPMFixture("demo").with("1.0.0")
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try gateway.load([.init(id: "MAL-1", package: "x", versions: ["1.0.0"])])
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
            gateway.clock.advance(by: .seconds(49 * 3600))
            let refused = await gateway.get(demo.path("1.0.0"))
            #expect(try refused.json()["code"]?.stringValue == "HELD_UNAVAILABLE")
            var policy = ScreeningLayer()
            policy.onAnalyzerUnavailable = .allow
            gateway.apply(policy)
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
        }
    }

    @Test("the first snapshot makes advisory verdicts anew that were given without data")
    func firstSnapshot() async throws {
        let demo = NPMFixture("demo").with("1.0.0")
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
            let size = gateway.stores.log.size.value
            try gateway.load([.init(id: "MAL-1", package: "x", versions: ["1.0.0"])])
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
            #expect(gateway.stores.log.size.value == size + 1)
        }
    }

    @Test("required advisories that were never loaded hold everything")
    func requiredAdvisories() async throws {
        let demo = NPMFixture("demo").with("1.0.0")
        try await GatewayFixture.with(advisoriesRequired: true) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            #expect(await gateway.get(demo.path("1.0.0")).status == 403)
            #expect(await gateway.get("/-/readyz").status == 503)
        }
    }

    @Test("npm audit is answered from our own advisories, gzip bodies too, and {} when there is nothing")
    func bulkAudit() async throws {
        let target = "/-/npm/v1/security/advisories/bulk"
        try await GatewayFixture.with { (gateway) async throws in
            let body = Array(#"{"demo":["1.0.0","1.1.0"],"fine":["2.0.0"],"Not A Name":["1.0.0"]}"#.utf8)
            #expect(try await gateway.send(.post, target, body: body).text() == "{}")
            try gateway.load([
                .init(
                    id: "GHSA-aaaa-bbbb-cccc", package: "demo", versions: [], fixed: "1.1.0",
                    vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")
            ])
            let plain = await gateway.send(.post, target, body: body)
            let entries = try #require(try plain.json()["demo"]?.arrayValue)
            #expect(entries.count == 1)
            #expect(entries[0]["severity"]?.stringValue == "critical")
            #expect(entries[0]["vulnerable_versions"]?.stringValue == "<1.1.0")
            #expect(entries[0]["title"]?.stringValue == "test record")
            #expect(entries[0]["cvss"]?["vectorString"]?.stringValue?.hasPrefix("CVSS:3.1") == true)
            let zipped = await gateway.send(
                .post, target, ["Content-Encoding": "gzip"], body: Gzip.compress(body, level: 6))
            #expect(try zipped.bytes() == (try plain.bytes()))
            #expect(gateway.upstream.requests.isEmpty, "what a project depends on is told to nobody")
            for broken in ["[]", "{\"demo\":{}}", "{", ""] {
                #expect(await gateway.send(.post, target, body: Array(broken.utf8)).status == 400, "\(broken)")
            }
            #expect(await gateway.get(target).status == 405)
        }
    }

    @Test("npm's audit request is told which newer versions are held, from listings of the same install")
    func heldVersionsNotice() async throws {
        let target = "/-/npm/v1/security/advisories/bulk"
        try await GatewayFixture.with { (gateway) async throws in
            try gateway.load([.init(id: "A-1", package: "other", versions: ["1.0.0"])])
            let now = gateway.clock.now()
            // Without any advisories the notice would say so first.
            try gateway.load([.init(id: "MAL-1", package: "other", versions: ["1.0.0"])])
            NPMFixture("demo").with("1.0.0").with("1.1.0", published: now).publish(on: gateway.upstream)
            let body = Array(#"{"demo":["1.0.0"]}"#.utf8)
            #expect(await gateway.send(.post, target, body: body).headers["npm-notice"] == nil)
            let npm: HeaderFields = ["Accept": NPMListing.abbreviated.contentType, "Accept-Encoding": "gzip"]
            #expect(await gateway.get("/demo", npm).status == 200)
            let notice = await gateway.send(.post, target, body: body).headers["npm-notice"]
            #expect(
                notice == "jurat: newer versions are held: demo@1.1.0 is in cooldown until 2026-01-04T00:00:00Z")
            let current = Array(#"{"demo":["1.1.0"]}"#.utf8)
            #expect(await gateway.send(.post, target, body: current).headers["npm-notice"] == nil)
        }
    }

    @Test("a reload with another upstream address forgets the listings of the old one")
    func reloadedTopology() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            NPMFixture("demo").with("1.0.0").publish(on: gateway.upstream)
            #expect(await gateway.get("/demo").status == 200)
            var changed = gateway.service.settings.current.configuration
            let name = try GatewayFixture.registry("npmjs")
            changed.topology = try RegistryTopology(
                definitions: [
                    RegistryDefinition(
                        name: name, ecosystem: .npm,
                        kind: .upstream(UpstreamDefinition(url: "https://other.example.invalid/", isPublic: true)))
                ], defaultRegistry: [.npm: name])
            gateway.service.reload(changed)
            #expect(await gateway.get("/demo").status == 404)
            #expect(await gateway.get("/simple/demo/").status == 404)
        }
    }

    @Test("over a socket: our reason phrase on the status line, and tarballs sent from the file")
    func overSocket() async throws {
        let demo = NPMFixture("demo").with("1.0.0").with("1.1.0")
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try gateway.load([.init(id: "MAL-2099-0001", package: "demo", versions: ["1.1.0"])])
            let server = HTTPServer(
                listeners: [ListenerConfiguration(name: "public", address: .tcp(host: "127.0.0.1", port: 0))], loops: 1,
                handler: gateway.service.publicHandler, logger: .silent)
            try await server.start()
            guard case .tcp(_, let port)? = server.address(of: "public") else {
                Issue.record("the server has no address")
                return
            }
            let served = try await RawClient.exchange(
                port: port, "GET \(demo.path("1.0.0")) HTTP/1.0\r\nHost: x\r\n\r\n")
            #expect(served.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(served.hasSuffix("tarball of demo 1.0.0"))
            let refused = try await RawClient.exchange(
                port: port, "GET \(demo.path("1.1.0")) HTTP/1.0\r\nHost: x\r\n\r\n")
            #expect(refused.hasPrefix("HTTP/1.1 403 Blocked by jurat: demo@1.1.0 is known malicious (MAL-2099-0001)"))
            await server.shutdown(gracePeriod: .seconds(1))
        }
    }
}
