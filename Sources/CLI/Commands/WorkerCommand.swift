import Analyzers
import Configuration
import Platform
import VerdictStore
import Worker

/// `jurat worker`: leases jobs from the gateway, runs each in a fresh child, signs what it found.
enum WorkerCommand {
    static let command = Command(
        ["worker"], "analyse artifacts for a running gateway (serve starts some)",
        options: [
            .value("name", "NAME", "the worker's name in status and log (default worker)"),
            .value("data", "DIRECTORY", "the gateway's data folder, instead of reading the configuration"),
            .value("sandbox", "REQUIREMENT", "required or degraded; with --data (default required)"),
            .value("slots", "N", "jobs at once (default 1)"),
            AnalysisAllowanceOptions.memory, AnalysisAllowanceOptions.time, PassphraseOption.option,
            .value("log-level", "LEVEL", "debug, info, warning or error (default info)"),
        ],
        example: "jurat worker --name rack-2", run: run)

    /// Where the keys and the socket are, what the kernel must offer and what an analysis may use: from the options, or
    /// from the configuration.
    private struct Place {
        let data: DataDirectory
        let sandbox: SandboxRequirement
        let allowance: AnalysisAllowance
        let passphrasePath: String?

        init(_ invocation: Invocation) throws(CommandFailure) {
            guard let path = invocation.value("data") else {
                let deployment = try Deployment(invocation)
                data = deployment.data
                sandbox = deployment.configuration.sandbox
                allowance = try AnalysisAllowanceOptions.read(
                    invocation, over: deployment.configuration.analysisAllowance)
                passphrasePath = deployment.passphrasePath
                return
            }
            let text = invocation.value("sandbox") ?? SandboxRequirement.required.rawValue
            guard let sandbox = SandboxRequirement(rawValue: text) else {
                throw CommandFailure(.usage, "--sandbox is \(text); expected required or degraded")
            }
            data = DataDirectory(path: path)
            self.sandbox = sandbox
            allowance = try AnalysisAllowanceOptions.read(invocation)
            passphrasePath = invocation.value(PassphraseOption.name)
        }
    }

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let place = try Place(invocation)
        let name = invocation.value("name") ?? "worker"
        let slots = try invocation.number("slots", in: 1...64, default: 1)
        let logger = try LogLevelOption.logger(invocation).labelled(name)
        var configuration = WorkerConfiguration(
            adminSocketPath: place.data.adminSocketPath, dataDirectory: place.data, slots: slots,
            executablePath: invocation.surroundings.executablePath, name: name,
            sandbox: place.sandbox == .required ? .required : .degraded, passphrasePath: place.passphrasePath)
        configuration.environment = invocation.surroundings.environment
        configuration.limits.seconds = place.allowance.seconds
        configuration.childLimits = ChildLimits(place.allowance)
        let supervisor: WorkerSupervisor
        do {
            supervisor = try WorkerSupervisor(configuration, clock: invocation.surroundings.clock, logger: logger)
        } catch {
            throw CommandFailure(.failure, "\(error)")
        }
        let signals = SignalInbox()
        let watcher = signals.watch()
        let ending = Task {
            for await signal in signals.received {
                if signal.isReload { supervisor.finish() } else { supervisor.stop() }
            }
        }
        defer { ending.cancel() }
        do { try await supervisor.run() } catch { throw CommandFailure(.failure, "\(error)") }
        withExtendedLifetime(watcher) {}
        return .success
    }
}
