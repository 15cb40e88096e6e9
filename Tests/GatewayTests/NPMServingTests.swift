import Compression
import Cryptography
import HTTP
import JSON
import Screening
import TestSupport
import Testing

@testable import Gateway

@Suite("npm: listings, manifests and tarballs")
struct NPMServingTests {
    private let demo = NPMFixture("demo").with("1.0.0").with("1.1.0")

    @Test("a listing points at us, and its tarball is the upstream's bytes")
    func listingAndTarball() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            let listing = await gateway.get("/demo")
            #expect(listing.status == 200)
            let document = try listing.json()
            let url = try #require(document["versions"]?["1.1.0"]?["dist"]?["tarball"]?.stringValue)
            #expect(url == "http://gateway.test:7677/demo/-/demo-1.1.0.tgz")
            let tarball = try await gateway.follow(url)
            #expect(tarball.status == 200)
            #expect(try tarball.bytes() == demo.versions[1].bytes)
            #expect(tarball.headers["X-Jurat-Decision"] == "serve")
        }
    }

    @Test("below a registry's own address, every address in a listing stays below it")
    func namedRegistryIsComplete() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            let document = try await gateway.get("/~npmjs/demo").json()
            let url = try #require(document["versions"]?["1.0.0"]?["dist"]?["tarball"]?.stringValue)
            #expect(url == "http://gateway.test:7677/~npmjs/demo/-/demo-1.0.0.tgz")
            #expect(try await gateway.follow(url).status == 200)
            #expect(await gateway.get("/~nowhere/demo").status == 404)
        }
    }

    @Test(
        "the abbreviated form is for who names it with the greatest weight",
        arguments: [
            ("application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*", true),
            ("application/vnd.npm.install-v1+json", true), ("application/json", false), ("*/*", false), ("", false),
            ("application/vnd.npm.install-v1+json; q=0.5, application/json", false),
            ("application/vnd.npm.install-v1+json;q=0, */*", false), ("text/html", false),
        ])
    func abbreviatedForm(accept: String, isAbbreviated: Bool) async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            let headers: HeaderFields = accept.isEmpty ? [:] : ["Accept": accept]
            let listing = await gateway.get("/demo", headers)
            let expected = isAbbreviated ? "application/vnd.npm.install-v1+json" : "application/json"
            #expect(listing.headers["Content-Type"] == expected)
            #expect(listing.headers["Vary"]?.contains("Accept") == true)
            #expect(try listing.json()["time"]?["1.0.0"] != nil, "both forms carry publish times")
        }
    }

    @Test("a listing is compressed for who takes gzip, with a tag of its own, and 304 answers exactly that tag")
    func compressionAndTags() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            let plain = await gateway.get("/demo")
            let zipped = await gateway.get("/demo", ["Accept-Encoding": "br, gzip"])
            #expect(zipped.headers["Content-Encoding"] == "gzip")
            #expect(try Gzip.decompress(try zipped.bytes(), maxBytes: 1 << 20) == (try plain.bytes()))
            let tags = try (#require(plain.headers["ETag"]), #require(zipped.headers["ETag"]))
            #expect(tags.0 != tags.1)
            #expect(await gateway.get("/demo", ["If-None-Match": tags.0]).status == 304)
            #expect(await gateway.get("/demo", ["If-None-Match": tags.1]).status == 200)
            #expect(await gateway.get("/demo", ["If-None-Match": "W/\(tags.0)"]).status == 304)
        }
    }

    @Test("a manifest is found by every spelling of its version and by tag, with our tarball address")
    func manifests() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            for selector in ["1.1.0", "latest", "1.1.0+build"] {
                let manifest = await gateway.get("/demo/\(selector)")
                #expect(manifest.status == 200, "\(selector)")
                let document = try manifest.json()
                #expect(document["version"]?.stringValue == "1.1.0")
                #expect(
                    document["dist"]?["tarball"]?.stringValue == "http://gateway.test:7677/demo/-/demo-1.1.0.tgz")
            }
            #expect(await gateway.get("/demo/9.9.9").status == 404)
            #expect(await gateway.get("/demo/next").status == 404)
        }
    }

    @Test("a tarball has a tag over its digest, ranges, and no body for a current copy")
    func tarballRanges() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            let whole = await gateway.get(demo.path("1.0.0"))
            let tag = try #require(whole.headers["ETag"])
            #expect(tag == "\"\(demo.sha512("1.0.0").hex)\"")
            #expect(whole.headers["Cache-Control"]?.contains("immutable") == true)
            #expect(await gateway.get(demo.path("1.0.0"), ["If-None-Match": tag]).status == 304)
            let part = await gateway.get(demo.path("1.0.0"), ["Range": "bytes=3-6"])
            #expect(part.status == 206)
            #expect(part.headers["Content-Range"] == "bytes 3-6/\(demo.versions[0].bytes.count)")
            #expect(try part.bytes() == Array(demo.versions[0].bytes[3...6]))
            let stale = await gateway.get(demo.path("1.0.0"), ["Range": "bytes=3-6", "If-Range": "\"other\""])
            #expect(stale.status == 200)
            #expect(await gateway.get(demo.path("1.0.0"), ["Range": "bytes=9999-"]).status == 416)
            #expect(await gateway.send(.head, demo.path("1.0.0")).status == 200)
        }
    }

    @Test("scoped packages work with a plain and an encoded slash")
    func scopes() async throws {
        let scoped = NPMFixture("@team/tool").with("2.0.0")
        try await GatewayFixture.with { (gateway) async throws in
            scoped.publish(on: gateway.upstream)
            for target in ["/@team/tool", "/@team%2ftool", "/@team%2Ftool"] {
                #expect(await gateway.get(target).status == 200, "\(target)")
            }
            #expect(await gateway.get("/@team/tool/-/tool-2.0.0.tgz").status == 200)
            #expect(gateway.upstream.count(scoped.listingURL) == 1)
        }
    }

    @Test("a version that was published a minute ago is found although the cached listing lacks it")
    func freshVersionIsLookedUp() async throws {
        var policy = ScreeningLayer()
        policy.cooldown = .zero
        try await GatewayFixture.with(policy: policy) { (gateway) async throws in
            NPMFixture("demo").with("1.0.0").publish(on: gateway.upstream)
            #expect(await gateway.get("/demo").status == 200)
            gateway.clock.advance(by: .seconds(60))
            demo.publish(on: gateway.upstream)
            #expect(await gateway.get(demo.path("1.1.0")).status == 200)
            #expect(gateway.upstream.count(demo.listingURL) == 2)
            #expect(await gateway.get("/demo/-/demo-9.0.0.tgz").status == 404)
            #expect(gateway.upstream.count(demo.listingURL) == 2, "a listing of this very moment is believed")
        }
    }

    @Test(
        "what only a hosted registry can do is a clear 405 and asks no upstream",
        arguments: [
            ("GET", "/-/whoami"), ("PUT", "/demo"), ("DELETE", "/demo/-rev/1-x"), ("GET", "/-/v1/search?text=x"),
            ("PUT", "/-/user/org.couchdb.user:ana"), ("GET", "/-/package/demo/dist-tags"), ("POST", "/-/v1/login"),
            ("GET", "/-/npm/v1/tokens"), ("GET", "/-/npm/v1/user"), ("POST", "/demo"),
        ])
    func hostedRoutes(method: String, target: String) async throws {
        try await GatewayFixture.with { (gateway) async throws in
            let answer = await gateway.send(try #require(HTTP.Method(rawValue: method)), target)
            #expect(answer.status == 405)
            #expect(try answer.json()["error"]?.stringValue?.contains("hosts no packages itself") == true)
            #expect(answer.headers.contains("Allow"))
            #expect(gateway.upstream.requests.isEmpty)
        }
    }

    @Test("ping, the registry's root and the retired audit routes answer JSON")
    func smallRoutes() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            #expect(try await gateway.get("/-/ping").text() == "{}")
            #expect(try await gateway.get("/~npmjs/").json()["ecosystem"]?.stringValue == "npm")
            let retired = await gateway.send(.post, "/-/npm/v1/security/audits/quick", body: Array("{}".utf8))
            #expect(retired.status == 410)
            #expect(try retired.json()["error"] != nil)
        }
    }

    @Test("signing keys and attestations come from the one upstream, and no client header goes there")
    func relayedDocuments() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            let keys = NPMFixture.base + "-/npm/v1/keys"
            gateway.upstream.put(Array(#"{"keys":[]}"#.utf8), at: keys)
            let headers: HeaderFields = ["Authorization": "Bearer secret", "Cookie": "a=b", "X-Mine": "1"]
            #expect(try await gateway.get("/-/npm/v1/keys", headers).text() == #"{"keys":[]}"#)
            #expect(try await gateway.get("/~npmjs/-/npm/v1/keys", headers).text() == #"{"keys":[]}"#)
            #expect(gateway.upstream.count(keys) == 1)
            for request in gateway.upstream.requests {
                #expect(!request.headers.contains("Authorization") && !request.headers.contains("Cookie"))
                #expect(!request.headers.contains("X-Mine"))
            }
            #expect(await gateway.get("/-/npm/v1/attestations/demo@1.0.0").status == 404)
        }
    }
}
