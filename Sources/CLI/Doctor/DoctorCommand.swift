import Configuration
import JSON
import Platform
import VerdictStore

/// `jurat doctor`: looks at everything that a deployment needs, and proves that the sandbox holds. Needs no server.
///
/// Spec: docs/sandbox.md.
enum DoctorCommand {
    static let command = Command(
        ["doctor"], "check this machine and deployment, prove the sandbox, say what to do",
        options: [
            OutputFormat.option,
            .flag("online", "ask the configured servers too; without it nothing leaves this machine"),
        ],
        example: "jurat doctor -o json", run: run)

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(ofRecord: invocation)
        let report = await report(invocation)
        let console = invocation.surroundings.console
        switch format {
        case .json: console.line(JSONText.string(report.json, pretty: true))
        case .jsonl: console.line(JSONText.string(report.json))
        case .table, .wide, .csv: console.text(report.text(on: console))
        }
        return report.isWell ? .success : .notReady
    }

    private static func report(_ invocation: Invocation) async -> DoctorReport {
        var checks: [DoctorCheck] = []
        var configuration: ServiceConfiguration?
        (configuration, checks) = DeploymentChecks.configuration(invocation)
        if let configuration {
            let data = DataDirectory(path: configuration.dataPath)
            let now = invocation.surroundings.clock.now()
            checks += DeploymentChecks.folders(configuration, data)
            checks.append(DeploymentChecks.keys(data))
            checks += DeploymentChecks.space(configuration, data)
            checks.append(DeploymentChecks.clock(data, now: now))
            checks.append(await DeploymentChecks.port(configuration, data))
            checks += DeploymentChecks.rules(configuration)
            checks += AdvisoryChecks.freshness(configuration, data, now: now)
            checks += await ModelChecks.all(configuration, data, now: now)
        }
        checks += await SandboxChecks.all(
            executablePath: invocation.surroundings.executablePath, mayBeDegraded: configuration?.sandbox == .degraded)
        if let configuration {
            checks.append(OutgoingChecks.outgoing(configuration))
            if invocation.has("online") {
                checks += await OutgoingChecks.online(configuration, environment: invocation.surroundings.environment)
            }
        }
        return DoctorReport(checks: checks)
    }
}
