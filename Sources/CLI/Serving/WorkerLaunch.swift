import Configuration
import Platform

/// How `serve` starts one of its workers.
struct WorkerLaunch: Sendable {
    let executable: String
    let dataPath: String
    let sandbox: SandboxRequirement
    let allowance: AnalysisAllowance
    let environment: ProcessEnvironment
    /// Where the passphrase of the verdict key is, when that is encrypted.
    let passphrasePath: String?

    /// What worker number `n` calls itself.
    static func name(_ number: Int) -> String { "worker-\(number + 1)" }

    func start(_ number: Int) throws(SpawnError) -> ChildProcess {
        // A worker takes nothing from the configuration file, so that one with mistakes never keeps workers from starting.
        let variables = environment.names
            .compactMap { name in environment[name].map { "\(name)=\($0)" } }
        return try ChildProcess.spawn(
            executable: executable,
            arguments: [
                "worker", "--data", dataPath, "--sandbox", sandbox.rawValue, "--name", Self.name(number),
                "--memory", "\(allowance.memoryBytes)B", "--time", "\(allowance.seconds)",
            ] + (passphrasePath.map { ["--\(PassphraseOption.name)", $0] } ?? []),
            environment: variables,
            inheriting: [(descriptor: 2, as: 1), (descriptor: 2, as: 2)], limits: nil, diesWithParent: true,
            workingDirectory: nil)
    }
}
