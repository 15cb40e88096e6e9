import JSON

/// `jurat canary`: proves through the public port that policy is enforced.
enum CanaryCommand {
    static let command = Command(
        ["canary"], "prove enforcement end to end with a package that must be refused", options: [OutputFormat.option],
        example: "jurat canary", run: run)

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(of: invocation)
        let answer = try await Deployment.server(invocation).get("\(AdminClient.api)/canary")
        let console = invocation.surroundings.console
        let checks = answer["checks"]?.arrayValue ?? []
        switch format {
        case .json: console.line(JSONText.string(answer, pretty: true))
        case .jsonl: console.line(JSONText.string(answer))
        case .csv: console.text(listing(of: checks).rendered(as: .csv, isTerminal: console.isTerminal))
        case .table, .wide: printText(checks, on: console)
        }
        return !checks.isEmpty && checks.allSatisfy { $0["refused"]?.boolValue == true } ? .success : .notReady
    }

    private static func listing(of checks: [JSONValue]) -> Listing {
        let names = ["ecosystem", "registry", "target", "refused", "status", "reason"]
        var listing = Listing(columns: names.map { .init($0.uppercased()) }, emptyNote: "no registry has a canary")
        for check in checks { listing.rows.append((names.map { check.text($0) }, check)) }
        return listing
    }

    private static func printText(_ checks: [JSONValue], on console: Console) {
        for check in checks {
            let isRefused = check["refused"]?.boolValue == true
            let mark = isRefused ? console.emphasised("refused", .green) : console.emphasised("SERVED", .red)
            console.line(
                "canary \(check.text("ecosystem")): \(check.text("target")) \(mark) (\(check.text("status")))")
            console.line("  clients print: \(check.text("reason"))")
        }
    }
}
