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

    /// An advisory's id as it may stand in the log: ids are short words, and what is none is named by its digest.
    public static func evidence(ofAdvisory id: String) -> String {
        let isWord = id.utf8.count <= 100 && id.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        return isWord ? id : "sha256:\(SHA256Digest(hashing: Array(id.utf8)).hex)"
    }

    /// Whether a problem is news to a verdict that let bytes through and names these advisories as they stand in the log.
    ///
    /// A flaw is when none of its names is among them: one that got another leading name is no news. That a package is
    /// hostile always is. The gateway offers statements by this rule, and workers take them back by it.
    /// - Parameter names: the ids of all advisories that are aliases of each other.
    public static func isNews(advisories names: [String], isMalicious: Bool, to named: Set<String>) -> Bool {
        isMalicious || !names.contains { named.contains(evidence(ofAdvisory: $0)) }
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
