import SourceCode

/// HIDE-WS: code behind so many blanks or blank lines that an editor does not show it.
enum GapCheck {
    private static let leastBlanks = 200
    private static let leastLines = 500
    /// So many lines whose code goes on in the same column are a table.
    private static let table = 3

    static func check(_ model: CodeModel, in file: InspectedFile, into report: inout FileReport) {
        let gaps = blanks(in: model.source.bytes)
        guard !gaps.isEmpty, !model.tokens.isEmpty else { return }
        let places = SourcePlaces(model: model)
        var columns: [Int: Int] = [:]
        let onLine = gaps.filter { $0.lines == 0 && $0.count >= leastBlanks && !$0.endsLine }
        for gap in onLine { columns[gap.column, default: 0] += 1 }
        for gap in onLine where columns[gap.column] ?? 0 < table {
            judge(gap, model, places, file, into: &report)
        }
        for gap in gaps where gap.lines >= leastLines {
            guard let next = nextToken(after: gap.end, places), isCode(from: next, model), gap.start > 0 else {
                continue
            }
            report.note(.blankLines, line: file.line(at: Int(model.tokens[next].start)))
        }
    }

    // MARK: Gaps

    private struct Gap {
        let start: Int
        let end: Int
        /// Line ends within.
        let lines: Int
        /// Blanks on the last line of the gap.
        let count: Int
        let column: Int
        let endsLine: Bool
    }

    /// Stretches of blanks of at least `leastBlanks` bytes. A stretch covers a multiple of that, so only those are tried.
    private static func blanks(in bytes: [UInt8]) -> [Gap] {
        var gaps: [Gap] = []
        var position = leastBlanks - 1
        var floor = 0
        while position < bytes.count, gaps.count < 4096 {
            guard isBlank(bytes[position]) else {
                position += leastBlanks
                continue
            }
            var start = position
            while start > floor, isBlank(bytes[start - 1]) { start -= 1 }
            var end = position + 1
            while end < bytes.count, isBlank(bytes[end]) { end += 1 }
            if end - start >= leastBlanks { gaps.append(gap(bytes, start, end)) }
            floor = end
            position = end + leastBlanks - 1
        }
        return gaps
    }

    private static func gap(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Gap {
        var (lines, lastLine) = (0, start)
        for index in start..<end
        where bytes[index] == 0x0A || bytes[index] == 0x0D && !(index + 1 < end && bytes[index + 1] == 0x0A) {
            lines += 1
            lastLine = index + 1
        }
        var lineStart = lastLine
        if lines == 0 { while lineStart > 0, bytes[lineStart - 1] != 0x0A, start - lineStart < 4096 { lineStart -= 1 } }
        return Gap(
            start: start, end: end, lines: lines, count: end - lastLine, column: end - lineStart,
            endsLine: end >= bytes.count)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte &- 0x09 < 5 }

    // MARK: What stands behind one

    private static func nextToken(after end: Int, _ places: SourcePlaces) -> Int? {
        guard let index = places.index(before: end) else { return nil }
        // A token that begins exactly where the blanks end.
        return Int(places.model.tokens[index].start) == end && isSolid(places.model.tokens[index]) ? index : nil
    }

    private static func isSolid(_ token: Token) -> Bool { token.end > token.start }

    private static func judge(
        _ gap: Gap, _ model: CodeModel, _ places: SourcePlaces, _ file: InspectedFile, into report: inout FileReport
    ) {
        guard places.place(of: gap.start) == .code, let next = nextToken(after: gap.end, places),
            model.tokens[next].kind == .identifier, isCode(from: next, model)
        else { return }
        let line = file.line(at: gap.end)
        guard next > 0, let previous = previousSolid(next, model),
            Int(model.tokens[previous].end) > lineStart(gap, model)
        else { return }
        let byte = model.source.bytes[Int(model.tokens[previous].end) - 1]
        if byte == UInt8(ascii: ";") {
            report.note(.blanksBeforeStatement, line: line)
            report.fact(.hiddenText, line: line)
        } else {
            report.note(.blanksWithinStatement, line: line)
        }
    }

    private static func previousSolid(_ index: Int, _ model: CodeModel) -> Int? {
        var index = index - 1
        while index >= 0, !isSolid(model.tokens[index]) { index -= 1 }
        return index >= 0 ? index : nil
    }

    private static func lineStart(_ gap: Gap, _ model: CodeModel) -> Int {
        var start = gap.start
        while start > 0, model.source.bytes[start - 1] != 0x0A { start -= 1 }
        return start
    }

    /// Whether the line from a token on does something: a call, an import.
    private static func isCode(from index: Int, _ model: CodeModel) -> Bool {
        let bytes = model.source.bytes
        let start = Int(model.tokens[index].start)
        var current = index
        while current < model.tokens.count, current < index + 60 {
            let token = model.tokens[current]
            if bytes[start..<Int(token.start)].contains(0x0A) { return false }
            let text = bytes[Int(token.start)..<Int(token.end)]
            if text.equals("(") && current > index || text.equals("import") || text.equals("require") { return true }
            current += 1
        }
        return false
    }
}
