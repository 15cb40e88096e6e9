import Worker

/// The process that opens one artifact; started by worker supervisors only.
enum AnalysisChildCommand {
    static let command = Command(
        ["analysis-child"], "open one artifact for a supervisor", operands: ["[ARGUMENT…]"],
        example: "jurat analysis-child", isHidden: true,
        run: { invocation async throws(CommandFailure) in
            ExitCode(rawValue: AnalysisChild.main(arguments: invocation.operands)) ?? .failure
        })
}
