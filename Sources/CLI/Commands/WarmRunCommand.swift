import JSON
import Platform
import Registry

/// `jurat warm run`: has the server look at watched packages now, and watches until it has.
///
/// Whoever stops watching stops nothing else: the order is the server's, durable, and running again goes on with it.
enum WarmRunCommand {
    static let command = Command(
        ["warm", "run"], "look at watched packages now, and wait until they are analysed", operands: ["[PURL…]"],
        options: [
            .flag("once", "look at these packages without watching them"),
            .value("versions", "N", "with --once: how many versions of each package"), WarmCommands.registry,
            .flag("no-wait", "order it and leave"), OutputFormat.option,
        ],
        example: "jurat warm run pkg:npm/left-pad --once --versions 3", run: run)

    private static let pause = Duration.milliseconds(500)

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(of: invocation)
        let body = try body(invocation)
        let server = try Deployment.server(invocation)
        let console = invocation.surroundings.console
        let answer = try await server.post("\(WarmCommands.path)/run", .object(body))
        let order = answer["order"]?.integerValue ?? 0
        let packages = answer["packages"]?.integerValue ?? 0
        if invocation.has("no-wait") {
            console.note("\(packages) packages are looked at, behind what clients wait for")
            return .success
        }
        guard packages > 0 else {
            console.note("nothing is watched; jurat warm add names packages")
            return .success
        }
        let end = try await watch(order, server, console)
        let found =
            try await server.get(WarmCommands.path, query: [("order", "\(order)")])["packages"]?.arrayValue ?? []
        let listing = WarmTable.listing(found, now: invocation.surroundings.clock.now())
        console.text(listing.rendered(as: format, isTerminal: console.isTerminal))
        for line in summary(found, end) { console.note(line) }
        return exitCode(found, end)
    }

    static func body(_ invocation: Invocation) throws(CommandFailure) -> JSONObject {
        let isOnce = invocation.has("once")
        for operand in invocation.operands where !operand.hasPrefix("pkg:") {
            throw CommandFailure(.usage, "\(operand) is no purl; for example pkg:npm/left-pad")
        }
        try WarmCommands.checkPurls(invocation.operands)
        if isOnce, invocation.operands.isEmpty {
            throw CommandFailure(.usage, "--once needs the packages to look at, such as pkg:npm/left-pad")
        }
        if !isOnce, invocation.value("versions") != nil {
            throw CommandFailure(
                .usage, "--versions goes with --once; jurat warm add --versions says it of what is watched")
        }
        if invocation.operands.isEmpty, invocation.value("registry") != nil {
            throw CommandFailure(.usage, "--registry goes with packages; without any, everything watched is looked at")
        }
        var body = try WarmCommands.common(invocation)
        if isOnce { body.append("once", true) }
        if !invocation.operands.isEmpty {
            body.append("purls", .array(invocation.operands.map { .string($0) }))
        }
        return body
    }

    /// Looks until everything is done, or what is left waits for upstreams that rest.
    private static func watch(
        _ order: Int64, _ server: AdminClient, _ console: Console
    ) async throws(CommandFailure) -> JSONValue {
        let progress = ProgressLine(console: console, what: "packages")
        defer { progress.finish() }
        while true {
            let now = try await server.get("\(WarmCommands.path)/progress", query: [("order", "\(order)")])
            guard now["running"]?.boolValue == true else { return now }
            let total = now["total"]?.integerValue ?? 0
            let done = total - (now["left"]?.integerValue ?? 0)
            progress.show(part: done, of: total) { "\(done) of \(total) packages looked at" }
            try? await Task.sleep(for: pause)
        }
    }

    static func summary(_ found: [JSONValue], _ end: JSONValue) -> [String] {
        func sum(_ member: String) -> Int64 { found.reduce(0) { $0 + ($1[member]?.integerValue ?? 0) } }
        var text = "\(found.count) packages: \(sum("analyzed")) of \(sum("wanted")) versions analysed"
        if sum("pending") > 0 { text += ", \(sum("pending")) pending" }
        if sum("held") > 0 { text += ", \(sum("held")) held" }
        if sum("blocked") > 0 { text += ", \(sum("blocked")) blocked" }
        var lines = [text]
        let refused = WarmTable.refused(found)
        lines += refused.prefix(20).map { "  \($0)" }
        if refused.count > 20 { lines.append("  and \(refused.count - 20) more") }
        for rest in end["resting"]?.arrayValue ?? [] {
            lines.append(
                "\(rest.text("packages")) packages wait until \(rest.text("until")): \(rest.text("reason")); "
                    + "the server goes on then")
        }
        return lines
    }

    /// Spec: docs/warming.md, "Exit codes".
    static func exitCode(_ found: [JSONValue], _ end: JSONValue) -> ExitCode {
        let isRefused = found.contains { package in
            ["held", "blocked"].contains { (package[$0]?.integerValue ?? 0) > 0 }
        }
        if isRefused { return .refused }
        let isWhole =
            end["left"] == 0
            && found.allSatisfy { ($0["problem"]?.isNull ?? true) && ($0["pending"]?.integerValue ?? 0) == 0 }
        return isWhole ? .success : .failure
    }
}
