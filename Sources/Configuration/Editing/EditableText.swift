import YAML

/// A text in which pieces are replaced at the places that the YAML reader names.
struct EditableText {
    private(set) var scalars: [Unicode.Scalar]
    /// Where each line begins.
    private let lineStarts: [Int]
    /// How the text ends its lines.
    let lineBreak: String

    init(_ bytes: [UInt8]) {
        let scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        var starts = [0]
        for (position, scalar) in scalars.enumerated() {
            switch scalar {
            case "\r" where position + 1 < scalars.count && scalars[position + 1] == "\n": continue
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": starts.append(position + 1)
            default: continue
            }
        }
        self.scalars = scalars
        lineStarts = starts
        lineBreak = scalars.contains("\r") ? "\r\n" : "\n"
    }

    var bytes: [UInt8] {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return Array(String(text).utf8)
    }

    func offset(of place: YAMLExtent.Place) -> Int {
        guard place.line <= lineStarts.count else { return scalars.count }
        return min(lineStarts[place.line - 1] + place.column, scalars.count)
    }

    /// Where the line (from 1) begins; the text's end for lines after the last.
    func start(ofLine line: Int) -> Int { line <= lineStarts.count ? lineStarts[line - 1] : scalars.count }

    func scalar(atLine line: Int, column: Int) -> Unicode.Scalar? {
        let offset = start(ofLine: line) + column
        return offset < start(ofLine: line + 1) ? scalars[offset] : nil
    }

    /// The beginning of the line after the one in which something ends.
    ///
    /// What ends in column 0 is a block of text, whose last line break is part of it.
    func lineAfter(_ extent: YAMLExtent) -> Int {
        start(ofLine: extent.end.column == 0 && extent.end > extent.start ? extent.end.line : extent.end.line + 1)
    }

    /// Replaces a range. Places named before are wrong afterwards, so edits go from the end to the beginning.
    mutating func replace(_ range: Range<Int>, with text: String) {
        scalars.replaceSubrange(range, with: Array(text.unicodeScalars))
    }

    /// Inserts whole lines, ending the line before them where the text does not.
    mutating func insert(lines: [String], at offset: Int) {
        let isAtLineStart = offset == 0 || lineStarts.contains(offset)
        let text = (isAtLineStart ? "" : lineBreak) + lines.map { $0 + lineBreak }.joined()
        replace(offset..<offset, with: text)
    }
}
