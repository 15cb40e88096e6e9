/// Gathers the header lines of a response, passing over interim responses.
struct HeadCollector {
    enum Outcome {
        case more
        case head(UpstreamHead)
        case refused(String)
    }

    private let maxBytes = 256 * 1024
    private var receivedBytes = 0
    private var status = 0
    private var headers = HeaderFields()

    /// Takes one line with its end.
    mutating func take(_ line: UnsafeRawBufferPointer) -> Outcome {
        receivedBytes += line.count
        if receivedBytes > maxBytes { return .refused("the header fields are larger than \(maxBytes) bytes") }
        var text = unsafe Array(line)
        while let last = text.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { text.removeLast() }
        if text.isEmpty {
            // An interim response (100, 103) is followed by another head.
            guard status >= 200 else { return .more }
            return .head(UpstreamHead(status: status, headers: headers))
        }
        if text.starts(with: "HTTP/".utf8) {
            guard let status = HeadCollector.status(of: text) else { return .refused("the status line has no status") }
            self.status = status
            headers = HeaderFields()
            return .more
        }
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), !isBlank(text[0]) else {
            // Folded lines and lines without a colon say nothing that can be relied on.
            return .more
        }
        headers.append(
            String(decoding: text[..<colon], as: UTF8.self),
            String(decoding: trimmed(text[(colon + 1)...]), as: UTF8.self))
        return .more
    }

    /// The three digits behind the version.
    private static func status(of line: [UInt8]) -> Int? {
        guard let space = line.firstIndex(of: UInt8(ascii: " ")) else { return nil }
        let digits = line[(space + 1)...].prefix { $0 != UInt8(ascii: " ") }
        guard digits.count == 3, let status = Int(String(decoding: digits, as: UTF8.self)), (100...599).contains(status)
        else { return nil }
        return status
    }

    private func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = bytes.drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return rest
    }
}
