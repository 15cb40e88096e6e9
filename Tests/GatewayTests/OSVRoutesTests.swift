import Compression
import HTTP
import JSON
import Platform
import Registry
import Screening
import TestSupport
import Testing

@testable import Gateway

@Suite("The OSV API")
struct OSVRoutesTests {
    private static let bytes = Array("wheel of thing 1.1".utf8)

    private func post(
        _ gateway: GatewayFixture, _ path: String, _ body: JSONValue
    ) async throws -> (status: Int, body: JSONValue) {
        let answer = await gateway.send(.post, path, body: JSONText.serialize(body))
        #expect(answer.headers["Content-Type"] == "application/json")
        return (answer.status, try answer.json())
    }

    private func ids(_ body: JSONValue) -> [String] {
        (body["vulns"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue }
    }

    private func load(_ gateway: GatewayFixture) throws {
        try gateway.load([
            .init(id: "GHSA-1", package: "demo", versions: [], fixed: "1.1.0"),
            .init(id: "MAL-2", package: "demo", versions: ["2.0.0"]),
            .init(id: "GHSA-3", package: "Demo", versions: ["1.0.0"]),
            .init(id: "MAL-9", package: "hostile", versions: []),
        ])
        try gateway.load(
            [.init(id: "PYSEC-1", ecosystem: .pypi, package: "Some.Thing", versions: ["1.0", "1.1"])], of: .pypi)
    }

    @Test("a package is named by name and ecosystem or by purl, with a version or without, at both addresses")
    func query() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            try load(gateway)
            func found(_ body: JSONValue) async throws -> [String] {
                let (status, answer) = try await post(gateway, "/v1/query", body)
                #expect(status == 200)
                #expect(try await post(gateway, "/-/osv/v1/query", body).body == answer)
                #expect(try await post(gateway, "/-/v1/query", body).body == answer)
                return ids(answer)
            }
            let demo: JSONValue = ["name": "demo", "ecosystem": "npm"]
            #expect(try await found(["package": demo, "version": "1.0.0"]) == ["GHSA-1"])
            #expect(try await found(["package": demo, "version": "2.0.0"]) == ["MAL-2"])
            #expect(try await found(["package": demo, "version": "3.0.0"]) == [])
            #expect(try await found(["package": demo]) == ["GHSA-1", "MAL-2"])
            #expect(try await found(["package": ["purl": "pkg:npm/demo@1.0.0"]]) == ["GHSA-1"])
            #expect(try await found(["package": ["purl": "pkg:npm/demo@1.0.0?arch=x#lib"]]) == ["GHSA-1"])
            #expect(try await found(["package": ["purl": "pkg:npm/demo"], "version": "2.0.0"]) == ["MAL-2"])
            #expect(try await found(["package": ["purl": "pkg:npm/Demo@1.0.0"]]) == ["GHSA-3"], "npm names have case")
            for name in ["some-thing", "Some_Thing", "some.thing"] {
                let package: JSONValue = ["name": .string(name), "ecosystem": "PyPI"]
                #expect(try await found(["package": package, "version": "1.0.0"]) == ["PYSEC-1"], "\(name)")
            }
            #expect(try await found(["commit": "6879efc2c1596d11a6a6ad296f80063b558d5e0f"]) == [])
            #expect(try await found(["package": ["name": "demo", "ecosystem": "Go"], "version": "1.0.0"]) == [])
            #expect(try await found(["package": ["purl": "pkg:golang/x/y@1.0.0"]]) == [])
            #expect(try await found(["package": demo, "version": "v1.0.0"]) == ["GHSA-1"])
            // What is no version is no excuse for what is said of every version.
            #expect(try await found(["package": demo, "version": "not a version"]) == [])
            let hostile: JSONValue = ["name": "hostile", "ecosystem": "npm"]
            #expect(try await found(["package": hostile, "version": "not a version"]) == ["MAL-9"])
            #expect(try await found(["package": ["name": "__proto__", "ecosystem": "npm"], "version": "1.0.0"]) == [])
            #expect(try await post(gateway, "/v1/query", ["package": demo, "version": "3.0.0"]).body == [:])
        }
    }

    @Test("records are whole: what a client needs to show and to match is in them")
    func records() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            try load(gateway)
            let answer = try await post(
                gateway, "/v1/query", ["package": ["name": "demo", "ecosystem": "npm"], "version": "1.0.0"]
            ).body
            let record = try #require(answer["vulns"]?.arrayValue?.first)
            #expect(record["summary"]?.stringValue == "test record")
            #expect(record["modified"]?.stringValue == "2026-01-01T00:00:00Z")
            let affected = try #require(record["affected"]?.arrayValue?.first)
            #expect(affected["package"]?["name"]?.stringValue == "demo")
            #expect(affected["package"]?["ecosystem"]?.stringValue == "npm")
            #expect(
                affected["ranges"]?.arrayValue?.first?["events"] == [["introduced": "0"], ["fixed": "1.1.0"]])
            let alone = await gateway.get("/v1/vulns/GHSA-1")
            #expect(try alone.json() == record)
            #expect(try await gateway.get("/-/osv/v1/vulns/GHSA-1").json() == record)
            #expect(await gateway.send(.head, "/v1/vulns/GHSA-1").status == 200)
        }
    }

    @Test("a batch answers in its order with ids and times of change; a bad query is named by its place")
    func batch() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            try load(gateway)
            let (status, answer) = try await post(
                gateway, "/v1/querybatch",
                [
                    "queries": [
                        ["package": ["purl": "pkg:npm/demo@2.0.0"]], ["package": ["purl": "pkg:npm/none@2.0.0"]],
                        ["package": ["purl": "pkg:pypi/some-thing@1.1"]],
                    ]
                ])
            #expect(status == 200)
            #expect(
                answer == [
                    "results": [
                        ["vulns": [["id": "MAL-2", "modified": "2026-01-01T00:00:00Z"]]], [:],
                        ["vulns": [["id": "PYSEC-1", "modified": "2026-01-01T00:00:00Z"]]],
                    ]
                ])
            let bad = try await post(gateway, "/v1/querybatch", ["queries": [["package": ["purl": "pkg:npm/a"]], [:]]])
            #expect(bad.status == 400)
            #expect(bad.body["message"]?.stringValue?.hasPrefix("queries[1]: ") == true)
            let query: JSONValue = ["package": ["purl": "pkg:npm/demo@2.0.0"]]
            let most = try await post(
                gateway, "/v1/querybatch", ["queries": .array(Array(repeating: query, count: 1000))])
            #expect(most.body["results"]?.arrayValue?.count == 1000)
            let more = try await post(
                gateway, "/v1/querybatch", ["queries": .array(Array(repeating: query, count: 1001))])
            #expect(more.status == 400 && more.body["code"]?.integerValue == 3)
        }
    }

    @Test("long answers come in pages, each beginning behind the last id of the one before")
    func pages() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            let names = (0..<1100).map { "A-\(10_000 + $0)" }
            try gateway.load(names.map { .init(id: $0, package: "demo", versions: ["1.0.0"]) })
            var (found, token, pages): ([String], String?, Int) = ([], nil, 0)
            repeat {
                var query: JSONObject = ["package": ["purl": "pkg:npm/demo"]]
                if let token { query.append("page_token", .string(token)) }
                let answer = try await post(gateway, "/v1/query", .object(query)).body
                found += ids(answer)
                token = answer["next_page_token"]?.stringValue
                pages += 1
            } while token != nil && pages < 10
            #expect(found == names && pages == 2)
            let batch = try await post(
                gateway, "/v1/querybatch",
                ["queries": .array(Array(repeating: ["package": ["purl": "pkg:npm/demo"]], count: 22))])
            let results = batch.body["results"]?.arrayValue ?? []
            #expect(results.map { $0["vulns"]?.arrayValue?.count ?? 0 }.reduce(0, +) == 20_000)
            #expect(results.count == 22 && results.allSatisfy { $0["next_page_token"] != nil })
            let last = try #require(results.last?["next_page_token"])
            let rest = try await post(
                gateway, "/v1/query", ["package": ["purl": "pkg:npm/demo"], "page_token": last])
            #expect(ids(rest.body).first == names.first, "what did not fit at all is asked for from its beginning")
            let foreign = try await post(
                gateway, "/v1/query", ["package": ["purl": "pkg:npm/demo"], "page_token": "CiEx"])
            #expect(foreign.status == 400)
        }
    }

    @Test(
        "what cannot be asked is told in the API's own shape",
        arguments: [
            ("{}", 3, "package"), ("[]", 3, "object"), ("{", 3, "JSON"), ("", 3, "JSON"),
            (#"{"package":{}}"#, 3, "ecosystem"), (#"{"package":{"name":"a"}}"#, 3, "ecosystem"),
            (#"{"package":{"purl":"nonsense"}}"#, 3, "purl"), (#"{"package":"demo"}"#, 3, "a string"),
            (#"{"package":{"name":1,"ecosystem":"npm"}}"#, 3, "name"),
            (#"{"package":{"name":"a","ecosystem":"pypi"}}"#, 3, "PyPI"),
            (#"{"package":{"purl":"pkg:npm/a@1.0.0"},"version":"1.0.0"}"#, 3, "twice"),
            (#"{"package":{"purl":"pkg:npm/a","name":"a"}}"#, 3, "leave"),
            (#"{"commit":"aa","version":"1"}"#, 3, "exclude"),
            (#"{"a":[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]}"#, 3, "nested"),
            (#"{"package":{"name":"a","name":"b","ecosystem":"npm"}}"#, 3, "twice"),
        ])
    func faults(body: String, code: Int64, word: String) async throws {
        try await GatewayFixture.with { (gateway) async throws in
            try load(gateway)
            let answer = await gateway.send(.post, "/v1/query", body: Array(body.utf8))
            #expect(answer.status == 400)
            let fault = try answer.json()
            #expect(fault.objectValue?.members.map(\.name) == ["code", "message"])
            #expect(fault["code"]?.integerValue == code)
            #expect(fault["message"]?.stringValue?.contains(word) == true, "\(fault)")
        }
    }

    @Test("addresses, methods and bodies that do not belong to it; packages called v1 stay packages")
    func edges() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            try load(gateway)
            NPMFixture("v1").with("1.0.0").publish(on: gateway.upstream)
            #expect(await gateway.get("/v1").status == 200)
            #expect(await gateway.get("/v1/1.0.0").status == 200)
            #expect(await gateway.get("/v1/query").status == 404, "a tag that is not there")
            #expect(await gateway.get("/v1/-/v1-1.0.0.tgz").status == 200)
            #expect(await gateway.get("/-/osv/v1/query").status == 405)
            #expect(try await gateway.get("/-/v1/search?text=x").json()["error"] != nil, "npm's own routes stay npm's")
            #expect(await gateway.send(.post, "/v1/vulns/GHSA-1").status == 405)
            #expect(await gateway.get("/-/osv/v2/x").status == 404)
            for id in ["GHSA-none", "CVE-1-1", "JURAT-000000000000", "JURAT-zz", "JURAT-"] {
                let answer = await gateway.get("/v1/vulns/\(id)")
                #expect(answer.status == 404, "\(id)")
                #expect(try answer.json()["code"]?.integerValue == 5)
            }
            #expect(await gateway.get("/v1/vulns/a%0Ab").status == 400)
            #expect(await gateway.get("/v1/vulns/").status == 400)
            let large = [UInt8](repeating: UInt8(ascii: " "), count: 5 << 20)
            let tooLarge = await gateway.send(.post, "/v1/query", body: large)
            #expect(tooLarge.status == 413)
            #expect(try tooLarge.json()["code"]?.integerValue == 8)
            let bomb = await gateway.send(
                .post, "/v1/query", ["Content-Encoding": "gzip"], body: Gzip.compress(large))
            #expect(bomb.status == 413)
        }
    }

    @Test("before any advisories are loaded the answer is that, never that nothing is wrong")
    func nothingLoaded() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            let query: JSONValue = ["package": ["purl": "pkg:pypi/some-thing@1.1"]]
            let before = try await post(gateway, "/v1/query", query)
            #expect(before.status == 503 && before.body["code"]?.integerValue == 14)
            try gateway.load([.init(id: "GHSA-1", package: "demo", versions: ["1.0.0"])])
            #expect(try await post(gateway, "/v1/querybatch", ["queries": [query]]).status == 503)
            #expect(
                try await post(gateway, "/v1/query", ["package": ["purl": "pkg:npm/demo@1.0.0"]]).status == 200)
        }
    }

    @Test("our own verdicts are records too, with the exact version and the address of their page")
    func ownFindings() async throws {
        try await GatewayFixture.with(judge: nil) { (gateway) async throws in
            try load(gateway)
            PyPIFixture("thing").with("1.1").publish(on: gateway.upstream)
            let statement = try await gateway.logVerdict(.malicious, of: Self.bytes, "pkg:pypi/thing@1.1")
            let id = "JURAT-\(statement.hex.prefix(12))"
            let answer = try await post(
                gateway, "/v1/query", ["package": ["name": "Thing", "ecosystem": "PyPI"], "version": "1.1.0"])
            #expect(ids(answer.body) == [id])
            let record = try #require(answer.body["vulns"]?.arrayValue?.first)
            #expect(record["summary"]?.stringValue == "thing@1.1 was judged malicious (static)")
            #expect(
                record["affected"] == [
                    [
                        "package": ["ecosystem": "PyPI", "name": "thing", "purl": "pkg:pypi/thing"],
                        "versions": ["1.1"],
                    ]
                ])
            #expect(record["database_specific"]?["statement"]?.stringValue == statement.hex)
            let url = try #require(record["references"]?.arrayValue?.first?["url"]?.stringValue)
            #expect(try await gateway.follow(url).json()["purl"]?.stringValue == "pkg:pypi/thing@1.1")
            #expect(try await gateway.get("/v1/vulns/\(id)").json() == record)
            #expect(ids(try await post(gateway, "/v1/query", ["package": ["purl": "pkg:pypi/thing"]]).body) == [id])
            #expect(ids(try await post(gateway, "/v1/query", ["package": ["purl": "pkg:pypi/thing@1.0"]]).body) == [])
            try await gateway.rule(.allow, on: Self.bytes, "pkg:pypi/thing@1.1")
            #expect(ids(try await post(gateway, "/v1/query", ["package": ["purl": "pkg:pypi/thing"]]).body) == [])
            #expect(await gateway.get("/v1/vulns/\(id)").status == 404)
        }
    }

    @Test("a name that a record gives as an alias leads to it")
    func aliases() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            try gateway.load([
                .init(id: "GHSA-1", package: "demo", versions: ["1.0.0"], aliases: ["CVE-2099-1", "CVE-2099-2"]),
                .init(id: "AAA-1", package: "demo", versions: ["1.0.0"], aliases: ["CVE-2099-1"]),
            ])
            for name in ["CVE-2099-1", "CVE-2099-2"] {
                #expect(try await gateway.get("/v1/vulns/\(name)").json()["id"]?.stringValue == "GHSA-1", "\(name)")
            }
            let both = try await post(gateway, "/v1/query", ["package": ["purl": "pkg:npm/demo@1.0.0"]])
            #expect(ids(both.body) == ["AAA-1", "GHSA-1"], "the API names records; clients join them by their aliases")
        }
    }
}
