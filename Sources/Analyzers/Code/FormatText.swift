/// Templates such as `for x in range({0})` and what was made of them.
enum FormatText {
    /// Whether a text shows a literal: it contains it, or all of its pieces in order around what filled its blanks.
    static func isFilled(_ literal: ArraySlice<UInt8>, in text: [UInt8]) -> Bool {
        var rest = text[...]
        var shown = 0
        for piece in pieces(of: literal) where !piece.isEmpty {
            guard let found = rest.firstRange(of: piece) else { return false }
            shown += piece.count
            rest = rest[found.upperBound...]
        }
        // A literal that is blanks for the most part shows nothing.
        return shown >= 4 && shown * 2 >= literal.count
    }

    /// What lies between the blanks: `{}`, `{name}`, `%s`, `%(name)d`; doubled marks stand for themselves.
    private static func pieces(of literal: ArraySlice<UInt8>) -> [[UInt8]] {
        var pieces: [[UInt8]] = [[]]
        var index = literal.startIndex
        while index < literal.endIndex {
            let length = blank(in: literal[index...])
            if length > 0 {
                pieces.append([])
                index += length
            } else {
                let isDoubled =
                    index + 1 < literal.endIndex && literal[index] == literal[index + 1]
                    && "{}%".utf8.contains(literal[index])
                pieces[pieces.count - 1].append(literal[index])
                index += isDoubled ? 2 : 1
            }
        }
        return pieces
    }

    /// How long the blank is that a text begins with; 0 when it begins with none.
    private static func blank(in text: ArraySlice<UInt8>) -> Int {
        guard let first = text.first, let second = text.dropFirst().first else { return 0 }
        if first == UInt8(ascii: "{"), second != first {
            let inside = text.dropFirst().prefix(40).prefix {
                $0 != UInt8(ascii: "}") && $0 != UInt8(ascii: "{") && $0 > 0x20 && $0 != UInt8(ascii: ";")
            }
            return text.dropFirst(inside.count + 1).first == UInt8(ascii: "}") ? inside.count + 2 : 0
        }
        guard first == UInt8(ascii: "%"), second != first else { return 0 }
        let skipped = text.dropFirst().prefix(40).prefix { !"sdrfxiga".utf8.contains($0) || $0 == UInt8(ascii: "(") }
        let isNamed = second == UInt8(ascii: "(")
        if isNamed, let end = text.prefix(40).firstIndex(of: UInt8(ascii: ")")) { return end - text.startIndex + 2 }
        return skipped.count <= 4 && skipped.count + 1 < text.count ? skipped.count + 2 : 0
    }
}
