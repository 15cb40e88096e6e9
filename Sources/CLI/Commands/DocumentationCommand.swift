import Analyzers
import Screening

/// `jurat documentation`: the manual's pages that are generated from tables in the code.
enum DocumentationCommand {
    static let command = Command(
        ["documentation"], "print a generated page of the manual", operands: ["refusals|rules|commands"],
        example: "jurat documentation refusals", isHidden: true,
        run: { invocation async throws(CommandFailure) in
            let console = invocation.surroundings.console
            switch invocation.operands[0] {
            case "refusals": console.text(RefusalCode.documentation)
            case "rules": console.text(RuleCatalog.documentation)
            default: throw CommandFailure(.usage, "there is no generated page \(invocation.operands[0])")
            }
            return .success
        })
}
