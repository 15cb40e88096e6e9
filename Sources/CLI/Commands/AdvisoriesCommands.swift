import Advisories
import Configuration
import HTTP
import JSON
import Platform
import Registry
import VerdictStore

/// `jurat advisories`: load bundles, and say what is loaded.
enum AdvisoriesCommands {
    static let all: [Command] = [
        Command(
            ["advisories", "sync"], "load the bundles that the configuration names",
            options: [.flag("allow-shrink", "take a bundle with far fewer records than the last")],
            example: "jurat advisories sync", run: sync),
        Command(
            ["advisories", "import"], "load bundles from files or URLs", operands: ["ECOSYSTEM=FILE…"],
            options: [.flag("allow-shrink", "take a bundle with far fewer records than the last")],
            example: "jurat advisories import npm=npm-all.zip pypi=pypi-all.zip", run: importBundles),
        Command(
            ["advisories", "status"], "show the snapshot in force", options: [OutputFormat.option],
            example: "jurat advisories status -o json", run: status),
    ]

    private static func sync(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let deployment = try Deployment(invocation)
        return try await load(deployment.configuration.advisories.sources, deployment, invocation)
    }

    private static func importBundles(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        var sources: [Ecosystem: String] = [:]
        for operand in invocation.operands {
            let pieces = operand.split(separator: "=", maxSplits: 1).map(String.init)
            guard pieces.count == 2, let ecosystem = Ecosystem(rawValue: pieces[0].lowercased()) else {
                throw CommandFailure(
                    .usage, "\(operand) is not ECOSYSTEM=FILE with npm or pypi; for example npm=npm-all.zip")
            }
            guard sources.updateValue(pieces[1], forKey: ecosystem) == nil else {
                throw CommandFailure(.usage, "\(ecosystem.rawValue) is given twice")
            }
        }
        return try await load(sources, try Deployment(invocation), invocation)
    }

    private static func load(
        _ sources: [Ecosystem: String], _ deployment: Deployment, _ invocation: Invocation
    ) async throws(CommandFailure) -> ExitCode {
        let console = invocation.surroundings.console
        let refresher = AdvisoryRefresher(
            sources: sources, directory: AdvisoryDirectory(directory: deployment.data.advisoriesDirectory),
            upstream: UpstreamClient(
                proxyEnvironment: invocation.surroundings.environment, userAgent: "jurat/\(JuratVersion.text)",
                maxConnectionsPerHost: 2), clock: invocation.surroundings.clock)
        let (report, failures) = await refresher.refresh(allowShrink: invocation.has("allow-shrink"))
        if let report {
            console.line("loaded \(report.recordsKept) of \(report.recordsRead) records")
            for skipped in report.skipped.prefix(20) { console.note("  skipped \(skipped.record): \(skipped.reason)") }
            // A running server picks the snapshot up by itself; telling it only saves the wait.
            if Files.exists(deployment.data.adminSocketPath) {
                _ = try? await deployment.admin.post("\(AdminClient.api)/advisories/reload", .object([:]))
            }
        }
        for failure in failures { console.note("jurat: \(failure)") }
        return failures.isEmpty ? .success : .failure
    }

    private static func status(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(of: invocation)
        let deployment = try Deployment(invocation)
        let console = invocation.surroundings.console
        let index: AdvisoryIndex?
        do { index = try AdvisoryDirectory(directory: deployment.data.advisoriesDirectory).current() } catch {
            throw CommandFailure(.failure, "the advisory snapshot cannot be read: \(error)")
        }
        guard let index else {
            if format == .json || format == .jsonl {
                console.line(JSONText.string(["snapshot": .null]))
            } else {
                console.line("no advisory snapshot was ever loaded: artifacts are judged without advisories")
            }
            return .notReady
        }
        let seconds = index.builtAt.distance(to: invocation.surroundings.clock.now()).components.seconds
        let counts = Ecosystem.allCases.map { ($0.rawValue, JSONValue.integer(Int64(index.recordCounts[$0] ?? 0))) }
        let record: JSONValue = [
            "snapshot": .string(index.snapshotID), "builtAt": .string(index.builtAt.rfc3339),
            "ageSeconds": .integer(seconds),
            "records": .object(JSONObject(counts.map { (name: $0.0, value: $0.1) })),
        ]
        if format == .json || format == .jsonl {
            console.line(JSONText.string(record, pretty: format == .json))
        } else {
            let text = counts.map { "\($0.0) \($0.1.integerValue ?? 0)" }.joined(separator: ", ")
            console.line(
                "advisories \(text) (\(DurationText.short(seconds: seconds)) old), snapshot \(index.snapshotID.prefix(12))"
            )
        }
        return .success
    }
}
