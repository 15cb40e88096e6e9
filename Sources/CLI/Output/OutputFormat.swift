import JSON

/// How a list or a record is printed.
///
/// Spec: cli.md, lists. `table` and `wide` align on a terminal and turn into TSV in a pipe.
enum OutputFormat: String, CaseIterable, Sendable {
    case table, wide, json, jsonl, csv

    static let option = CommandOption.value(
        "output", "FORMAT", "table, wide, json, jsonl or csv (default table)", letter: "o")

    init(of invocation: Invocation) throws(CommandFailure) {
        let text = invocation.value("output") ?? "table"
        guard let format = OutputFormat(rawValue: text) else {
            let names = OutputFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandFailure(.usage, "--output is \(text); expected one of \(names)")
        }
        self = format
    }

    /// For commands that print one record, which has no rows: CSV would be neither.
    init(ofRecord invocation: Invocation) throws(CommandFailure) {
        try self.init(of: invocation)
        guard self != .csv else {
            throw CommandFailure(.usage, "\(invocation.command.name) prints one record, not a list; use -o json")
        }
    }
}

/// A list for people and programs: named columns, rows of text, and the JSON object behind each row.
struct Listing: Sendable {
    struct Column: Sendable {
        let title: String
        let isWideOnly: Bool

        init(_ title: String, wide: Bool = false) {
            self.title = title
            isWideOnly = wide
        }
    }

    let columns: [Column]
    var rows: [(cells: [String], record: JSONValue)] = []
    /// Printed on a terminal when there is no row.
    let emptyNote: String

    /// The text for one format; `isTerminal` decides between aligned columns and tab-separated values.
    func rendered(as format: OutputFormat, isTerminal: Bool) -> String {
        switch format {
        case .json: JSONText.string(.array(rows.map(\.record)), pretty: true) + "\n"
        case .jsonl: rows.map { JSONText.string($0.record, pretty: false) + "\n" }.joined()
        case .csv: separated(by: ",", quoting: csvCell, wide: true)
        case .table, .wide:
            isTerminal
                ? aligned(wide: format == .wide)
                : separated(
                    by: "\t", quoting: { $0.replacing("\t", with: " ").replacing("\n", with: " ") },
                    wide: format == .wide)
        }
    }

    private func shown(_ wide: Bool) -> [Int] { columns.indices.filter { wide || !columns[$0].isWideOnly } }

    private func separated(by separator: String, quoting: (String) -> String, wide: Bool) -> String {
        let indices = shown(wide)
        let lines = [columns.map(\.title)] + rows.map(\.cells)
        return lines.map { cells in indices.map { quoting(cells[$0]) }.joined(separator: separator) + "\n" }.joined()
    }

    private func csvCell(_ text: String) -> String {
        guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    private func aligned(wide: Bool) -> String {
        guard !rows.isEmpty else { return emptyNote + "\n" }
        let indices = shown(wide)
        let lines = [columns.map(\.title)] + rows.map(\.cells)
        let widths = indices.map { index in lines.map { $0[index].count }.max() ?? 0 }
        return lines.map { cells in
            var line = ""
            for (position, index) in indices.enumerated() {
                line += position == indices.count - 1 ? cells[index] : cells[index].padded(to: widths[position] + 2)
            }
            return line + "\n"
        }.joined()
    }
}
