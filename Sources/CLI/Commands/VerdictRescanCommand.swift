import JSON
import Platform
import Registry

/// `jurat verdict rescan`: has the server analyse known artifacts again, behind everything that clients wait for.
enum VerdictRescanCommand {
    static let command = Command(
        ["verdict", "rescan"], "analyse known artifacts again (default: those judged by other rules than now)",
        operands: ["[PURL]"],
        options: [
            .flag("all", "everything that is known"),
            .value("ruleset", "DIGEST", "what was last judged by these rules (first digits of the digest)"),
            .value("analyzer", "NAME", "only by this analyzer: static, diff or ai-review (default all)"),
            .flag("dry-run", "only count"), .flag("wait", "watch until it is done (default)"),
            .flag("no-wait", "ask for it and leave"), OutputFormat.option,
        ],
        example: "jurat verdict rescan --ruleset 5da18925 --no-wait", run: run)

    private static let path = "\(AdminClient.api)/rescan"
    private static let pause = Duration.milliseconds(500)

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(ofRecord: invocation)
        var body = try selection(invocation)
        if let analyzer = invocation.value("analyzer") { body.append("analyzer", .string(analyzer)) }
        if invocation.has("wait"), invocation.has("no-wait") {
            throw CommandFailure(.usage, "--wait and --no-wait contradict each other")
        }
        let isDryRun = invocation.has("dry-run")
        if isDryRun { body.append("dryRun", true) }
        let server = try Deployment.server(invocation)
        let console = invocation.surroundings.console
        let answer = try await server.post(path, .object(body))
        let matching = answer["matching"]?.integerValue ?? 0
        if isDryRun || invocation.has("no-wait") {
            print(answer, asked(matching, answer, isDryRun: isDryRun), as: format, on: console)
            return .success
        }
        guard matching > 0 else {
            print(try await server.get(path), "nothing is to be analysed again", as: format, on: console)
            return .success
        }
        let end = try await watch(server, console)
        print(end, summary(end), as: format, on: console)
        return (end["failed"]?.integerValue ?? 0) > 0 ? .failure : .success
    }

    /// What the command line selects, as the server is asked.
    static func selection(_ invocation: Invocation) throws(CommandFailure) -> JSONObject {
        let purl = invocation.operands.first
        let ruleset = invocation.value("ruleset")
        let chosen = [purl != nil, invocation.has("all"), ruleset != nil].count { $0 }
        guard chosen <= 1 else {
            throw CommandFailure(.usage, "name a package, --all or --ruleset, not several of them")
        }
        if let analyzer = invocation.value("analyzer"), !["static", "diff", "ai-review"].contains(analyzer) {
            throw CommandFailure(
                .usage,
                analyzer == "advisory"
                    ? "advisory verdicts are made anew with every snapshot; `jurat advisories sync` loads one"
                    : "--analyzer is \(analyzer); expected static, diff or ai-review")
        }
        if let purl {
            guard purl.hasPrefix("pkg:") else {
                throw CommandFailure(.usage, "\(purl) is no purl; for example pkg:npm/left-pad@1.3.0")
            }
            try Reference.check(purl)
            return ["selection": "purl", "value": .string(purl)]
        }
        if let ruleset { return ["selection": "ruleset", "value": .string(ruleset.lowercased())] }
        return ["selection": .string(invocation.has("all") ? "all" : "outdated")]
    }

    /// Looks until the server has nothing left to do. Whoever stops watching stops nothing else.
    private static func watch(_ server: AdminClient, _ console: Console) async throws(CommandFailure) -> JSONValue {
        let progress = ProgressLine(console: console, what: "artifacts")
        defer { progress.finish() }
        while true {
            let now = try await server.get(path)
            guard now["running"]?.boolValue == true else { return now }
            let total = now["total"]?.integerValue ?? 0
            let over = ["done", "failed", "absent"].compactMap { now[$0]?.integerValue }.reduce(0, +)
            progress.show(part: over, of: total) { "\(over) of \(total) artifacts analysed again" }
            try? await Task.sleep(for: pause)
        }
    }

    private static func asked(_ matching: Int64, _ answer: JSONValue, isDryRun: Bool) -> String {
        guard isDryRun else { return "\(matching) artifacts are analysed again, behind what clients wait for" }
        return "\(matching) artifacts would be analysed again; \(answer.text("here")) of them are here"
    }

    static func summary(_ end: JSONValue) -> String {
        let worse = (end["worse"]?.arrayValue ?? []).compactMap(\.stringValue)
        var lines = ["\(end.text("done")) of \(end.text("total")) artifacts were analysed again"]
        if !worse.isEmpty { lines.append("judged worse than before: " + worse.joined(separator: " ")) }
        if let absent = end["absent"]?.integerValue, absent > 0 {
            lines.append("\(absent) are not here any more; they are analysed when somebody wants them")
        }
        if let failed = end["failed"]?.integerValue, failed > 0 {
            lines.append("\(failed) could not be analysed; the server's log says why")
        }
        return lines.joined(separator: "\n")
    }

    private static func print(_ answer: JSONValue, _ text: String, as format: OutputFormat, on console: Console) {
        switch format {
        case .json: console.line(JSONText.string(answer, pretty: true))
        case .jsonl: console.line(JSONText.string(answer))
        case .table, .wide, .csv: console.line(text)
        }
    }
}
