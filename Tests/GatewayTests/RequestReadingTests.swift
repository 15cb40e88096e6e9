import HTTP
import Testing

@testable import Gateway

@Suite("What requests ask for: negotiation, conditions, ranges, origin")
struct RequestReadingTests {
    @Test(
        "the offer with the greatest weight wins, the preferred one among equals",
        arguments: [
            ([], "a/x"), (["*/*"], "a/x"), (["a/y"], "a/y"), (["a/x;q=0.1, a/y"], "a/y"),
            (["a/*;q=0.5, a/y;q=0.4"], "a/x"),
            (["A/Y ; Q=1"], "a/y"), (["a/x;q=0", "a/y;q=0.001"], "a/y"), (["a/x;q=nonsense, a/y;q=0.1"], "a/y"),
            (["a/y;level=1;q=0.9, */*;q=0.8"], "a/y"), ([",,a/y,,"], "a/y"),
        ] as [([String], String)])
    func mediaTypes(accept: [String], best: String) {
        #expect(Negotiation.bestMediaType(of: ["a/x", "a/y"], accept: accept) == best)
    }

    @Test("nothing acceptable is nil", arguments: ["b/z", "a/x;q=0, a/y;q=0", "*/*;q=0"])
    func nothingAcceptable(accept: String) {
        #expect(Negotiation.bestMediaType(of: ["a/x", "a/y"], accept: [accept]) == nil)
    }

    @Test(
        "gzip is used only for who says so",
        arguments: [
            (["gzip"], true), (["gzip;q=0"], false), ([], false), (["*"], true), (["*, gzip;q=0"], false),
            (["identity"], false), (["br, x-gzip;q=0.1"], true), (["*;q=0"], false),
        ] as [([String], Bool)])
    func encodings(values: [String], isAccepted: Bool) {
        #expect(Negotiation.acceptsGzip(values) == isAccepted)
    }

    @Test(
        "ranges of a file of ten bytes",
        arguments: [
            ("bytes=0-0", ByteRange.part(offset: 0, count: 1)), ("bytes=2-", .part(offset: 2, count: 8)),
            ("bytes=-3", .part(offset: 7, count: 3)), ("bytes=-30", .part(offset: 0, count: 10)),
            ("bytes=5-99999999999999999999", .part(offset: 5, count: 5)), ("bytes=10-", .unsatisfiable),
            ("bytes=99999999999999999999-", .unsatisfiable), ("bytes=-0", .unsatisfiable), ("bytes=5-4", .whole),
            ("bytes=0-1,3-4", .whole), ("bytes=a-b", .whole), ("bytes=", .whole), ("bytes=-", .whole),
            ("bytes=+1-2", .whole), ("lines=1-2", .whole), ("bytes=1-2-3", .whole),
        ])
    func ranges(text: String, expected: ByteRange) {
        #expect(ByteRange(["Range": text], size: 10, tag: "\"t\"") == expected)
    }

    @Test("a range is for the copy that the client has")
    func conditionalRanges() {
        let headers: HeaderFields = ["Range": "bytes=0-0", "If-Range": "\"t\""]
        #expect(ByteRange(headers, size: 10, tag: "\"t\"") == .part(offset: 0, count: 1))
        #expect(ByteRange(headers, size: 10, tag: "\"u\"") == .whole)
        #expect(ByteRange(["Range": "bytes=0-"], size: 0, tag: "\"t\"") == .unsatisfiable)
    }

    @Test(
        "If-None-Match names our tag among others, weakly or with a star",
        arguments: [
            (["\"t\""], true), (["W/\"t\""], true), (["\"a\", \"t\""], true), (["\"a\"", "\"t\""], true), (["*"], true),
            (["t"], false), (["\"T\""], false), (["\"t"], false), ([], false), ([""], false), (["  \"t\"\t"], true),
        ] as [([String], Bool)])
    func conditions(values: [String], isMatch: Bool) {
        var headers: HeaderFields = [:]
        for value in values { headers.append("If-None-Match", value) }
        #expect(EntityTag.isNoneMatch(headers, "\"t\"") == isMatch)
    }

    @Test("address blocks contain their addresses, of either family and in either spelling")
    func addressBlocks() throws {
        let block = try #require(AddressRange(parsing: "10.1.0.0/15"))
        #expect(block.contains("10.1.255.255") && block.contains("10.0.0.1") && block.contains("::ffff:10.1.2.3"))
        #expect(!block.contains("10.2.0.0") && !block.contains("::1") && !block.contains("unix"))
        let six = try #require(AddressRange(parsing: "fd00::/8"))
        #expect(six.contains("fdff::1") && !six.contains("fe80::1"))
        #expect(try #require(AddressRange(parsing: "0.0.0.0/0")).contains("203.0.113.9"))
        for text in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/-1", "10.0.0.0/+1", "host", "10.0.0.1/"] {
            #expect(AddressRange(parsing: text) == nil, "\(text)")
        }
    }

    private func origin(_ headers: HeaderFields, from address: String = "127.0.0.1") throws -> RequestOrigin {
        RequestOrigin(
            ServerRequest(head: RequestHead(method: .get, target: "/", headers: headers), remoteAddress: address),
            publicBase: "http://configured:7677", trustedProxies: [try #require(AddressRange(parsing: "127.0.0.1"))])
    }

    @Test("a listed proxy says by which address and from whom a request came; nobody else does, nor Host")
    func forwarding() throws {
        let headers: HeaderFields = [
            "Host": "evil.test", "X-Forwarded-Host": "npm.team.test:8443", "X-Forwarded-Proto": "https",
            "X-Forwarded-Prefix": "/packages/", "X-Forwarded-For": "198.51.100.7, 203.0.113.9, 127.0.0.1",
        ]
        let trusted = try origin(headers)
        #expect(trusted.publicBase == "https://npm.team.test:8443/packages")
        #expect(trusted.clientAddress == "203.0.113.9")
        let stranger = try origin(headers, from: "203.0.113.50")
        #expect(stranger == (try origin([:], from: "203.0.113.50")))
        #expect(stranger.publicBase == "http://configured:7677")
        #expect(stranger.clientAddress == "203.0.113.50")
    }

    @Test(
        "what a proxy forwards is still checked",
        arguments: ["a b", "a/b", "a\"b", "", "a<b>", "user@host", "a\\b", "a?b"])
    func forwardedHosts(host: String) throws {
        #expect(try origin(["X-Forwarded-Host": host]).publicBase == "http://configured:7677")
        let prefix: HeaderFields = ["X-Forwarded-Host": "a.test", "X-Forwarded-Prefix": "/x/../\(host)"]
        #expect(try origin(prefix).publicBase == "http://configured:7677")
        let scheme: HeaderFields = ["X-Forwarded-Host": "a.test", "X-Forwarded-Proto": "javascript"]
        #expect(try origin(scheme).publicBase == "http://configured:7677")
    }
}
