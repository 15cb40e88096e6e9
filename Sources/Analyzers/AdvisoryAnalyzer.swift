public import Advisories
public import Registry
public import Screening

/// The `advisory` analyzer: asks the advisory snapshot about a name and version.
///
/// Deterministic: the same snapshot gives the same report, and its source is named in the report's inputs. A clean
/// verdict of it is about the name, not the bytes.
public enum AdvisoryAnalyzer {
    /// The analyzer's rules; which snapshot was read is in each statement's inputs.
    public static let ruleset = RulesetReference(
        name: "osv", digest: RuleCatalog.digest(of: .advisory, version: RuleCatalog.advisoryVersion))

    /// The rules as named by a statement that was made before any snapshot had been loaded.
    static let rulesetWithoutData = RulesetReference(name: "osv-none", digest: ruleset.digest)

    /// Judges a name and version by the snapshot in `state`.
    public static func analyze(_ name: PackageName, _ version: PackageVersion, state: AdvisoryState) -> AnalysisReport {
        guard let index = state.index else {
            return report(rulesetWithoutData, inputs: [], [finding(.advisoryNoData)])
        }
        guard let source = index.sourceDigests[name.ecosystem] else {
            return report(ruleset, inputs: [], [finding(.advisoryOtherEcosystem)])
        }
        let inputs = [AnalyzerInput(name: "osv-\(name.ecosystem.rawValue)", digest: source)]
        let findings = index.matches(name, version).map { match in
            finding(match.isMalicious ? .advisoryMalware : .advisoryVulnerability, advisory: match.id)
        }
        return report(ruleset, inputs: inputs, findings)
    }

    private static func report(
        _ ruleset: RulesetReference, inputs: [AnalyzerInput], _ findings: [DetailedFinding]
    ) -> AnalysisReport {
        let revision = AnalyzerRevision(
            id: .advisory, version: RuleCatalog.advisoryVersion, ruleset: ruleset, inputs: inputs)
        return AnalysisReport(revision: revision, findings: findings)
    }

    private static func finding(_ observation: Observation, advisory: String? = nil) -> DetailedFinding {
        let entry = RuleCatalog.entry(observation)
        let evidence = advisory.map(Finding.evidence(ofAdvisory:))
        let finding = Finding(rule: entry.rule.id, severity: entry.detail.severity, evidence: evidence)
        let sentence = entry.detail.sentence
        return DetailedFinding(finding: finding, message: evidence.map { "\(sentence): \($0)" } ?? sentence)
    }
}
