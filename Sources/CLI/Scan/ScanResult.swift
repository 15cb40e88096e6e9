import Advisories
import Analyzers
import Cryptography
import JSON
import Platform
import Registry
import Screening
import Worker

/// What became of one input of a scan.
struct ScanResult: Sendable {
    /// The path as it is shown.
    let input: String
    /// Whether the input is a folder; then places are paths below it.
    let isFolder: Bool
    let outcome: Outcome
    /// The older input that it was compared with; nil when it was judged by itself.
    var against: String?

    enum Outcome: Sendable {
        case analysed(ScannedArtifact)
        /// Nothing is known of it: a word of the job queue, such as `crash`, and a sentence.
        case unavailable(cause: String, detail: String)
    }

    /// What the verdict column says.
    var verdictText: String {
        switch outcome {
        case .analysed(let artifact): artifact.verdict.rawValue
        case .unavailable: "unavailable"
        }
    }

    /// The shape that scripts rely on. Spec: cli.md, `scan -o json`; docs/scanning.md.
    var record: JSONValue {
        var record = judgement
        if let against { record.append("against", .string(against)) }
        return .object(record)
    }

    private var judgement: JSONObject {
        switch outcome {
        case .analysed(let artifact):
            return [
                "input": .string(input), "purl": artifact.purl.map { .string($0) } ?? .null,
                "integrity": .string(artifact.integrity), "verdict": .string(artifact.verdict.rawValue),
                "analyzers": .array(artifact.analyzers.map(\.record)),
                "findings": .array(artifact.findings.map(\.record)),
                "capabilities": .array(artifact.capabilities.map(\.record)),
                "unanalyzed": .array(artifact.unanalyzed.map { .string($0) }),
            ]
        case .unavailable(let cause, let detail):
            return [
                "input": .string(input), "purl": .null, "integrity": .null, "verdict": "unavailable",
                "analyzers": [], "findings": [], "capabilities": [], "unanalyzed": [], "cause": .string(cause),
                "detail": .string(Logger.printable(detail)),
            ]
        }
    }
}

/// What the analyzers say of one artifact, for printing.
struct ScannedArtifact: Sendable {
    /// Nil for an artifact that gives no usable name.
    let purl: String?
    /// `sha512-…` of the file's bytes; of the packed form for a folder.
    let integrity: String
    let verdict: Verdict
    let analyzers: [ScanAnalyzer]
    /// Gravest first.
    let findings: [ShownFinding]
    let capabilities: [ScanCapability]
    let unanalyzed: [String]
}

/// One thing that an artifact can do, for printing.
struct ScanCapability: Sendable, Equatable {
    struct Place: Sendable, Equatable {
        let path: String
        let line: Int?

        var text: String { line.map { "\(path):\($0)" } ?? path }
    }

    /// A word of a closed vocabulary, such as `network`.
    let name: String
    let rule: String
    /// When the gravest of its uses runs.
    let reach: Reach
    let count: Int
    /// The first of them.
    let places: [Place]

    var record: JSONValue {
        [
            "name": .string(name), "rule": .string(rule), "reach": .string(reach.rawValue),
            "count": .integer(Int64(count)),
            "places": .array(
                places.map { place in
                    ["path": .string(place.path), "line": place.line.map { .integer(Int64($0)) } ?? .null]
                }),
        ]
    }

    /// `network`, or with its reach where that is out of the ordinary.
    var words: String {
        switch reach {
        case .install: "\(name) (at installation)"
        case .tests: "\(name) (in tests)"
        case .load, .call: name
        }
    }
}

/// One analyzer's part in a verdict.
struct ScanAnalyzer: Sendable, Equatable {
    let id: String
    let version: String
    let ruleset: String
    let verdict: Verdict

    var record: JSONValue {
        [
            "id": .string(id), "version": .string(version), "ruleset": .string(ruleset),
            "verdict": .string(verdict.rawValue),
        ]
    }
}

extension ScanAnalyzer {
    init(_ report: AnalysisReport) {
        self.init(
            id: report.revision.id.text, version: report.revision.version, ruleset: report.revision.ruleset.digest.hex,
            verdict: report.verdict)
    }
}

extension ShownFinding {
    fileprivate init(_ detailed: DetailedFinding) { self.init(detailed, path: detailed.finding.path) }

    init(_ detailed: DetailedFinding, in opened: OpenedTarget) {
        self.init(detailed, path: detailed.finding.path.map(opened.shown))
    }

    fileprivate init(_ detailed: DetailedFinding, path: String?) {
        let finding = detailed.finding
        self.init(
            rule: finding.rule, severity: finding.severity, path: path, line: finding.line, message: detailed.message,
            count: finding.count, code: finding.evidence ?? "")
    }
}

extension ScannedArtifact {
    /// - Parameter least: findings below it are not shown; the verdict is that of all of them.
    init(_ outcome: LocalAnalysis.Outcome, in opened: OpenedTarget, least: Severity = .info) {
        self.init(
            outcome.report, purl: outcome.identity.purl?.text, sha512: outcome.digests.sha512, in: opened, least: least)
    }

    init(
        _ report: AnalysisReport, purl: String?, sha512: SHA512Digest, in opened: OpenedTarget, least: Severity
    ) {
        let findings = report.findings.filter { $0.finding.severity >= least }.map { ShownFinding($0, in: opened) }
        self.init(
            purl: purl, integrity: "sha512-\(sha512.base64)",
            verdict: report.verdict, analyzers: [ScanAnalyzer(report)], findings: findings,
            capabilities: report.capabilities.map { use in
                ScanCapability(
                    name: use.word, rule: use.rule, reach: use.reach, count: use.count,
                    places: use.places.map { ScanCapability.Place(path: opened.shown($0.path), line: $0.line) })
            },
            unanalyzed: report.unanalyzed.map(opened.shown))
    }

    /// The same with what is known of its name and version, where it has both.
    func judged(by advisories: AdvisoryState, least: Severity) -> ScannedArtifact {
        guard let purl = purl.flatMap({ try? PackageURL(parsing: $0) }), let version = purl.version else { return self }
        let report = AdvisoryAnalyzer.analyze(purl.name, version, state: advisories)
        let known = report.findings.filter { $0.finding.severity >= least }.map(ShownFinding.init)
        return ScannedArtifact(
            purl: self.purl, integrity: integrity, verdict: max(verdict, report.verdict),
            analyzers: [ScanAnalyzer(report)] + analyzers,
            findings: (known + findings).sorted { $0.severity > $1.severity }, capabilities: capabilities,
            unanalyzed: unanalyzed)
    }
}
