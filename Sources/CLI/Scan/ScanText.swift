import Platform
import Screening

/// The report of a scan for people: verdict, findings with their places, what the package can do, what was not read.
struct ScanText: Sendable {
    let console: Console
    /// Everything, instead of the gravest.
    let isWide: Bool

    private static let mostGroups = 12
    private static let mostPlaces = 3
    private static let mostUnread = 6
    private static let indent = "  "

    func print(_ result: ScanResult) {
        console.text(text(of: result))
    }

    /// All lines about one input.
    func text(of result: ScanResult) -> String {
        let input = Logger.printable(result.input)
        switch result.outcome {
        case .unavailable(let cause, let detail):
            return "\(console.emphasised("unavailable", .red)) \(input)\n"
                + "\(Self.indent)not analysed (\(cause)): \(Logger.printable(detail))\n"
        case .analysed(let artifact):
            var lines = [
                "\(console.emphasised(artifact.verdict.rawValue, style(of: artifact.verdict))) \(input)"
                    + (artifact.purl.map { " (\($0))" } ?? " (without a usable name)")
            ]
            if isWide { lines.append(Self.indent + artifact.integrity) }
            lines += findings(artifact.findings)
            if !artifact.capabilities.isEmpty {
                lines.append("\(Self.indent)can: \(artifact.capabilities.joined(separator: ", "))")
            }
            if !artifact.unanalyzed.isEmpty {
                lines.append("\(Self.indent)not analysed: \(list(artifact.unanalyzed, most: Self.mostUnread))")
            }
            if isWide {
                for analyzer in artifact.analyzers {
                    lines.append(
                        "\(Self.indent)by \(analyzer.id) \(analyzer.version), ruleset \(analyzer.ruleset.prefix(12)): "
                            + analyzer.verdict.rawValue)
                }
            }
            return lines.joined(separator: "\n") + "\n"
        }
    }

    // MARK: Findings

    /// Findings of one rule that say the same, with all their places.
    private struct Group {
        let first: ScanFinding
        var places: [String] = []
        var count = 0
    }

    private func findings(_ findings: [ScanFinding]) -> [String] {
        // What the package can do has a line of its own.
        let shown = isWide ? findings : findings.filter { !$0.isCapability }
        var groups: [Group] = []
        var positions: [String: Int] = [:]
        for finding in shown {
            let key = "\(finding.rule) \(finding.severity.rawValue) \(finding.message)"
            let position = positions[key] ?? groups.count
            if position == groups.count {
                positions[key] = position
                groups.append(Group(first: finding))
            }
            groups[position].count += finding.count
            if !finding.place.isEmpty { groups[position].places.append(finding.place + times(finding.count)) }
        }
        let most = isWide ? groups.count : max(Self.mostGroups, groups.count { $0.first.severity == .malicious })
        var lines = groups.prefix(most).flatMap(lines)
        if groups.count > most { lines.append("\(Self.indent)… and \(groups.count - most) more (-o wide shows all)") }
        return lines
    }

    private func lines(_ group: Group) -> [String] {
        let word = group.first.severity.rawValue
        let severity =
            group.first.severity == .info
            ? word.padded(to: 11) : console.emphasised(word.padded(to: 11), style(of: group.first.severity.verdict))
        var lines = ["\(Self.indent)\(severity) \(group.first.rule)  \(group.first.message)"]
        if !group.places.isEmpty {
            let most = isWide ? group.places.count : Self.mostPlaces
            lines.append("\(Self.indent)            \(list(group.places, most: most))")
        }
        return lines
    }

    private func times(_ count: Int) -> String { count > 1 ? " (\(count) times)" : "" }

    private func list(_ texts: [String], most: Int) -> String {
        let shown = texts.prefix(most).joined(separator: ", ")
        return texts.count > most ? "\(shown) and \(texts.count - most) more" : shown
    }

    private func style(of verdict: Verdict) -> Console.Style {
        switch verdict {
        case .clean: .green
        case .suspicious: .yellow
        case .malicious: .red
        }
    }
}

extension ScanFinding {
    /// Whether it only says what the package can do.
    var isCapability: Bool { severity == .info && rule.hasPrefix("CAP-") }
}
