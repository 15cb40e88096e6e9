public import Screening

/// A difference as people read it: unified text, or one line for each file.
///
/// Whatever a package says in it is printable already, see `ShownDifference`.
public struct DifferenceText {
    private enum Colour: String {
        case title = "1"
        case place = "36"
        case gone = "31"
        case come = "32"
        case note = "33"
    }

    private let hasColour: Bool
    private var output: [UInt8] = []

    private init(_ hasColour: Bool) { self.hasColour = hasColour }

    /// What manifests say otherwise, then every file with its lines; fit for `patch` where lines are shown.
    ///
    /// - Parameter hasColour: whether lines that come and go have colours of terminals.
    public static func unified(_ difference: ShownDifference, hasColour: Bool = false) -> [UInt8] {
        var text = DifferenceText(hasColour)
        text.addNotes(difference)
        for change in difference.manifests { text.add("# " + summary(of: change), .note) }
        if difference.isManifestCut { text.add("# more changes of manifests are not shown", .note) }
        for file in difference.files { text.add(file) }
        text.addOmitted(difference)
        return text.output
    }

    /// One line for each file with how much of it changed, then the sums.
    public static func stat(_ difference: ShownDifference, hasColour: Bool = false) -> [UInt8] {
        var text = DifferenceText(hasColour)
        text.addNotes(difference)
        for file in difference.files { text.add(" " + summary(of: file)) }
        text.addOmitted(difference)
        let sums = difference.sums
        text.add(
            " \(sums.changedFiles) files changed, \(sums.removedFiles) removed, \(sums.addedLines) lines added, "
                + "\(sums.removedLines) removed, \(sums.newCodeLines) new lines of code, \(sums.changedBytes) new bytes"
        )
        return text.output
    }

    /// One file in a line: its name and how much of it changed.
    public static func summary(of file: ShownDifference.File) -> String { "\(names(of: file)) | \(amount(of: file))" }

    /// One change of a manifest in words.
    public static func summary(of change: ShownDifference.Member) -> String {
        let place = "\(change.manifest): \(change.member)"
        switch change.kind {
        case .added: return "\(place) added: \(change.new ?? "")"
        case .removed: return "\(place) removed: \(change.old ?? "")"
        case .changed: return "\(place) changed: \(change.old ?? "") → \(change.new ?? "")"
        case .unreadable: return "\(change.manifest) cannot be read in both versions"
        }
    }

    // MARK: Lines of output

    private mutating func add(_ line: String, _ colour: Colour? = nil) {
        if hasColour, let colour { output += Array("\u{1B}[\(colour.rawValue)m".utf8) }
        output += line.utf8
        if hasColour, colour != nil { output += Array("\u{1B}[0m".utf8) }
        output.append(0x0A)
    }

    private mutating func addNotes(_ difference: ShownDifference) {
        if !difference.base.isComplete { add("# the old artifact could not be read as a whole", .note) }
        if !difference.new.isComplete { add("# the new artifact could not be read as a whole", .note) }
    }

    private mutating func addOmitted(_ difference: ShownDifference) {
        if difference.omittedFiles > 0 {
            add("# \(difference.omittedFiles) more files differ and are not shown", .note)
        }
    }

    // MARK: Files

    private static func names(of file: ShownDifference.File) -> String {
        (file.oldPath.map { $0 + " → " } ?? "") + file.path + (file.copy == 1 ? "" : " (copy \(file.copy))")
    }

    private static func amount(of file: ShownDifference.File) -> String {
        let rights = file.kind == .mode ? Self.rights(of: file) : nil
        if let rights { return rights }
        guard let lines = file.lines else {
            let sizes = [file.old, file.new].map { $0.map { String($0.sizeBytes) } ?? "none" }
            let word = (file.new ?? file.old)?.fileClass.rawValue ?? ""
            return "\(word) \(sizes[0]) → \(sizes[1]) bytes"
        }
        let cut = lines.isCut ? " (not line by line)" : ""
        return "+\(lines.added) −\(lines.removed)\(file.new?.fileClass == .minified ? " minified" : "")\(cut)"
    }

    private static func rights(of file: ShownDifference.File) -> String? {
        guard let old = file.old, let new = file.new else { return nil }
        func text(_ entry: ShownDifference.Entry) -> String {
            (entry.isPrivileged ? "privileged " : "") + (entry.isExecutable ? "executable" : "not executable")
        }
        return text(old) == text(new) ? nil : "\(text(old)) → \(text(new))"
    }

    private mutating func add(_ file: ShownDifference.File) {
        add("diff \(Self.names(of: file))", .title)
        if let old = file.oldPath {
            add("rename from \(old)", .title)
            add("rename to \(file.path)", .title)
        }
        if let rights = Self.rights(of: file) { add("mode \(rights)", .title) }
        if file.old == nil, file.new?.isExecutable == true { add("mode executable", .title) }
        guard file.hasNewContent else { return }
        if file.isLineEndsOnly { add("# only the ends of lines differ", .note) }
        if file.lines?.isCut == true { add("# too many lines to compare one by one", .note) }
        let entries = [file.old, file.new].compactMap(\.self)
        if entries.contains(where: { $0.fileClass == .link }) {
            if let target = file.old?.target { add("-link to \(target)", .gone) }
            if let target = file.new?.target { add("+link to \(target)", .come) }
            return
        }
        if let other = entries.first(where: { $0.fileClass != .text }) {
            let sizes = [file.old, file.new].map { $0.map { String($0.sizeBytes) } ?? "none" }
            let counts = file.lines.map { ", lines +\($0.added) −\($0.removed)" } ?? ""
            add("\(Self.word(for: other.fileClass)) files differ (\(sizes[0]) → \(sizes[1]) bytes\(counts))", .title)
            return
        }
        addLines(of: file)
    }

    private static func word(for fileClass: ShownDifference.Entry.Class) -> String {
        switch fileClass {
        case .text: "Text"
        case .minified: "Minified"
        case .binary: "Binary"
        case .oversized: "Large"
        case .link: "Linked"
        case .unread: "Unreadable"
        }
    }

    private mutating func addLines(of file: ShownDifference.File) {
        add(file.old == nil ? "--- /dev/null" : "--- a/\(file.oldPath ?? file.path)", .title)
        add(file.new == nil ? "+++ /dev/null" : "+++ b/\(file.path)", .title)
        for hunk in file.hunks {
            add(hunk.place, .place)
            for line in hunk.lines { add(line, Self.colour(of: line)) }
        }
        if file.isTextCut { add("# more lines of this file are not shown", .note) }
    }

    private static func colour(of line: String) -> Colour? {
        switch ShownDifference.Hunk.mark(of: line) {
        case .come: .come
        case .gone: .gone
        case .equal, .note: nil
        }
    }
}

extension ShownDifference.File {
    /// Whether the content is another one than before, or gone.
    var hasNewContent: Bool {
        guard let old, let new else { return true }
        return old.sha256 != new.sha256 || old.sha256 == nil || (old.target == nil) != (new.target == nil)
    }
}
