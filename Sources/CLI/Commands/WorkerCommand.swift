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
            .value("slots", "N", "jobs at once (default 1)"),
            .value("log-level", "LEVEL", "debug, info, warning or error (default info)"),
        ],
        example: "jurat worker --name rack-2", run: run)

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let deployment = try Deployment(invocation)
        let name = invocation.value("name") ?? "worker"
        let slots = try invocation.number("slots", in: 1...64, default: 1)
        let logger = try LogLevelOption.logger(invocation).labelled(name)
        let supervisor: WorkerSupervisor
        do {
            supervisor = try WorkerSupervisor(
                WorkerConfiguration(
                    adminSocketPath: deployment.data.adminSocketPath, dataDirectory: deployment.data,
                    slots: slots, executablePath: invocation.surroundings.executablePath, name: name,
                    sandbox: deployment.configuration.sandbox == .required ? .required : .degraded),
                clock: invocation.surroundings.clock, logger: logger)
        } catch {
            throw CommandFailure(.failure, "\(error)")
        }
        let signals = SignalInbox()
        let watcher = signals.watch()
        let ending = Task { for await signal in signals.received where !signal.isReload { supervisor.stop() } }
        defer { ending.cancel() }
        do { try await supervisor.run() } catch { throw CommandFailure(.failure, "\(error)") }
        withExtendedLifetime(watcher) {}
        return .success
    }
}
