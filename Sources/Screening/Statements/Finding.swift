public import Cryptography

/// One thing that one rule noticed, with its place in the artifact.
///
/// Findings go into the log, so they carry no free text of packages or models: `rule` and `evidence` are words of a
/// closed vocabulary or digests, `path` is the one member whose bytes a package chooses and is bounded.
public struct Finding: Hashable, Sendable {
    /// The rule's stable id, such as `INST-SCRIPT-NET`: letters, digits and `-_.:`, at most 64 bytes.
    public let rule: String
    public let severity: Severity
    /// The file inside the artifact, without control characters, at most 512 bytes of UTF-8.
    public let path: String?
    /// The first line of the place, counted from 1.
    public let line: Int?
    /// How often the rule fired here, at least 1.
    public let count: Int
    /// A word of a closed vocabulary or a digest: printable ASCII, at most 200 bytes.
    public let evidence: String?

    public init(
        rule: String, severity: Severity, path: String? = nil, line: Int? = nil, count: Int = 1, evidence: String? = nil
    ) {
        self.rule = rule
        self.severity = severity
        self.path = path
        self.line = line
        self.count = count
        self.evidence = evidence
    }
}

/// The rules that an analyzer ran, by name and content.
public struct RulesetReference: Hashable, Sendable {
    public let name: String
    public let digest: SHA256Digest

    public init(name: String, digest: SHA256Digest) {
        self.name = name
        self.digest = digest
    }
}

/// A file that an analyzer read besides the artifact, such as an advisory snapshot.
public struct AnalyzerInput: Hashable, Sendable {
    public let name: String
    public let digest: SHA256Digest

    public init(name: String, digest: SHA256Digest) {
        self.name = name
        self.digest = digest
    }
}

/// Exactly which analyzer spoke: its version, model, rules and inputs.
public struct AnalyzerRevision: Hashable, Sendable {
    public let id: AnalyzerID
    public let version: String
    /// The language model, for analyzers that ask one.
    public let model: String?
    public let ruleset: RulesetReference
    public let inputs: [AnalyzerInput]

    public init(
        id: AnalyzerID, version: String, model: String? = nil, ruleset: RulesetReference, inputs: [AnalyzerInput] = []
    ) {
        self.id = id
        self.version = version
        self.model = model
        self.ruleset = ruleset
        self.inputs = inputs
    }
}

/// A choice of findings that fits into one log entry.
public struct FindingSelection: Hashable, Sendable {
    /// At most `FindingSelection.maxCount` findings, heaviest first.
    public let findings: [Finding]
    /// How many findings were left out.
    public let omitted: Int

    /// The most findings in one statement.
    public static let maxCount = 64
    /// The most bytes of JSON that the findings of one statement may take, so that the leaf stays within its limit.
    static let maxBytes = 16 * 1024

    /// Keeps the heaviest findings that fit, in a deterministic order: severity, rule, path, line, evidence.
    public init(of findings: [Finding]) {
        let ordered = findings.sorted { left, right in
            if left.severity != right.severity { return left.severity > right.severity }
            return Self.place(left).lexicographicallyPrecedes(Self.place(right))
        }
        var kept: [Finding] = []
        var bytes = 0
        for finding in ordered.prefix(Self.maxCount) {
            // Six bytes for a byte that JSON escapes, and the member names around the values.
            let size = 160 + 6 * (finding.path?.utf8.count ?? 0) + (finding.evidence?.utf8.count ?? 0)
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
}
