import Compression
import HTTP
import JSON
import Platform
import Registry
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import Gateway

@Suite("What npm audit is answered")
struct AuditTests {
    private let demo = NPMFixture("demo").with("1.0.0").with("1.1.0")

    private static let bulk = "/-/npm/v1/security/advisories/bulk"
    private static let bytes = Array("tarball of demo 1.1.0".utf8)

    private func audit(
        _ gateway: GatewayFixture, _ body: JSONValue, at target: String = bulk, _ headers: HeaderFields = [:]
    ) async throws -> ServerResponse {
        await gateway.send(.post, target, headers, body: JSONText.serialize(body))
    }

    private func entries(_ gateway: GatewayFixture, _ name: String, _ versions: JSONValue) async throws -> [JSONValue] {
        let answer = try await audit(gateway, .object(JSONObject([(name, versions)])))
        #expect(answer.status == 200)
        return try answer.json()[name]?.arrayValue ?? []
    }

    @Test("a record is shown once for all its aliases, with the range of all of them, in the members that npm reads")
    func shape() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            try gateway.load([
                .init(
                    id: "GHSA-aaaa-bbbb-cccc", package: "demo", versions: [], fixed: "1.1.0",
                    vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
                .init(id: "MAL-2099-1", package: "demo", versions: ["3.0.0"]),
                .init(id: "OTHER-1", package: "elsewhere", versions: ["1.0.0"]),
            ])
            let found = try await entries(gateway, "demo", ["1.0.0", "3.0.0", "9.0.0"])
            try #require(found.count == 2)
            let expected: JSONValue = [
                "id": "GHSA-aaaa-bbbb-cccc", "url": "https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
                "title": "test record", "severity": "critical", "vulnerable_versions": "<1.1.0", "cwe": [],
                "cvss": ["score": .number("9.8"), "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"],
            ]
            #expect(found[0] == expected)
            #expect(found[1]["id"]?.stringValue == "MAL-2099-1")
            #expect(found[1]["severity"]?.stringValue == "critical")
            #expect(found[1]["vulnerable_versions"]?.stringValue == "3.0.0")
            #expect(try await entries(gateway, "demo", ["1.1.0"]).isEmpty)
            #expect(try await entries(gateway, "nothing", ["1.0.0"]).isEmpty)
        }
    }

    @Test("the words of the record's own database come from its original, and only words that npm knows")
    func labels() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            func shown(_ labels: JSONObject, _ vector: String? = nil) async throws -> (String?, JSONValue?) {
                try gateway.load([
                    .init(id: "GHSA-1", package: "demo", versions: ["1.0.0"], vector: vector, labels: labels)
                ])
                let found = try await entries(gateway, "demo", ["1.0.0"])
                return (found.first?["severity"]?.stringValue, found.first?["cwe"])
            }
            let low = "CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"
            #expect(
                try await shown(["severity": "HIGH", "cwe_ids": ["CWE-79", "CWE-1321"]]) == (
                    "high", ["CWE-79", "CWE-1321"]
                ))
            // Nobody's word replaces what the vector says.
            #expect(try await shown(["severity": "CRITICAL"], low) == ("low", []))
            #expect(try await shown(["severity": "MEDIUM"]) == ("moderate", []))
            #expect(try await shown(["severity": "dire", "cwe_ids": ["CWE-x", 5, "<b>"]], low) == ("low", []))
            #expect(try await shown([:]) == ("moderate", []))
        }
    }

    @Test("our own malicious verdict is a critical finding with the address of its why page, until a person allows it")
    func ownVerdict() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try gateway.load([.init(id: "A-1", package: "x", versions: ["1.0.0"])])
            let id = try await gateway.logVerdict(.malicious, of: Self.bytes, "pkg:npm/demo@1.1.0", rules: ["X-1"])
            let found = try await entries(gateway, "demo", ["1.0.0", "1.1.0"])
            try #require(found.count == 1)
            #expect(found[0]["id"]?.stringValue == "JURAT-\(id.hex.prefix(12))")
            #expect(found[0]["severity"]?.stringValue == "critical")
            #expect(found[0]["vulnerable_versions"]?.stringValue == "1.1.0")
            #expect(found[0]["title"]?.stringValue == "demo@1.1.0 was judged malicious (static)")
            let page = try await gateway.follow(try #require(found[0]["url"]?.stringValue), ["Accept": "text/html"])
            #expect(page.status == 200)
            #expect(try page.text().contains("known malicious"))
            #expect(try await entries(gateway, "demo", ["1.0.0"]).isEmpty)
            try await gateway.rule(.allow, on: Self.bytes, "pkg:npm/demo@1.1.0")
            #expect(try await entries(gateway, "demo", ["1.1.0"]).isEmpty)
        }
    }

    @Test("an advisory verdict that repeats a record of the index is the same flaw, and shown once")
    func sameFlaw() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            try gateway.load([.init(id: "MAL-2099-1", package: "demo", versions: ["1.1.0"])])
            try await gateway.logVerdict(.malicious, by: .advisory, of: Self.bytes, "pkg:npm/demo@1.1.0")
            #expect(
                try await entries(gateway, "demo", ["1.1.0"]).compactMap { $0["id"]?.stringValue } == ["MAL-2099-1"])
            try gateway.load([.init(id: "A-1", package: "x", versions: ["1.0.0"])])
            let alone = try await entries(gateway, "demo", ["1.1.0"])
            #expect(alone.count == 1 && alone[0]["id"]?.stringValue?.hasPrefix("JURAT-") == true)
        }
    }

    @Test("a version whose clean verdict was revoked is a finding until a clean one takes its place")
    func revoked() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            try gateway.load([.init(id: "A-1", package: "x", versions: ["1.0.0"])])
            let id = try await gateway.logVerdict(.clean, of: Self.bytes, "pkg:npm/demo@1.1.0")
            try await gateway.logVerdict(.clean, by: .advisory, of: Self.bytes, "pkg:npm/demo@1.1.0")
            #expect(try await entries(gateway, "demo", ["1.1.0"]).isEmpty)
            let revocation = RevocationStatement(
                target: .statement(id), reason: "a test", createdAt: gateway.clock.now())
            _ = try await gateway.stores.log.append(
                Envelope.signing(.revocation(revocation), with: gateway.keys.verdict))
            let found = try await entries(gateway, "demo", ["1.1.0"])
            try #require(found.count == 1)
            #expect(found[0]["title"]?.stringValue == "demo@1.1.0 lost its clean verdict, which was revoked")
            gateway.clock.advance(by: .seconds(1))
            try await gateway.logVerdict(.clean, of: Self.bytes, "pkg:npm/demo@1.1.0")
            #expect(try await entries(gateway, "demo", ["1.1.0"]).isEmpty)
        }
    }

    @Test("bodies may be gzip; other encodings, bombs and broken ones are told apart")
    func encodings() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            try gateway.load([.init(id: "A-1", package: "demo", versions: ["1.0.0"])])
            let body = JSONText.serialize(["demo": ["1.0.0"]])
            func status(_ encoding: String, _ bytes: [UInt8]) async throws -> (Int, String) {
                let answer = await gateway.send(.post, Self.bulk, ["Content-Encoding": encoding], body: bytes)
                return (answer.status, try answer.text())
            }
            for (encoding, bytes) in [
                ("gzip", Gzip.compress(body)), ("x-gzip", Gzip.compress(body)), ("GZIP", Gzip.compress(body)),
                ("identity", body),
            ] {
                let (code, text) = try await status(encoding, bytes)
                #expect(code == 200 && text.contains("A-1"), "\(encoding)")
            }
            #expect(try await status("br", body).0 == 415)
            #expect(try await status("deflate", body).1.contains("plain or as gzip"))
            #expect(try await status("gzip", body).0 == 400)
            let bomb = Gzip.compress([UInt8](repeating: UInt8(ascii: " "), count: 64 << 20))
            #expect(bomb.count < 1 << 20)
            #expect(try await status("gzip", bomb).0 == 413)
        }
    }

    @Test(
        "bodies that are no request are told so",
        arguments: [
            ("", 400), ("[]", 400), ("{\"demo\":\"1.0.0\"}", 400), ("{\"demo\":[\"1.0.0\"]} x", 400),
            ("{\"demo\":", 400),
            ("{\"demo\":[[[[[[[[[[[[]]]]]]]]]]]]}", 400),
            ("{}", 200), ("{\"demo\":[]}", 200), ("{\"demo\":[1,null,{}]}", 200),
            ("{\"__proto__\":[\"1.0.0\"],\"a b\":[\"1.0.0\"],\"../x\":[\"1\"],\"\":[\"1\"]}", 200),
        ])
    func malformed(body: String, expected: Int) async throws {
        try await GatewayFixture.with { (gateway) async throws in
            try gateway.load([.init(id: "A-1", package: "demo", versions: ["1.0.0"])])
            let answer = await gateway.send(.post, Self.bulk, body: Array(body.utf8))
            #expect(answer.status == expected)
            if expected == 200 { #expect(try answer.text() == "{}") }
            #expect(try expected == 200 || answer.json()["error"]?.stringValue?.contains("audit request") == true)
        }
    }

    @Test("a body of brackets alone is told where it is too deep")
    func deep() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            let body = Array(String(repeating: "{\"a\":[", count: 50_000).utf8)
            let answer = await gateway.send(.post, Self.bulk, body: body)
            #expect(answer.status == 400)
            #expect(try answer.json()["error"]?.stringValue?.contains("nested deeper than 8") == true)
        }
    }

    @Test("odd names and versions are looked up as they are; a name that comes twice counts with all its versions")
    func oddNames() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            try gateway.load([
                .init(id: "A-1", package: "--legacy-peer-deps", versions: ["1.0.0"]),
                .init(id: "A-2", package: "demo", versions: ["1.0.0-beta"]),
            ])
            let body =
                #"{"--legacy-peer-deps":["not a version","v1.0.0"],"demo":["9.0.0"],"demo":["1.0.0beta"],"Demo":["1.0.0"]}"#
            let answer = try await gateway.send(.post, Self.bulk, body: Array(body.utf8)).json()
            #expect(answer.objectValue?.members.map(\.name) == ["--legacy-peer-deps", "demo"])
            #expect(answer["demo"]?.arrayValue?.count == 1)
        }
    }

    @Test("more packages or versions than any project has are refused, not worked through")
    func bounds() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            try gateway.load([.init(id: "A-1", package: "p5", versions: ["1.0.0"])])
            let names = (0..<100_001).map { "\"p\($0)\":[]" }.joined(separator: ",")
            let more = await gateway.send(.post, Self.bulk, body: Array("{\(names)}".utf8))
            #expect(more.status == 413)
            let versions = String(repeating: "\"1.0.0\",", count: 200_001)
            let many = await gateway.send(.post, Self.bulk, body: Array("{\"a\":[\(versions)\"1.0.0\"]}".utf8))
            #expect(many.status == 413)
        }
    }

    @Test("the route takes POST alone, and the retired ones say what to use")
    func methods() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            #expect(await gateway.get(Self.bulk).status == 405)
            for target in ["/-/npm/v1/security/audits", "/-/npm/v1/security/audits/quick"] {
                for base in ["", "/~npmjs"] {
                    let answer = try await audit(gateway, [:], at: base + target)
                    #expect(answer.status == 410)
                    #expect(answer.headers["Content-Type"] == "application/json")
                    #expect(try answer.json()["error"]?.stringValue?.contains("advisories/bulk") == true)
                }
            }
        }
    }

    // MARK: The notice

    private static let cooldown: ScreeningLayer = {
        var layer = ScreeningLayer()
        layer.cooldown = .seconds(72 * 3600)
        return layer
    }()
    private let young = NPMFixture("demo").with("1.0.0")
        .with("1.1.0", published: Timestamp(secondsSinceEpoch: 1_767_225_600 - 3600))
        .with("2.0.0-rc.1", published: Timestamp(secondsSinceEpoch: 1_767_225_600 - 60))

    private func notice(
        _ gateway: GatewayFixture, _ body: JSONValue = ["demo": ["1.0.0"]], at base: String = ""
    ) async throws -> String? {
        try await audit(gateway, body, at: base + Self.bulk).headers["npm-notice"]
    }

    @Test("the notice names a newer version that is held, why and until when, however the listing was asked for")
    func held() async throws {
        try await GatewayFixture.with(policy: Self.cooldown) { (gateway) async throws in
            try gateway.load([.init(id: "A-1", package: "x", versions: ["1.0.0"])])
            young.publish(on: gateway.upstream)
            #expect(try await notice(gateway) == nil, "nobody is asked for what is not in memory")
            let first = await gateway.get("/demo")
            let sentence = "jurat: newer versions are held: demo@1.1.0 is in cooldown until 2026-01-03T23:00:00Z"
            #expect(try await notice(gateway) == sentence)
            #expect(try await notice(gateway, at: "/~npmjs") == sentence)
            let tag = try #require(first.headers["ETag"])
            #expect(await gateway.get("/demo", ["If-None-Match": tag]).status == 304)
            #expect(try await notice(gateway) == sentence)
            #expect(try await notice(gateway, ["demo": ["1.1.0"]]) == nil)
            #expect(try await notice(gateway, ["other": ["1.0.0"]]) == nil)
            gateway.clock.advance(by: .seconds(72 * 3600))
            try gateway.load([.init(id: "A-1", package: "x", versions: ["1.0.0"])])
            #expect(try await notice(gateway) == nil, "the end of the hold ends the notice, without a new listing")
        }
    }

    @Test("many held versions are counted, three are named")
    func many() async throws {
        try await GatewayFixture.with(policy: Self.cooldown) { (gateway) async throws in
            try gateway.load([.init(id: "A-1", package: "x", versions: ["1.0.0"])])
            var body: JSONObject = [:]
            for number in 1...5 {
                let package = NPMFixture("demo\(number)").with("1.0.0")
                    .with("1.1.0", published: Timestamp(secondsSinceEpoch: 1_767_225_600 - 3600))
                package.publish(on: gateway.upstream)
                #expect(await gateway.get("/demo\(number)").status == 200)
                body.append("demo\(number)", ["1.0.0"])
            }
            let text = try #require(try await notice(gateway, .object(body)))
            #expect(text.contains("demo3@1.1.0") && !text.contains("demo4") && text.hasSuffix(" and 2 more"))
        }
    }

    @Test("without advisories, or with old ones, the notice says that an audit means little")
    func doubt() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            #expect(try await notice(gateway)?.contains("no npm advisories are loaded here") == true)
            try gateway.load([.init(id: "A-1", package: "x", versions: ["1.0.0"])])
            #expect(try await notice(gateway) == nil)
            gateway.clock.advance(by: .seconds(50 * 3600))
            #expect(try await notice(gateway) == "jurat: the advisories behind this audit are 50 hours old")
        }
    }
}
