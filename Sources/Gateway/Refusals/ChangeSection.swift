import Registry
import Screening

/// What a release has otherwise than the one that it was compared with, as part of a page.
///
/// Text of packages is in it: printable by its form, escaped once more here, and kept in its own direction and box.
struct ChangeSection {
    private let comparison: ReleaseComparison
    private static let mostMembers = 40
    private static let mostFiles = 200

    init(_ comparison: ReleaseComparison) { self.comparison = comparison }

    /// Empty when there is nothing to tell.
    var html: String {
        var html = standing.map { "<p>\($0)</p>" } ?? ""
        if !comparison.reasons.isEmpty {
            html += "<p>It was reviewed in full, because:</p>" + Self.list(comparison.reasons.map(WhyPage.escaped))
        }
        guard let compared = comparison.compared else {
            return comparison.chain.depth == 0
                ? html : html + "<p>What changed was not kept here; <code>jurat diff</code> shows it.</p>"
        }
        return html + Self.changes(compared.difference)
    }

    // MARK: What it stands on

    /// Nil where nothing says whether it was compared with anything.
    private var standing: String? {
        let chain = comparison.chain
        if let base = chain.basePlace {
            let anchor = chain.anchorPlace ?? "an unknown version"
            let depth =
                chain.depth == 1
                ? "which was reviewed in full"
                : "\(chain.depth) differences after the full review of \(Self.place(anchor, chain.anchorIndex))"
            return "Compared with \(Self.place(base, chain.baseIndex)), \(depth)."
        }
        return comparison.compared.map { "Compared with \(Self.place(Self.name($0.base.purl), nil))." }
    }

    private static func place(_ name: String, _ index: UInt64?) -> String {
        "<b>\(WhyPage.escaped(name))</b>" + (index.map { " (log index \($0))" } ?? "")
    }

    private static func name(_ purl: PackageURL) -> String {
        purl.name.canonical + (purl.version.map { "@\($0)" } ?? "")
    }

    // MARK: What changed

    private static func changes(_ difference: ShownDifference) -> String {
        if difference.isEmpty { return "<p>Nothing differs but the version.</p>" }
        let sums = difference.sums
        var html =
            "<p>\(count(sums.changedFiles, "file")) changed, \(sums.removedFiles) removed; "
            + "\(count(sums.addedLines, "line")) added, \(sums.removedLines) removed; "
            + "\(count(sums.changedBytes, "new byte")).</p>"
        if !difference.base.isComplete || !difference.new.isComplete {
            html += "<p>Not everything could be read: there may be more than is shown.</p>"
        }
        html += abilities("It can now", difference.came) + abilities("It cannot any more", difference.went)
        html += members(difference)
        html += difference.files.prefix(mostFiles).map(file).joined()
        let rest = difference.omittedFiles + max(difference.files.count - mostFiles, 0)
        if rest > 0 { html += "<p>\(count(rest, "more file")) not shown; <code>jurat diff</code> shows all.</p>" }
        return html
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
    }

    private static func abilities(_ title: String, _ abilities: [ShownDifference.Ability]) -> String {
        guard !abilities.isEmpty else { return "" }
        let words = abilities.map { ability in
            let reach = ability.reach == "install" ? " at installation" : ""
            let place = ability.path.map { path in ability.line.map { "\(path):\($0)" } ?? path }
            return "<b>\(WhyPage.escaped(ability.word))</b>\(reach)" + (place.map { ": \(code($0))" } ?? "")
        }
        return "<p>\(title):</p>" + list(words)
    }

    private static func members(_ difference: ShownDifference) -> String {
        guard !difference.manifests.isEmpty else { return "" }
        let words = difference.manifests.prefix(mostMembers).map { member -> String in
            let place = code("\(member.manifest): \(member.member)")
            switch member.kind {
            case .added: return "\(place) added: \(code(member.new ?? ""))"
            case .removed: return "\(place) removed: \(code(member.old ?? ""))"
            case .changed: return "\(place): \(code(member.old ?? "")) → \(code(member.new ?? ""))"
            case .unreadable: return "\(code(member.manifest)) cannot be read in both versions"
            }
        }
        let rest = difference.manifests.count - words.count
        let more = rest > 0 || difference.isManifestCut ? ["and more"] : []
        return "<p>What its manifests say otherwise:</p>" + list(words + more)
    }

    private static func list(_ items: [String]) -> String {
        "<ul>\(items.map { "<li>\($0)</li>" }.joined())</ul>"
    }

    private static func code(_ text: String) -> String { "<code>\(WhyPage.escaped(text))</code>" }

    // MARK: Files

    private static func file(_ file: ShownDifference.File) -> String {
        let from = file.oldPath.map { code($0) + " → " } ?? ""
        let title = "\(from)\(code(file.path)) <span>\(amount(of: file))</span>"
        let lines = file.hunks.map(hunk).joined()
        guard !lines.isEmpty else { return "<p class=\"file\">\(title)</p>" }
        let cut = file.isTextCut ? "<p>More lines are not shown.</p>" : ""
        return "<details><summary>\(title)</summary><pre>\(lines)</pre>\(cut)</details>"
    }

    private static func amount(of file: ShownDifference.File) -> String {
        var words = [file.kind.rawValue]
        if let lines = file.lines { words.append("+\(lines.added) −\(lines.removed)") }
        if let entry = file.new ?? file.old, entry.fileClass != .text {
            words.append("\(entry.fileClass.rawValue), \(entry.sizeBytes) bytes")
        }
        if file.new?.isExecutable == true, file.old?.isExecutable != true { words.append("now executable") }
        if file.isLineEndsOnly { words.append("only the ends of lines") }
        return words.joined(separator: ", ")
    }

    private static func hunk(_ hunk: ShownDifference.Hunk) -> String {
        let lines = hunk.lines.map { line -> String in
            let text = WhyPage.escaped(line)
            switch ShownDifference.Hunk.mark(of: line) {
            case .come: return "<ins>\(text)</ins>\n"
            case .gone: return "<del>\(text)</del>\n"
            case .equal, .note: return "\(text)\n"
            }
        }
        return "<b>\(hunk.place)</b>\n" + lines.joined()
    }

    /// The look of it, for the page's own style.
    static let style = """
        details,p.file{margin:.4rem 0}summary{cursor:pointer}summary span,p.file span{opacity:.75;font-size:.875rem}
        pre{overflow-x:auto;padding:.6rem;border:1px solid;border-radius:.3rem;font-size:.8125rem;line-height:1.35;tab-size:4}
        pre,code{unicode-bidi:isolate;direction:ltr}code{overflow-wrap:anywhere}
        ins,del{text-decoration:none}ins{color:#116329}del{color:#a40e26}
        @media(prefers-color-scheme:dark){ins{color:#7ee2a0}del{color:#ffa198}}
        """
}
