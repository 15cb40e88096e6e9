import JSON

/// `jurat status`: what the running server says of itself.
enum StatusCommand {
    static let command = Command(
        ["status"], "show the running server's health", options: [OutputFormat.option], example: "jurat status -o json",
        run: run)

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(ofRecord: invocation)
        let answer = try await Deployment.server(invocation).get("\(AdminClient.api)/status")
        let console = invocation.surroundings.console
        switch format {
        case .json: console.line(JSONText.string(answer, pretty: true))
        case .jsonl: console.line(JSONText.string(answer))
        case .table, .wide, .csv: printText(answer, on: console)
        }
        return answer["ready"]?.boolValue == true ? .success : .notReady
    }

    private static func printText(_ status: JSONValue, on console: Console) {
        let isReady = status["ready"]?.boolValue == true
        let uptime = DurationText.short(seconds: status["uptimeSeconds"]?.integerValue ?? 0)
        let state = isReady ? console.emphasised("ready", .green) : console.emphasised("not ready", .red)
        console.line("jurat \(status.text("version")) · \(state) · up \(uptime)")
        let log = status["log"] ?? .null
        console.line("log         \(log.text("origin")) · \(log.text("size")) entries")
        let queue = status["queue"] ?? .null
        console.line("queue       \(queue.text("waiting")) waiting · \(queue.text("running")) running")
        let workers = status["workers"]?.arrayValue ?? []
        console.line("workers     \(workers.count)" + (workers.isEmpty ? ": nothing is analysed" : " seen lately"))
        let advisories = status["advisories"] ?? .null
        console.line("advisories  \(advisories.text("summary"))")
        for log in status["trust"]?.arrayValue ?? [] {
            console.line(
                "trust       \(log.text("origin")) · \(log.text("size")) entries"
                    + (log["followed"]?.boolValue == true ? " · followed" : "")
                    + (log["lastVerifiedAt"]?.stringValue.map { " · seen \($0)" } ?? ""))
        }
        for registry in status["registries"]?.arrayValue ?? [] {
            console.line(
                "registry    \(registry.text("name")) · \(registry.text("ecosystem")) · \(registry.text("kind"))"
                    + (registry["state"]?.stringValue.map { " · \($0)" } ?? ""))
        }
        for problem in (status["problems"]?.arrayValue ?? []).compactMap(\.stringValue) {
            console.line(console.emphasised("problem", .yellow) + "     \(problem)")
        }
    }
}
