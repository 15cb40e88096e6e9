/// One element of an `Accept` or `Accept-Encoding` header: what, and how much it is wanted.
struct WeightedChoice: Equatable, Sendable {
    /// Lower-case, without parameters: `application/json`, `gzip`, `*/*`.
    let name: String
    /// Zero (not acceptable) to 1000.
    let weight: Int
}

/// Content negotiation by quality values.
///
/// Spec: RFC 9110 sections 12.4.2, 12.5.1 and 12.5.3.
enum Negotiation {
    /// Splits header values into choices; an element with an unreadable weight counts as not acceptable.
    static func choices(_ values: [String]) -> [WeightedChoice] {
        values.flatMap { $0.utf8.split(separator: UInt8(ascii: ",")) }.compactMap { element in
            let parts = element.split(separator: UInt8(ascii: ";")).map { trimmed($0) }
            guard let name = parts.first, !name.isEmpty else { return nil }
            var weight = 1000
            for parameter in parts.dropFirst() {
                let lowered = parameter.lowercased()
                guard lowered.hasPrefix("q=") else { continue }
                weight = thousandths(lowered.dropFirst(2)) ?? 0
            }
            return WeightedChoice(name: name.lowercased(), weight: weight)
        }
    }

    /// The best of `offers` (media types, the preferred one first) for an `Accept` header; nil when none is acceptable.
    ///
    /// No header at all accepts everything. The most specific matching range gives an offer its weight.
    static func bestMediaType(of offers: [String], accept values: [String]) -> String? {
        let choices = choices(values)
        guard !choices.isEmpty else { return offers.first }
        var best: (offer: String, weight: Int)?
        for offer in offers {
            let weight = weight(of: offer, in: choices)
            if weight > 0, weight > best?.weight ?? 0 { best = (offer, weight) }
        }
        return best?.offer
    }

    /// Whether `Accept-Encoding` allows gzip; a missing header does not ask for it.
    static func acceptsGzip(_ values: [String]) -> Bool {
        let choices = choices(values)
        if let gzip = choices.first(where: { $0.name == "gzip" || $0.name == "x-gzip" }) { return gzip.weight > 0 }
        return choices.contains { $0.name == "*" && $0.weight > 0 }
    }

    /// The weight that the most specific matching range gives a media type; zero when none matches.
    static func weight(of offer: String, in choices: [WeightedChoice]) -> Int {
        let kind = offer.prefix { $0 != "/" }
        for range in [offer, "\(kind)/*", "*/*"] {
            if let choice = choices.first(where: { $0.name == range }) { return choice.weight }
        }
        return 0
    }

    private static func trimmed(_ bytes: Substring.UTF8View.SubSequence) -> String {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        let head = bytes.drop(while: isBlank)
        var end = head.endIndex
        while end > head.startIndex, isBlank(head[head.index(before: end)]) { end = head.index(before: end) }
        return String(Substring(head[..<end]))
    }

    /// `0`, `0.5`, `1.000` as thousandths; nil for anything else.
    private static func thousandths(_ text: Substring) -> Int? {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, first == UInt8(ascii: "0") || first == UInt8(ascii: "1") else { return nil }
        var value = first == UInt8(ascii: "1") ? 1000 : 0
        guard bytes.count > 1 else { return value }
        guard bytes[1] == UInt8(ascii: "."), bytes.count <= 5 else { return nil }
        var scale = 100
        for byte in bytes.dropFirst(2) {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            value += Int(byte - UInt8(ascii: "0")) * scale
            scale /= 10
        }
        return value <= 1000 ? value : nil
    }
}
