@testable import HTTP

/// What a parser made of a connection's bytes.
struct ParsedStream: Equatable, CustomStringConvertible {
    struct Request: Equatable {
        var method: HTTP.Method
        var target: String
        var fields: [String]
        var minorVersion: Int
        var isKeepAlive: Bool
        var expectsContinue: Bool
        var body: [UInt8] = []
        var isComplete = false
    }

    var requests: [Request] = []
    var refusal: RequestRefusal?

    /// Feeds `pieces` one after another to a new parser.
    init(pieces: [ArraySlice<UInt8>], limits: ParserLimits = ParserLimits()) {
        var parser = RequestParser(limits: limits)
        for piece in pieces {
            let bytes = Array(piece)
            var position = 0
            feeding: while true {
                switch parser.next(bytes.span, &position) {
                case .needsMoreBytes:
                    precondition(position == bytes.count, "bytes were left although more were asked for")
                    break feeding
                case .head(let head):
                    requests.append(
                        Request(
                            method: head.method, target: head.target, fields: head.headers.map { "\($0)=\($1)" },
                            minorVersion: head.minorVersion, isKeepAlive: head.isKeepAlive,
                            expectsContinue: head.expectsContinue))
                case .body(let range):
                    precondition(!range.isEmpty, "an empty body event")
                    requests[requests.count - 1].body += bytes[range]
                case .end:
                    requests[requests.count - 1].isComplete = true
                case .refused(let refusal):
                    self.refusal = refusal
                    return
                }
            }
        }
    }

    init(_ text: String, limits: ParserLimits = ParserLimits()) {
        self.init(pieces: [ArraySlice(text.utf8)], limits: limits)
    }

    var description: String {
        requests.map { "\($0)" }.joined(separator: "\n") + (refusal.map { " refused: \($0)" } ?? "")
    }

    /// The outcome, after checking that it is the same for every way to cut `bytes` in two and byte by byte.
    static func ofEverySplit(
        _ bytes: [UInt8], limits: ParserLimits = ParserLimits(), onDifference: (String) -> Void
    ) -> ParsedStream {
        let whole = ParsedStream(pieces: [bytes[...]], limits: limits)
        let single = ParsedStream(pieces: bytes.indices.map { bytes[$0...$0] }, limits: limits)
        if single != whole { onDifference("byte by byte: \(single) instead of \(whole)") }
        for cut in bytes.indices {
            let halves = ParsedStream(pieces: [bytes[..<cut], bytes[cut...]], limits: limits)
            if halves != whole { onDifference("cut at \(cut): \(halves) instead of \(whole)") }
        }
        return whole
    }
}
