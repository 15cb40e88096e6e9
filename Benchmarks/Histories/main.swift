import Analyzers
import Cryptography
import JSON
import Platform
import Registry
import Screening
import Worker

/// Judges releases one after the other as a gateway's chain does: each against the newest older one that was found clean.
///
///     history-benchmark <jurat> < paths
///
/// Paths of one history come in the order of their versions; an empty line begins another history. One line of JSON for
/// each release: what it was compared with, the verdict, the basis, the reasons for a full review, the findings that
/// are no mere facts, and how large the difference is. `Tests/Evaluation/histories.py` makes sense of it.
@main
enum HistoryBenchmark {
    static func main() async {
        guard CommandLine.arguments.count == 2 else {
            return print("history-benchmark <jurat> < paths; run Tests/Evaluation/histories.py")
        }
        let analysis = LocalAnalysis(executablePath: CommandLine.arguments[1], concurrent: 1, sandbox: .degraded)
        var chain = Chain()
        while let path = readLine() {
            if path.isEmpty {
                chain = Chain()
            } else {
                await chain.judge(path, analysis)
            }
        }
    }
}

/// What is known of a history so far.
private struct Chain {
    private struct Release {
        let input: LocalAnalysis.Input
        let path: String
        let sha512: SHA512Digest
        let statement: StatementID
    }

    private var base: (release: Release, depth: Int)?
    private var anchor: Release?

    mutating func judge(_ path: String, _ analysis: LocalAnalysis) async {
        guard let file = try? OpenFile.openForReading(path) else { return print("\(path) cannot be opened") }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let input = LocalAnalysis.Input(file: file, filename: name)
        // Nothing is signed here: names stand for bytes and statements.
        let release = Release(
            input: input, path: path, sha512: SHA512Digest(hashing: Array(path.utf8)),
            statement: StatementID(digest: SHA256Digest(hashing: Array(path.utf8))))
        let thresholds = DiffThresholds.standard
        let step = await compare(input, base?.release, analysis)
        let isAnchor = base?.depth == 0
        var cumulative: IncrementReport?
        if let anchor, !isAnchor { cumulative = await compare(input, anchor, analysis) }
        guard let step else { return print("\(path) was not analysed") }
        let standing = base.map { base in
            IncrementBase(
                sha512: base.release.sha512, statement: base.release.statement,
                anchorStatement: anchor?.statement ?? base.release.statement, depth: base.depth)
        }
        let verdict = IncrementVerdict(
            step: step, cumulative: cumulative, history: nil, base: standing, thresholds: thresholds)
        print(line(path, verdict, step))
        guard verdict.report.verdict == .clean else { return }
        switch verdict.basis {
        case .full: (base, anchor) = ((release, 0), release)
        case .diff(_, _, _, let depth): base = (release, depth)
        }
    }

    private func compare(
        _ input: LocalAnalysis.Input, _ other: Release?, _ analysis: LocalAnalysis
    ) async -> IncrementReport? {
        if let other { return try? await analysis.compare(input, with: other.input).get().increment }
        guard let full = try? await analysis.analyze(input).get().report else { return nil }
        return IncrementReport(withoutBase: full, thresholds: .standard)
    }

    private func line(_ path: String, _ verdict: IncrementVerdict, _ step: IncrementReport) -> String {
        let findings = verdict.report.findings.map(\.finding).filter { $0.severity > .info }
        let told = step.difference.map(\.finding).filter { $0.severity == .info }
        let value: JSONValue = [
            "path": .string(path), "base": .string(base?.release.path ?? ""),
            "step": .string(step.summary.step?.rawValue ?? ""), "verdict": .string(verdict.report.verdict.rawValue),
            "isFull": .bool(verdict.basis == .full),
            "triggers": .array(verdict.triggers.map { .string($0.rule) }),
            "findings": .array(findings.map(Self.text)), "facts": .array(told.map(Self.text)),
            "changedBytes": .integer(step.summary.changedBytes),
            "changedFiles": .integer(Int64(step.summary.changedFiles)),
            "newCodeLines": .integer(Int64(step.summary.newCodeLines)),
            "codeLines": .integer(Int64(step.summary.codeLines)),
        ]
        return JSONText.string(value)
    }

    private static func text(_ finding: Finding) -> JSONValue {
        .string("\(finding.rule) \(finding.evidence ?? "") \(finding.path ?? "archive"):\(finding.line ?? 0)")
    }
}
