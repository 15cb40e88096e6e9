/// What one artifact has otherwise than another, file by file.
///
/// A pure function of two trees. Its cost grows with the bytes of the files that differ, and is bounded by the limits.
public struct TreeDifference: Sendable, Equatable {
    /// Ordered by path; several files at one path by their place in the archive.
    public let changes: [FileChange]
    /// Files that are new, changed, moved, or have other rights; those that are gone are not among them.
    public let changedFiles: Int
    public let removedFiles: Int
    /// Bytes that the old artifact's file at that place did not have.
    public let changedBytes: Int64
    public let addedLines: Int
    public let removedLines: Int
    /// Lines of code that are in no file of code that changed or went: what was only moved about does not count, nor
    /// do blank lines and indentation.
    public let newCodeLines: Int
    /// Lines of code, blank ones aside, that the new artifact has altogether.
    public let codeLines: Int
    /// Whether lines of some file were too many to compare.
    public let isCut: Bool

    public init(from old: ArtifactTree, to new: ArtifactTree, limits: DifferenceLimits = .standard) {
        var budget = DifferenceBudget(limits)
        let walk = TreeWalk(old.entries, new.entries)
        let moves = MovedFiles(removed: walk.removed, added: walk.added)
        var found = walk.pairs.map { FileChange(from: $0.old, to: $0.new, isMoved: false, budget: &budget) }
        found += moves.pairs.map { FileChange(from: $0.old, to: $0.new, isMoved: true, budget: &budget) }
        found += moves.removed.map { FileChange(only: $0, isNew: false) }
        found += moves.added.map { FileChange(only: $0, isNew: true) }
        found.sort { left, right in
            let order = left.path.compare(right.path)
            if order != 0 { return order < 0 }
            if left.copy != right.copy { return left.copy < right.copy }
            // A file that moved away and a new one that took its place.
            return left.new == nil && right.new != nil
        }
        changes = found
        removedFiles = found.count { $0.kind == .removed }
        changedFiles = found.count - removedFiles
        changedBytes = found.reduce(0) { sum, change in
            let (next, overflow) = sum.addingReportingOverflow(change.changedBytes)
            return overflow ? .max : next
        }
        addedLines = found.reduce(0) { $0 + ($1.lines?.added ?? 0) }
        removedLines = found.reduce(0) { $0 + ($1.lines?.removed ?? 0) }
        newCodeLines = NewLines.count(in: found.filter(\.isCode), limits)
        codeLines = new.entries.reduce(0) { $0 + ($1.isCode ? NewLines.codeLines(of: $1) : 0) }
        isCut = found.contains { $0.lines?.isCut == true }
    }

    /// Whether nothing differs.
    public var isEmpty: Bool { changes.isEmpty }
}

/// Goes through two ordered trees at once.
struct TreeWalk {
    private(set) var pairs: [(old: TreeEntry, new: TreeEntry)] = []
    private(set) var removed: [TreeEntry] = []
    private(set) var added: [TreeEntry] = []

    init(_ old: [TreeEntry], _ new: [TreeEntry]) {
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            let order = Self.order(left < old.count ? old[left] : nil, right < new.count ? new[right] : nil)
            if order < 0 {
                removed.append(old[left])
                left += 1
            } else if order > 0 {
                added.append(new[right])
                right += 1
            } else {
                if !old[left].isSame(as: new[right]) { pairs.append((old[left], new[right])) }
                (left, right) = (left + 1, right + 1)
            }
        }
    }

    static func order(_ old: TreeEntry?, _ new: TreeEntry?) -> Int {
        guard let old else { return 1 }
        guard let new else { return -1 }
        let order = old.path.compare(new.path)
        return order == 0 ? old.copy - new.copy : order
    }
}
