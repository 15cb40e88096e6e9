import TestSupport
import Testing

@testable import HTTP

/// Requests that must be refused, each with the reason; all are cut at every byte.
private let refused: [(String, RequestRefusal)] = [
    // the request line
    ("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
    ("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
    (" GET / HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
    ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
    ("GET /  HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
    ("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
    ("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
    ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", .malformedRequestLine),
    ("GET /\r\nHost: a\r\n\r\n", .malformedRequestLine),
    ("GET\r\n\r\n", .malformedRequestLine),
    ("GET / http/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
    ("GET / HTTP/1.1x\r\nHost: a\r\n\r\n", .malformedRequestLine),
    ("GET / HTTP/11\r\nHost: a\r\n\r\n", .malformedRequestLine),
    ("GET / HTTP/1.\r\nHost: a\r\n\r\n", .malformedRequestLine),
    ("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
    ("GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", .malformedRequestLine),
    ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", .unsupportedVersion),
    ("GET / HTTP/1.2\r\nHost: a\r\n\r\n", .unsupportedVersion),
    ("GET / HTTP/0.9\r\nHost: a\r\n\r\n", .unsupportedVersion),
    ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .unsupportedVersion),
    ("\u{16}\u{03}\u{01}\u{02}", .malformedRequestLine),
    ("get / HTTP/1.1\r\nHost: a\r\n\r\n", .unknownMethod),
    ("BREW / HTTP/1.1\r\nHost: a\r\n\r\n", .unknownMethod),
    ("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", .unknownMethod),
    ("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", .unknownMethod),
    // the target
    ("GET a HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
    ("GET * HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
    ("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
    ("GET /\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
    ("GET /\u{7f} HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
    ("GET http:// HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
    ("GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
    ("GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
    ("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
    ("OPTIONS ** HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
    // lines and fields
    ("GET / HTTP/1.1\nHost: a\n\n", .bareLineFeed),
    ("GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", .bareLineFeed),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n\n", .bareLineFeed),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: b\rY: c\r\n\r\n", .bareCarriageReturn),
    ("GET / HTTP/1.1\r\nHost: a\r\r\nX: b\r\n\r\n", .bareCarriageReturn),
    ("GET / HTTP/1.1\r\n\rHost: a\r\n\r\n", .bareCarriageReturn),
    ("GET / HTTP/1.1\r\nHost: a\r\n\r\r\n\r\n", .bareCarriageReturn),
    ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", .obsoleteFolding),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n", .obsoleteFolding),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n\tc\r\n\r\n", .obsoleteFolding),
    ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", .malformedFieldName),
    ("GET / HTTP/1.1\r\nHost\t: a\r\n\r\n", .malformedFieldName),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nabcde", .malformedFieldName),
    ("GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", .malformedFieldName),
    ("GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", .malformedFieldName),
    ("GET / HTTP/1.1\r\nHost: a\r\nX(y): b\r\n\r\n", .malformedFieldName),
    ("GET / HTTP/1.1\r\nHost: a\r\n\u{e9}: b\r\n\r\n", .malformedFieldName),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n", .controlCharacter),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: b\u{0b}c\r\n\r\n", .controlCharacter),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: b\u{7f}\r\n\r\n", .controlCharacter),
    // the host
    ("GET / HTTP/1.1\r\n\r\n", .missingHost),
    ("GET / HTTP/1.1\r\nX: b\r\n\r\n", .missingHost),
    ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", .malformedHost),
    ("GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n", .malformedHost),
    ("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", .malformedHost),
    ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .malformedHost),
    ("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", .malformedHost),
    // the body's framing
    (
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        .lengthAndTransferEncoding
    ),
    (
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n",
        .lengthAndTransferEncoding
    ),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nabcde", .repeatedContentLength),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\ncontent-length: 6\r\n\r\nabcde", .repeatedContentLength),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nabcde", .malformedContentLength),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nabcde", .malformedContentLength),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\nabcde", .malformedContentLength),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\nabcde", .malformedContentLength),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5 \u{0c}\r\n\r\nabcde", .controlCharacter),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1 2\r\n\r\nabcde", .malformedContentLength),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", .malformedContentLength),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551621\r\n\r\n", .malformedContentLength),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775807\r\n\r\n", .bodyTooLarge),
    ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", .transferEncodingInOldVersion),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .malformedTransferEncoding),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", .malformedTransferEncoding),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n", .malformedTransferEncoding),
    (
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        .malformedTransferEncoding
    ),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", .unknownTransferEncoding),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n", .unknownTransferEncoding),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", .unknownTransferEncoding),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\u{0b}\r\n\r\n", .controlCharacter),
    ("POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nContent-Length: 1\r\n\r\na", .unknownExpectation),
]

@Suite("Requests that are refused")
struct RefusedRequestTests {
    @Test("a request that two recipients could read differently is refused with its reason", arguments: refused)
    func refusal(_ text: String, _ reason: RequestRefusal) {
        let outcome = ParsedStream.ofEverySplit(Array(text.utf8)) { Issue.record("\($0)") }
        #expect(outcome.refusal == reason)
        #expect(outcome.requests.isEmpty)
    }

    @Test("a refusal of one pipelined request leaves those before it intact")
    func laterRefusal() {
        let text = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost : a\r\n\r\n"
        let outcome = ParsedStream.ofEverySplit(Array(text.utf8)) { Issue.record("\($0)") }
        #expect(outcome.requests.map(\.target) == ["/1"])
        #expect(outcome.requests.map(\.isComplete) == [true])
        #expect(outcome.refusal == .malformedFieldName)
    }

    @Test("nothing after a refusal is read")
    func refusalIsFinal() {
        var parser = RequestParser(limits: ParserLimits())
        let bad = Array("GET / HTTP/3.0\r\n\r\n".utf8)
        let good = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        var position = 0
        _ = parser.next(bad.span, &position)
        position = 0
        guard case .refused(.unsupportedVersion) = parser.next(good.span, &position) else {
            Issue.record("the parser went on after a refusal")
            return
        }
        #expect(position == 0)
    }

    @Test("every refusal has a status that tells the client it is at fault, or 5xx where we lack something")
    func statuses() {
        for refusal in RequestRefusal.allCases {
            #expect([400, 413, 414, 417, 431, 501, 505].contains(refusal.status))
            #expect(refusal.sentence.hasSuffix("."))
        }
    }
}

@Suite("Requests at random")
struct RandomRequestTests {
    @Test("damaged requests are taken or refused alike however they are cut, and never stop the process")
    func mutations() {
        var random = SeededRandom()
        let seeds =
            refused.map { Array($0.0.utf8) } + [
                Array("GET /a?b HTTP/1.1\r\nHost: a\r\nAccept: */*, x;q=0.1\r\nX-Long: 0123456789abcdef\r\n\r\n".utf8),
                Array(
                    "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;a\r\nabc\r\n0\r\nT: u\r\n\r\n"
                        .utf8),
                Array(
                    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8),
            ]
        let spice = Array("\r\n\t :;,\0\u{7f}0aZ".utf8) + [0x80, 0xFF]
        for _ in 0..<3000 {
            var bytes = seeds[.random(in: 0..<seeds.count, using: &random)]
            for _ in 0...Int.random(in: 0...4, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = spice[.random(in: 0..<spice.count, using: &random)]
                case 1: bytes.insert(spice[.random(in: 0..<spice.count, using: &random)], at: place)
                case 2: bytes.remove(at: place)
                default: bytes.swapAt(place, .random(in: 0..<bytes.count, using: &random))
                }
            }
            let whole = ParsedStream(pieces: [bytes[...]])
            let cut = Int.random(in: 0...bytes.count, using: &random)
            #expect(ParsedStream(pieces: [bytes[..<cut], bytes[cut...]]) == whole)
            #expect(ParsedStream(pieces: bytes.indices.map { bytes[$0...$0] }) == whole)
        }
    }
}

@Suite("Limits of a head")
struct HeadLimitTests {
    private func head(ofBytes count: Int) -> [UInt8] {
        let frame = "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n"
        let filler = String(repeating: "x", count: count - frame.utf8.count)
        return Array("GET / HTTP/1.1\r\nHost: a\r\nX: \(filler)\r\n\r\n".utf8)
    }

    @Test("a head of the full size is taken, one byte more is refused")
    func headerBytes() {
        var limits = ParserLimits()
        limits.maxHeaderBytes = 200
        let full = ParsedStream.ofEverySplit(head(ofBytes: 200), limits: limits) { Issue.record("\($0)") }
        #expect(full.refusal == nil && full.requests.count == 1)
        let over = ParsedStream.ofEverySplit(head(ofBytes: 201), limits: limits) { Issue.record("\($0)") }
        #expect(over.refusal == .headersTooLarge)
    }

    @Test("a head without end is refused at the limit, whatever would follow")
    func endlessHead() {
        var limits = ParserLimits()
        limits.maxHeaderBytes = 100
        let fields = Array(("GET / HTTP/1.1\r\n" + String(repeating: "X: y\r\n", count: 40) + "\n").utf8)
        let outcome = ParsedStream.ofEverySplit(fields, limits: limits) { Issue.record("\($0)") }
        #expect(outcome.refusal == .headersTooLarge)
        let line = Array(("GET /" + String(repeating: "y", count: 200)).utf8)
        #expect(ParsedStream.ofEverySplit(line, limits: limits) { Issue.record("\($0)") }.refusal == .targetTooLong)
    }

    @Test("the target and the number of fields have limits of their own")
    func targetAndCount() {
        var limits = ParserLimits()
        limits.maxTargetBytes = 5
        limits.maxHeaders = 2
        #expect(ParsedStream("GET /1234 HTTP/1.1\r\nHost: a\r\n\r\n", limits: limits).refusal == nil)
        #expect(ParsedStream("GET /12345 HTTP/1.1\r\nHost: a\r\n\r\n", limits: limits).refusal == .targetTooLong)
        #expect(ParsedStream("GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n", limits: limits).refusal == nil)
        let three = ParsedStream("GET / HTTP/1.1\r\nHost: a\r\nX: \r\nY: \r\n\r\n", limits: limits)
        #expect(three.refusal == .tooManyHeaders)
    }
}
