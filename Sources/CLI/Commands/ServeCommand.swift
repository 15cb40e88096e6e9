import Configuration
import Platform
import VerdictStore

/// `jurat serve`: the gateway with its workers.
enum ServeCommand {
    static let command = Command(
        ["serve"], "serve npm and Python packages, start workers, refresh advisories",
        options: [
            .value("log-level", "LEVEL", "debug, info, warning or error (default info)"),
            .value("workers", "N", "worker processes to start, instead of the configuration's number"),
            PassphraseOption.option,
        ],
        example: "jurat serve --config /etc/jurat/jurat.yaml", run: run)

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let deployment = try Deployment(invocation)
        guard Files.exists(deployment.data.verdictsPath) else {
            throw CommandFailure(
                .notReady, "there is no verdict log in \(deployment.data.path): run `jurat init` here first")
        }
        let logger = try LogLevelOption.logger(invocation)
        let workers = try invocation.number("workers", in: 0...64, default: deployment.configuration.workers)
        let process = try await ServingProcess.assemble(
            deployment, configurationPath: invocation.configurationPath, surroundings: invocation.surroundings,
            workers: workers, logger: logger)
        try await process.run()
        return .success
    }
}

/// The `--log-level` option of the long-running commands.
enum LogLevelOption {
    static func logger(_ invocation: Invocation) throws(CommandFailure) -> Logger {
        let text = invocation.value("log-level") ?? "info"
        guard let level = LogLevel(name: text) else {
            let names = LogLevel.allCases.map(\.name).joined(separator: ", ")
            throw CommandFailure(.usage, "--log-level is \(text); expected one of \(names)")
        }
        return Logger.standardError(minimum: level)
    }
}
