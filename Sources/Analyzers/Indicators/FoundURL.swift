/// A URL, or what looks like the host and path of one, around a place in a text.
struct FoundURL {
    /// Indices of the text.
    let host: Range<Int>
    /// What follows the host and port, up to the end of the URL; empty or beginning with `/`, `?` or `#`.
    let path: Range<Int>
    /// Whether `scheme://` or `//` stands before it.
    let hasScheme: Bool
    let port: Int?
    /// Where the whole begins: at the scheme when there is one.
    let start: Int
    private let text: ArraySlice<UInt8>

    /// The URL whose host, or beginning of host and path, includes the byte at `place`.
    init?(in text: ArraySlice<UInt8>, around place: Int) {
        guard text.indices.contains(place) else { return nil }
        self.text = text
        var hostStart = place
        while hostStart > text.startIndex, isHostByte(text[hostStart - 1]), place - hostStart < 255 { hostStart -= 1 }
        var end = place
        while end < text.endIndex, isHostByte(text[end]), end - hostStart < 255 { end += 1 }
        guard end > hostStart else { return nil }
        host = hostStart..<end
        (port, end) = Self.port(text, after: end)
        let pathStart = end
        if end < text.endIndex, Array("/?#".utf8).contains(text[end]) {
            while end < text.endIndex, isURLByte(text[end]), end - pathStart < 4096 { end += 1 }
        }
        path = pathStart..<end
        // Names and passwords may stand between the scheme and the host.
        var schemeEnd = hostStart
        if schemeEnd > text.startIndex, text[schemeEnd - 1] == UInt8(ascii: "@") {
            schemeEnd -= 1
            while schemeEnd > text.startIndex, isUserByte(text[schemeEnd - 1]), hostStart - schemeEnd < 200 {
                schemeEnd -= 1
            }
        }
        let before = text[..<schemeEnd]
        hasScheme = before.hasSuffix("//")
        var begin = hasScheme ? schemeEnd - 2 : schemeEnd
        if hasScheme, begin > text.startIndex, text[begin - 1] == UInt8(ascii: ":") {
            begin -= 1
            while begin > text.startIndex, isSchemeByte(text[begin - 1]), schemeEnd - begin < 20 { begin -= 1 }
        }
        start = begin
    }

    private static func port(_ text: ArraySlice<UInt8>, after end: Int) -> (Int?, Int) {
        guard end < text.endIndex, text[end] == UInt8(ascii: ":") else { return (nil, end) }
        let digits = text[(end + 1)...].prefix(6).prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty, digits.count < 6 else { return (nil, end) }
        return (digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }, digits.endIndex)
    }

    var hostBytes: ArraySlice<UInt8> { text[host] }
    var pathBytes: ArraySlice<UInt8> { text[path] }

    /// Whether the host is `domain` or lies below it; letters in any case.
    func isHost(at domain: String) -> Bool { hostDepth(below: domain) != nil }

    /// How many labels the host has before `domain`; nil when it does not end in it.
    func hostDepth(below domain: String) -> Int? {
        let lowered = hostBytes.lowercasedASCII()
        guard lowered.hasSuffix(domain) else { return nil }
        let rest = lowered.dropLast(domain.utf8.count)
        guard let last = rest.last else { return 0 }
        guard last == UInt8(ascii: ".") else { return nil }
        return rest.count { $0 == UInt8(ascii: ".") }
    }

    /// Whether the text is a sentence that mentions the URL rather than the URL: three or more words stand before it.
    var isInSentence: Bool {
        var words = 0
        var isInWord = false
        for byte in text[..<start].suffix(400) {
            let isLetter = byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x80
            if isLetter, !isInWord { words += 1 }
            if isLetter { isInWord = true } else if byte == 0x20 || byte == 0x0A { isInWord = false }
        }
        return words >= 3
    }
}

private func isHostByte(_ byte: UInt8) -> Bool {
    byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
        || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte >= 0x80
}

private func isSchemeByte(_ byte: UInt8) -> Bool {
    byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "+")
        || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
}

private func isUserByte(_ byte: UInt8) -> Bool {
    isHostByte(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "%")
}

private func isURLByte(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "'") && byte != UInt8(ascii: "<")
        && byte != UInt8(ascii: ">") && byte != UInt8(ascii: "`") && byte != UInt8(ascii: "\\")
        && byte != UInt8(ascii: ")") && byte != UInt8(ascii: "|")
}
