/// A stretch of two texts with the edits in it and the equal lines around them.
struct UnifiedHunk {
    enum Part {
        /// Bytes of the old text, whole lines.
        case equal(Range<Int>)
        case edit(LineEdit)
    }

    private(set) var parts: [Part] = []
    /// The lines before the hunk.
    let oldStart: Int
    let newStart: Int
    private var oldCount = 0
    private var newCount = 0

    /// Start and count of the lines as unified text has them: the line before, where there are none.
    var old: [Int] { [oldCount == 0 ? oldStart : oldStart + 1, oldCount] }
    var new: [Int] { [newCount == 0 ? newStart : newStart + 1, newCount] }

    private init(oldStart: Int, newStart: Int) {
        self.oldStart = oldStart
        self.newStart = newStart
    }

    /// The hunks of a text's edits; those that are near each other share one.
    static func hunks(of edits: [LineEdit], in old: [UInt8], contextLines: Int) -> [UnifiedHunk] {
        var hunks: [UnifiedHunk] = []
        var index = 0
        while index < edits.count {
            var last = index
            while last + 1 < edits.count,
                edits[last + 1].oldLines.lowerBound - edits[last].oldLines.upperBound <= 2 * contextLines
            { last += 1 }
            hunks.append(hunk(of: edits[index...last], in: old, contextLines: contextLines))
            index = last + 1
        }
        return hunks
    }

    private static func hunk(of edits: ArraySlice<LineEdit>, in old: [UInt8], contextLines: Int) -> UnifiedHunk {
        let first = edits[edits.startIndex]
        let before = back(contextLines, linesFrom: first.oldBytes.lowerBound, in: old)
        var hunk = UnifiedHunk(
            oldStart: first.oldLines.lowerBound - before.lines, newStart: first.newLines.lowerBound - before.lines)
        hunk.addEqual(before.offset..<first.oldBytes.lowerBound, lines: before.lines)
        for (position, edit) in edits.enumerated() {
            if position > 0 {
                let previous = edits[edits.startIndex + position - 1]
                hunk.addEqual(
                    previous.oldBytes.upperBound..<edit.oldBytes.lowerBound,
                    lines: edit.oldLines.lowerBound - previous.oldLines.upperBound)
            }
            hunk.parts.append(.edit(edit))
            hunk.oldCount += edit.oldLines.count
            hunk.newCount += edit.newLines.count
        }
        let end = edits[edits.endIndex - 1].oldBytes.upperBound
        let after = forward(contextLines, linesFrom: end, in: old)
        hunk.addEqual(end..<after.offset, lines: after.lines)
        return hunk
    }

    private mutating func addEqual(_ bytes: Range<Int>, lines: Int) {
        guard lines > 0 else { return }
        parts.append(.equal(bytes))
        oldCount += lines
        newCount += lines
    }

    private static func back(_ lines: Int, linesFrom start: Int, in text: [UInt8]) -> (offset: Int, lines: Int) {
        var (offset, found) = (start, 0)
        while found < lines, offset > 0 {
            offset -= 1
            while offset > 0, text[offset - 1] != 0x0A { offset -= 1 }
            found += 1
        }
        return (offset, found)
    }

    private static func forward(_ lines: Int, linesFrom start: Int, in text: [UInt8]) -> (offset: Int, lines: Int) {
        var (offset, found) = (start, 0)
        while found < lines, offset < text.count {
            offset = (text[offset...].firstIndex(of: 0x0A) ?? text.count - 1) + 1
            found += 1
        }
        return (offset, found)
    }
}
