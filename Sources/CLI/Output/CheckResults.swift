import JSON
import Platform
import Screening

/// What a check answered about one or more files, for people and for exit codes.
struct CheckResults: Sendable {
    private var entries: [JSONValue] = []
    private(set) var notes: [String] = []

    /// - Parameters:
    ///   - path: the file that was checked; nil for purls.
    ///   - all: every file that is checked, so that one that another includes is not called unread.
    mutating func add(_ answer: JSONValue, of path: String?, whichIsOneOf all: [String]) {
        let places = all.map(Self.components)
        // pip looks for what a file includes beside that file.
        let folder = path.flatMap { path in path.lastIndex(of: "/").map { String(path[...$0]) } } ?? ""
        for entry in answer["entries"]?.arrayValue ?? [] {
            if let included = Self.include(entry),
                places.contains(Self.components(included.hasPrefix("/") ? included : folder + included))
            {
                continue
            }
            guard let path, var object = entry.objectValue else {
                entries.append(entry)
                continue
            }
            object.append("file", .string(path))
            entries.append(.object(object))
        }
        let said = (answer["summary"]?["notes"]?.arrayValue ?? []).compactMap(\.stringValue)
        notes += said.map { note in path.map { "\($0), \(note)" } ?? note }
    }

    /// A path by its parts, without `.` and, as far as the path tells, without `..`.
    private static func components(_ path: String) -> [Substring] {
        var parts: [Substring] = path.hasPrefix("/") ? ["/"] : []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != "..", last != "/" {
                parts.removeLast()
            } else {
                parts.append(part)
            }
        }
        return parts
    }

    /// The other file that an entry of requirements stands for.
    private static func include(_ entry: JSONValue) -> String? {
        guard entry["standing"] == "unknown", let input = entry["input"]?.stringValue, input.hasPrefix("-") else {
            return nil
        }
        for option in ["--requirement", "-r"] where input.hasPrefix(option) {
            return String(input.dropFirst(option.count).drop { $0 == "=" || $0 == " " })
        }
        return nil
    }

    private func count(_ standing: String) -> Int { entries.count { $0["standing"]?.stringValue == standing } }

    /// Everything but what is served, for a table; all of it for programs.
    func listing(as format: OutputFormat) -> Listing {
        var listing = Listing(
            columns: [
                .init("DECISION"), .init("PACKAGE"), .init("CODE"), .init("WHY"), .init("UNTIL"), .init("INSTEAD"),
                .init("ADVISORIES", wide: true), .init("FILE", wide: true), .init("LINE", wide: true),
                .init("INPUT", wide: true),
            ], emptyNote: entries.isEmpty ? "no package is in it" : "everything is served")
        for entry in entries where format != .table || entry["standing"] != "serve" {
            listing.rows.append(
                (
                    [
                        Self.words[entry.text("standing")] ?? entry.text("standing"),
                        entry["purl"]?.stringValue ?? Logger.printable(entry.text("input")), entry.text("code"),
                        Self.why(entry),
                        entry["until"]?.stringValue ?? "–", Self.list(entry["alternatives"]),
                        Self.list(entry["advisories"]), entry.text("file"), entry.text("line"),
                        Logger.printable(entry.text("input")),
                    ], entry
                ))
        }
        return listing
    }

    private static func list(_ value: JSONValue?) -> String {
        (value?.arrayValue ?? []).compactMap(\.stringValue).joined(separator: " ")
    }

    private static func why(_ entry: JSONValue) -> String {
        if let problem = entry["problem"]?.stringValue { return problem }
        guard let code = RefusalCode(rawValue: entry.text("code")) else { return "" }
        return code == .heldPending ? "not analysed yet" : code.sentence
    }

    /// The words of tables, in the order of a summary: what is worst comes first.
    private static let order = [
        ("block", "refused"), ("differs", "differs"), ("hold", "held"), ("pending", "pending"), ("unknown", "unknown"),
        ("unscreened", "unscreened"), ("serve", "served"),
    ]
    private static let words = Dictionary(order, uniquingKeysWith: { first, _ in first })

    /// How many there are of each kind.
    func sentence(shownAs format: OutputFormat) -> String {
        let counts = Self.order.filter { count($0.0) > 0 }.map { "\(count($0.0)) \($0.1)" }
        var text = "\(entries.count) packages" + (counts.isEmpty ? "" : ": " + counts.joined(separator: ", "))
        if count("unscreened") > 0 { text += "; what comes from no registry is not screened" }
        if count("pending") > 0 { text += "; --wait has what is pending analysed" }
        if format == .table, count("serve") > 0, count("serve") < entries.count { text += "; -o wide shows all" }
        return text
    }

    /// Spec: docs/checking.md, "Exit codes".
    func exitCode(isStrict: Bool) -> ExitCode {
        let refused = count("block") + count("differs") + count("hold") + count("pending")
        if refused > 0 || (isStrict && count("unscreened") > 0) { return .refused }
        let absent = entries.count { $0["absent"] == true }
        if absent > 0, absent == entries.count { return .notFound }
        return count("unknown") > 0 ? .failure : .success
    }
}
