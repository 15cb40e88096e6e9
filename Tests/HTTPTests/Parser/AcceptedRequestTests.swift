import TestSupport
import Testing

@testable import HTTP

@Suite("Requests that are taken")
struct AcceptedRequestTests {
    private func parse(_ text: String) -> ParsedStream {
        ParsedStream.ofEverySplit(Array(text.utf8)) { Issue.record("\($0)") }
    }

    @Test("a request without body is its line and its fields, in order, trimmed")
    func plain() throws {
        let outcome = parse("GET /a%2fb?x=1&y=?z HTTP/1.1\r\nhOsT: a:80\r\nX:\t b \t\r\nx:\r\nY: a\tb \u{e9}\r\n\r\n")
        let request = try #require(outcome.requests.first)
        #expect(outcome.requests.count == 1 && outcome.refusal == nil)
        #expect(request.method == .get && request.target == "/a%2fb?x=1&y=?z" && request.minorVersion == 1)
        #expect(request.fields == ["hOsT=a:80", "X=b", "x=", "Y=a\tb \u{e9}"])
        #expect(request.isComplete && request.body.isEmpty && request.isKeepAlive)
    }

    @Test("path and query are cut at the first question mark and not decoded")
    func pathAndQuery() {
        let head = RequestHead(method: .get, target: "/a%3Fb?c?d")
        #expect(head.path == "/a%3Fb" && head.query == "c?d" && Array(head.pathBytes) == Array("/a%3Fb".utf8))
        #expect(RequestHead(method: .get, target: "/").query == nil)
        #expect(RequestHead(method: .get, target: "/?").query == "")
    }

    @Test(
        "a target in absolute form loses scheme and authority",
        arguments: [
            ("http://a/b?c", "/b?c"), ("HTTPS://a:1/", "/"), ("http://a", "/"), ("http://a?q", "/?q"),
            ("http://[::1]:80/x", "/x"),
        ])
    func absoluteForm(_ target: String, _ expected: String) {
        let outcome = parse("GET \(target) HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n")
        #expect(outcome.requests.map(\.target) == [expected])
        #expect(outcome.requests.map(\.fields) == [["Host=a", "X=y"]])
    }

    @Test("an asterisk is the target of OPTIONS")
    func asteriskForm() {
        #expect(parse("OPTIONS * HTTP/1.1\r\nHost:\r\n\r\n").requests.map(\.target) == ["*"])
    }

    @Test(
        "the connection goes on unless version or option end it",
        arguments: [
            ("HTTP/1.1", "", true), ("HTTP/1.1", "close", false), ("HTTP/1.1", "x , CLOSE", false),
            ("HTTP/1.1", "closed", true), ("HTTP/1.0", "", false), ("HTTP/1.0", "Keep-Alive", true),
            ("HTTP/1.0", "keep-alive, close", false),
        ])
    func keepAlive(_ version: String, _ option: String, _ expected: Bool) {
        let outcome = parse("GET / \(version)\r\nHost: a\r\nConnection: \(option)\r\n\r\n")
        #expect(outcome.requests.map(\.isKeepAlive) == [expected])
    }

    @Test("a declared length delimits the body, and the next request begins behind it")
    func lengths() {
        let outcome = parse(
            "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 005\r\n\r\nabcdeGET /2 HTTP/1.1\r\nHost: a\r\n\r\n"
                + "PUT /3 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
        #expect(outcome.requests.map(\.target) == ["/1", "/2", "/3"])
        #expect(outcome.requests.map { String(decoding: $0.body, as: UTF8.self) } == ["abcde", "", ""])
        #expect(outcome.requests.allSatisfy(\.isComplete) && outcome.refusal == nil)
    }

    @Test("a body that is cut off is not complete")
    func cutOff() {
        #expect(
            parse("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcd").requests.map(\.isComplete) == [false])
    }

    @Test("100-continue counts only with a body and from version 1.1 on")
    func expectations() {
        let fields = "Host: a\r\nExpect: 100-Continue\r\n"
        #expect(parse("PUT / HTTP/1.1\r\n\(fields)Content-Length: 1\r\n\r\n").requests.map(\.expectsContinue) == [true])
        #expect(parse("PUT / HTTP/1.1\r\n\(fields)\r\n").requests.map(\.expectsContinue) == [false])
        #expect(
            parse("PUT / HTTP/1.0\r\n\(fields)Content-Length: 1\r\n\r\n").requests.map(\.expectsContinue) == [false])
    }

    @Test("random splits of a long pipeline change nothing")
    func randomSplits() {
        var random = SeededRandom()
        var text = ""
        for index in 0..<40 {
            switch Int.random(in: 0..<3, using: &random) {
            case 0: text += "GET /\(index) HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "v", count: index))\r\n\r\n"
            case 1:
                text +=
                    "POST /\(index) HTTP/1.1\r\nHost: a\r\nContent-Length: \(index)\r\n\r\n"
                    + String(repeating: "b", count: index)
            default:
                text +=
                    "PUT /\(index) HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
                    + "3;a=b\r\nabc\r\n\(String(index + 1, radix: 16))\r\n\(String(repeating: "c", count: index + 1))\r\n"
                    + "0\r\nT: u\r\n\r\n"
            }
        }
        let bytes = Array(text.utf8)
        let whole = ParsedStream(pieces: [bytes[...]])
        #expect(whole.requests.count == 40 && whole.refusal == nil && whole.requests.allSatisfy(\.isComplete))
        for _ in 0..<50 {
            var cuts = [0, bytes.count]
            for _ in 0..<Int.random(in: 1...60, using: &random) {
                cuts.append(.random(in: 0...bytes.count, using: &random))
            }
            cuts.sort()
            let pieces = zip(cuts, cuts.dropFirst()).map { bytes[$0..<$1] }
            #expect(ParsedStream(pieces: pieces) == whole)
        }
    }
}

@Suite("Chunked bodies")
struct ChunkedBodyTests {
    private let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

    private func parse(_ body: String, _ limits: ParserLimits = ParserLimits()) -> ParsedStream {
        ParsedStream.ofEverySplit(Array((head + body).utf8), limits: limits) { Issue.record("\($0)") }
    }

    @Test(
        "chunks are joined, extensions and trailers dropped",
        arguments: [
            ("0\r\n\r\n", ""), ("3\r\nabc\r\n0\r\n\r\n", "abc"), ("3\r\nabc\r\n2\r\nde\r\n000\r\n\r\n", "abcde"),
            ("A\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
            ("a;x=\"y z\";q\r\n0123456789\r\n0;end\r\n\r\n", "0123456789"),
            ("1\r\n\n\r\n0\r\nT: u\r\nV:\r\n\r\n", "\n"), ("0000000000000001\r\na\r\n0\r\n\r\n", "a"),
            ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
        ])
    func accepted(_ body: String, _ expected: String) {
        let outcome = parse(body)
        #expect(outcome.requests.map { String(decoding: $0.body, as: UTF8.self) } == [expected])
        #expect(outcome.requests.map(\.isComplete) == [true] && outcome.refusal == nil)
    }

    @Test(
        "a malformed chunk ends the connection",
        arguments: [
            "\r\n", "g\r\n", "-1\r\n", "+1\r\na\r\n", "0x1\r\na\r\n", " 1\r\na\r\n", "1 \r\na\r\n", "1\t;a\r\na\r\n",
            ";a\r\n\r\n", "1\na\r\n", "1\r\na\n", "1\r\nab\r\n", "1\r\na0\r\n\r\n", "1\r\ra", "1;a\nb\r\na\r\n",
            "1;a\rb\r\na\r\n", "1;\0\r\na\r\n", "1;\u{e9}\r\na\r\n", "00000000000000001\r\na\r\n",
        ])
    func malformed(_ body: String) {
        #expect(parse(body).refusal == .malformedChunk)
    }

    @Test(
        "malformed trailers end the connection",
        arguments: [
            "0\r\nT : u\r\n\r\n", "0\r\n T: u\r\n\r\n", "0\r\nT: u\n\r\n", "0\r\nT\r\n\r\n", "0\r\nT: a\r\n b\r\n\r\n",
            "0\r\nT: \0\r\n\r\n", "0\r\n\n", "0\r\nT: a\rb\r\n\r\n",
        ])
    func malformedTrailers(_ body: String) {
        let outcome = parse(body)
        #expect(outcome.refusal == .malformedTrailer)
        #expect(outcome.requests.map(\.isComplete) == [false])
    }

    @Test("sizes that overflow or pass the limit are refused before their bytes")
    func sizes() {
        var limits = ParserLimits()
        limits.maxBodyBytes = 10
        #expect(parse("a\r\n0123456789\r\n0\r\n\r\n", limits).refusal == nil)
        #expect(parse("b\r\n", limits).refusal == .bodyTooLarge)
        #expect(parse("5\r\n01234\r\n6\r\n", limits).refusal == .bodyTooLarge)
        #expect(parse("FFFFFFFFFFFFFFFF\r\n").refusal == .bodyTooLarge)
        #expect(parse("7FFFFFFFFFFFFFFF\r\n").refusal == .bodyTooLarge)
    }

    @Test("extensions and trailers have limits over the whole body")
    func overhead() {
        var limits = ParserLimits()
        limits.maxChunkExtensionBytes = 6
        limits.maxTrailerBytes = 10
        #expect(parse("1;abc\r\na\r\n1;abc\r\nb\r\n0\r\n\r\n", limits).refusal == nil)
        #expect(parse("1;abc\r\na\r\n1;abcd\r\nb\r\n0\r\n\r\n", limits).refusal == .chunkExtensionsTooLarge)
        #expect(parse("0\r\nT: abcd\r\n\r\n", limits).refusal == .trailersTooLarge)
        #expect(parse("0\r\nT: abc\r\n\r\n", limits).refusal == nil)
    }

    @Test("what follows the last chunk is the next request")
    func pipelining() {
        let outcome = parse("1\r\na\r\n0\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(outcome.requests.map(\.target) == ["/", "/next"])
    }
}
