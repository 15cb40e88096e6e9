import Analyzers
import JSON
import Platform
import Screening

/// One finding as people and programs read it: the rule, its place, and our own sentence about it.
struct ShownFinding: Sendable, Equatable {
    let rule: String
    let severity: Severity
    /// Printable: analyses escape the names of packages' files.
    let path: String?
    let line: Int?
    let message: String
    let count: Int
    /// What tells it from other findings of the rule, such as `decode-run@import`.
    let code: String

    var record: JSONValue {
        [
            "rule": .string(rule), "severity": .string(severity.rawValue), "path": path.map { .string($0) } ?? .null,
            "line": line.map { .integer(Int64($0)) } ?? .null, "message": .string(message),
            "count": .integer(Int64(count)),
        ]
    }

    /// `package/lib/a.js:14`; empty for a finding about the whole artifact.
    var place: String {
        guard let path else { return "" }
        return line.map { "\(path):\($0)" } ?? path
    }

    /// Whether it only says what the package can do.
    var isCapability: Bool { severity == .info && rule.hasPrefix("CAP-") }
}

extension ShownFinding {
    init(_ finding: Finding) {
        self.init(
            rule: finding.rule, severity: finding.severity, path: finding.path.map(Logger.printable),
            line: finding.line, message: RuleCatalog.sentence(for: finding), count: finding.count,
            code: finding.evidence ?? "")
    }

    /// Reads a finding of the server's answers; the sentence is looked up here, since the log carries codes only.
    init(reading value: JSONValue) {
        self.init(
            Finding(
                rule: value.text("rule"), severity: Severity(rawValue: value.text("severity")) ?? .info,
                path: value["path"]?.stringValue, line: value["line"]?.integerValue.flatMap { Int(exactly: $0) },
                count: value["count"]?.integerValue.flatMap { Int(exactly: $0) } ?? 1,
                evidence: value["evidence"]?.stringValue))
    }
}
