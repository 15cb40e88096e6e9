import HTTP

/// What a server's answer means for a bundle of which some bytes may be here already.
///
/// Pure: the head of the answer in, the next step out.
enum BundleAnswer: Equatable, Sendable {
    /// The bundle that was installed is still the newest.
    case unchanged
    /// The body is the whole bundle; what is here is thrown away.
    case whole(totalBytes: Int64?)
    /// The body is what is missing.
    case rest(totalBytes: Int64)
    /// Everything is here.
    case complete
    /// What is here does not fit what the server has: ask for all of it.
    case startOver
    /// Trying again may help, after `pause` where the server named one.
    case passingFault(String, pause: Duration?)
    /// Trying again will not help.
    case fault(String)

    init(status: Int, headers: HeaderFields, offset: Int64, isConditional: Bool) {
        switch status {
        case 200: self = .whole(totalBytes: Self.length(headers["content-length"]))
        case 206: self = Self.part(headers, offset: offset)
        case 304:
            self =
                isConditional
                ? .unchanged : .fault("answered 304 (not modified) although nothing was said to be known")
        case 416 where offset > 0:
            let total = headers["content-range"].flatMap { $0.hasPrefix("bytes */") ? Int64($0.dropFirst(8)) : nil }
            self = total == offset ? .complete : .startOver
        case 429, 500...599:
            let pause = Self.pause(headers["retry-after"])
            self = .passingFault("answered \(status)\(Self.meaning(of: status))", pause: pause)
        default: self = .fault("answered \(status)\(Self.meaning(of: status))")
        }
    }

    /// Spec: RFC 9110 section 15.3.7; a part that does not begin where ours ends is of no use.
    private static func part(_ headers: HeaderFields, offset: Int64) -> BundleAnswer {
        guard offset > 0, let range = headers["content-range"], range.hasPrefix("bytes ") else { return .startOver }
        let words = range.dropFirst(6).split(separator: "/")
        let ends = (words.first ?? "").split(separator: "-").map { Int64($0) }
        guard words.count == 2, let total = length(String(words[1])), ends.count == 2, let first = ends[0],
            let last = ends[1], first == offset, last == total - 1
        else { return .startOver }
        return .rest(totalBytes: total)
    }

    private static func length(_ text: String?) -> Int64? {
        guard let text, !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text)
    }

    /// The seconds that `Retry-After` names; the form with a date is not worth a calendar here and counts as a minute.
    private static func pause(_ text: String?) -> Duration? {
        guard let text, !text.isEmpty else { return nil }
        guard let seconds = length(text) else { return .seconds(60) }
        return .seconds(min(seconds, 86_400))
    }

    private static func meaning(of status: Int) -> String {
        switch status {
        case 300...399: ", a redirect without an address to follow; check the address"
        case 401, 407: ": it wants to know who asks, which this version cannot tell it"
        case 403: ": it refuses; check the address"
        case 404, 410: ": there is no bundle at this address; check it"
        case 429: ": it wants to be asked less often"
        case 500...599: ": it cannot serve the bundle now"
        default: ", which is no answer to a request for a file"
        }
    }
}

/// What the first bytes of a supposed bundle show.
enum BundleContent {
    /// Why the bytes are no bundle; nil while they may be one. A ZIP file begins with a record of a known kind.
    static func fault(in first: some Collection<UInt8>, contentType: String?) -> String? {
        let start = Array(first.prefix(512))
        let marks: [[UInt8]] = [[0x50, 0x4B, 0x03, 0x04], [0x50, 0x4B, 0x05, 0x06]]
        // A network may bring fewer bytes at first than a mark has.
        if !start.isEmpty, marks.contains(where: { $0.starts(with: start.prefix(4)) }) { return nil }
        if start.starts(with: [0x1F, 0x8B]) {
            return "sent a gzip file instead of a ZIP file; name the address of all.zip itself"
        }
        let visible = start.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 && $0 < 0x80 }
        if visible == UInt8(ascii: "<") || contentType?.lowercased().hasPrefix("text/html") == true {
            return "sent a web page instead of a ZIP file (a login page, or not the address of all.zip?)"
        }
        if visible == UInt8(ascii: "{") || visible == UInt8(ascii: "[") {
            return "sent JSON instead of a ZIP file; name the address of all.zip itself"
        }
        return start.isEmpty ? "sent nothing" : "sent something that is no ZIP file"
    }
}
