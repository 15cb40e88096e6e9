import Platform
import Screening

/// Findings for people: gravest first, those that say the same together, each with its first places.
struct FindingList: Sendable {
    let console: Console
    /// How many kinds of findings are shown besides malicious ones, which all are; nil shows everything.
    let most: Int?
    /// Where the rest is to be seen.
    let hint: String

    private static let mostPlaces = 3

    /// Findings of one rule that say the same, with all their places.
    private struct Group {
        let first: ShownFinding
        var places: [String] = []
    }

    /// The lines, without their ends.
    func lines(_ findings: [ShownFinding], indent: String) -> [String] {
        var groups: [Group] = []
        var positions: [String: Int] = [:]
        for finding in findings.sorted(by: { $0.severity > $1.severity }) {
            let key = "\(finding.rule) \(finding.severity.rawValue) \(finding.message)"
            let position = positions[key] ?? groups.count
            if position == groups.count {
                positions[key] = position
                groups.append(Group(first: finding))
            }
            let times = finding.count > 1 ? " (\(finding.count) times)" : ""
            if !finding.place.isEmpty { groups[position].places.append(finding.place + times) }
        }
        let shown = most.map { max($0, groups.count { $0.first.severity == .malicious }) } ?? groups.count
        var lines = groups.prefix(shown).flatMap { self.lines($0, indent) }
        if groups.count > shown { lines.append("\(indent)… and \(groups.count - shown) more (\(hint))") }
        return lines
    }

    private func lines(_ group: Group, _ indent: String) -> [String] {
        let finding = group.first
        let word = finding.severity.rawValue.padded(to: 11)
        let severity = finding.severity == .info ? word : console.emphasised(word, finding.severity.verdict.style)
        var lines = ["\(indent)\(severity) \(finding.rule)  \(finding.message)"]
        if !group.places.isEmpty {
            let places = Self.list(group.places, most: most == nil ? .max : Self.mostPlaces)
            lines.append("\(indent)            \(places)")
        }
        return lines
    }

    /// The first of some texts, and how many more there are.
    static func list(_ texts: [String], most: Int) -> String {
        let shown = texts.prefix(most).joined(separator: ", ")
        return texts.count > most ? "\(shown) and \(texts.count - most) more" : shown
    }
}

extension Verdict {
    /// How terminals show it.
    var style: Console.Style {
        switch self {
        case .clean: .green
        case .suspicious: .yellow
        case .malicious: .red
        }
    }
}
