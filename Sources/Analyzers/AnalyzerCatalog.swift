public import Screening

/// The analyzers of this program with the revisions they speak as.
public enum AnalyzerCatalog {
    /// The rules that each analyzer runs now; a statement by other rules is from another version. Those of `ai-review`
    /// depend on the models that are asked (`ReviewSettings.revision`).
    public static let rulesets: [AnalyzerID: RulesetReference] = [
        .static_: StaticAnalyzer.revision.ruleset,
        .advisory: AdvisoryAnalyzer.ruleset,
        .diff: DiffAnalyzer.revision.ruleset,
    ]

    /// The version of each analyzer, as its statements name it.
    public static let versions: [AnalyzerID: String] = [
        .static_: RuleCatalog.staticVersion,
        .advisory: RuleCatalog.advisoryVersion,
        .aiReview: RuleCatalog.reviewVersion,
        .diff: RuleCatalog.diffVersion,
    ]
}
