import Configuration
import JSON
import Platform
import VerdictStore

/// `jurat trust follow`: switches following of a log on where it is off, and looks at the log once, now.
enum TrustFollowCommand {
    static let command = Command(
        ["trust", "follow"], "follow a trusted log, and take over what is new right now", operands: ["ORIGIN"],
        options: [
            .value("url", "URL", "the address of the log's read path, such as https://packages.example.com/-/log"),
            .flag("dry-run", "change nothing"),
        ],
        example: "jurat trust follow packages.example.com/verdicts", run: run)

    /// How long a server may take to notice a changed file.
    private static let reloadPatience = Duration.seconds(20)
    private static let glance = Duration.milliseconds(200)

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let origin = invocation.operands[0]
        let console = invocation.surroundings.console
        let editor = try TrustCommands.editor(invocation, of: origin)
        guard let trust = editor.configuration.trust.first(where: { $0.origin == origin }) else { return .notFound }
        let url = invocation.value("url")
        if !trust.isFollowed || (url != nil && url != trust.url) {
            guard url != nil || trust.url != nil else {
                throw CommandFailure(.usage, "\(origin) has no url yet; say where its read path is with --url")
            }
            _ = try editor.apply(isDryRun: invocation.has("dry-run"), on: console) { bytes throws(TrustEditRefusal) in
                try TrustEditing.following(origin: origin, url: url, in: bytes)
            }
            if !invocation.has("dry-run") { console.line("\(origin) is followed now (\(editor.file.path))") }
        }
        if invocation.has("dry-run") { return .success }
        let admin = AdminClient(socketPath: try Deployment(invocation).data.adminSocketPath)
        guard Files.exists(admin.socketPath) else {
            console.note("no server runs; it begins to follow when it is started")
            return .success
        }
        let rounds = try await request(origin, admin)
        return try await watch(origin, until: rounds, admin, console)
    }

    /// Asks for a look; a server that has not noticed a changed file yet is asked again.
    private static func request(_ origin: String, _ admin: AdminClient) async throws(CommandFailure) -> Int64 {
        let deadline = ContinuousClock.now + reloadPatience
        while true {
            do throws(CommandFailure) {
                let answer = try await admin.post("\(AdminClient.api)/trust/follow", ["origin": .string(origin)])
                return answer["rounds"]?.integerValue ?? 0
            } catch {
                guard error.code == .failure, ContinuousClock.now < deadline else { throw error }
            }
            try? await Task.sleep(for: glance)
        }
    }

    private static func watch(
        _ origin: String, until rounds: Int64, _ admin: AdminClient, _ console: Console
    ) async throws(CommandFailure) -> ExitCode {
        let progress = ProgressLine(console: console, what: "entries of \(origin)")
        while true {
            let logs = try await admin.get("\(AdminClient.api)/trust")["logs"]?.arrayValue ?? []
            guard let log = logs.first(where: { $0.text("origin") == origin }), let follow = log["follow"] else {
                throw CommandFailure(.notFound, "\(origin) is trusted no more")
            }
            if follow["rounds"]?.integerValue ?? 0 >= rounds {
                progress.finish()
                if let problem = follow["problem"]?.stringValue {
                    let isLie = follow["misbehaviour"]?.boolValue ?? false
                    throw CommandFailure(isLie ? .verificationFailed : .failure, problem)
                }
                console.line(
                    "\(origin): \(log.text("size")) entries, all held and verified; \(log.text("statements")) taken over in all"
                )
                return .success
            }
            let wanted = UInt64(clamping: follow["wanted"]?.integerValue ?? 0)
            if wanted > 0 { progress.show(UInt64(clamping: follow["taken"]?.integerValue ?? 0), of: wanted) }
            try? await Task.sleep(for: glance)
        }
    }
}
