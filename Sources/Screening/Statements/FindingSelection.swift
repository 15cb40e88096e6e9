/// A choice of findings that fits into one log entry and that every reader accepts.
///
/// Analyzers meet names and places that a package chose. What the log could not carry is written in another way here, so
/// that a strange file name never keeps a verdict out of the log.
public struct FindingSelection: Hashable, Sendable {
    /// At most `maxCount` findings, heaviest first.
    public let findings: [Finding]
    /// How many findings were left out.
    public let omitted: Int

    /// The most findings in one statement.
    public static let maxCount = 64
    /// The most bytes that the findings of one statement may take, so that the leaf stays within its limit.
    private static let maxBytes = 16 * 1024
    /// Member names, numbers and punctuation of one finding.
    private static let bytesAroundValues = 224

    /// Keeps the heaviest findings that fit, in a deterministic order: severity, rule, path, line, evidence.
    ///
    /// - Precondition: every rule is an identifier; rules are ours, not the package's.
    public init(of findings: [Finding]) {
        let ordered = findings.map(Self.writable).sorted { left, right in
            if left.severity != right.severity { return left.severity > right.severity }
            return Self.place(left).lexicographicallyPrecedes(Self.place(right))
        }
        var kept: [Finding] = []
        var bytes = 0
        for finding in ordered.prefix(Self.maxCount) {
            // JSON writes quotes and backslashes as two bytes; control characters do not occur.
            let texts = (finding.path?.utf8.count ?? 0) + (finding.evidence?.utf8.count ?? 0)
            let size = Self.bytesAroundValues + 2 * texts
            guard bytes + size <= Self.maxBytes else { continue }
            bytes += size
            kept.append(finding)
        }
        self.findings = kept
        omitted = findings.count - kept.count
    }

    private static func place(_ finding: Finding) -> [UInt8] {
        let line = String(finding.line ?? 0)
        let padded = String(repeating: "0", count: max(0, 20 - line.utf8.count)) + line
        return Array("\(finding.rule)\u{0}\(finding.path ?? "")\u{0}\(padded)\u{0}\(finding.evidence ?? "")".utf8)
    }

    private static func writable(_ finding: Finding) -> Finding {
        precondition(TextForm.identifier.accepts(finding.rule), "'\(finding.rule)' is not a rule id")
        return Finding(
            rule: finding.rule, severity: finding.severity, path: finding.path.flatMap(writablePath),
            line: finding.line.flatMap { (1...maxNumber).contains($0) ? $0 : nil },
            count: min(max(finding.count, 1), maxNumber),
            evidence: finding.evidence.flatMap { TextForm.word.accepts($0) ? $0 : nil })
    }

    /// The largest integer that every JSON reader keeps exactly.
    private static let maxNumber = (1 << 53) - 1

    /// The path with what the log does not carry as escapes, and without its middle when it is too long.
    private static func writablePath(_ path: String) -> String? {
        guard !TextForm.path.accepts(path) else { return path }
        var scalars = String.UnicodeScalarView()
        for scalar in path.unicodeScalars {
            if TextForm.path.accepts(String(scalar)) {
                scalars.append(scalar)
            } else {
                scalars.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
            }
        }
        let shortened = Self.shortened(scalars)
        return TextForm.path.accepts(shortened) ? shortened : nil
    }

    private static func shortened(_ scalars: String.UnicodeScalarView) -> String {
        let whole = String(scalars)
        guard !TextForm.path.accepts(whole) else { return whole }
        // 120 scalars are at most 480 bytes, so both ends and the mark between them fit.
        return String(String.UnicodeScalarView(scalars.prefix(60))) + "..."
            + String(String.UnicodeScalarView(scalars.suffix(60)))
    }
}
