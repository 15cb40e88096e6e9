import Analyzers
import Cryptography
import JSON
import Platform
import Screening
import Worker

/// A difference as it is printed.
struct DifferenceOutput: Sendable {
    private let pair: ComparedPair
    private let comparison: LocalAnalysis.Comparison
    private let shown: ShownDifference

    /// Nil when the comparison has nothing to show.
    init?(_ comparison: LocalAnalysis.Comparison, of pair: ComparedPair) {
        guard let shown = comparison.increment.shown else { return nil }
        self.comparison = comparison
        self.pair = pair
        self.shown = shown
    }

    func print(_ form: DiffCommand.Form, isStat: Bool, on console: Console) {
        switch form {
        case .json: console.line(JSONText.string(record, pretty: true))
        case .jsonl: console.line(JSONText.string(record))
        case .text:
            for line in heading { console.line(console.hasColour ? "\u{1B}[33m\(line)\u{1B}[0m" : line) }
            let text =
                isStat
                ? DifferenceText.stat(shown, hasColour: console.hasColour)
                : DifferenceText.unified(shown, hasColour: console.hasColour)
            console.text(String(decoding: text, as: UTF8.self))
        }
    }

    // MARK: Text

    /// What is compared, and what the newer can do and what is found in it that the older lacks; `patch` passes over it.
    private var heading: [String] {
        var lines = ["# \(name(pair.new)) against \(name(pair.base))\(choice)"]
        if shown.isEmpty { lines.append("# nothing differs") }
        if !shown.came.isEmpty { lines.append("# can now: " + shown.came.map(\.words).joined(separator: ", ")) }
        if !shown.went.isEmpty {
            lines.append("# cannot any more: " + shown.went.map(\.word).joined(separator: ", "))
        }
        for finding in findings where !finding.isCapability {
            let place = finding.place.isEmpty ? "" : " (\(finding.place))"
            lines.append("# \(finding.severity.rawValue) \(finding.rule): \(finding.message)\(place)")
        }
        return lines
    }

    /// With the file's name where the purl does not say which it is.
    private func name(_ side: ComparedPair.Side) -> String {
        side.isPurl && side.name.hasPrefix("pkg:pypi/")
            ? "\(side.name) (\(Logger.printable(side.filename)))" : side.name
    }

    private var choice: String {
        switch pair.choice {
        case "chain": ", which its verdict was compared with"
        case "newest": ", the newest older version here"
        case _: ""
        }
    }

    // MARK: Records

    /// What the newer has that the older has not: static findings, and those of the rules about differences.
    private var findings: [ShownFinding] {
        let increment = comparison.increment
        return (increment.increment + increment.difference).map { ShownFinding($0, in: pair.new.opened) }
            .sorted { $0.severity > $1.severity }
    }

    private var record: JSONValue {
        [
            "base": side(pair.base, comparison.baseDigests), "new": side(pair.new, comparison.digests),
            "choice": pair.choice.map { .string($0) } ?? .null, "difference": shown.record(hasText: false),
            "findings": .array(findings.map(\.record)),
            "escalation": .array(comparison.increment.triggers.map { .string($0.rule) }),
        ]
    }

    private func side(_ side: ComparedPair.Side, _ digests: ComputedDigests) -> JSONValue {
        [
            "purl": side.isPurl ? .string(side.name) : .null, "input": side.isPurl ? .null : .string(side.name),
            "filename": .string(side.filename), "integrity": .string("sha512-\(digests.sha512.base64)"),
        ]
    }
}
