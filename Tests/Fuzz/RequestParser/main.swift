/// Feeds bytes that libFuzzer makes up to the request parser, whole, cut in two and one by one.
///
///     scripts/fuzz 60 RequestParser
import FuzzSupport

@testable import HTTP

/// What the parser makes of some pieces, as text.
private func understand(_ pieces: [ArraySlice<UInt8>]) -> String {
    // Small limits, so that a fuzzer's small inputs reach them.
    var parser = RequestParser(
        limits: ParserLimits(
            maxHeaderBytes: 600, maxTargetBytes: 100, maxHeaders: 8, maxBodyBytes: 1000, maxChunkExtensionBytes: 20,
            maxTrailerBytes: 60))
    var seen = ""
    for piece in pieces {
        let bytes = Array(piece)
        var position = 0
        feeding: while true {
            switch parser.next(bytes.span, &position) {
            case .needsMoreBytes:
                precondition(position == bytes.count, "bytes were left although more were asked for")
                break feeding
            case .head(let head):
                seen += "\n\(head.method) \(head.target) \(head.headers) \(head.isKeepAlive) \(head.framing):"
            case .body(let range):
                precondition(!range.isEmpty, "an empty body event")
                seen += bytes[range].map { String($0) + "," }.joined()
            case .end: seen += "end"
            case .refused(let refusal): return seen + "\n\(refusal)"
            }
        }
    }
    return seen
}

FuzzEntry.run { bytes in
    guard let last = bytes.last else { return }
    let whole = understand([bytes[...]])
    let cut = Int(last) % (bytes.count + 1)
    precondition(understand([bytes[..<cut], bytes[cut...]]) == whole, "a cut at \(cut) makes a difference")
    precondition(understand(bytes.indices.map { bytes[$0...$0] }) == whole, "single bytes make a difference")
}
