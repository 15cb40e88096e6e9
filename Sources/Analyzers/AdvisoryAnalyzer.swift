public import Screening

/// The `advisory` analyzer: asks the advisory snapshot about a name and version.
public enum AdvisoryAnalyzer {
    /// The analyzer's rules; which snapshot it read is in each statement's inputs.
    public static let ruleset = RulesetReference(
        name: "osv", digest: RuleCatalog.digest(of: .advisory, version: RuleCatalog.advisoryVersion))
}
