/// Text that something else carries: an encoding, a spelling, or characters that show nothing.
struct CarriedText: Equatable {
    var bytes: [UInt8]
    /// Where in the file it was found.
    let offset: Int
    /// Whether what carries it cannot be seen.
    let isInvisible: Bool
}

/// Finds texts that were made unreadable for people or for searches and undoes that.
enum ReviewerCarriers {
    private static let maxTexts = 256
    private static let reach = 300

    /// Every carried text of a file.
    static func texts(in bytes: [UInt8], _ matches: [LiteralSet.Match]) -> [CarriedText] {
        var texts = transformed(bytes, matches)
        texts += EncodedRuns.texts(in: bytes)
        texts += spacedLetters(bytes)
        texts += references(bytes)
        return Array(texts.prefix(maxTexts))
    }

    // MARK: Rotated, reversed, digits for letters

    private static func transformed(_ bytes: [UInt8], _ matches: [LiteralSet.Match]) -> [CarriedText] {
        let anchors = ReviewerAnchors.standard.anchors
        var texts: [CarriedText] = []
        var ends: [UInt16: Int] = [:]
        for match in matches where texts.count < maxTexts {
            let group = anchors[match.pattern].group
            guard !group.isDisjoint(with: .disguised), match.range.lowerBound >= ends[group.rawValue] ?? 0 else {
                continue
            }
            let range = max(match.range.lowerBound - reach, 0)..<min(match.range.upperBound + 2 * reach, bytes.count)
            ends[group.rawValue] = range.upperBound
            let slice = bytes[range]
            let text: [UInt8] =
                switch group {
                case .rotated: slice.map(rotated)
                case .reversed: slice.reversed()
                case _: slice.map(letterForDigit)
                }
            texts.append(CarriedText(bytes: text, offset: match.range.lowerBound, isInvisible: false))
        }
        return texts
    }

    private static func rotated(_ byte: UInt8) -> UInt8 {
        let letter = (byte | 0x20) &- 0x61
        return letter < 26 ? (byte & 0xE0) + 1 + (letter + 13) % 26 : byte
    }

    private static func letterForDigit(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "0"): UInt8(ascii: "o")
        case UInt8(ascii: "1"), UInt8(ascii: "!"): UInt8(ascii: "i")
        case UInt8(ascii: "3"): UInt8(ascii: "e")
        case UInt8(ascii: "4"), UInt8(ascii: "@"): UInt8(ascii: "a")
        case UInt8(ascii: "5"), UInt8(ascii: "$"): UInt8(ascii: "s")
        case UInt8(ascii: "7"): UInt8(ascii: "t")
        case _: byte
        }
    }
}
