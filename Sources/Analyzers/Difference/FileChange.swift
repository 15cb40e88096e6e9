/// How many lines of a file changed.
public struct LineCounts: Sendable, Hashable {
    public let added: Int
    public let removed: Int
    /// Whether these are all lines between equal beginnings and ends, as there were too many to compare.
    public let isCut: Bool

    public init(added: Int, removed: Int, isCut: Bool) {
        self.added = added
        self.removed = removed
        self.isCut = isCut
    }
}

/// One file that two artifacts do not have alike.
public struct FileChange: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case added, removed, changed
        /// It was at another path before; the content may have changed as well.
        case moved
        /// Only its rights changed.
        case mode
    }

    public let kind: Kind
    /// The file before; nil when it is new.
    public let old: TreeEntry?
    /// The file now; nil when it is gone.
    public let new: TreeEntry?
    /// The lines that differ, for files of which both contents are known; a file that was added or removed has all.
    public let lines: LineCounts?
    /// Which lines those are, for files that are in both artifacts.
    public let edits: [LineEdit]
    /// Whether nothing but the ends of lines differs.
    public let isLineEndsOnly: Bool
    /// Bytes that the old file did not have: of lines that came, or of the whole file where lines say nothing.
    public let changedBytes: Int64

    /// Where the file is now, or was when it is gone.
    public var path: [UInt8] { (new ?? old)?.path ?? [] }
    /// Where the file was, when it was elsewhere.
    public var oldPath: [UInt8]? { kind == .moved ? old?.path : nil }
    /// Among several files at one path, which of them, from 0.
    public var copy: Int { (new ?? old)?.copy ?? 0 }
    public var oldClass: FileClass? { old?.fileClass }
    public var newClass: FileClass? { new?.fileClass }
    public var oldSize: Int64? { old?.sizeBytes }
    public var newSize: Int64? { new?.sizeBytes }
    /// Whether anyone may execute the file now.
    public var isExecutableNow: Bool { new?.isExecutable == true }
    public var wasExecutable: Bool { old?.isExecutable == true }
    /// Whether the content is another one than before; false for what was only moved or got other rights.
    public var hasNewContent: Bool {
        guard let new else { return false }
        guard let old else { return true }
        return !old.hasSameContent(as: new)
    }
    /// Whether an interpreter runs the file, as it is now or, when it is gone, as it was.
    public var isCode: Bool { (new ?? old)?.isCode == true }
}

extension FileChange {
    /// A file that only one of the artifacts has.
    init(only entry: TreeEntry, isNew: Bool) {
        kind = isNew ? .added : .removed
        old = isNew ? nil : entry
        new = isNew ? entry : nil
        let count = entry.countedLines
        lines = count.map { LineCounts(added: isNew ? $0 : 0, removed: isNew ? 0 : $0, isCut: false) }
        edits = []
        isLineEndsOnly = false
        changedBytes = isNew ? entry.sizeBytes : 0
    }

    /// A file that both have, at one path or at two.
    init(from old: TreeEntry, to new: TreeEntry, isMoved: Bool, budget: inout DifferenceBudget) {
        self.old = old
        self.new = new
        let isSameContent = old.hasSameContent(as: new)
        kind = isMoved ? .moved : isSameContent ? .mode : .changed
        guard !isSameContent, old.fileClass.hasLines, new.fileClass.hasLines, let before = old.text,
            let after = new.text
        else {
            lines = isSameContent && new.fileClass.hasLines ? LineCounts(added: 0, removed: 0, isCut: false) : nil
            edits = []
            isLineEndsOnly = false
            changedBytes = isSameContent ? 0 : new.sizeBytes
            return
        }
        let difference = LineDifference(from: before, to: after, budget: &budget)
        lines = LineCounts(
            added: difference.addedLines, removed: difference.removedLines, isCut: difference.isCut)
        edits = difference.edits
        // Line ends alone leave as many lines as there were.
        isLineEndsOnly =
            difference.addedLines == difference.removedLines && LineEnds.areOnlyDifference(of: before, after)
        changedBytes = Int64(difference.addedBytes)
    }
}

extension TreeEntry {
    /// How many lines it has, where lines are known.
    fileprivate var countedLines: Int? {
        guard fileClass.hasLines, let text else { return nil }
        return unsafe text.withUnsafeBytes { unsafe CommonEnds.lines(in: $0) }
    }
}

/// Texts that differ only in how their lines end.
enum LineEnds {
    /// Whether two different texts are equal but for returns before line feeds and a line feed at the very end.
    static func areOnlyDifference(of old: [UInt8], _ new: [UInt8]) -> Bool {
        var (left, right) = (0, 0)
        while true {
            skipReturn(in: old, &left)
            skipReturn(in: new, &right)
            let (isLeftOver, isRightOver) = (left >= old.count, right >= new.count)
            if isLeftOver || isRightOver {
                let isLeftEnd = isLeftOver || left == old.count - 1 && old[left] == 0x0A
                let isRightEnd = isRightOver || right == new.count - 1 && new[right] == 0x0A
                return isLeftEnd && isRightEnd
            }
            if old[left] != new[right] { return false }
            (left, right) = (left + 1, right + 1)
        }
    }

    private static func skipReturn(in text: [UInt8], _ index: inout Int) {
        guard index < text.count, text[index] == 0x0D else { return }
        if index + 1 == text.count || text[index + 1] == 0x0A { index += 1 }
    }
}
