import Cryptography
public import Platform
public import Screening

/// The `static` analyzer: opens the artifact once, within limits, and says what its rules notice.
///
/// Deterministic: equal bytes and context give equal reports. Total: whatever the bytes are, there is a report, and
/// what could not be read is a finding. Nothing is written to disk. Blocking: call it in a process of its own, since
/// hostile bytes may break parsers.
public enum StaticAnalyzer {
    /// The analyzer, its version and its rules.
    public static let revision = AnalyzerRevision(
        id: .static_, version: RuleCatalog.staticVersion,
        ruleset: RulesetReference(
            name: "static", digest: RuleCatalog.digest(of: .static_, version: RuleCatalog.staticVersion)))

    /// Runs `body` after loading everything that analyses need from files, so that `body` may give up files.
    public static func withPreparedProcess<Result>(_ body: () -> Result) -> Result {
        withUTF8Locale {
            // Digest algorithms and their configuration are loaded at their first use.
            _ = ComputedDigests(of: [])
            return body()
        }
    }

    /// Analyses an artifact.
    public static func analyze(
        _ artifact: OpenFile, context: ArtifactContext, limits: AnalysisLimits = .standard
    ) -> AnalysisReport {
        analyze(.file(artifact), context: context, limits: limits)
    }

    static func analyze(_ bytes: ArchiveBytes, context: ArtifactContext, limits: AnalysisLimits) -> AnalysisReport {
        withUTF8Locale {
            let budget = AnalysisBudget(limits: limits, artifactBytes: bytes.count)
            let inspection = ArtifactInspection(context: context, budget: budget)
            inspection.run(bytes)
            ManifestRules(inspection: inspection).check()
            let notices = inspection.findings.complete
            return AnalysisReport(
                revision: revision, findings: notices.map(DetailedFinding.init),
                isOutOfTime: notices.contains { $0.observation == .tookTooLong })
        }
    }
}
