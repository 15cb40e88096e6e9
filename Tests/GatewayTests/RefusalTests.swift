import HTTP
import JSON
import Platform
import Registry
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import Gateway

@Suite("Refusals: pages, records, clients")
struct RefusalTests {
    private let demo = NPMFixture("demo").with("1.0.0").with("1.1.0")
    private static let record = GatewayFixture.Advisory(id: "MAL-2099-0001", package: "demo", versions: ["1.1.0"])

    @Test("the page behind a refusal needs no login, names nothing internal, and says why and what instead")
    func whyPage() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try gateway.load([Self.record])
            let why = try #require(try await gateway.get(demo.path("1.1.0")).json()["why"]?.stringValue)
            #expect(why.hasPrefix("http://gateway.test:7677/-/why/"))
            let page = try await gateway.follow(why)
            #expect(page.status == 200)
            #expect(page.headers["Content-Type"] == "text/html; charset=utf-8")
            let text = try page.text()
            #expect(
                text.contains("demo@1.1.0") && text.contains("MAL-2099-0001") && text.contains("<code>1.0.0</code>"))
            #expect(!text.contains("npmjs") && !text.contains(gateway.directory.path))
            #expect(await gateway.get("/-/why/aaaaaaaa").status == 404)
            #expect(await gateway.get("/-/why/..%2f..%2fetc").status == 404)
        }
    }

    @Test("a link in a listing works before anybody ran into the refusal, and turns into good news when it ends")
    func linksInListings() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try gateway.load([Self.record])
            let project = PyPIFixture("demo").with("1.0.0", uploaded: gateway.clock.now())
            project.publish(on: gateway.upstream)
            let page = try await gateway.get("/simple/demo/", ["Accept": PyPIListing.json.contentType]).json()
            let reason = try #require(page["files"]?.arrayValue?.first?["yanked"]?.stringValue)
            let link = try #require(reason.split(separator: " ").last.map(String.init))
            #expect(try await gateway.follow(link).text().contains("in cooldown"))
            gateway.clock.advance(by: .seconds(72 * 3600))
            #expect(try await gateway.follow(link).text().contains("is available"))
        }
    }

    @Test("names are escaped in pages")
    func escaping() {
        #expect(WhyPage.escaped("<a href='x'>&\"") == "&lt;a href=&#39;x&#39;&gt;&amp;&quot;")
    }

    @Test("bun is led to an address that spells the reason, and is refused there too")
    func spokenAddress() async throws {
        let bun: HeaderFields = ["User-Agent": "Bun/1.1.38"]
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try gateway.load([Self.record])
            let first = await gateway.get(demo.path("1.1.0"), bun)
            #expect(first.status == 302)
            let location = try #require(first.headers["Location"])
            #expect(location.contains("/-/refused/"))
            #expect(location.hasSuffix("/Blocked-by-jurat-demo@1.1.0-is-known-malicious-MAL-2099-0001-"))
            let second = try await gateway.follow(location, bun)
            #expect(second.status == 403)
            #expect(try second.json()["code"]?.stringValue == "BLOCKED_MALICIOUS")
            try gateway.load([.init(id: "MAL-2099-0009", package: "other", versions: ["1.0.0"])])
            let back = try await gateway.follow(location, bun)
            #expect(back.status == 302)
            #expect(back.headers["Location"] == "http://gateway.test:7677/~npmjs" + demo.path("1.1.0"))
        }
    }

    @Test("every client gets the same decision", arguments: ["npm/10.9.2", "pip/24.0", "Bun/1.1", "curl/8", ""])
    func sameDecision(agent: String) async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try gateway.load([Self.record])
            let answer = await gateway.get(demo.path("1.1.0"), ["User-Agent": agent])
            #expect(answer.status == (agent.hasPrefix("Bun") ? 302 : 403))
            #expect(await gateway.get(demo.path("1.0.0"), ["User-Agent": agent]).status == 200)
        }
    }

    @Test("refusals and deliveries are on record: audit lines, accesses, and who waits for what")
    func records() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try gateway.load([Self.record])
            let headers: HeaderFields = ["User-Agent": "npm/10.9.2 node/v22 linux x64 workspaces/false ci/github"]
            for _ in 0..<3 { #expect(await gateway.get(demo.path("1.1.0"), headers).status == 403) }
            #expect(await gateway.get("/demo/1.1.0").status == 403)
            // A burst by one client within a minute is one delivery on record.
            for _ in 0..<5 { #expect(await gateway.get(demo.path("1.0.0"), headers).status == 200) }
            let refusals = gateway.stores.refusals.list()
            #expect(refusals.count == 1)
            #expect(refusals.first?.code == .blockedMalicious)
            #expect(refusals.first?.hits == 4 && refusals.first?.waitingClients == 2)
            #expect(refusals.first?.waitingCIClients == 1)
            #expect(refusals.first?.cause == "is known malicious (MAL-2099-0001)")
            let path = DataDirectory(path: gateway.directory.path("data")).auditPath
            try await eventually { try lines(path).count == 3 }
            let audit = try lines(path)
            #expect(audit.map { $0["code"]?.stringValue } == ["BLOCKED_MALICIOUS", "BLOCKED_MALICIOUS", nil])
            #expect(audit[0]["ci"] == true && audit[0]["purl"]?.stringValue == "pkg:npm/demo@1.1.0")
            #expect(audit[0]["advisories"]?.arrayValue == ["MAL-2099-0001"])
            let accesses = try await gateway.stores.access.accesses(matching: AccessFilter(), limit: 10)
            #expect(accesses.map(\.filename) == ["demo-1.0.0.tgz"])
            #expect(accesses.first?.sha512 == demo.sha512("1.0.0") && accesses.first?.client == "npm/10.9.2")
        }
    }

    private func lines(_ path: String) throws -> [JSONValue] {
        try Files.readAll(path).split(separator: 0x0A).map { try JSONText.parse(Array($0)) }
    }

    @Test("records that were taken over are written before the gateway's run returns")
    func recordsAreNotLost() async throws {
        let directory = try TemporaryDirectory()
        let path = DataDirectory(path: directory.path("data")).auditPath
        try await GatewayFixture.with(directory: directory) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try gateway.load([Self.record])
            for number in 0..<200 {
                _ = await gateway.get(demo.path("1.1.0"), ["User-Agent": "npm/10.0.\(number)"])
            }
        }
        #expect(try lines(path).count == 200)
    }

    @Test("a name that belongs to a hosted registry is refused with NAME_RESERVED and asked for nowhere")
    func reservedName() async throws {
        let names = try (GatewayFixture.registry("acme"), GatewayFixture.registry("npmjs"))
        let topology = try RegistryTopology(
            definitions: [
                RegistryDefinition(
                    name: names.0, ecosystem: .npm, kind: .hosted,
                    packages: [try PackagePattern(parsing: "@acme/*", ecosystem: .npm)]),
                RegistryDefinition(
                    name: names.1, ecosystem: .npm,
                    kind: .upstream(UpstreamDefinition(url: NPMFixture.base, isPublic: true))),
            ], defaultRegistry: [.npm: names.1])
        try await GatewayFixture.with(topology: topology) { (gateway) async throws in
            for target in ["/@acme/tool", "/@acme/tool/1.0.0", "/@acme/tool/-/tool-1.0.0.tgz"] {
                let answer = await gateway.get(target)
                #expect(answer.status == 403)
                #expect(try answer.json()["code"]?.stringValue == "NAME_RESERVED")
            }
            #expect(await gateway.get("/~acme/demo").status == 404)
            let path = DataDirectory(path: gateway.directory.path("data")).auditPath
            try await eventually { try lines(path).count == 1 }
            #expect(try lines(path).first?["code"]?.stringValue == "NAME_RESERVED")
            #expect(gateway.upstream.requests.isEmpty)
        }
    }

    @Test("each refusal has an id of its own, in the header and in the body")
    func requestIDs() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try gateway.load([Self.record])
            let one = await gateway.get(demo.path("1.1.0"))
            let other = await gateway.get(demo.path("1.1.0"))
            let ids = [one, other].map { $0.headers["X-Request-Id"] ?? "" }
            #expect(ids[0] != ids[1] && ids.allSatisfy { $0.utf8.count == 16 })
            #expect(try one.json()["requestId"]?.stringValue == ids[0])
        }
    }
}
