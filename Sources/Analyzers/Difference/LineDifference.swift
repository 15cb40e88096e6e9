/// Lines of an old text that lines of a new one take the place of.
public struct LineEdit: Sendable, Hashable {
    fileprivate let oldLine: Int32
    fileprivate let oldCount: Int32
    fileprivate let newLine: Int32
    fileprivate let newCount: Int32
    fileprivate let oldOffset: Int32
    fileprivate let oldLength: Int32
    fileprivate let newOffset: Int32
    fileprivate let newLength: Int32

    /// The lines that go, numbered from 0; empty where lines are only added.
    public var oldLines: Range<Int> { Int(oldLine)..<Int(oldLine + oldCount) }
    /// The lines that come.
    public var newLines: Range<Int> { Int(newLine)..<Int(newLine + newCount) }
    /// The bytes of the lines that go.
    public var oldBytes: Range<Int> { Int(oldOffset)..<Int(oldOffset) + Int(oldLength) }
    /// The bytes of the lines that come.
    public var newBytes: Range<Int> { Int(newOffset)..<Int(newOffset) + Int(newLength) }
}

/// Which lines of a text have to go, and which to come, to make another text of it.
///
/// Lines end with a line feed that belongs to them: a last line without one differs from one with it, and so do line
/// ends of different kinds. The difference is the shortest one as long as it is found within the budget, then a good
/// one; of texts with more lines than the budget has, everything between equal beginnings and ends is one edit.
public struct LineDifference: Sendable, Equatable {
    /// In order; between them both texts are equal.
    public let edits: [LineEdit]
    /// Whether lines were not compared one by one because they are too many.
    public let isCut: Bool

    public var removedLines: Int { edits.reduce(0) { $0 + $1.oldLines.count } }
    public var addedLines: Int { edits.reduce(0) { $0 + $1.newLines.count } }
    /// Bytes of the lines that come.
    public var addedBytes: Int { edits.reduce(0) { $0 + $1.newBytes.count } }

    /// Compares two texts of fewer than 2^31 bytes each.
    init(from old: [UInt8], to new: [UInt8], budget: inout DifferenceBudget) {
        let found = unsafe old.withUnsafeBytes { old in
            unsafe new.withUnsafeBytes { new in
                unsafe Self.edits(old, new, &budget)
            }
        }
        edits = found.edits
        isCut = found.isCut
    }

    private static func edits(
        _ old: UnsafeRawBufferPointer, _ new: UnsafeRawBufferPointer, _ budget: inout DifferenceBudget
    ) -> (edits: [LineEdit], isCut: Bool) {
        let ends = unsafe CommonEnds(old, new)
        let middle = unsafe Middle(
            old: UnsafeRawBufferPointer(rebasing: old[ends.prefixBytes..<old.count - ends.suffixBytes]),
            new: UnsafeRawBufferPointer(rebasing: new[ends.prefixBytes..<new.count - ends.suffixBytes]),
            startLine: ends.prefixLines, startOffset: ends.prefixBytes)
        if unsafe middle.old.isEmpty && middle.new.isEmpty { return ([], false) }
        if unsafe middle.old.isEmpty || middle.new.isEmpty { return ([middle.whole], false) }
        // A single line on either side is in the other or not, which the search says for next to nothing.
        guard budget.take(lines: middle.oldLines + middle.newLines) else { return ([middle.whole], true) }
        return (middle.compared(&budget), false)
    }
}

/// What is left of two texts without their equal ends.
@safe
private struct Middle {
    let old: UnsafeRawBufferPointer
    let new: UnsafeRawBufferPointer
    let oldLines: Int
    let newLines: Int
    let startLine: Int
    let startOffset: Int

    init(old: UnsafeRawBufferPointer, new: UnsafeRawBufferPointer, startLine: Int, startOffset: Int) {
        unsafe self.old = old
        unsafe self.new = new
        oldLines = unsafe CommonEnds.lines(in: old)
        newLines = unsafe CommonEnds.lines(in: new)
        self.startLine = startLine
        self.startOffset = startOffset
    }

    /// Everything as one edit.
    var whole: LineEdit {
        LineEdit(
            oldLine: Int32(startLine), oldCount: Int32(oldLines), newLine: Int32(startLine), newCount: Int32(newLines),
            oldOffset: Int32(startOffset), oldLength: unsafe Int32(old.count), newOffset: Int32(startOffset),
            newLength: unsafe Int32(new.count))
    }

    func compared(_ budget: inout DifferenceBudget) -> [LineEdit] {
        let lines = unsafe InternedLines(old, lines: oldLines, new, lines: newLines)
        // Lines that the other text does not have are in no common sequence: the search goes without them.
        let keptOld = lines.old.indices.filter { lines.newCounts[Int(lines.old[$0])] > 0 }
        let keptNew = lines.new.indices.filter { lines.oldCounts[Int(lines.new[$0])] > 0 }
        let found = SequenceDifference(
            keptOld.map { lines.old[$0] }, keptNew.map { lines.new[$0] }, kinds: lines.oldCounts.count,
            steps: budget.steps(forLines: keptOld.count + keptNew.count))
        budget.take(steps: found.steps)
        var isOldChanged = [Bool](repeating: true, count: oldLines)
        var isNewChanged = [Bool](repeating: true, count: newLines)
        for (index, line) in keptOld.enumerated() { isOldChanged[line] = found.isOldChanged[index] }
        for (index, line) in keptNew.enumerated() { isNewChanged[line] = found.isNewChanged[index] }
        let placed = EditPlacement(lines.old, lines.new, isOldChanged, isNewChanged)
        return edits(placed.isOldChanged, placed.isNewChanged)
    }

    /// Walks both texts at once; lines that are unchanged are equal.
    private func edits(_ isOldChanged: [Bool], _ isNewChanged: [Bool]) -> [LineEdit] {
        var edits: [LineEdit] = []
        var (oldLine, newLine, oldOffset, newOffset) = (0, 0, 0, 0)
        while oldLine < oldLines || newLine < newLines {
            let start = (oldLine, newLine, oldOffset, newOffset)
            while oldLine < oldLines, isOldChanged[oldLine] {
                oldOffset = unsafe old.endOfLine(from: oldOffset)
                oldLine += 1
            }
            while newLine < newLines, isNewChanged[newLine] {
                newOffset = unsafe new.endOfLine(from: newOffset)
                newLine += 1
            }
            if start.0 < oldLine || start.1 < newLine {
                edits.append(
                    LineEdit(
                        oldLine: Int32(startLine + start.0), oldCount: Int32(oldLine - start.0),
                        newLine: Int32(startLine + start.1), newCount: Int32(newLine - start.1),
                        oldOffset: Int32(startOffset + start.2), oldLength: Int32(oldOffset - start.2),
                        newOffset: Int32(startOffset + start.3), newLength: Int32(newOffset - start.3)))
            }
            while oldLine < oldLines, newLine < newLines, !isOldChanged[oldLine], !isNewChanged[newLine] {
                oldOffset = unsafe old.endOfLine(from: oldOffset)
                newOffset = unsafe new.endOfLine(from: newOffset)
                (oldLine, newLine) = (oldLine + 1, newLine + 1)
            }
        }
        return edits
    }
}
