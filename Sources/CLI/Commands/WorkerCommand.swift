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
            PassphraseOption.option,
            .value("log-level", "LEVEL", "debug, info, warning or error (default info)"),
        ],
        example: "jurat worker --name rack-2", run: run)

    /// Where the keys and the socket are, and what the kernel must offer: from the options, or from the configuration.
    private static func place(
        _ invocation: Invocation
    ) throws(CommandFailure) -> (data: DataDirectory, sandbox: SandboxRequirement, passphrasePath: String?) {
        guard let path = invocation.value("data") else {
            let deployment = try Deployment(invocation)
            return (deployment.data, deployment.configuration.sandbox, deployment.passphrasePath)
        }
        let text = invocation.value("sandbox") ?? SandboxRequirement.required.rawValue
        guard let sandbox = SandboxRequirement(rawValue: text) else {
            throw CommandFailure(.usage, "--sandbox is \(text); expected required or degraded")
        }
        return (DataDirectory(path: path), sandbox, invocation.value(PassphraseOption.name))
    }

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let (data, sandbox, passphrasePath) = try place(invocation)
        let name = invocation.value("name") ?? "worker"
        let slots = try invocation.number("slots", in: 1...64, default: 1)
        let logger = try LogLevelOption.logger(invocation).labelled(name)
        let supervisor: WorkerSupervisor
        do {
            supervisor = try WorkerSupervisor(
                WorkerConfiguration(
                    adminSocketPath: data.adminSocketPath, dataDirectory: data,
                    slots: slots, executablePath: invocation.surroundings.executablePath, name: name,
                    sandbox: sandbox == .required ? .required : .degraded, passphrasePath: passphrasePath),
                clock: invocation.surroundings.clock, logger: logger)
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
