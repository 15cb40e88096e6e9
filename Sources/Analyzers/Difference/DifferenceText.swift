/// A difference as people read it: unified text, or one line for each file.
///
/// Nothing of a package reaches the text as it is but what is harmless on terminals, see `PrintableText`. Long lines
/// and long texts are cut, which is said where it happens.
public struct DifferenceText {
    /// How a text is shown.
    public struct Style: Sendable, Equatable {
        /// Whether lines that come and go have colours of terminals.
        public var hasColour: Bool
        /// Equal lines that are shown around those that differ.
        public var contextLines: Int
        /// Bytes of one line that are shown.
        public var lineBytes: Int
        /// Bytes of the whole text.
        public var totalBytes: Int

        public init(hasColour: Bool = false, contextLines: Int = 3, lineBytes: Int = 2000, totalBytes: Int = 16 << 20) {
            self.hasColour = hasColour
            self.contextLines = contextLines
            self.lineBytes = lineBytes
            self.totalBytes = totalBytes
        }
    }

    private enum Colour: String {
        case title = "1"
        case place = "36"
        case gone = "31"
        case come = "32"
        case note = "33"
    }

    private let style: Style
    private var output: [UInt8] = []
    private var isFull = false

    private init(_ style: Style) { self.style = style }

    /// What manifests say otherwise, then every file with its lines; fit for `patch` where lines are shown.
    public static func unified(_ difference: ArtifactDifference, style: Style = Style()) -> [UInt8] {
        var text = DifferenceText(style)
        text.addNotes(difference)
        for change in difference.manifests.changes { text.add("# " + summary(of: change), .note) }
        if difference.manifests.isCut { text.add("# more changes of manifests are not shown", .note) }
        for change in difference.tree.changes {
            if text.isFull { break }
            text.add(change)
        }
        return text.output
    }

    /// One line for each file with how much of it changed, then the sums.
    public static func stat(_ difference: ArtifactDifference, style: Style = Style()) -> [UInt8] {
        var text = DifferenceText(style)
        text.addNotes(difference)
        for change in difference.tree.changes where !text.isFull {
            text.add(" \(names(of: change)) | \(amount(of: change))")
        }
        let tree = difference.tree
        text.add(
            " \(tree.changedFiles) files changed, \(tree.removedFiles) removed, \(tree.addedLines) lines added, "
                + "\(tree.removedLines) removed, \(tree.newCodeLines) new lines of code, \(tree.changedBytes) new bytes"
        )
        return text.output
    }

    /// One change of a manifest in words.
    public static func summary(of change: ManifestChange) -> String {
        let place = "\(change.manifest): \(change.member)"
        switch change.kind {
        case .added: return "\(place) added: \(change.new ?? "")"
        case .removed: return "\(place) removed: \(change.old ?? "")"
        case .changed: return "\(place) changed: \(change.old ?? "") → \(change.new ?? "")"
        case .unreadable: return "\(change.manifest) cannot be read in both versions"
        }
    }

    // MARK: Lines of output

    private mutating func add(_ line: String, _ colour: Colour? = nil) { add(Array(line.utf8)[...], colour) }

    private mutating func add(_ line: ArraySlice<UInt8>, _ colour: Colour? = nil) {
        guard !isFull else { return }
        if output.count + line.count > style.totalBytes {
            isFull = true
            output += Array("# the rest is not shown: the text is longer than \(style.totalBytes) bytes\n".utf8)
            return
        }
        if style.hasColour, let colour { output += Array("\u{1B}[\(colour.rawValue)m".utf8) }
        output += line
        if style.hasColour, colour != nil { output += Array("\u{1B}[0m".utf8) }
        output.append(0x0A)
    }

    private mutating func addNotes(_ difference: ArtifactDifference) {
        if !difference.base.isComplete { add("# the old artifact could not be read as a whole", .note) }
        if !difference.new.isComplete { add("# the new artifact could not be read as a whole", .note) }
    }

    // MARK: Files

    private static func names(of change: FileChange) -> String {
        let path = PrintableText.string(change.path)
        let copy = change.copy == 0 ? "" : " (copy \(change.copy + 1))"
        return (change.oldPath.map { PrintableText.string($0) + " → " } ?? "") + path + copy
    }

    private static func amount(of change: FileChange) -> String {
        let rights = change.kind == .mode ? Self.rights(of: change) : nil
        if let rights { return rights }
        guard let lines = change.lines else {
            let sizes = [change.oldSize, change.newSize].map { $0.map(String.init) ?? "none" }
            return "\((change.newClass ?? change.oldClass)?.rawValue ?? "") \(sizes[0]) → \(sizes[1]) bytes"
        }
        let cut = lines.isCut ? " (not line by line)" : ""
        return "+\(lines.added) −\(lines.removed)\(change.newClass == .minified ? " minified" : "")\(cut)"
    }

    private static func rights(of change: FileChange) -> String? {
        guard let old = change.old, let new = change.new else { return nil }
        func text(_ entry: TreeEntry) -> String {
            (entry.isPrivileged ? "privileged " : "") + (entry.isExecutable ? "executable" : "not executable")
        }
        return text(old) == text(new) ? nil : "\(text(old)) → \(text(new))"
    }

    private mutating func add(_ change: FileChange) {
        add("diff \(Self.names(of: change))", .title)
        if let old = change.oldPath {
            add("rename from \(PrintableText.string(old))", .title)
            add("rename to \(PrintableText.string(change.path))", .title)
        }
        if let rights = Self.rights(of: change) { add("mode \(rights)", .title) }
        if change.old == nil, change.isExecutableNow { add("mode executable", .title) }
        guard change.hasNewContent || change.new == nil else { return }
        if change.isLineEndsOnly { add("# only the ends of lines differ", .note) }
        if change.lines?.isCut == true { add("# too many lines to compare one by one", .note) }
        let classes = [change.oldClass, change.newClass].compactMap(\.self)
        if change.newClass == .link || change.oldClass == .link {
            for (mark, entry) in [("-", change.old), ("+", change.new)] where entry?.fileClass == .link {
                add("\(mark)link to \(PrintableText.string(entry?.text ?? []))", mark == "-" ? .gone : .come)
            }
            return
        }
        if let other = classes.first(where: { $0 != .text }) {
            let amount = "\(change.oldSize.map(String.init) ?? "none") → \(change.newSize.map(String.init) ?? "none")"
            let counts = change.lines.map { ", lines +\($0.added) −\($0.removed)" } ?? ""
            add("\(Self.word(for: other)) files differ (\(amount) bytes\(counts))", .title)
            return
        }
        addLines(of: change)
    }

    private static func word(for fileClass: FileClass) -> String {
        switch fileClass {
        case .text: "Text"
        case .minified: "Minified"
        case .binary: "Binary"
        case .oversized: "Large"
        case .link: "Linked"
        case .unread: "Unreadable"
        }
    }

    private mutating func addLines(of change: FileChange) {
        let before = change.old?.text ?? []
        let after = change.new?.text ?? []
        add(change.old.map { "--- a/\(PrintableText.string($0.path))" } ?? "--- /dev/null", .title)
        add(change.new.map { "+++ b/\(PrintableText.string($0.path))" } ?? "+++ /dev/null", .title)
        if change.old == nil || change.new == nil {
            let (gone, come) = (change.lines?.removed ?? 0, change.lines?.added ?? 0)
            add("@@ -\(gone == 0 ? 0 : 1),\(gone) +\(come == 0 ? 0 : 1),\(come) @@", .place)
            addLines(of: before, 0..<before.count, mark: "-", .gone)
            addLines(of: after, 0..<after.count, mark: "+", .come)
            return
        }
        for hunk in UnifiedHunk.hunks(of: change.edits, in: before, contextLines: style.contextLines) {
            if isFull { return }
            add("@@ -\(hunk.oldRange) +\(hunk.newRange) @@", .place)
            for part in hunk.parts {
                switch part {
                case .equal(let bytes): addLines(of: before, bytes, mark: " ", nil)
                case .edit(let edit):
                    addLines(of: before, edit.oldBytes, mark: "-", .gone)
                    addLines(of: after, edit.newBytes, mark: "+", .come)
                }
            }
        }
    }

    private mutating func addLines(of text: [UInt8], _ bytes: Range<Int>, mark: Character, _ colour: Colour?) {
        var start = bytes.lowerBound
        while start < bytes.upperBound, !isFull {
            let end = text[start...].firstIndex(of: 0x0A) ?? text.endIndex
            let shown = PrintableText.bytes(text[start..<end].prefix(style.lineBytes))
            let left = end - start - style.lineBytes
            let rest = left > 0 ? Array("… (\(left) more bytes)".utf8) : []
            add((Array(String(mark).utf8) + shown + rest)[...], colour)
            if end == text.endIndex { add("\\ No newline at end of file") }
            start = end + 1
        }
    }
}
