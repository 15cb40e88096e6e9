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

@Suite("Analysing again what is known")
struct RescanTests {
    private let demo = NPMFixture("demo").with("1.0.0").with("1.1.0").with("1.2.0")

    private func ask(_ gateway: GatewayFixture, _ body: JSONValue?) async throws -> (status: Int, json: JSONValue) {
        let operators = OperatorService(gateway: gateway.service, version: "test", expectsWorkers: false)
        let response = await operators.handler.respond(
            to: ServerRequest(
                head: RequestHead(method: body == nil ? .get : .post, target: "/-/api/v1/rescan", headers: [:]),
                body: RequestBody(bytes: body.map { JSONText.serialize($0) } ?? [])))
        guard case .bytes(let bytes) = response.body else { return (response.status, .null) }
        return (response.status, try JSONText.parse(bytes))
    }

    private func verdicts(_ gateway: GatewayFixture, _ version: String) -> [StandingVerdict] {
        gateway.stores.log.knowledge.about(demo.sha512(version)).verdicts.filter { $0.analyzer == .static_ }
    }

    /// Fetches versions, and has them judged by older rules afterwards.
    private func fetchThenAge(_ gateway: GatewayFixture, _ versions: [String]) async throws {
        demo.publish(on: gateway.upstream)
        for version in versions {
            #expect(await gateway.get(demo.path(version)).status == 200)
            gateway.clock.advance(by: .seconds(1))
            let bytes = try #require(demo.versions.first { $0.number == version }).bytes
            try await gateway.logVerdict(.clean, of: bytes, "pkg:npm/demo@\(version)")
        }
        gateway.clock.advance(by: .seconds(1))
    }

    private func isOver(_ gateway: GatewayFixture) -> Bool { !gateway.service.parts.rescan.progress.isRunning }

    @Test("what was judged by other rules is analysed again when the rules change, without any request")
    func outdated() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            try await fetchThenAge(gateway, ["1.0.0", "1.1.0"])
            #expect(await gateway.get(demo.path("1.2.0")).status == 200)
            let requests = gateway.upstream.requests.count
            gateway.apply(ScreeningLayer())
            await eventually { verdicts(gateway, "1.0.0").count == 3 && verdicts(gateway, "1.1.0").count == 3 }
            #expect(verdicts(gateway, "1.2.0").count == 1, "its rules are those of now")
            #expect(gateway.upstream.requests.count == requests)
            await eventually { isOver(gateway) }
            let progress = gateway.service.parts.rescan.progress
            #expect(progress.total == 2 && progress.done == 2 && progress.worse.isEmpty)
        }
    }

    @Test("bytes that come back after the rules changed are analysed again, and nobody waits for that")
    func cameBack() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            try await fetchThenAge(gateway, ["1.0.0"])
            let parts = gateway.service.parts
            let source = try #require(
                parts.settings.current.topology.definition(named: try RegistryName(parsing: "npmjs")))
            let name = try PackageName(parsing: "demo", ecosystem: .npm)
            let view = try await parts.admission.view(of: name, at: source, maxAge: .seconds(3600))
            let artifact = try #require(view.listing.listing.artifacts.first { $0.version.text == "1.0.0" })
            let bytes = try #require(gateway.stores.artifacts.digests(of: demo.sha512("1.0.0")))
            let judgement = view.judge(artifact)
            let wanted = try await parts.desk.progress(of: judgement, in: view, bytes: bytes)
            #expect(wanted[.static_] == nil)
            let ahead = try await parts.desk.progress(of: judgement, in: view, bytes: bytes, priority: .warm)
            #expect(ahead[.static_] != nil && ahead[.advisory] == nil)
            await eventually { verdicts(gateway, "1.0.0").count == 3 }
        }
    }

    @Test("a start goes on with what an earlier process did not get to")
    func afterRestart() async throws {
        let (directory, keys) = (try TemporaryDirectory(), GatewayFixture.Keys())
        try await GatewayFixture.with(directory: directory, keys: keys) { (gateway) async throws in
            try await fetchThenAge(gateway, ["1.0.0"])
        }
        try await GatewayFixture.with(directory: directory, keys: keys) { (gateway) async throws in
            gateway.clock.advance(by: .seconds(10))
            await eventually { verdicts(gateway, "1.0.0").count == 3 }
        }
    }

    @Test("an operator has everything analysed again, once, and what is judged worse is named")
    func all() async throws {
        let isWorse = Lock(false)
        let judge: @Sendable (JobRequest) -> FakeWorker.Result = { _ in
            isWorse.withLock { $0 } ? .verdict(.malicious, rules: ["X-1"]) : .clean
        }
        try await GatewayFixture.with(judge: judge) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            for version in ["1.0.0", "1.1.0"] { #expect(await gateway.get(demo.path(version)).status == 200) }
            gateway.clock.advance(by: .seconds(1))
            isWorse.withLock { $0 = true }
            let dry = try await ask(gateway, ["selection": "all", "dryRun": true])
            #expect(dry.json["matching"] == 2 && dry.json["here"] == 2)
            #expect(try await ask(gateway, ["selection": "all"]).json["matching"] == 2)
            #expect(try await ask(gateway, nil).json["running"] == true)
            await eventually { isOver(gateway) }
            let end = try await ask(gateway, nil).json
            #expect(end["done"] == 2 && end["failed"] == 0 && end["orders"] == [])
            #expect(
                end["worse"] == ["pkg:npm/demo@1.0.0", "pkg:npm/demo@1.1.0"] || end["worse"]?.arrayValue?.count == 2)
            #expect(verdicts(gateway, "1.0.0").count == 2 && verdicts(gateway, "1.1.0").count == 2)
            #expect(await gateway.get(demo.path("1.0.0")).status == 403)
        }
    }

    @Test("the same verdict in the same second is one statement, and done all the same")
    func sameSecond() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
            #expect(try await ask(gateway, ["selection": "all"]).json["matching"] == 1)
            await eventually {
                gateway.pause.elapse(.seconds(10))
                return isOver(gateway)
            }
            let end = try await ask(gateway, nil).json
            #expect(end["done"] == 1 && end["failed"] == 0 && verdicts(gateway, "1.0.0").count == 1)
        }
    }

    @Test("one package or one ruleset alone")
    func selections() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            try await fetchThenAge(gateway, ["1.0.0"])
            #expect(await gateway.get(demo.path("1.1.0")).status == 200)
            gateway.clock.advance(by: .seconds(1))
            let old = SHA256Digest(hashing: [1]).hex
            #expect(
                try await ask(gateway, ["selection": "ruleset", "value": .string(String(old.prefix(8)))]).status == 200)
            await eventually { isOver(gateway) && verdicts(gateway, "1.0.0").count == 3 }
            #expect(verdicts(gateway, "1.1.0").count == 1)
            gateway.clock.advance(by: .seconds(1))
            #expect(try await ask(gateway, ["selection": "purl", "value": "pkg:npm/demo@1.1.0"]).json["matching"] == 1)
            await eventually { isOver(gateway) && verdicts(gateway, "1.1.0").count == 2 }
            #expect(verdicts(gateway, "1.0.0").count == 3)
        }
    }

    @Test("verdicts about differences are made again like others, where a registry has them made")
    func differences() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            func differences() -> [StandingVerdict] {
                gateway.stores.log.knowledge.about(demo.sha512("1.0.0")).verdicts.filter { $0.analyzer == .diff }
            }
            func reload(_ analyzers: [AnalyzerID]) {
                var layer = ScreeningLayer()
                layer.analyzers = analyzers
                let policy = ScreeningPolicy.resolving([layer])
                gateway.reload { configuration in
                    configuration.analyzerRulesets[.diff] = RulesetReference(
                        name: "diff", digest: SHA256Digest(hashing: [7]))
                    for name in configuration.policies.keys { configuration.policies[name] = policy }
                }
            }
            try await fetchThenAge(gateway, ["1.0.0"])
            try await gateway.logVerdict(.suspicious, by: .diff, of: demo.versions[0].bytes, "pkg:npm/demo@1.0.0")
            #expect(await gateway.get(demo.path("1.0.0")).status == 403)
            gateway.clock.advance(by: .seconds(1))
            reload([.advisory, .static_])
            await eventually { verdicts(gateway, "1.0.0").count == 3 && isOver(gateway) }
            #expect(differences().count == 1)

            reload([.advisory, .static_, .diff])
            await eventually { differences().count == 2 && isOver(gateway) }
            #expect(await gateway.get(demo.path("1.0.0")).status == 200, "a false alarm ends with its rules")
            #expect(gateway.service.parts.rescan.progress.done == 1 && verdicts(gateway, "1.0.0").count == 3)

            gateway.clock.advance(by: .seconds(1))
            let named: JSONValue = ["selection": "all", "analyzer": "diff"]
            #expect(try await ask(gateway, named).json["matching"] == 1)
            await eventually { differences().count == 3 && isOver(gateway) }
            gateway.clock.advance(by: .seconds(1))
            #expect(try await ask(gateway, ["selection": "all"]).json["matching"] == 1, "artifacts, not analyses")
            await eventually { differences().count == 4 && verdicts(gateway, "1.0.0").count == 4 && isOver(gateway) }
            #expect(try await ask(gateway, ["selection": "all", "analyzer": "advisory"]).status == 400)
        }
    }

    @Test("an order outlives the process, and asking again goes on with it")
    func durable() async throws {
        let (directory, keys) = (try TemporaryDirectory(), GatewayFixture.Keys())
        try await GatewayFixture.with(directory: directory, keys: keys) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
        }
        try await GatewayFixture.with(directory: directory, keys: keys, judge: nil) { (gateway) async throws in
            #expect(try await ask(gateway, ["selection": "all"]).json["matching"] == 1)
            #expect(try await ask(gateway, ["selection": "all"]).json["matching"] == 1)
            #expect(gateway.service.parts.rescan.orders.count == 1)
        }
        try await GatewayFixture.with(directory: directory, keys: keys) { (gateway) async throws in
            gateway.clock.advance(by: .seconds(10))
            await eventually { verdicts(gateway, "1.0.0").count == 2 && gateway.service.parts.rescan.orders.isEmpty }
        }
    }

    @Test("what fails or is not here is counted, and the rest goes on")
    func leftOver() async throws {
        let fails = Lock(false)
        let judge: @Sendable (JobRequest) -> FakeWorker.Result = { _ in
            fails.withLock { $0 } ? .failure(.crash) : .clean
        }
        try await GatewayFixture.with(judge: judge) { (gateway) async throws in
            try await fetchThenAge(gateway, ["1.0.0"])
            try await gateway.logVerdict(.clean, of: Array("elsewhere".utf8), "pkg:npm/other@1.0.0")
            fails.withLock { $0 = true }
            #expect(try await ask(gateway, ["selection": "outdated"]).json["matching"] == 2)
            await eventually { isOver(gateway) }
            let end = try await ask(gateway, nil).json
            #expect(end["failed"] == 1 && end["absent"] == 1 && end["done"] == 0 && end["total"] == 2)
            #expect(verdicts(gateway, "1.0.0").count == 2)
        }
    }

    @Test(
        "what cannot be selected is refused",
        arguments: [
            ("outdate", nil, 400), ("purl", "demo", 400), ("purl", "pkg:npm/unknown", 404), ("ruleset", "12", 400),
            ("ruleset", "nothex", 400), ("ruleset", "000000000000", 404), ("all", nil, 404),
        ])
    func refusals(selection: String, value: String?, status: Int) async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            let body: JSONValue = [
                "selection": .string(selection), "value": value.map { .string($0) } ?? .null,
            ]
            #expect(try await ask(gateway, body).status == status)
        }
    }

    @Test("orders that come at once are all kept, on disk too")
    func concurrentOrders() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("rescan.json")
        let book = RescanBook.open(path: path).book
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in UInt8(0)..<40 {
                let order = RescanOrder(.ruleset(SHA256Digest(hashing: [number])), before: 1)
                group.addTask { _ = try await book.add(order) }
            }
            try await group.waitForAll()
        }
        #expect(book.orders.count == 40)
        #expect(RescanBook.open(path: path).book.orders == book.orders)
    }

    @Test("orders survive being written and read, and damage is told")
    func book() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("rescan.json")
        let orders = [
            RescanOrder(.all, before: 7), RescanOrder(.ruleset(SHA256Digest(hashing: [1])), by: .diff, before: 9),
            RescanOrder(.package(try PackageURL(parsing: "pkg:npm/demo@1.0.0")), before: 1),
        ]
        let book = RescanBook.open(path: path).book
        for order in orders { #expect(try await book.add(order)) }
        #expect(try await book.add(RescanOrder(.all, before: 100)), "joined")
        #expect(RescanBook.open(path: path).book.orders == orders)
        try await book.finish([orders[0]])
        #expect(RescanBook.open(path: path).book.orders == Array(orders[1...]))
        try directory.write(Array("{".utf8), to: "rescan.json")
        #expect(RescanBook.open(path: path).problem != nil)
        try directory.write(Array(#"{"orders":[{"selection":"some","before":1}]}"#.utf8), to: "rescan.json")
        #expect(RescanBook.open(path: path).problem != nil)
    }
}
