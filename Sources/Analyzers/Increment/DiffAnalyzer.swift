import Cryptography
public import Platform
import Registry
public import Screening

/// The `diff` analyzer: compares an artifact with an older one of the same package, and says what its rules notice.
///
/// Deterministic: equal bytes, contexts, thresholds and limits give equal reports. Total: whatever the bytes are, there
/// is a report, and what cannot be compared asks for a full review. Blocking: call it in a process of its own, since
/// hostile bytes may break parsers. What the verdict becomes, with the release's history and the chain, is
/// `IncrementVerdict`.
public enum DiffAnalyzer {
    /// The analyzer, its version and its rules; they include those of the static analysis, which it rests on.
    public static let revision = AnalyzerRevision(
        id: .diff, version: RuleCatalog.diffVersion,
        ruleset: RulesetReference(name: "diff", digest: rulesetDigest))

    private static let rulesetDigest: SHA256Digest = {
        let own = RuleCatalog.digest(of: .diff, version: RuleCatalog.diffVersion)
        let lines = ["jurat diff ruleset", own.hex, StaticAnalyzer.revision.ruleset.digest.hex]
        return SHA256Digest(hashing: Array(lines.map { "\($0)\n" }.joined().utf8))
    }()

    /// Compares an artifact with its base; nil for one that has none.
    ///
    /// The operator's own rules are left to the static analysis, which always sees the whole artifact.
    ///
    /// - Parameter extent: how much of the difference itself is in the report, for people.
    public static func analyze(
        new: OpenFile, base: OpenFile?, context: ArtifactContext, baseContext: ArtifactContext?,
        thresholds: DiffThresholds = .standard, limits: AnalysisLimits = .standard,
        showing extent: ShownDifference.Extent = .nothing
    ) -> IncrementReport {
        analyze(
            new: .file(new), base: base.map { .file($0) }, context: context, baseContext: baseContext,
            thresholds: thresholds, limits: limits, showing: extent)
    }

    static func analyze(
        new: ArchiveBytes, base: ArchiveBytes?, context: ArtifactContext, baseContext: ArtifactContext?,
        thresholds: DiffThresholds = .standard, limits: AnalysisLimits = .standard,
        showing extent: ShownDifference.Extent = .nothing
    ) -> IncrementReport {
        withUTF8Locale {
            let analyzer = StaticAnalyzer()
            let examined = ArtifactExamination(analyzer, of: new, context: context, limits: limits)
            guard let base, let baseContext else {
                return IncrementReport(withoutBase: examined.report, thresholds: thresholds)
            }
            let before = ArtifactExamination(analyzer, of: base, context: baseContext, limits: limits)
            let tree = ArtifactTree(reading: base, context: baseContext, limits: limits)
            let difference = ArtifactDifference(
                base: tree, new: ArtifactTree(reading: new, context: context, limits: limits, sharing: tree))
            let pair = VersionPair(
                base: before, new: examined, difference: difference, step: step(from: baseContext, to: context),
                thresholds: thresholds)
            return report(pair, showing: extent)
        }
    }

    /// Versions that are not known are taken for the smallest step, of which most is asked.
    private static func step(from base: ArtifactContext, to new: ArtifactContext) -> VersionStep {
        guard let before = base.purl.version, let after = new.purl.version else { return .patch }
        return VersionStep(between: before, and: after)
    }

    private static func report(_ pair: VersionPair, showing extent: ShownDifference.Extent) -> IncrementReport {
        let notices = pair.newNotices()
        var increment = FindingCollector()
        for notice in notices {
            increment.add(
                notice.observation, path: notice.path, line: notice.line, count: notice.count, reach: notice.reach)
        }
        var found = FindingCollector()
        let growth = CapabilityGrowth(pair)
        let install = InstallGrowth(pair)
        let hosts = HostGrowth(pair)
        let shape = ShapeGrowth(pair)
        let dependencies = DependencyGrowth(pair)
        growth.note(pair, hasNewHost: !hosts.places.isEmpty, into: &found)
        RiskGrowth.note(pair, notices, into: &found)
        install.note(notices, into: &found)
        hosts.note(pair, growth, into: &found)
        let isOdd = !hosts.places.isEmpty || !growth.gathered.isEmpty || !dependencies.places.isEmpty
        shape.note(growth, isOdd: isOdd, into: &found)
        dependencies.note(pair, into: &found)
        let isOutOfTime = pair.base.report.isOutOfTime || pair.new.report.isOutOfTime
        return IncrementReport(
            full: isOutOfTime ? pair.new.report.outOfTime : pair.new.report,
            increment: increment.complete.map(DetailedFinding.init),
            difference: found.complete.map(DetailedFinding.init),
            summary: summary(pair, growth, install, shape), thresholds: pair.thresholds,
            shown: shown(pair, growth, extent))
    }

    private static func shown(
        _ pair: VersionPair, _ growth: CapabilityGrowth, _ extent: ShownDifference.Extent
    ) -> ShownDifference? {
        guard var shown = pair.difference.shown(extent) else { return nil }
        shown.came = growth.came.map(ShownDifference.Ability.init)
        shown.went = growth.went.map(ShownDifference.Ability.init)
        return shown
    }

    private static func summary(
        _ pair: VersionPair, _ growth: CapabilityGrowth, _ install: InstallGrowth, _ shape: ShapeGrowth
    ) -> IncrementSummary {
        let tree = pair.difference.tree
        return IncrementSummary(
            step: pair.step, changedFiles: tree.changedFiles, removedFiles: tree.removedFiles,
            changedBytes: tree.changedBytes, newCodeLines: tree.newCodeLines, codeLines: tree.codeLines,
            isComplete: pair.difference.isComplete && !pair.difference.isCut, changesInstallation: !install.isEmpty,
            bringsUnreadableCode: !shape.unreadable.isEmpty, graveCapabilities: growth.grave.map(\.word))
    }
}
