import Analyzers
import Configuration
import JSON
import Platform
import Registry

/// `jurat config`: is the file right, and what does it come to.
enum ConfigCommands {
    static let all: [Command] = [
        Command(
            ["config", "check"], "report every problem of the configuration with its path and line",
            example: "jurat config check --config jurat.yaml", run: check),
        Command(
            ["config", "show"], "print the configuration as it is in effect, secrets masked",
            options: [OutputFormat.option],
            example: "jurat config show -o json", run: show),
    ]

    private static func file(_ invocation: Invocation) -> ConfigurationFile {
        ConfigurationFile(path: invocation.configurationPath, environment: invocation.surroundings.environment)
    }

    private static func check(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let file = file(invocation)
        switch try file.check() {
        case .success(let configuration):
            do throws(UserRuleError) {
                _ = try configuration.userRulesPath.flatMap { (folder) throws(UserRuleError) in
                    try UserRules.load(folder: folder)
                }
            } catch {
                invocation.surroundings.console.note("  \(file.path): static.rules: \(error)")
                throw CommandFailure(.usage, "1 problem in \(file.path)")
            }
            let count = configuration.topology.definitions.count
            for warning in configuration.warnings(at: invocation.surroundings.clock.now()) {
                invocation.surroundings.console.note("  \(file.path): warning: \(warning)")
            }
            invocation.surroundings.console.line("\(file.path): no problems, \(count) registries")
            return .success
        case .failure(let problems):
            invocation.surroundings.console.note(file.lines(of: problems))
            throw CommandFailure(.usage, "\(problems.problems.count) problems in \(file.path)")
        }
    }

    private static func show(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(of: invocation)
        let configuration = try file(invocation).load()
        let console = invocation.surroundings.console
        guard format == .json || format == .jsonl else {
            console.text(ConfigurationLoader.effectiveText(configuration))
            return .success
        }
        let value = EffectiveConfiguration(configuration).json
        console.line(JSONText.string(value, pretty: format == .json))
        return .success
    }
}
