import JSON
import Screening

/// A decision with everything that it stands on, for people or as the server's JSON.
struct WhyText: Sendable {
    private let answer: JSONValue
    private let words: OwnRuleWords

    init(_ answer: JSONValue, words: OwnRuleWords = OwnRuleWords(rules: nil)) {
        self.answer = answer
        self.words = words
    }

    /// Prints and answers with the exit code of the decision: refused is 3.
    func print(on console: Console, as format: OutputFormat) -> ExitCode {
        switch format {
        case .json: console.line(JSONText.string(answer, pretty: true))
        case .jsonl: console.line(JSONText.string(answer))
        case .table, .wide, .csv: printText(on: console)
        }
        return answer.text("decision") == "serve" ? .success : .refused
    }

    private func printText(on console: Console) {
        let code = answer["code"]?.stringValue ?? "SERVED"
        let style: Console.Style = code == "SERVED" ? .green : code.hasPrefix("HELD") ? .yellow : .red
        let revision = answer.text("policyRevision").prefix(12)
        var headline = "\(console.emphasised(code, style)) \(answer.text("purl")) on \(answer.text("registry"))"
        headline += " (policy \(revision)"
        headline += answer["rule"]?.stringValue.map { ", rule \($0))" } ?? ")"
        console.line(headline)
        if let sentence = answer["sentence"]?.stringValue, !sentence.isEmpty { console.line("  " + sentence) }
        for statement in answer["statements"]?.arrayValue ?? [] { printStatement(statement, on: console) }
        for opinion in answer["foreign"]?.arrayValue ?? [] { printForeign(opinion, on: console) }
        for disposition in answer["dispositions"]?.arrayValue ?? [] {
            let end = disposition["expiresAt"]?.stringValue.map { " until \($0)" } ?? ""
            console.line(
                "  \(disposition.text("decision")) by \(disposition.text("actor"))\(end): \(disposition.text("reason"))"
                    + " · index \(disposition.text("logIndex")) · \(disposition.text("statement").prefix(12))")
        }
        let advisories = (answer["advisories"]?.arrayValue ?? []).map { $0.text("id") }
        if !advisories.isEmpty { console.line("  advisories now: " + advisories.joined(separator: " ")) }
        if let until = answer["until"]?.stringValue { console.line("  until " + until) }
        let alternatives = (answer["alternatives"]?.arrayValue ?? []).compactMap(\.stringValue)
        if !alternatives.isEmpty { console.line("  allowed instead: " + alternatives.joined(separator: " ")) }
        if let note = answer["advisoryNote"]?.stringValue { console.line("  note: " + note) }
    }

    /// What another log says, and what that does here.
    private func printForeign(_ opinion: JSONValue, on console: Console) {
        let isRuling = opinion["verdict"]?.stringValue == nil
        let findings = (opinion["findings"]?.arrayValue ?? []).map { $0.text("rule") }
        console.line(
            "  " + (isRuling ? "ruling" : opinion.text("analyzer")).padded(to: 10)
                + (isRuling ? opinion.text("decision") : opinion.text("verdict")).padded(to: 12)
                + "\(opinion.text("origin")) index \(opinion.text("logIndex")) · \(opinion.text("weight"))"
                + (opinion["void"]?.boolValue == true ? " · by a revoked key" : "")
                + (findings.isEmpty ? "" : " · " + findings.joined(separator: " ")))
    }

    private func printStatement(_ statement: JSONValue, on console: Console) {
        let findings = (statement["findings"]?.arrayValue ?? [])
            .map { words.worded(ShownFinding(reading: $0)) }
        let weighing = findings.filter { $0.severity > .info }
        // Notes say what the package can do, and no reason for anything.
        let notes = findings.count - weighing.count
        console.line(
            "  " + statement.text("analyzer").padded(to: 10) + statement.text("verdict").padded(to: 12) + "index "
                + statement.text("logIndex")
                + (notes > 0 ? " · \(notes) note\(notes == 1 ? "" : "s")" : ""))
        for words in Self.basis(of: statement, findings) { console.line("      " + words) }
        if let difference = statement["difference"], difference["difference"] != nil {
            for line in WhatChanged(difference).lines(newer: answer.text("purl")) { console.line("      " + line) }
        }
        let list = FindingList(
            console: console, most: Self.mostKinds,
            hint: "jurat verdict show \(statement.text("statement").prefix(12))")
        for line in list.lines(weighing, indent: "      ") { console.line(line) }
    }

    /// What a verdict about a difference stands on, or why the whole artifact was reviewed instead.
    private static func basis(of statement: JSONValue, _ findings: [ShownFinding]) -> [String] {
        guard let basis = statement["basis"], basis["kind"]?.stringValue == "diff" else {
            return findings.filter { $0.rule.hasPrefix("ESC-") }
                .map { "reviewed in full (\($0.rule)): \($0.message)" }
        }
        let depth = basis["depth"]?.integerValue ?? 0
        let base = (basis["base"]?.stringValue ?? "bytes that the log does not know") + index(basis["baseLogIndex"])
        let anchor = (basis["anchor"]?.stringValue ?? "an unknown artifact") + index(basis["anchorLogIndex"])
        return [
            depth == 1
                ? "compared with \(base), which was reviewed in full"
                : "compared with \(base) · \(depth) differences after the full review of \(anchor)"
        ]
    }

    private static func index(_ value: JSONValue?) -> String {
        value?.integerValue.map { " (log index \($0))" } ?? ""
    }

    private static let mostKinds = 6
}
