import Advisories
import HTTP
import JSON
import Platform
import Registry
import TestSupport
import Testing

@testable import Gateway

@Suite("The state of the advisories is visible")
struct AdvisoryHealthTests {
    private static let place = "https://osv.example/npm/all.zip"

    /// A gateway of npm alone, with a snapshot that is fresh.
    private func with(_ body: @Sendable (GatewayFixture, OperatorService) async throws -> Void) async throws {
        let name = try GatewayFixture.registry("npmjs")
        let npm = try RegistryTopology(
            definitions: [
                RegistryDefinition(
                    name: name, ecosystem: .npm,
                    kind: .upstream(UpstreamDefinition(url: NPMFixture.base, isPublic: true)))
            ], defaultRegistry: [.npm: name])
        try await GatewayFixture.with(topology: npm) { (gateway) async throws in
            try gateway.load([.init(id: "MAL-1", package: "known", versions: ["1.0.0"])])
            gateway.reload { $0.advisoryPlaces = [.npm: Self.place] }
            let next = gateway.clock.now().adding(.seconds(60))
            let operators = OperatorService(
                gateway: gateway.service, version: "9.9", expectsWorkers: false,
                refreshPlan: { AdvisoryRefreshPlan(nextAt: next) })
            try await body(gateway, operators)
        }
    }

    private func ready(_ gateway: GatewayFixture) async throws -> (status: Int, state: String?, problems: String) {
        let answer = await gateway.get("/-/readyz")
        let body = try answer.json()
        let problems = (body["problems"]?.arrayValue ?? []).compactMap(\.stringValue).joined(separator: "\n")
        return (answer.status, body["advisories"]?.stringValue, problems)
    }

    private func fail(_ gateway: GatewayFixture, place: String = AdvisoryHealthTests.place) throws {
        try gateway.advisories.remember(.npm) { state in
            state.place = place
            state.failed(at: gateway.clock.now(), reason: "answered 500")
        }
        gateway.service.advisoriesChanged()
    }

    @Test("a failed refresh degrades readiness while the records are fresh, and fails it when they are not")
    func readiness() async throws {
        try await with { (gateway, _) async throws in
            #expect(try await ready(gateway).state == "ok")
            try fail(gateway)
            try fail(gateway)
            var now = try await ready(gateway)
            #expect(now.state == "degraded")
            #expect(now.problems.contains("\(Self.place) could not be refreshed") && now.problems.contains("(2 times"))
            gateway.clock.advance(by: .seconds(49 * 3600))
            now = try await ready(gateway)
            #expect(now.state == "failed" && now.status == 503)
            #expect(now.problems.contains("last confirmed 2 days ago") && now.problems.contains("answered 500"))
            gateway.clock.advance(by: .seconds(-50 * 3600))
            now = try await ready(gateway)
            #expect(now.state == "failed" && now.problems.contains("a clock is wrong"))
        }
    }

    @Test("what went wrong at a place that is not configured any more is over")
    func otherPlace() async throws {
        try await with { (gateway, _) async throws in
            try fail(gateway, place: "https://former.example/all.zip")
            #expect(try await ready(gateway).state == "ok")
        }
    }

    @Test("a snapshot that is damaged while in use is said to be; the one in memory goes on")
    func damage() async throws {
        try await with { (gateway, _) async throws in
            let known = NPMFixture("known").with("1.0.0")
            known.publish(on: gateway.upstream)
            try Files.writeDurably(Array("garbage".utf8), to: gateway.advisories.indexPath)
            gateway.service.advisoriesChanged()
            let now = try await ready(gateway)
            #expect(now.state == "degraded" && now.problems.contains("cannot be used"))
            #expect(await gateway.get("/known/-/known-1.0.0.tgz").status == 403)
        }
    }

    @Test("a memory of the sources that is damaged is said, and makes nothing unusable")
    func damagedMemory() async throws {
        try await with { (gateway, _) async throws in
            let path = Files.directory(of: gateway.advisories.indexPath) + "/sources.json"
            try Files.writeDurably(Array("{".utf8), to: path)
            gateway.service.advisoriesChanged()
            let now = try await ready(gateway)
            #expect(now.state == "degraded" && now.problems.contains("sources.json cannot be read"))
            #expect(!now.problems.contains("cannot be used"))
        }
    }

    @Test("status names records, age, source, failure and the next look")
    func status() async throws {
        try await with { (gateway, operators) async throws in
            try fail(gateway)
            gateway.clock.advance(by: .seconds(90))
            let request = ServerRequest(head: RequestHead(method: .get, target: "/-/api/v1/status"))
            let advisories = try await operators.handler.respond(to: request).json()["advisories"]
            #expect(advisories?["summary"]?.stringValue == "npm 1 records, 90 s old, the last refresh failed")
            let npm = try #require(advisories?["ecosystems"]?.arrayValue?.first)
            #expect(npm["state"]?.stringValue == "current" && npm["ageSeconds"]?.integerValue == 90)
            #expect(npm["failure"]?.stringValue == "answered 500" && npm["source"]?.stringValue == Self.place)
            #expect(advisories?["nextLookAt"]?.stringValue == "2026-01-01T00:01:00Z")
            #expect(advisories?["live"]?.isNull == true)
        }
    }

    @Test("metrics are what a strict reader of the text format takes, and name no package")
    func metrics() async throws {
        try await with { (gateway, operators) async throws in
            try fail(gateway)
            gateway.reload { configuration in
                configuration.advisoryPlaces = [.npm: Self.place]
                configuration.liveFallback = LiveFallback(url: "https://live.test")
            }
            let demo = NPMFixture("demo").with("1.0.0")
            demo.publish(on: gateway.upstream)
            NPMFixture("known").with("1.0.0").publish(on: gateway.upstream)
            gateway.upstream.put(Array("{}".utf8), at: "https://live.test/v1/query")
            #expect(await gateway.get("/demo/-/demo-1.0.0.tgz").status == 200)
            #expect(await gateway.get("/known/-/known-1.0.0.tgz").status == 403)
            let request = ServerRequest(head: RequestHead(method: .get, target: "/-/metrics"))
            let answer = await operators.handler.respond(to: request)
            #expect(answer.status == 200 && answer.headers["Content-Type"] == MetricsText.contentType)
            let samples = try StrictMetrics.read(try answer.text())
            #expect(samples["jurat_build_info{version=\"9.9\"}"] == 1)
            #expect(samples["jurat_advisories_records{ecosystem=\"npm\"}"] == 1)
            #expect(samples["jurat_advisories_usable{ecosystem=\"npm\"}"] == 1)
            #expect(samples["jurat_advisories_age_seconds{ecosystem=\"npm\"}"] == 0)
            #expect(samples["jurat_advisories_last_look_success{ecosystem=\"npm\"}"] == 0)
            #expect(samples["jurat_advisories_refresh_failures_total{ecosystem=\"npm\"}"] == 1)
            #expect(samples["jurat_check{check=\"advisories\"}"] == 1)
            #expect(samples["jurat_live_questions_total{result=\"failed\"}"] == 0)
            #expect(samples["jurat_artifacts_served_total"] == 1)
            #expect(samples["jurat_refusals_total{code=\"BLOCKED_MALICIOUS\"}"] == 1)
            #expect(samples["jurat_refusals_total{code=\"BLOCKED_TAMPERED\"}"] == 0)
            #expect(!(try answer.text()).contains("demo"))
            let post = ServerRequest(head: RequestHead(method: .post, target: "/-/metrics"))
            #expect(await operators.handler.respond(to: post).status == 405)
        }
    }

    @Test("labels are escaped, and a family without samples is left out")
    func text() throws {
        var text = MetricsText()
        text.gauge("jurat_a", "What a is.", [])
        text.gauge("jurat_b", "What b is.", [(["x": "a\"b\\c\nd", "a": "1"], -3)])
        #expect(
            text.text == "# HELP jurat_b What b is.\n# TYPE jurat_b gauge\njurat_b{a=\"1\",x=\"a\\\"b\\\\c\\nd\"} -3\n")
        #expect(try StrictMetrics.read(text.text).count == 1)
    }
}

/// A reader of the text format that takes nothing that is not exactly right.
private enum StrictMetrics {
    private struct Malformed: Error {
        let line: String
    }

    /// Every sample by its name with labels.
    static func read(_ text: String) throws -> [String: Int64] {
        guard text.hasSuffix("\n") else { throw Malformed(line: "no line end at the end") }
        var samples: [String: Int64] = [:]
        var family: (name: String, kind: String?) = ("", nil)
        var families: Set<String> = []
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            let words = line.split(separator: " ", maxSplits: 3).map(String.init)
            if line.hasPrefix("# HELP ") {
                guard words.count == 4, isName(words[2]), families.insert(words[2]).inserted else {
                    throw Malformed(line: line)
                }
                family = (words[2], nil)
            } else if line.hasPrefix("# TYPE ") {
                guard words.count == 4, words[2] == family.name, ["gauge", "counter"].contains(words[3]),
                    (words[3] == "counter") == words[2].hasSuffix("_total")
                else { throw Malformed(line: line) }
                family.kind = words[3]
            } else {
                let (key, value) = try sample(line)
                let name = String(key.prefix { $0 != "{" })
                guard name == family.name, family.kind != nil, samples.updateValue(value, forKey: key) == nil else {
                    throw Malformed(line: line)
                }
            }
        }
        return samples
    }

    private static func sample(_ line: String) throws -> (String, Int64) {
        guard let space = line.lastIndex(of: " "), let value = Int64(line[line.index(after: space)...]) else {
            throw Malformed(line: line)
        }
        let key = String(line[..<space])
        guard let brace = key.firstIndex(of: "{") else {
            guard isName(key) else { throw Malformed(line: line) }
            return (key, value)
        }
        guard isName(String(key[..<brace])), key.hasSuffix("}") else { throw Malformed(line: line) }
        var rest = key[key.index(after: brace)...].dropLast()
        while !rest.isEmpty {
            let name = rest.prefix { $0 != "=" }
            rest = rest.dropFirst(name.count)
            guard isName(String(name)), rest.hasPrefix("=\"") else { throw Malformed(line: line) }
            rest = rest.dropFirst(2)
            var isEscaped = false
            guard
                let end = rest.firstIndex(where: { letter in
                    defer { isEscaped = letter == "\\" && !isEscaped }
                    return letter == "\"" && !isEscaped
                })
            else { throw Malformed(line: line) }
            rest = rest[rest.index(after: end)...]
            if rest.hasPrefix(",") { rest = rest.dropFirst() } else if !rest.isEmpty { throw Malformed(line: line) }
        }
        return (key, value)
    }

    private static func isName(_ text: String) -> Bool {
        text.first?.isNumber == false && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}
