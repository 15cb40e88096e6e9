import Cryptography
import SourceCode
import UnicodeText

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
        texts += encodedRuns(bytes)
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

    // MARK: Base64 and hexadecimal

    private static let leastRun = 28

    /// Texts in runs of letters and digits that decode to readable words.
    static func encodedRuns(_ bytes: [UInt8]) -> [CarriedText] {
        var texts: [CarriedText] = []
        var position = leastRun - 1
        var end = 0
        let isEncoding = isEncoding
        // A run of this length covers one of these positions, so nothing else has to be looked at.
        while position < bytes.count, texts.count < maxTexts {
            guard isEncoding[Int(bytes[position])], mayBeRun(bytes, around: position, isEncoding) else {
                position += leastRun
                continue
            }
            var start = position
            while start > end, isEncoding[Int(bytes[start - 1])] { start -= 1 }
            end = position + 1
            while end < bytes.count, isEncoding[Int(bytes[end])] { end += 1 }
            if end - start >= leastRun, let text = decoded(bytes[start..<end]) {
                texts.append(CarriedText(bytes: text, offset: start, isInvisible: false))
            }
            position = end + leastRun - 1
        }
        return texts
    }

    /// Whether a run of this length may cover a position: then half of it lies before that or behind it.
    @inline(__always)
    private static func mayBeRun(_ bytes: [UInt8], around position: Int, _ isEncoding: [Bool]) -> Bool {
        let half = leastRun / 2 - 1
        if position >= half, isEncoding[Int(bytes[position - half])], isEncoding[Int(bytes[position - half / 2])] {
            return true
        }
        return position + half < bytes.count && isEncoding[Int(bytes[position + half])]
            && isEncoding[Int(bytes[position + half / 2])]
    }

    private static let isEncoding: [Bool] = (0..<256).map { value in
        let byte = UInt8(value)
        return (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    /// The words that a run stands for; nil when it stands for none.
    private static func decoded(_ run: ArraySlice<UInt8>) -> [UInt8]? {
        let bounded = run.prefix(64 << 10)
        if bounded.allSatisfy({ $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 6 }), let text = hexadecimal(bounded) {
            return text
        }
        // Names in code are runs too: what decodes to words shows in its first bytes.
        guard let head = base64(bounded.prefix(32)), isReadable(head) else { return nil }
        return base64(bounded).flatMap { isReadable($0) ? $0 : nil }
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
        LenientHexadecimal.decode(digits, passesBlanks: false, dropsHalf: true).flatMap { isReadable($0) ? $0 : nil }
    }

    private static func base64(_ run: ArraySlice<UInt8>) -> [UInt8]? { LenientBase64.decode(run, others: .refuse) }

    /// Whether bytes are words rather than anything: nearly only printable, mostly letters.
    static func isReadable(_ text: [UInt8]) -> Bool {
        guard text.count >= 12 else { return false }
        var (letters, odd) = (0, 0)
        for byte in text {
            if (byte | 0x20) &- 0x61 < 26 || byte == 0x20 || byte >= 0xC2 && byte < 0xF0 || byte >= 0x80 && byte < 0xC0
            {
                letters += 1
            } else if byte < 0x20 && !(0x09...0x0D).contains(byte) || byte >= 0x7F {
                odd += 1
            }
        }
        return odd * 50 <= text.count && letters * 10 >= text.count * 6
    }
}
