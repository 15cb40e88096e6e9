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

@Suite("Who fetched what")
struct WhoTests {
    private let demo = NPMFixture("demo").with("1.0.0").with("1.1.0")
    private let other = NPMFixture("other").with("1.0.0")

    private func ask(_ query: String, _ gateway: GatewayFixture) async -> ServerResponse {
        await OperatorService(gateway: gateway.service, version: "test", expectsWorkers: false).handler.respond(
            to: ServerRequest(head: RequestHead(method: .get, target: "/-/api/v1/who?\(query)", headers: [:])))
    }

    /// Serves both versions of `demo` and `other`, at three moments.
    private func withAccesses(_ body: @Sendable (GatewayFixture) async throws -> Void) async throws {
        try await GatewayFixture.with { (gateway) async throws in
            for package in [demo, other] { package.publish(on: gateway.upstream) }
            let client: HeaderFields = ["User-Agent": "npm/10.9.2 node/v22.1.0 linux x64 ci/github-actions"]
            for path in [demo.path("1.0.0"), demo.path("1.1.0"), other.path("1.0.0")] {
                #expect(await gateway.get(path, client).status == 200)
                gateway.clock.advance(by: .seconds(3600))
            }
            try await body(gateway)
        }
    }

    @Test("a purl, bytes and an advisory by any of its names lead to who fetched them, when and by which request")
    func subjects() async throws {
        try await withAccesses { (gateway) async throws in
            try gateway.load([
                .init(id: "MAL-1", package: "demo", versions: ["1.1.0"], aliases: ["GHSA-aaaa"]),
                .init(id: "GHSA-aaaa", package: "demo", versions: ["1.1.0"]),
            ])
            let all = try await ask("what=pkg:npm/demo", gateway).json()
            #expect(all["total"]?.integerValue == 2 && all["more"]?.boolValue == false)
            let one = "what=pkg:npm/demo%401.1.0"
            let bytes = "what=\(demo.sha512("1.1.0").hex)"
            let integrity = "what=sha512-\(percentEncoded(demo.sha512("1.1.0").base64))"
            for query in [one, bytes, integrity, "what=MAL-1", "what=GHSA-aaaa"] {
                let answer = try await ask(query, gateway).json()
                #expect(answer["total"]?.integerValue == 1, "\(query)")
                let access = try #require(answer["accesses"]?.arrayValue?.first)
                #expect(access["purl"]?.stringValue == "pkg:npm/demo@1.1.0")
                #expect(access["client"]?.stringValue == "npm/10.9.2" && access["ci"]?.boolValue == true)
                #expect(access["sha512"]?.stringValue == demo.sha512("1.1.0").hex)
                #expect(access["file"]?.stringValue == "demo-1.1.0.tgz")
                #expect(access["registry"]?.stringValue == "npmjs")
                #expect(access["principal"] == .null && access["requestId"]?.stringValue?.isEmpty == false)
                #expect(access["advisories"]?.arrayValue == ["MAL-1"])
                #expect(access["refused"]?.boolValue == true)
                #expect(access["code"]?.stringValue == "BLOCKED_MALICIOUS")
            }
            let served = try await ask("what=pkg:npm/other", gateway).json()
            #expect(served["accesses"]?.arrayValue?.first?["refused"]?.boolValue == false)
        }
    }

    @Test("time and number narrow; what is left out is counted and said")
    func narrowed() async throws {
        try await withAccesses { (gateway) async throws in
            let all = try await ask("what=pkg:npm/demo", gateway).json()
            let times = (all["accesses"]?.arrayValue ?? []).compactMap { $0["time"]?.stringValue }
            try #require(times.count == 2 && times[0] > times[1])
            let newest = try await ask("what=pkg:npm/demo&since=\(times[0])", gateway).json()
            #expect(newest["accesses"]?.arrayValue?.count == 1)
            let oldest = try await ask("what=pkg:npm/demo&until=\(times[1])", gateway).json()
            #expect(oldest["accesses"]?.arrayValue?.map { $0["time"] } == [.string(times[1])])
            let some = try await ask("what=pkg:npm/demo&limit=1", gateway).json()
            #expect(some["more"]?.boolValue == true && some["total"]?.integerValue == 2)
            let none = try await ask("what=pkg:npm/nobody", gateway).json()
            #expect(none["total"]?.integerValue == 0 && none["recordsBegin"]?.stringValue == times[1])
            #expect(none["retentionDays"]?.integerValue == 400)
        }
    }

    @Test("whether bytes are refused now is not claimed where nobody can tell")
    func unknown() async throws {
        try await withAccesses { (gateway) async throws in
            // The source has other bytes under the name by now: what was fetched is not what would be judged.
            let changed = NPMFixture("demo").with("1.0.0")
            changed.publish(on: gateway.upstream)
            gateway.clock.advance(by: .seconds(8 * 86_400))
            let answer = try await ask("what=pkg:npm/demo%401.1.0", gateway).json()
            #expect(answer["total"]?.integerValue == 1)
            #expect(answer["accesses"]?.arrayValue?.first?["refused"] == .null)
        }
    }

    @Test("a question that is none has an answer that says what is wrong")
    func malformed() async throws {
        try await withAccesses { (gateway) async throws in
            let bad = [
                "", "what=", "what=demo", "what=pkg:npm", "what=sha512-abc", "what=sha256-abc", "what=a%20b-c",
                "what=pkg:npm/demo&since=yesterday", "what=pkg:npm/demo&until=1", "what=pkg:npm/demo&limit=0",
                "what=pkg:npm/demo&limit=x",
            ]
            for query in bad {
                let answer = await ask(query, gateway)
                #expect(answer.status == 400, "\(query)")
                #expect(try answer.json()["error"]?.stringValue?.isEmpty == false)
            }
            #expect(await ask("what=MAL-1", gateway).status == 404, "no advisories are loaded")
            try gateway.load([.init(id: "GHSA-1", package: "x", versions: ["1.0.0"])])
            let unknown = await ask("what=MAL-1", gateway)
            #expect(unknown.status == 404)
            #expect(try unknown.json()["error"]?.stringValue?.contains("MAL-1") == true)
        }
    }
}
