import HTTP
import JSON
import Platform
import Registry
import Screening
import TestSupport
import Testing

@testable import Gateway

@Suite("Upstream listings: revalidation, outages, limits")
struct ListingCacheTests {
    private let demo = NPMFixture("demo").with("1.0.0")
    private static let down = UpstreamError.couldNotConnect(host: "npm.example.invalid", reason: "refused")

    @Test("a listing is asked for once within maxage, then conditionally, and an unchanged one is not made anew")
    func revalidation() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            let tag = try #require(await gateway.get("/demo").headers["ETag"])
            gateway.clock.advance(by: .seconds(299))
            #expect(await gateway.get("/demo").status == 200)
            #expect(gateway.upstream.count(demo.listingURL) == 1)
            gateway.clock.advance(by: .seconds(1))
            let again = await gateway.get("/demo")
            #expect(again.headers["ETag"] == tag)
            #expect(again.headers["Warning"] == nil)
            #expect(gateway.upstream.count(demo.listingURL) == 2)
            #expect(gateway.upstream.requests.last?.headers.contains("If-None-Match") == true)
        }
    }

    @Test("many requests for one listing cause one load and one rendering")
    func singleFlight() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            gateway.upstream.hold()
            let tags = await withTaskGroup(of: String?.self) { group in
                for _ in 0..<30 { group.addTask { await gateway.get("/demo").headers["ETag"] } }
                await eventually { gateway.upstream.heldCount == 1 }
                gateway.upstream.release()
                return await group.reduce(into: Set<String?>()) { $0.insert($1) }
            }
            #expect(tags.count == 1 && tags.first != .some(nil))
            #expect(gateway.upstream.count(demo.listingURL) == 1)
        }
    }

    @Test("while the source is down an older copy is served, marked; artifacts that are here are served too")
    func staleIfError() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
            gateway.clock.advance(by: .seconds(600))
            gateway.upstream.fail(with: Self.down)
            let stale = await gateway.get("/demo")
            #expect(stale.status == 200)
            #expect(stale.headers["Warning"]?.hasPrefix("110 ") == true)
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
            gateway.upstream.fail(with: nil)
            gateway.clock.advance(by: .seconds(61))
            #expect(await gateway.get("/demo").headers["Warning"] == nil)
        }
    }

    @Test(
        "without a copy an outage is a 5xx with the reason, never 404",
        arguments: [
            (UpstreamError.couldNotConnect(host: "h", reason: "refused"), 502), (.timedOut(.total), 504),
            (.couldNotResolve(host: "h"), 502), (.tooLarge(maxBytes: 10), 502),
            (.redirectRefused(reason: "private address"), 502), (.tlsFailed(host: "h", reason: "expired"), 502),
        ])
    func outageWithoutCopy(error: UpstreamError, status: Int) async throws {
        try await GatewayFixture.with { (gateway) async throws in
            gateway.upstream.fail(with: error)
            for target in ["/demo", demo.path("1.0.0"), "/simple/demo/"] {
                let answer = await gateway.get(target)
                #expect(answer.status == status, "\(target)")
                #expect(try answer.json()["error"]?.stringValue?.contains("source of") == true)
            }
        }
    }

    @Test("statuses of the source are outages too, but for its own 404", arguments: [500, 502, 503, 429, 401, 403])
    func upstreamStatuses(status: Int) async throws {
        try await GatewayFixture.with { (gateway) async throws in
            gateway.upstream.set(.status(status), at: demo.listingURL)
            #expect(await gateway.get("/demo").status == 502)
            #expect(await gateway.get("/missing").status == 404)
        }
    }

    @Test("a source that failed twice is left alone, then probed once, then used again")
    func circuitBreaker() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            gateway.upstream.fail(with: Self.down)
            for _ in 0..<5 { #expect(await gateway.get("/demo").status == 502) }
            #expect(gateway.upstream.requests.count == 2)
            let resting = await gateway.get("/demo")
            #expect(resting.headers["Retry-After"] != nil)
            gateway.clock.advance(by: .seconds(60))
            #expect(await gateway.get("/demo").status == 502)
            #expect(await gateway.get("/other").status == 502)
            #expect(gateway.upstream.requests.count == 3, "one probe")
            gateway.upstream.fail(with: nil)
            gateway.clock.advance(by: .seconds(60))
            #expect(await gateway.get("/demo").status == 200)
            #expect(await gateway.get("/other").status == 404)
        }
    }

    @Test("what the source says is gone is gone, and an outage does not bring it back")
    func goneIsGone() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
            gateway.upstream.set(.status(404), at: demo.listingURL)
            gateway.clock.advance(by: .seconds(600))
            #expect(await gateway.get("/demo").status == 404)
            gateway.upstream.fail(with: Self.down)
            #expect(await gateway.get("/demo").status == 502)
            #expect(await gateway.get(demo.path("1.0.0")).status == 502)
        }
    }

    @Test("documents survive a restart: they are confirmed, not fetched again, and serve through an outage")
    func documentsOnDisk() async throws {
        let directory = try TemporaryDirectory()
        let pool = BlockingPool(name: "test", threads: 1)
        let store = DocumentStore(directory: directory.path, maxDocumentBytes: 1 << 20, pool: pool, logger: .silent)
        let key = DocumentKey(source: try GatewayFixture.registry("npmjs"), url: demo.listingURL, accept: "x")
        let document = UpstreamDocument(
            bytes: demo.packument, mediaType: "application/json", finalURL: demo.listingURL, entityTag: "\"1\"",
            lastModified: nil, validatedAt: Timestamp(secondsSinceEpoch: 1000))
        #expect(await store.load(key) == nil)
        await store.save(document, for: key)
        let loaded = try #require(await store.load(key))
        #expect(loaded.bytes == document.bytes && loaded.digest == document.digest)
        #expect(loaded.entityTag == "\"1\"" && loaded.validatedAt == document.validatedAt)
        let other = DocumentKey(source: key.source, url: key.url, accept: "y")
        #expect(await store.load(other) == nil, "one address has several representations")
        await store.remove(key)
        #expect(await store.load(key) == nil)
        await store.save(document, for: key)
        #expect(await store.prune(before: Timestamp(secondsSinceEpoch: 1000)) == 0)
        #expect(await store.prune(before: .latest) == 1)
        #expect(await store.load(key) == nil)
    }

    @Test("after a restart everything is there: one conditional request, then an outage goes unnoticed")
    func restart() async throws {
        let (directory, keys) = (try TemporaryDirectory(), GatewayFixture.Keys())
        try await GatewayFixture.with(directory: directory, keys: keys) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
            let folder = gateway.directory.path("cache/metadata/npmjs")
            try await eventually { try Files.exists(folder) && Files.list(folder).count == 1 }
        }
        try await GatewayFixture.with(directory: directory, keys: keys, judge: nil) { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            gateway.clock.advance(by: .seconds(600))
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
            #expect(gateway.upstream.requests.map(\.url) == [demo.listingURL])
            #expect(gateway.upstream.requests.first?.headers.contains("If-None-Match") == true)
            gateway.upstream.fail(with: Self.down)
            gateway.clock.advance(by: .seconds(600))
            #expect(await gateway.get("/demo").headers["Warning"] != nil)
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
        }
    }

    @Test("a cached file that was cut off or altered anywhere counts as absent")
    func damagedFiles() throws {
        let key = DocumentKey(source: try GatewayFixture.registry("npmjs"), url: "https://a/b", accept: "x")
        let document = UpstreamDocument(
            bytes: Array("{\"a\":1}\n{}".utf8), mediaType: "application/json", finalURL: "https://a/b",
            entityTag: nil, lastModified: "yesterday", validatedAt: Timestamp(secondsSinceEpoch: 5))
        let file = document.fileBytes(key: key)
        #expect(UpstreamDocument(fileBytes: file, key: key)?.bytes == document.bytes)
        for length in 0..<file.count {
            #expect(UpstreamDocument(fileBytes: Array(file[..<length]), key: key) == nil, "cut at \(length)")
        }
        let bodyStart = file.count - document.bytes.count
        for position in bodyStart..<file.count {
            var damaged = file
            damaged[position] ^= 1
            #expect(UpstreamDocument(fileBytes: damaged, key: key) == nil, "altered at \(position)")
        }
    }

    @Test("a document that two readers could understand differently is refused whole")
    func ambiguousListing() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            let twice = #"{"name":"demo","versions":{},"versions":{"1.0.0":{}}}"#
            gateway.upstream.put(Array(twice.utf8), at: demo.listingURL)
            let answer = await gateway.get("/demo")
            #expect(answer.status == 502)
        }
    }

    @Test("more different packages at once than the limit are 429, not a growing queue")
    func flightLimit() async throws {
        var limits = GatewayConfiguration.Limits()
        limits.listingFlights = 2
        try await GatewayFixture.with(limits: limits) { (gateway) async throws in
            gateway.upstream.hold()
            await withTaskGroup(of: Void.self) { group in
                for name in ["one", "two"] { group.addTask { _ = await gateway.get("/\(name)") } }
                await eventually { gateway.upstream.heldCount == 2 }
                let refused = await gateway.get("/three")
                #expect(refused.status == 429)
                #expect(refused.headers["Retry-After"] != nil)
                gateway.upstream.release()
            }
        }
    }

    @Test("an artifact whose source is down is a 5xx when it is not here, whatever the listing says")
    func artifactOutage() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            #expect(await gateway.get("/demo").status == 200)
            gateway.upstream.fail(with: Self.down)
            #expect(await gateway.get(demo.path("1.0.0")).status == 502)
            gateway.upstream.fail(with: nil)
            gateway.upstream.set(.status(404), at: demo.tarballURL("1.0.0"))
            #expect(await gateway.get(demo.path("1.0.0")).status == 404)
            gateway.upstream.set(.failure(.tooLarge(maxBytes: 1)), at: demo.tarballURL("1.0.0"))
            #expect(await gateway.get(demo.path("1.0.0")).status == 502)
        }
    }

    @Test("the tarball's address passes the guard of its source, and redirects are the client's to judge")
    func addressGuard() async throws {
        try await GatewayFixture.with { (gateway) async throws in
            demo.publish(on: gateway.upstream)
            #expect(await gateway.get(demo.path("1.0.0")).status == 200)
            let fetch = try #require(gateway.upstream.requests.first { $0.url == demo.tarballURL("1.0.0") })
            #expect(fetch.trustedOrigin == NPMFixture.base)
            #expect(fetch.maxBodyBytes == 512 << 20)
            let listing = try #require(gateway.upstream.requests.first)
            #expect(listing.trustedOrigin == nil && listing.maxBodyBytes == 64 << 20)
        }
    }
}
