/// Runs every rule that needs only one file.
enum FileInspection {
    /// What the rules say about `file`.
    static func report(of file: InspectedFile) -> FileReport {
        var report = FileReport()
        HiddenTextRules.check(file, into: &report)
        ReviewerTextRules.check(file, into: &report)
        ObfuscationStatistics.check(file, into: &report)
        IndicatorRules.check(file, into: &report)
        CodeRules.check(file, into: &report)
        return report
    }
}
