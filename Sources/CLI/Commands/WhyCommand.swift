/// `jurat why`: the decision on one artifact now, and everything that it stands on.
enum WhyCommand {
    static let command = Command(
        ["why"], "explain the decision on a package, artifact or refused request", operands: ["WHAT"],
        options: [
            OutputFormat.option, .value("registry", "NAME", "decide for this registry (default: the ecosystem's)"),
        ],
        example: "jurat why pkg:npm/left-pad@1.3.0", run: run)

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(of: invocation)
        let what = invocation.operands[0]
        let kind =
            if what.hasPrefix("pkg:") { "purl" } else if what.hasPrefix("sha512-") || what.utf8.count == 128 {
                "integrity"
            } else if what.utf8.count > 10 { "request" } else { "ref" }
        let answer = try await Deployment(invocation).admin.get(
            "/-/api/v1/why", query: [(kind, what), ("registry", invocation.value("registry"))])
        return WhyText(answer).print(on: invocation.surroundings.console, as: format)
    }
}
