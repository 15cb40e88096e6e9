import Registry

/// The status line's reason phrase: the one channel that nearly every client prints.
///
/// ASCII, at most 160 bytes, in the order name, version, cause, end, alternative, link. When space is short, what helps
/// least goes first: the alternative, the ids, the middle of the name, and at last the link.
extension Refusal {
    /// The most bytes of a reason phrase.
    public static let maxReasonPhraseBytes = 160

    public var reasonPhrase: String {
        let opening = "\(code.opening) by jurat: "
        let cause = cause
        let link = "; \(Self.printable(whyURL))"
        let alternative = alternatives.first.map { "; try \(Self.printable($0))" } ?? ""
        let candidates = [
            "\(opening)\(displayName) \(cause.phrase)\(alternative)\(link)",
            "\(opening)\(displayName) \(cause.phrase)\(link)",
            "\(opening)\(displayName) \(cause.shortPhrase)\(link)",
        ]
        if let fitting = candidates.first(where: { $0.utf8.count <= Self.maxReasonPhraseBytes }) { return fitting }
        for ending in ["\(cause.shortPhrase)\(link)", cause.shortPhrase] {
            let room = Self.maxReasonPhraseBytes - opening.utf8.count - ending.utf8.count - 1
            if room >= Self.leastNameBytes {
                return "\(opening)\(Self.shortened(displayName, to: room)) \(ending)"
            }
        }
        return String("\(opening)\(cause.shortPhrase)".prefix(Self.maxReasonPhraseBytes))
    }

    private static let leastNameBytes = 24

    /// Keeps the beginning of the name and all that fits of the end, where the version is.
    static func shortened(_ name: String, to bytes: Int) -> String {
        guard name.utf8.count > bytes else { return name }
        let kept = max(0, bytes - 3)
        let head = kept / 2
        return "\(name.prefix(head))...\(name.suffix(kept - head))"
    }

    /// The refusal as one path segment, such as `held-by-jurat-demo-1.1.0-in-cooldown-until-2026-11-24-03-00z`, for the
    /// client that shows nothing but the final URL; at most 120 bytes of lowercase letters, digits, dots and hyphens.
    public var urlSegment: String {
        var segment: [UInt8] = []
        for byte in "\(code.opening) by jurat \(displayName) \(cause.phrase)".utf8 {
            let lowered = (0x41...0x5A).contains(byte) ? byte + 0x20 : byte
            let isKept = (0x61...0x7A).contains(lowered) || (0x30...0x39).contains(lowered) || lowered == 0x2E
            if isKept {
                segment.append(lowered)
            } else if segment.last != 0x2D {
                segment.append(0x2D)
            }
        }
        segment = Array(segment.prefix(Self.maxURLSegmentBytes))
        while segment.last == 0x2D || segment.last == 0x2E { segment.removeLast() }
        return String(decoding: segment, as: UTF8.self)
    }

    private static let maxURLSegmentBytes = 120

    // MARK: Listings

    /// What a listing says of this version: name, cause, end, alternatives, link.
    public var npmRestrictionText: String { sentence }

    /// The reason that a Python project page gives for a refused file; pip, uv and poetry print it for pins.
    public var yankedReason: String { sentence }

    /// The message of an npm listing's `policyRestrictions`: at most three versions, newest first, with cause and end.
    ///
    /// - Parameters:
    ///   - refusals: the refused versions of one package, in any order.
    ///   - allowed: versions that would be served now, best first.
    ///   - link: address of the page about the package.
    public static func restrictionMessage(_ refusals: [Refusal], allowed: [String], link: String) -> String {
        let newestFirst = refusals.sorted { left, right in
            guard let one = left.purl.version, let other = right.purl.version, one != other else {
                return left.displayName.utf8.lexicographicallyPrecedes(right.displayName.utf8)
            }
            return one > other
        }
        let shown = newestFirst.prefix(maxAlternatives).map { refusal in
            "\(printable(refusal.purl.version?.text ?? refusal.purl.name.canonical)) (\(refusal.cause.phrase))"
        }
        var message = "refused by jurat: \(shown.joined(separator: ", "))"
        if refusals.count > shown.count { message += " and \(refusals.count - shown.count) more" }
        let alternatives = allowed.prefix(maxAlternatives).map(printable).joined(separator: ", ")
        if !alternatives.isEmpty { message += "; try \(alternatives)" }
        return "\(message); \(printable(link))"
    }
}
