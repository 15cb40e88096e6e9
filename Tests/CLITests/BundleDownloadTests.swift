import Advisories
import Platform
import Registry
import TestSupport
import Testing

@testable import CLI
@testable import HTTP

@Suite("Fetching bundles")
struct BundleDownloadTests {
    private let one = SyncFixture.bundle(["1.0.0"])
    private let two = SyncFixture.bundle(["1.0.0", "2.0.0"])

    @Test("a bundle is installed with its validators, and asked for again only when it is another one")
    func conditional() async throws {
        let server = BundleServer(one)
        let fixture = try SyncFixture(server)
        let first = await fixture.run()
        #expect(first.failures.isEmpty && first.report?.recordsKept == 1)
        #expect(try fixture.knows("1.0.0") && !fixture.knows("2.0.0"))
        #expect(
            fixture.state?.place == "https://osv.example/npm/all.zip?***"
                && fixture.state?.bundle?.entityTag == "\"one\"")
        #expect(fixture.incoming.isEmpty)
        fixture.clock.advance(by: .seconds(3600))
        let second = await fixture.run()
        #expect(second.report == nil && second.unchanged.map(\.ecosystem) == [.npm])
        #expect(server.requests.last?.headers["if-none-match"] == "\"one\"")
        #expect(fixture.state?.confirmedAt == fixture.clock.now())
        server.replace(two, tag: "\"two\"")
        #expect(await fixture.run().report?.recordsKept == 2)
        #expect(try fixture.knows("2.0.0"))
    }

    @Test("what is remembered of another place, or of a bundle that is not installed, is not asked by")
    func foreignValidators() async throws {
        let server = BundleServer(one)
        let fixture = try SyncFixture(server)
        _ = await fixture.run()
        _ = await fixture.run([.npm: "https://other.example/all.zip"])
        #expect(server.requests.last?.headers["if-none-match"] == nil)
        // Somebody imported by hand meanwhile.
        let byHand = AdvisoryDirectory(directory: fixture.folder.path)
        _ = try byHand.install([AdvisoryBundle(.npm, bytes: two)], now: fixture.clock.now())
        _ = await fixture.run([.npm: "https://other.example/all.zip"])
        #expect(server.requests.last?.headers["if-none-match"] == nil)
        #expect(server.requests.count == 3)
    }

    @Test("a broken connection is gone on from where it broke, by the same process and by the next")
    func resumption() async throws {
        let server = BundleServer(two)
        let fixture = try SyncFixture(server)
        server.order(.cut(after: 40), .cut(after: 30), .fail(.couldNotResolve(host: "h")))
        #expect(await fixture.run().failures.isEmpty)
        #expect(server.requests.map { $0.headers["range"] } == [nil, "bytes=40-", "bytes=70-", "bytes=70-"])
        #expect(server.requests.dropFirst().allSatisfy { $0.headers["if-range"] == "\"one\"" })
        #expect(try fixture.knows("2.0.0"))

        server.replace(one, tag: "\"three\"")
        server.order(.cut(after: 33), .fail(.tlsFailed(host: "h", reason: "expired")))
        #expect(await fixture.run(allowShrink: true).failures.count == 1)
        #expect(fixture.incoming == ["npm.json", "npm.part"])
        #expect(await fixture.run(allowShrink: true).failures.isEmpty)
        #expect(server.requests.last?.headers["range"] == "bytes=33-")
        #expect(try fixture.incoming.isEmpty && !fixture.knows("2.0.0"))
    }

    @Test("a line that breaks again and again is left to the next look, which goes on from there")
    func endlessBreaks() async throws {
        let server = BundleServer(one)
        let fixture = try SyncFixture(server)
        server.state.withLock { $0.turns = Array(repeating: .cut(after: 5), count: 1000) }
        #expect(await fixture.run().failures.count == 1)
        #expect(server.requests.count == 30 && fixture.incoming == ["npm.json", "npm.part"])
        server.order()
        #expect(await fixture.run().failures.isEmpty)
        #expect(server.requests.last?.headers["range"] == "bytes=150-")
        #expect(try fixture.knows("1.0.0"))
    }

    @Test("a bundle of which two bytes come first is one")
    func shortBeginning() async throws {
        let server = BundleServer(one)
        let fixture = try SyncFixture(server)
        server.order(.cut(after: 2))
        #expect(await fixture.run().failures.isEmpty)
        #expect(server.requests.last?.headers["range"] == "bytes=2-")
    }

    @Test("bytes of a bundle that the server has replaced are thrown away", arguments: [true, false])
    func replaced(byTag: Bool) async throws {
        let server = BundleServer(one, tag: byTag ? "\"one\"" : "W/\"weak\"")
        let fixture = try SyncFixture(server)
        server.order(.cut(after: 50), .fail(.tlsFailed(host: "h", reason: "expired")))
        _ = await fixture.run()
        server.replace(two, tag: "\"two\"")
        #expect(await fixture.run().failures.isEmpty)
        // A weak tag vouches for no bytes, so nothing is gone on from.
        #expect(server.requests.last?.headers["range"] == (byTag ? "bytes=50-" : nil))
        #expect(try fixture.knows("2.0.0"))
    }

    @Test("a whole bundle that an earlier process could not install is not fetched again")
    func complete() async throws {
        let server = BundleServer(one)
        let fixture = try SyncFixture(server)
        server.order(.cut(after: one.count), .fail(.tlsFailed(host: "h", reason: "expired")))
        _ = await fixture.run()
        #expect(await fixture.run().failures.isEmpty)
        #expect(try server.requests.count == 3 && fixture.knows("1.0.0"))
    }

    @Test("a server that does not keep to its ranges is asked for all of it, once", arguments: [0, 1, 2])
    func oddRanges(kind: Int) async throws {
        let server = BundleServer(one)
        let fixture = try SyncFixture(server)
        let odd: [BundleServer.Turn] = [
            .status(206, ["Content-Range": "bytes 3-9/10"]), .status(206, [:]),
            .status(416, ["Content-Range": "bytes */12"]),
        ]
        server.order(.cut(after: 50), odd[kind])
        #expect(await fixture.run().failures.isEmpty)
        #expect(server.requests.map { $0.headers["range"] } == [nil, "bytes=50-", nil])
        server.replace(two, tag: "\"two\"")
        server.order(.cut(after: 50), odd[kind], odd[kind], odd[kind])
        #expect(await fixture.run().failures.count == 1)
    }

    @Test("faults that pass are tried again with growing pauses, and given up after four attempts in a row")
    func retries() async throws {
        let server = BundleServer(one)
        let fixture = try SyncFixture(server)
        server.order(.status(503, [:]), .status(429, ["Retry-After": "7"]), .fail(.timedOut(.stall)))
        #expect(await fixture.run().failures.isEmpty)
        #expect(fixture.pause.all == [.milliseconds(500), .seconds(7), .seconds(2)])
        #expect(fixture.said.all.contains { $0.contains("answered 503") && !$0.contains("secret") })
        server.order(.status(500, [:]), .status(500, [:]), .status(500, [:]), .status(500, [:]))
        let failed = await fixture.run()
        #expect(failed.failures.first?.failure.reason.hasPrefix("answered 500: it cannot serve the bundle now") == true)
        #expect(server.requests.count == 8)
        #expect(fixture.state?.failuresInARow == 1 && fixture.state?.failure?.contains("answered 500") == true)
        #expect(try fixture.knows("1.0.0"))
    }

    @Test("a server that wants to be left alone for long is, and that is remembered")
    func retryAfter() async throws {
        let server = BundleServer(one)
        let fixture = try SyncFixture(server)
        server.order(.status(429, ["Retry-After": "600"]))
        #expect(await fixture.run().failures.count == 1)
        #expect(server.requests.count == 1 && fixture.pause.all.isEmpty)
        #expect(fixture.state?.notBefore == fixture.clock.now().adding(.seconds(600)))
    }

    @Test(
        "what is no bundle is named, at once and for what it is",
        arguments: [
            (BundleServer.Turn.body(Array("<!DOCTYPE html>".utf8), [:]), "a web page"),
            (.body(Array("please log in".utf8), ["Content-Type": "text/html; charset=utf-8"]), "a web page"),
            (.body(Array(" {\"message\":1}".utf8), [:]), "JSON"), (.body([0x1F, 0x8B, 8, 0], [:]), "gzip"),
            (.body([], [:]), "sent nothing"), (.body([1, 2, 3], [:]), "no ZIP"), (.status(404, [:]), "check it"),
            (.status(401, [:]), "who asks"), (.status(302, [:]), "redirect without an address"),
            (.status(304, [:]), "although nothing was said to be known"),
            (.fail(.redirectRefused(reason: "redirects more often than is followed")), "redirects more often"),
        ])
    func faults(turn: BundleServer.Turn, words: String) async throws {
        let server = BundleServer(one)
        let fixture = try SyncFixture(server)
        server.order(turn)
        let outcome = await fixture.run()
        #expect(outcome.failures.first?.failure.reason.contains(words) == true, "\(outcome.failures)")
        #expect(server.requests.count == 1 && fixture.incoming.isEmpty)
        #expect(try fixture.directory.current() == nil)
        #expect(await fixture.run().failures.isEmpty)
    }

    @Test("a bundle over the limit, or without room, is refused with what to do, and leaves nothing behind")
    func limits() async throws {
        let server = BundleServer(one)
        var fixture = try SyncFixture(server)
        fixture.room = 10
        var outcome = await fixture.run()
        #expect(outcome.failures.first?.failure.reason.contains("only 10 bytes are free") == true)
        fixture.room = .max
        server.order(.fail(.tooLarge(maxBytes: 9)))
        outcome = await fixture.run()
        #expect(outcome.failures.first?.failure.reason.contains("advisories.maxBundleSize") == true)
        #expect(fixture.incoming.isEmpty)
        fixture.limits.maxBytes = 20
        _ = await fixture.run()
        #expect(server.requests.last?.maxBodyBytes == 20 && server.requests.last?.retries == 0)
        #expect(server.requests.last?.stallTimeout == .seconds(3))
    }
}
