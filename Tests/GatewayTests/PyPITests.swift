import Cryptography
import HTTP
import JSON
import Platform
import Registry
import Screening
import TestSupport
import Testing

@testable import Gateway

@Suite("PyPI: pages, files, metadata")
struct PyPITests {
    private let demo = PyPIFixture("demo-project").with("1.0.0").with("1.1.0")
    private static let asJSON: HeaderFields = [
        "Accept": "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01"
    ]

    private func files(_ gateway: GatewayFixture) async throws -> [JSONValue] {
        let page = await gateway.get("/simple/demo-project/", Self.asJSON)
        #expect(page.status == 200)
        #expect(page.headers["Content-Type"] == "application/vnd.pypi.simple.v1+json")
        return try #require(try page.json()["files"]?.arrayValue)
    }

    @Test("a page points at our file routes, and file and metadata are the upstream's bytes", arguments: [false, true])
    func pageFileAndMetadata(asHTML: Bool) async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream, asHTML: asHTML)
            let files = try await files(gateway)
            #expect(files.count == 2)
            let url = try #require(files[1]["url"]?.stringValue)
            #expect(url == "http://gateway.test:7677" + demo.path("1.1.0"))
            #expect(files[1]["upload-time"]?.stringValue != nil)
            #expect(files[1]["size"]?.integerValue == Int64(demo.files[1].bytes.count))
            let file = try await gateway.follow(url)
            #expect(try file.bytes() == demo.files[1].bytes)
            if !asHTML {
                let metadata = try await gateway.follow(url + ".metadata")
                #expect(try metadata.bytes() == demo.files[1].metadata)
            }
        }
    }

    @Test("browsers and old installers get HTML with the same files")
    func html() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            for accept in ["text/html", "*/*", ""] {
                let page = await gateway.get("/simple/demo-project/", accept.isEmpty ? [:] : ["Accept": accept])
                #expect(page.headers["Content-Type"] == "text/html; charset=utf-8")
                let text = try page.text()
                #expect(text.contains(demo.path("1.0.0")) && text.contains(demo.path("1.1.0")))
            }
            let versioned = await gateway.get(
                "/simple/demo-project/", ["Accept": "application/vnd.pypi.simple.v1+html"])
            #expect(versioned.headers["Content-Type"] == "application/vnd.pypi.simple.v1+html")
        }
    }

    @Test("other spellings of a project are redirected to the canonical address")
    func redirects() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            for target in ["/simple/Demo_Project/", "/simple/demo-project", "/simple/demo.project/"] {
                let answer = await gateway.get(target)
                #expect(answer.status == 301)
                #expect(answer.headers["Location"] == "http://gateway.test:7677/simple/demo-project/")
            }
            let named = await gateway.get("/~pypi/simple/DEMO-project")
            #expect(named.headers["Location"] == "http://gateway.test:7677/~pypi/simple/demo-project/")
            #expect(gateway.upstream.requests.isEmpty)
        }
    }

    @Test("an index without publish times gets them from its JSON document; without that too, versions count as new")
    func enrichment() async throws {
        let young = Timestamp(secondsSinceEpoch: 1_767_225_600 - 3600)
        let project = PyPIFixture("demo-project").with("1.0.0").with("1.1.0", uploaded: young)
        try await GatewayFixture.with { (gateway) async throws in
            project.publish(on: gateway.upstream, asHTML: true)
            let files = try await files(gateway)
            #expect(files[0]["yanked"] == false)
            let reason = try #require(files[1]["yanked"]?.stringValue)
            #expect(reason.contains("cooldown") && reason.contains("/-/why/"))
            #expect(await gateway.get(project.path("1.1.0")).status == 403)
            #expect(await gateway.get(project.path("1.1.0") + ".metadata").status == 403)
            #expect(await gateway.get(project.path("1.0.0")).status == 200)
        }
        try await GatewayFixture.with { (gateway) async throws in
            project.publish(on: gateway.upstream, asHTML: true)
            gateway.upstream.set(.status(404), at: project.projectDocumentURL)
            #expect(try await files(gateway).allSatisfy { $0["yanked"]?.stringValue != nil })
            #expect(await gateway.get(project.path("1.0.0")).status == 403)
        }
    }

    @Test("times that could not be had are asked for again within seconds, not within maxage")
    func incompleteListing() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream, asHTML: true)
            gateway.upstream.set(.status(503), at: demo.projectDocumentURL)
            #expect(try await files(gateway).allSatisfy { $0["yanked"]?.stringValue != nil })
            demo.publish(on: gateway.upstream, asHTML: true)
            gateway.clock.advance(by: .seconds(10))
            #expect(try await files(gateway).allSatisfy { $0["yanked"] == false })
            #expect(gateway.upstream.count(demo.pageURL) == 1)
        }
    }

    @Test("malicious files lose their metadata; a wholly malicious project is 200, yanked and quarantined")
    func malicious() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            let record = { (versions: [String]) in
                GatewayFixture.Advisory(
                    id: "MAL-2099-0002", ecosystem: .pypi, package: "demo-project", versions: versions)
            }
            try gateway.load([record(["1.1.0"])], of: .pypi)
            let files = try await files(gateway)
            #expect(files[0]["yanked"] == false && files[0]["core-metadata"] != false)
            #expect(files[1]["yanked"]?.stringValue?.contains("known malicious") == true)
            #expect(files[1]["core-metadata"] == false)
            for target in [demo.path("1.1.0"), demo.path("1.1.0") + ".metadata"] {
                let refusal = await gateway.get(target)
                #expect(refusal.status == 403)
                #expect(try refusal.json()["code"]?.stringValue == "BLOCKED_MALICIOUS")
            }
            try gateway.load([record(["1.0.0", "1.1.0"])], of: .pypi)
            let page = await gateway.get("/simple/demo-project/", Self.asJSON)
            #expect(page.status == 200)
            #expect(try page.json()["project-status"]?["status"]?.stringValue == "quarantined")
            #expect(gateway.upstream.count(demo.url("1.1.0")) == 0)
        }
    }

    @Test("metadata that is not what the listing claims is not passed on")
    func tamperedMetadata() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            gateway.upstream.put(Array("Requires-Dist: evil".utf8), at: demo.url("1.0.0") + ".metadata")
            let answer = await gateway.get(demo.path("1.0.0") + ".metadata")
            #expect(answer.status == 502)
            #expect(try !answer.text().contains("evil"))
        }
    }

    @Test("a file is found only under its own digest, and a refused one is refused under every digest")
    func addressDigest() async throws {
        let other = String(repeating: "ab", count: 32)
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            let path = "/~pypi/files/demo-project/\(other)/\(demo.filename("1.0.0"))"
            #expect(await gateway.get(path).status == 404)
            try await gateway.rule(.deny, on: demo.files[0].bytes, "pkg:pypi/demo-project@1.0.0")
            #expect(await gateway.get(demo.path("1.0.0")).status == 403)
        }
    }

    @Test("the project's JSON documents are filtered like its page")
    func projectDocument() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            try gateway.load(
                [.init(id: "MAL-2099-0002", ecosystem: .pypi, package: "demo-project", versions: ["1.1.0"])], of: .pypi)
            let document = try await gateway.get("/pypi/demo-project/json").json()
            let good = document["releases"]?["1.0.0"]?.arrayValue?.first
            #expect(good?["url"]?.stringValue == "http://gateway.test:7677" + demo.path("1.0.0"))
            #expect(good?["yanked"] == false)
            let bad = document["releases"]?["1.1.0"]?.arrayValue?.first
            #expect(bad?["yanked"] == true)
            #expect(bad?["yanked_reason"]?.stringValue?.contains("known malicious") == true)
        }
    }

    @Test("the index lists the upstream's projects by name alone, in both forms", arguments: [false, true])
    func index(asHTML: Bool) async throws {
        try await GatewayFixture.with { (gateway) async throws in
            let url = PyPIFixture.base + "simple/"
            if asHTML {
                let page = #"<a href="https://elsewhere.invalid/a/">Alpha</a><a href="/simple/b_c/">b_c</a>"#
                gateway.upstream.put(Array(page.utf8), at: url, contentType: "text/html")
            } else {
                let page = #"{"meta":{},"projects":[{"name":"Alpha"},{"name":"b_c"}]}"#
                gateway.upstream.put(Array(page.utf8), at: url, contentType: "application/vnd.pypi.simple.v1+json")
            }
            let json = try await gateway.get("/simple/", Self.asJSON).json()
            #expect(json["projects"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == ["alpha", "b-c"])
            let html = try await gateway.get("/simple/", ["Accept": "text/html"]).text()
            #expect(html.contains("<a href=\"alpha/\">alpha</a>") && !html.contains("elsewhere"))
        }
    }

    @Test("uploading to an upstream registry is a clear 405")
    func upload() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            #expect(await gateway.send(.post, "/legacy/").status == 405)
            #expect(await gateway.send(.put, "/simple/demo-project/").status == 405)
        }
    }

    @Test("a file whose bytes are not what the page claims is blocked as tampered")
    func tampered() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            gateway.upstream.put(Array("evil".utf8), at: demo.url("1.0.0"))
            for _ in 0..<2 {
                let refusal = await gateway.get(demo.path("1.0.0"))
                #expect(refusal.status == 403)
                #expect(try refusal.json()["code"]?.stringValue == "BLOCKED_TAMPERED")
            }
        }
    }
}
