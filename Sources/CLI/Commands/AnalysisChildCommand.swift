/// The process that opens one artifact; started by worker supervisors only, and before any task runs (`runProcess`).
enum AnalysisChildCommand {
    static let word = "analysis-child"
}
