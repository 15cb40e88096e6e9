import Cryptography
import JSON
public import Screening

/// Bounds of what is shown of one difference.
struct ShowingLimits {
    /// Bytes of the record, in canonical form.
    let bytes: Int
    /// Bytes of one file's lines.
    let fileTextBytes: Int
    /// Bytes of one line of a package.
    let lineBytes: Int
    /// Equal lines around those that differ.
    let contextLines = 3
    /// Edits of one file whose places are told.
    let edits: Int

    init(bytes: Int, fileTextBytes: Int, lineBytes: Int, edits: Int) {
        self.bytes = bytes
        self.fileTextBytes = fileTextBytes
        self.lineBytes = lineBytes
        self.edits = edits
    }

    /// Nil for nothing. What is left to the extent's limit is for what comes besides.
    init?(_ extent: ShownDifference.Extent) {
        switch extent {
        case .nothing: return nil
        case .summary: self.init(bytes: 224 << 10, fileTextBytes: 24 << 10, lineBytes: 400, edits: 0)
        case .whole: self.init(bytes: 22 << 20, fileTextBytes: 16 << 20, lineBytes: 2000, edits: 1000)
        }
    }
}

extension ArtifactDifference {
    /// What people are shown of it; nil for nothing.
    ///
    /// Every file's own line comes before any text, and code before other text, so that no amount of one displaces the
    /// other.
    public func shown(_ extent: ShownDifference.Extent = .whole) -> ShownDifference? {
        ShowingLimits(extent).map(shown(within:))
    }

    func shown(within limits: ShowingLimits) -> ShownDifference {
        var shown = ShownDifference(base: base.side, new: new.side)
        shown.sums = tree.sums
        shown.isCut = isCut
        var left = limits.bytes - 1024
        for change in manifests.changes {
            let member = ShownDifference.Member(change)
            let cost = member.cost
            guard cost <= left - limits.bytes / 2 else {
                shown.isManifestCut = true
                break
            }
            left -= cost
            shown.manifests.append(member)
        }
        shown.isManifestCut = shown.isManifestCut || manifests.isCut
        for change in tree.changes {
            let file = ShownDifference.File(change, limits)
            let cost = (try? CanonicalJSON.encode(file.record(hasText: false)).count) ?? left
            guard cost <= left - limits.bytes / 4 else { break }
            left -= cost + 64
            shown.files.append(file)
        }
        shown.omittedFiles = tree.changes.count - shown.files.count
        for wantsCode in [true, false] {
            for index in shown.files.indices where tree.changes[index].isCode == wantsCode {
                var lines = HunkLines(limits, room: min(left, limits.fileTextBytes))
                lines.add(tree.changes[index])
                left -= lines.cost
                shown.files[index].hunks = lines.hunks
                shown.files[index].isTextCut = lines.isCut
            }
        }
        return shown
    }
}

/// The lines of one file, as far as there is room.
private struct HunkLines {
    let limits: ShowingLimits
    let room: Int
    private(set) var hunks: [ShownDifference.Hunk] = []
    private(set) var cost = 0
    private(set) var isCut = false

    /// What a hunk takes besides its lines.
    private static let hunkCost = 96

    init(_ limits: ShowingLimits, room: Int) {
        self.limits = limits
        self.room = room
    }

    mutating func add(_ change: FileChange) {
        guard change.hasNewContent || change.new == nil else { return }
        let classes = [change.oldClass, change.newClass].compactMap(\.self)
        guard classes.allSatisfy({ $0 == .text }) else { return }
        let before = change.old?.text ?? []
        let after = change.new?.text ?? []
        if change.old == nil || change.new == nil {
            let (gone, come) = (change.lines?.removed ?? 0, change.lines?.added ?? 0)
            guard gone + come > 0 else { return }
            begin([gone == 0 ? 0 : 1, gone], [come == 0 ? 0 : 1, come])
            add(before, 0..<before.count, .gone)
            add(after, 0..<after.count, .come)
            return
        }
        for hunk in UnifiedHunk.hunks(of: change.edits, in: before, contextLines: limits.contextLines) {
            begin(hunk.old, hunk.new)
            for part in hunk.parts {
                switch part {
                case .equal(let bytes): add(before, bytes, .equal)
                case .edit(let edit):
                    add(before, edit.oldBytes, .gone)
                    add(after, edit.newBytes, .come)
                }
            }
            if isCut { return }
        }
    }

    private mutating func begin(_ old: [Int], _ new: [Int]) {
        guard take(Self.hunkCost) else { return }
        hunks.append(ShownDifference.Hunk(old: old, new: new, lines: []))
    }

    private mutating func take(_ bytes: Int) -> Bool {
        guard !isCut, cost + bytes <= room else {
            isCut = true
            return false
        }
        cost += bytes
        return true
    }

    private mutating func add(_ text: [UInt8], _ bytes: Range<Int>, _ mark: ShownDifference.Hunk.Mark) {
        var start = bytes.lowerBound
        while start < bytes.upperBound, !isCut {
            let end = text[start...].firstIndex(of: 0x0A) ?? text.endIndex
            let left = end - start - limits.lineBytes
            let rest = left > 0 ? "… (\(left) more bytes)" : ""
            add([mark.rawValue] + PrintableText.bytes(text[start..<end].prefix(limits.lineBytes)) + Array(rest.utf8))
            if end == text.endIndex { add(Array("\\ No newline at end of file".utf8)) }
            start = end + 1
        }
    }

    private mutating func add(_ line: [UInt8]) {
        // Quotes, backslashes and tabs take two bytes, and every line quotes and a comma.
        let escapes = line.count { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") || $0 == 0x09 }
        guard take(line.count + escapes + 3), let last = hunks.indices.last else { return }
        hunks[last].lines.append(String(decoding: line, as: UTF8.self))
    }
}

// MARK: Members

extension ShownDifference.Member {
    init(_ change: ManifestChange) {
        self.init(
            manifest: change.manifest, group: change.group, name: change.name, kind: Kind(change.kind), old: change.old,
            new: change.new)
    }

    /// At most so many bytes in a record.
    fileprivate var cost: Int {
        let texts = [manifest, group, name, member, old ?? "", new ?? ""]
        return 120 + texts.reduce(0) { $0 + 2 * $1.utf8.count }
    }
}

extension ShownDifference.Member.Kind {
    init(_ kind: ManifestChange.Kind) {
        switch kind {
        case .added: self = .added
        case .removed: self = .removed
        case .changed: self = .changed
        case .unreadable: self = .unreadable
        }
    }
}

extension ShownDifference.File {
    fileprivate init(_ change: FileChange, _ limits: ShowingLimits) {
        self.init(path: PrintableText.string(change.path), kind: Kind(change.kind))
        oldPath = change.oldPath.map { PrintableText.string($0) }
        copy = change.copy + 1
        old = change.old.map(ShownDifference.Entry.init)
        new = change.new.map(ShownDifference.Entry.init)
        lines = change.lines.map { .init(added: $0.added, removed: $0.removed, isCut: $0.isCut) }
        isLineEndsOnly = change.isLineEndsOnly
        guard change.edits.count <= limits.edits else { return }
        edits = change.edits.map {
            [$0.oldLines.lowerBound + 1, $0.oldLines.count, $0.newLines.lowerBound + 1, $0.newLines.count]
        }
    }
}

extension ShownDifference.File.Kind {
    init(_ kind: FileChange.Kind) {
        switch kind {
        case .added: self = .added
        case .removed: self = .removed
        case .changed: self = .changed
        case .moved: self = .moved
        case .mode: self = .mode
        }
    }
}

extension ShownDifference.Entry {
    fileprivate init(_ entry: TreeEntry) {
        self.init(
            fileClass: Class(entry.fileClass), isExecutable: entry.isExecutable, isPrivileged: entry.isPrivileged,
            sizeBytes: Int(clamping: entry.sizeBytes))
        sha256 = entry.sha256?.hex
        target = entry.fileClass == .link ? PrintableText.string(entry.text ?? []) : nil
    }
}

extension ShownDifference.Entry.Class {
    init(_ fileClass: FileClass) {
        switch fileClass {
        case .text: self = .text
        case .minified: self = .minified
        case .binary: self = .binary
        case .oversized: self = .oversized
        case .link: self = .link
        case .unread: self = .unread
        }
    }
}

extension ArtifactTree {
    fileprivate var side: ShownDifference.Side { .init(files: entries.count, isComplete: isComplete) }
}

extension TreeDifference {
    fileprivate var sums: ShownDifference.Sums {
        var sums = ShownDifference.Sums()
        sums.addedLines = addedLines
        sums.changedBytes = Int(clamping: changedBytes)
        sums.changedFiles = changedFiles
        sums.codeLines = codeLines
        sums.newCodeLines = newCodeLines
        sums.removedFiles = removedFiles
        sums.removedLines = removedLines
        return sums
    }
}
