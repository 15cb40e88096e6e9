import HTTP
import JSON
import Platform
import Registry
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import Gateway

@Suite("The operator's watch list")
struct WarmRouteTests {
    private let lock = """
        {"lockfileVersion": 3, "packages": {"": {"name": "web"},
          "node_modules/demo": {"version": "1.0.0", "resolved": "https://registry.npmjs.org/demo/-/demo-1.0.0.tgz"},
          "node_modules/own": {"version": "1.0.0", "resolved": "git+ssh://git@example.com/own.git#abc"}}}
        """

    private func names(_ gateway: GatewayFixture) async throws -> [String] {
        (try await gateway.operated("warm").json["packages"]?.arrayValue ?? []).compactMap { $0["purl"]?.stringValue }
    }

    @Test("a lockfile's packages are watched from the version that it fixes, under its name, until it is removed")
    func lockfiles() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            let body: JSONValue = ["lockfile": .string(lock), "filename": "package-lock.json", "name": "web/lock"]
            let added = try await gateway.operated("warm/add", body)
            #expect(added.json["added"] == 1 && added.json["skippedCount"] == 1)
            #expect(added.json["skipped"]?.arrayValue?.first?["reason"]?.stringValue?.contains("git") == true)
            try await eventually { try await names(gateway) == ["pkg:npm/demo"] }
            let package = try await gateway.operated("warm").json["packages"]?.arrayValue?.first
            let reason = try #require(package?["watched"]?.arrayValue?.first)
            #expect(reason["by"] == "lockfile" && reason["name"] == "web/lock" && reason["wish"] == "1.0.0 and newer")
            let alone = try await gateway.operated("warm/remove", ["purls": ["pkg:npm/demo"]])
            #expect(alone.status == 404 && alone.json["error"]?.stringValue?.contains("because of web/lock") == true)
            let dry = try await gateway.operated("warm/remove", ["name": "web/lock", "dryRun": true])
            #expect(dry.json["removed"] == 1)
            #expect(try await gateway.operated("warm/remove", ["name": "web/lock"]).json["removed"] == 1)
            try await eventually { try await names(gateway).isEmpty }
            #expect(try await gateway.operated("warm/remove", ["name": "web/lock"]).status == 404)
        }
    }

    @Test("a package is looked at once without being watched")
    func once() async throws {
        let demo = NPMFixture("demo").with("1.0.0").with("1.1.0")
        var policy = ScreeningLayer()
        policy.analyzers = [.advisory, .static_]
        try await GatewayFixture.with(policy: policy) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            #expect(try await gateway.operated("warm/run", ["purls": ["pkg:npm/demo"]]).status == 404)
            let run = try await gateway.operated("warm/run", ["purls": ["pkg:npm/demo"], "once": true, "versions": 1])
            #expect(run.json["packages"] == 1)
            let order = try #require(run.json["order"]?.integerValue)
            try await eventually {
                let progress = try await gateway.operated("warm/progress?order=\(order)").json
                return progress["running"] == false && progress["left"] == 0
            }
            let found = try await gateway.operated("warm?order=\(order)").json["packages"]?.arrayValue
            #expect(found?.count == 1 && found?.first?["wanted"] == 1 && found?.first?["analyzed"] == 1)
            #expect(try await names(gateway).isEmpty)
            gateway.clock.advance(by: .seconds(7200))
            gateway.service.parts.warming.watched.changed()
            try await eventually { try await gateway.stores.watch.packages().isEmpty }
        }
    }

    @Test("an order for everything is joined, and without a watched package there is nothing to do")
    func orders() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            let none = try await gateway.operated("warm/run", [:])
            #expect(none.json["packages"] == 0)
            gateway.upstream.hold()
            _ = try await gateway.operated("warm/add", ["purls": ["pkg:npm/demo", "pkg:npm/other"]])
            let first = try await gateway.operated("warm/run", [:])
            let second = try await gateway.operated("warm/run", [:])
            #expect(first.json["packages"] == 2 && first.json == second.json)
            let progress = try await gateway.operated("warm/progress?order=\(first.json["order"]?.integerValue ?? 0)")
            #expect(progress.json["running"] == true)
        }
    }

    @Test("mistakes are told with what was expected, and change nothing")
    func mistakes() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            let cases: [(verb: String, body: JSONValue, status: Int, words: String)] = [
                ("add", [:], 400, "name packages"), ("add", ["purls": ["demo"]], 400, "purl"),
                ("add", ["purls": ["pkg:npm/demo@^1.0.0"]], 400, "version"),
                ("add", ["purls": ["pkg:npm/demo"], "versions": 0], 400, "from 1 to 50"),
                ("add", ["purls": ["pkg:npm/demo"], "registry": "nope"], 404, "there are npmjs, pypi"),
                ("add", ["purls": ["pkg:npm/demo"], "wram": 1], 400, "known are"),
                ("add", ["lockfile": "hello, world", "name": "x"], 422, " "),
                ("add", ["lockfile": .string(lock)], 400, "name says"),
                ("add", ["lockfile": .string(lock), "name": "a\u{1B}[2J"], 400, "control characters"),
                ("remove", [:], 400, "name packages"), ("remove", ["purls": ["pkg:npm/demo"]], 404, "not watched"),
                ("run", ["name": "web"], 404, "no lockfile"), ("twist", [:], 404, "has no"),
            ]
            for one in cases {
                let answer = try await gateway.operated("warm/\(one.verb)", one.body)
                #expect(answer.status == one.status, "\(one)")
                #expect(answer.json["error"]?.stringValue?.contains(one.words) == true, "\(one): \(answer.json)")
            }
            #expect(try await gateway.stores.watch.packages().isEmpty)
            #expect(try await gateway.operated("warm/progress").status == 400)
        }
    }
}
