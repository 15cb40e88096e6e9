import Compression
import Cryptography
import HTTP
import JSON
import Platform
import Registry
import Screening
import TestSupport
import Testing

@testable import Gateway

@Suite("Checks of lists and lockfiles")
struct CheckTests {
    private static let young = Timestamp(secondsSinceEpoch: 1_767_225_600 - 3600)
    private let demo = NPMFixture("demo").with("1.0.0").with("1.1.0", published: young)
    private let wheel = PyPIFixture("some-wheel").with("1.0").with("2.0")

    private static func policy(cooldown: Duration = .seconds(72 * 3600)) -> ScreeningLayer {
        var layer = ScreeningLayer()
        layer.cooldown = cooldown
        return layer
    }

    private func check(_ gateway: GatewayFixture, _ body: JSONValue) async throws -> JSONValue {
        let answer = await gateway.send(.post, "/-/check", body: JSONText.serialize(body))
        let text = try answer.text()
        #expect(answer.status == 200, "\(text)")
        return try answer.json()
    }

    private func standings(_ answer: JSONValue) -> [String] {
        (answer["entries"]?.arrayValue ?? []).compactMap { $0["standing"]?.stringValue }
    }

    private func lock(_ entries: [(name: String, version: String, integrity: String)]) -> JSONValue {
        let packages = entries.map { entry -> (name: String, value: JSONValue) in
            (
                "node_modules/\(entry.name)",
                ["version": .string(entry.version), "integrity": .string(entry.integrity)]
            )
        }
        let text = JSONText.string(["lockfileVersion": 3, "packages": .object(JSONObject(packages))], pretty: true)
        return ["lockfile": .string(text), "filename": "package-lock.json"]
    }

    private func integrity(_ number: String) -> String { "sha512-\(demo.sha512(number).base64)" }

    @Test("an entry is decided as its artifact is, and nothing but one listing is fetched")
    func sameDecision() async throws {
        try await GatewayFixture.with(policy: Self.policy()) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
            let refusal = try await gateway.get(demo.path("1.1.0")).json()
            let answer = try await check(gateway, ["purls": ["pkg:npm/demo@1.0.0", "pkg:npm/demo@1.1.0"]])
            #expect(standings(answer) == ["serve", "hold"])
            let held = try #require(answer["entries"]?.arrayValue?.last)
            for member in ["code", "until", "alternatives"] { #expect(held[member] == refusal[member]) }
            #expect(held["decision"] == "hold")
            #expect(held["rule"] == "cooldown")
            #expect(held["purl"] == "pkg:npm/demo@1.1.0")
            #expect(gateway.upstream.count(demo.listingURL) == 1)
            #expect(gateway.upstream.count(demo.tarballURL("1.1.0")) == 0)
            #expect(answer["summary"]?["serve"] == 1)
            #expect(answer["summary"]?["hold"] == 1)
        }
    }

    @Test("a malicious version is blocked with its advisory, and lines are those of the lockfile")
    func malicious() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try gateway.load([.init(id: "MAL-2026-1", package: "demo", versions: ["1.1.0"])])
            let answer = try await check(
                gateway, lock([("other/../demo", "1.1.0", ""), ("demo", "1.1.0", integrity("1.1.0"))]))
            #expect(standings(answer) == ["unknown", "block"])
            let blocked = try #require(answer["entries"]?.arrayValue?.last)
            #expect(blocked["code"] == "BLOCKED_MALICIOUS")
            #expect(blocked["advisories"] == ["MAL-2026-1"])
            #expect(blocked["line"] == 8)
            #expect(blocked["input"] == "node_modules/demo")
        }
    }

    @Test("a digest that neither listing nor records have is a difference, whatever the decision is")
    func differences() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            wheel.publish(on: gateway.upstream)
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
            let answer = try await check(gateway, lock([("demo", "1.0.0", integrity("1.1.0"))]))
            #expect(standings(answer) == ["differs"])
            let problem = answer["entries"]?.arrayValue?.first?["problem"]?.stringValue ?? ""
            #expect(problem.hasPrefix("integrity differs: the lockfile has sha512-"))
            #expect(answer["summary"]?["differs"] == 1)
            // The store knows digests of these bytes that the listing does not claim.
            let sha1 = SHA1Digest(hashing: demo.versions[0].bytes)
            #expect(standings(try await check(gateway, lock([("demo", "1.0.0", "sha1-\(sha1.base64)")]))) == ["serve"])
            let other = SHA1Digest(hashing: [1])
            #expect(
                standings(try await check(gateway, lock([("demo", "1.0.0", "sha1-\(other.base64)")]))) == ["differs"])
            let good = SHA256Digest(hashing: wheel.files[0].bytes).hex
            let bad = SHA256Digest(hashing: [2]).hex
            let requirements = "some_wheel==1.0 --hash=sha256:\(good)\nsome-wheel==2.0 --hash=sha256:\(bad)\n"
            let python = try await check(
                gateway, ["lockfile": .string(requirements), "filename": "requirements.txt"])
            #expect(standings(python) == ["pending", "differs"])
        }
    }

    @Test("what cannot be judged or screened is said, one by one, and counted as such")
    func unknown() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            let purls: JSONValue = [
                "pkg:npm/none@1.0.0", "pkg:npm/demo@9.9.9", "pkg:npm/demo", "pkg:cargo/x@1.0.0", "demo@1.0.0",
            ]
            let answer = try await check(gateway, ["purls": purls])
            #expect(standings(answer) == ["unknown", "unknown", "unknown", "unknown", "unknown"])
            #expect(answer["summary"]?["absent"] == 2)
            let problems = (answer["entries"]?.arrayValue ?? []).compactMap { $0["problem"]?.stringValue }
            #expect(problems[0] == "its source does not have the package")
            #expect(problems[1] == "its source does not list this version")
            #expect(problems[2].hasPrefix("name a version"))
            let text =
                "# yarn lockfile v1\n\"a@git+https://git.example/a.git\":\n  version \"1.0.0\"\n"
                + "  resolved \"git+https://git.example/a.git#1a2b\"\n"
            let foreign = try await check(gateway, ["lockfile": .string(text)])
            #expect(standings(foreign) == ["unscreened"])
            #expect(foreign["entries"]?.arrayValue?.first?["problem"]?.stringValue?.contains("from git") == true)
            gateway.upstream.fail(with: .couldNotConnect(host: "npm.example.invalid", reason: "down"))
            let down = try await check(gateway, ["purls": ["pkg:npm/never-seen@1.0.0"]])
            #expect(standings(down) == ["unknown"])
            #expect(down["summary"]?["absent"] == 0)
        }
    }

    @Test("an entry of another host that claims nothing of its bytes is not judged by its name")
    func elsewhere() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
            func standing(_ host: String, _ claim: String = "") async throws -> [String] {
                let text =
                    #"{"lockfileVersion":3,"packages":{"node_modules/demo":{"version":"1.0.0","#
                    + #""resolved":"\#(host)/demo/-/demo-1.0.0.tgz"\#(claim)}}}"#
                return standings(try await check(gateway, ["lockfile": .string(text)]))
            }
            #expect(try await standing("https://evil.example") == ["unscreened"])
            #expect(try await standing("https://registry.npmjs.org@evil.example") == ["unscreened"])
            for host in ["https://registry.npmjs.org", "http://gateway.test:7677", "HTTP://x"] {
                #expect(try await standing(host) == [host.hasPrefix("http") ? "serve" : "unscreened"], "\(host)")
            }
            // Clients compare the bytes with what is claimed, and so does the check.
            let claim = #","integrity":"\#(integrity("1.0.0"))""#
            #expect(try await standing("https://evil.example", claim) == ["serve"])
        }
    }

    @Test("warming answers at once and has analysed what was pending soon after")
    func warming() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            wheel.publish(on: gateway.upstream)
            let body: JSONObject = ["purls": ["pkg:npm/demo@1.0.0", "pkg:pypi/some.wheel@1.0"]]
            #expect(standings(try await check(gateway, .object(body))) == ["pending", "pending"])
            #expect(gateway.upstream.count(demo.tarballURL("1.0.0")) == 0)
            var warm = body
            warm.append("warm", true)
            #expect(try await check(gateway, .object(warm))["summary"]?["warming"] == 2)
            try await eventually { standings(try await check(gateway, .object(body))) == ["serve", "serve"] }
            #expect(gateway.upstream.count(demo.tarballURL("1.0.0")) == 1)
        }
    }

    @Test("one package in many places is one entry, and a named registry decides")
    func registries() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            let twice = try await check(gateway, ["purls": ["pkg:npm/demo@1.0.0", "pkg:npm/demo@1.0.0"]])
            #expect(standings(twice).count == 1)
            let other = try await check(gateway, ["purls": ["pkg:npm/demo@1.0.0"], "registry": "pypi"])
            #expect(standings(other) == ["unknown"])
            let none = await gateway.send(
                .post, "/-/check", body: Array(#"{"purls": ["pkg:npm/demo@1.0.0"], "registry": "nope"}"#.utf8))
            #expect(none.status == 404)
            #expect(try none.text().contains("there are npmjs, pypi"))
        }
    }

    @Test("requests come plain or as gzip, and bad ones are told what was expected")
    func requests() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            let body = Array(#"{"purls": ["pkg:npm/demo@1.0.0"]}"#.utf8)
            let packed = await gateway.send(
                .post, "/-/check", ["Content-Encoding": "gzip"], body: Gzip.compress(body))
            #expect(packed.status == 200)
            for (status, headers, body) in [
                (400, [:], "{"), (400, [:], "[]"), (400, [:], "{}"), (400, [:], #"{"purls": 1}"#),
                (400, [:], #"{"purls": [1]}"#), (400, [:], #"{"purls": [], "lockfile": "x"}"#),
                (400, [:], #"{"purls": [], "wram": true}"#), (400, [:], #"{"purls": [], "warm": 1}"#),
                (400, [:], #"{"purls": [], "registry": "../x"}"#), (422, [:], #"{"lockfile": "hello, world"}"#),
                (422, [:], #"{"lockfile": "{\"lockfileVersion\": 9}"}"#), (400, ["Content-Encoding": "gzip"], "no"),
                (415, ["Content-Encoding": "br"], "{}"),
            ] as [(Int, HeaderFields, String)] {
                let answer = await gateway.send(.post, "/-/check", headers, body: Array(body.utf8))
                #expect(answer.status == status, "\(body)")
                #expect(try answer.json()["error"]?.stringValue?.isEmpty == false)
            }
            #expect(await gateway.get("/-/check").status == 405)
            let many = JSONText.serialize([
                "purls": .array((0...CheckRequest.maxItems).map { .string("pkg:npm/p\($0)@1.0.0") })
            ])
            #expect(await gateway.send(.post, "/-/check", body: many).status == 413)
        }
    }
}
