public import Cryptography
public import Platform
import Registry
public import Screening

/// The `static` analyzer: opens the artifact once, within limits, and says what its rules notice.
///
/// Deterministic: equal bytes and context give equal reports. Total: whatever the bytes are, there is a report, and
/// what could not be read is a finding. Nothing is written to disk. Blocking: call it in a process of its own, since
/// hostile bytes may break parsers.
public struct StaticAnalyzer: Sendable {
    /// The analyzer, its version and its rules, those of the operator included.
    public let revision: AnalyzerRevision
    /// The operator's own rules.
    public let userRules: UserRules?

    /// The analyzer with the built-in rules and those of the operator.
    public init(rules userRules: UserRules? = nil) {
        self.userRules = userRules
        let builtIn = Self.revision
        revision = AnalyzerRevision(
            id: builtIn.id, version: builtIn.version,
            ruleset: RulesetReference(name: builtIn.ruleset.name, digest: Self.rulesetDigest(with: userRules?.digest)))
    }

    /// The analyzer with the built-in rules alone.
    public static let revision = AnalyzerRevision(
        id: .static_, version: RuleCatalog.staticVersion,
        ruleset: RulesetReference(
            name: "static", digest: RuleCatalog.digest(of: .static_, version: RuleCatalog.staticVersion)))

    /// The content address of the built-in rules together with the operator's.
    public static func rulesetDigest(with userRules: SHA256Digest?) -> SHA256Digest {
        let builtIn = revision.ruleset.digest
        guard let userRules else { return builtIn }
        return SHA256Digest(hashing: Array("jurat static ruleset\n\(builtIn.hex)\n\(userRules.hex)\n".utf8))
    }

    /// Runs `body` after loading everything that analyses need from files, so that `body` may give up files.
    public static func withPreparedProcess<Result>(_ body: () -> Result) -> Result {
        withUTF8Locale {
            // Digest algorithms and their configuration are loaded at their first use.
            _ = ComputedDigests(of: [])
            return body()
        }
    }

    /// Analyses an artifact with the built-in rules alone.
    public static func analyze(
        _ artifact: OpenFile, context: ArtifactContext, limits: AnalysisLimits = .standard
    ) -> AnalysisReport {
        StaticAnalyzer().analyze(artifact, context: context, limits: limits)
    }

    static func analyze(_ bytes: ArchiveBytes, context: ArtifactContext, limits: AnalysisLimits) -> AnalysisReport {
        StaticAnalyzer().analyze(bytes, context: context, limits: limits)
    }

    /// Analyses an artifact.
    public func analyze(
        _ artifact: OpenFile, context: ArtifactContext, limits: AnalysisLimits = .standard
    ) -> AnalysisReport {
        analyze(.file(artifact), context: context, limits: limits)
    }

    /// What an artifact is, asked of the artifact itself; `context` holds what is known.
    ///
    /// - Returns: the context to analyse it in, which names it by its own words, and the identity as far as it has one.
    public static func identify(
        _ artifact: OpenFile, context: ArtifactContext, left: ArtifactIdentification, limits: AnalysisLimits = .standard
    ) -> (context: ArtifactContext, identity: ArtifactIdentity) {
        if left == .nothing {
            return (context, ArtifactIdentity(ecosystem: context.ecosystem, purl: context.purl))
        }
        return withUTF8Locale {
            var reading = IdentityReading(filename: context.filename, limits: limits)
            let identity = reading.read(.file(artifact), known: left == .name ? context.ecosystem : nil)
            let found = ArtifactContext(
                ecosystem: identity.ecosystem, purl: identity.purl ?? context.purl, filename: context.filename,
                isNamed: identity.purl != nil)
            return (found, identity)
        }
    }

    func analyze(_ bytes: ArchiveBytes, context: ArtifactContext, limits: AnalysisLimits) -> AnalysisReport {
        withUTF8Locale {
            ArtifactExamination(self, of: bytes, context: context, limits: limits).report
        }
    }
}
