/// What a text says to a reviewing model: places where several signs come together, with how sure they are.
struct ReviewerScan {
    /// Signs that stand close together.
    struct Place {
        let signs: [ReviewerSign]
        let range: Range<Int>
        /// The sum over topics and kinds.
        let weight: Int

        init(_ signs: [ReviewerSign], range: Range<Int>) {
            self.signs = signs
            self.range = range
            weight = ReviewerTopic.allCases.reduce(0) { $0 + Self.weight(of: $1, in: signs) }
        }

        func weight(of topic: ReviewerTopic) -> Int { Self.weight(of: topic, in: signs) }

        private static func weight(of topic: ReviewerTopic, in signs: [ReviewerSign]) -> Int {
            var best: [Int: Int] = [:]
            for sign in signs where sign.topic == topic { best[sign.kind] = max(best[sign.kind] ?? 0, sign.weight) }
            return best.values.reduce(0, +)
        }
    }

    private(set) var places: [Place] = []
    /// How many different words of the text, away from those places, show that it is about language models.
    private(set) var subjects = 0

    /// Anchors farther apart than this many bytes do not make a place.
    private static let reach = 400
    private static let margin = 500
    /// A place counts from this weight on; lighter ones are ordinary language.
    static let leastWeight = 5
    private static let maxRegions = 400

    init(_ bytes: [UInt8]) { self.init(bytes, Self.matches(in: bytes)) }

    /// Where anchors occur in a text.
    static func matches(in bytes: [UInt8]) -> [LiteralSet.Match] {
        ReviewerAnchors.standard.literals.matches(in: bytes, limit: FoundLiterals.maxAnchors)
    }

    init(_ bytes: [UInt8], _ matches: [LiteralSet.Match]) {
        let anchors = ReviewerAnchors.standard
        guard !matches.isEmpty else { return }
        for region in Self.regions(matches, anchors, count: bytes.count) {
            let words = ReviewerWords.read(bytes, in: region)
            var signs = ReviewerGrammar.signs(in: words)
            signs += Self.marks(matches, anchors, in: region, of: bytes)
            if !signs.isEmpty { gather(signs) }
        }
        var found: Set<Int> = []
        for match in matches where anchors.anchors[match.pattern].group.contains(.subject) {
            let isAway = places.allSatisfy {
                match.range.upperBound <= $0.range.lowerBound || match.range.lowerBound >= $0.range.upperBound
            }
            if isAway { found.insert(match.pattern) }
        }
        subjects = found.count
    }

    /// Stretches of text in which anchors of several groups meet.
    private static func regions(
        _ matches: [LiteralSet.Match], _ anchors: ReviewerAnchors, count: Int
    ) -> [Range<Int>] {
        var latest = [Int](repeating: .min, count: 9)
        var regions: [Range<Int>] = []
        for match in matches {
            let group = anchors.anchors[match.pattern].group
            guard group != .subject, group.isDisjoint(with: .disguised) else { continue }
            let position = match.range.lowerBound
            latest[group.rawValue.trailingZeroBitCount] = position
            var near: ReviewerAnchors.Group = []
            for bit in 0..<9 where latest[bit] > position - reach && latest[bit] != .min {
                near.insert(ReviewerAnchors.Group(rawValue: 1 << UInt16(bit)))
            }
            guard isWorthReading(near) else { continue }
            let range = max(position - margin, 0)..<min(position + margin, count)
            if let last = regions.last, last.upperBound >= range.lowerBound {
                regions[regions.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else if regions.count < maxRegions {
                regions.append(range)
            }
        }
        return regions
    }

    private static func isWorthReading(_ near: ReviewerAnchors.Group) -> Bool {
        if near.contains(.mark) || near.contains(.refusal) { return true }
        if near.contains(.ignore) {
            return !near.isDisjoint(with: [.orders, .machine])
        }
        if near.contains(.verdict), !near.isDisjoint(with: [.machine, .reviewer, .you]) { return true }
        return near.contains(.machine) && !near.isDisjoint(with: [.reviewer, .you])
            || near.contains(.you) && near.contains(.reviewer)
    }

    private static func marks(
        _ matches: [LiteralSet.Match], _ anchors: ReviewerAnchors, in region: Range<Int>, of bytes: [UInt8]
    ) -> [ReviewerSign] {
        var low = 0
        var high = matches.count
        while low < high {
            let middle = (low + high) / 2
            if matches[middle].range.lowerBound < region.lowerBound { low = middle + 1 } else { high = middle }
        }
        var signs: [ReviewerSign] = []
        while low < matches.count, matches[low].range.lowerBound < region.upperBound {
            let match = matches[low]
            let anchor = anchors.anchors[match.pattern]
            low += 1
            guard let topic = anchor.topic else { continue }
            if let exact = anchor.exact, !bytes[match.range].elementsEqual(exact) { continue }
            // `vector<function_call>` is a type.
            let start = match.range.lowerBound
            if start > 0, bytes[start] == UInt8(ascii: "<"), isNameByte(bytes[start - 1]) { continue }
            signs.append(ReviewerSign(topic: topic, kind: 10, weight: anchor.weight, range: match.range))
        }
        return signs
    }

    /// Makes places of signs that follow each other within reach.
    private mutating func gather(_ signs: [ReviewerSign]) {
        let sorted = signs.sorted {
            ($0.range.lowerBound, $0.topic.rawValue) < ($1.range.lowerBound, $1.topic.rawValue)
        }
        var current: [ReviewerSign] = []
        var end = 0
        for sign in sorted {
            if !current.isEmpty, sign.range.lowerBound > end + Self.reach {
                close(current)
                current = []
            }
            current.append(sign)
            end = max(end, sign.range.upperBound)
        }
        if !current.isEmpty { close(current) }
    }

    private mutating func close(_ signs: [ReviewerSign]) {
        let start = signs.first?.range.lowerBound ?? 0
        let end = signs.map(\.range.upperBound).max() ?? start
        let place = Place(signs, range: start..<end)
        if place.weight >= Self.leastWeight { places.append(place) }
    }
}
