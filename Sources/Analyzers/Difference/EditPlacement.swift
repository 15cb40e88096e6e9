/// Moves lines that only come, or only go, as far down as they can without another result.
///
/// A block that is like what follows it may stand in several places: between two functions that end alike, say. The
/// last of them is the one that begins where people would say that the new function begins, and it is the same one
/// whichever way the search took.
struct EditPlacement {
    private let old: [Int32]
    private let new: [Int32]
    private(set) var isOldChanged: [Bool]
    private(set) var isNewChanged: [Bool]

    /// - Parameters:
    ///   - old: the lines as numbers, as in `InternedLines`.
    ///   - isOldChanged: which of them go. The lines that stay are equal on both sides, before and after.
    init(_ old: [Int32], _ new: [Int32], _ isOldChanged: [Bool], _ isNewChanged: [Bool]) {
        self.old = old
        self.new = new
        self.isOldChanged = isOldChanged
        self.isNewChanged = isNewChanged
        place()
    }

    private mutating func place() {
        var (oldLine, newLine) = (0, 0)
        while oldLine < old.count || newLine < new.count {
            var (oldEnd, newEnd) = (oldLine, newLine)
            while oldEnd < old.count, isOldChanged[oldEnd] { oldEnd += 1 }
            while newEnd < new.count, isNewChanged[newEnd] { newEnd += 1 }
            if oldEnd == oldLine, newEnd == newLine {
                (oldEnd, newEnd) = (oldLine + 1, newLine + 1)
            } else if oldEnd == oldLine {
                Self.slide(&isNewChanged, new, newLine, &newEnd, past: isOldChanged, &oldEnd)
            } else if newEnd == newLine {
                Self.slide(&isOldChanged, old, oldLine, &oldEnd, past: isNewChanged, &newEnd)
            }
            (oldLine, newLine) = (oldEnd, newEnd)
        }
    }

    /// Moves the block from `first` to `end` down one line after the other, past lines that the other side has as well.
    private static func slide(
        _ isChanged: inout [Bool], _ lines: [Int32], _ first: Int, _ end: inout Int, past isOtherChanged: [Bool],
        _ other: inout Int
    ) {
        var start = first
        while end < lines.count, other < isOtherChanged.count, !isOtherChanged[other], lines[start] == lines[end] {
            isChanged[start] = false
            isChanged[end] = true
            (start, end, other) = (start + 1, end + 1, other + 1)
            // It met the next block, and goes on with it.
            while end < lines.count, isChanged[end] { end += 1 }
        }
    }
}
