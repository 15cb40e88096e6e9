import Platform

/// How `serve` starts one of its workers.
struct WorkerLaunch: Sendable {
    let executable: String
    let configurationPath: String
    let environment: ProcessEnvironment

    func start(_ number: Int) throws(SpawnError) -> ChildProcess {
        // The configuration's own substitutions must come out the same in the worker; its children get nothing of this.
        let variables = environment.names
            .compactMap { name in environment[name].map { "\(name)=\($0)" } }
        return try ChildProcess.spawn(
            executable: executable,
            arguments: ["worker", "--config", configurationPath, "--name", "worker-\(number + 1)"],
            environment: variables,
            inheriting: [(descriptor: 2, as: 1), (descriptor: 2, as: 2)], limits: nil, diesWithParent: true,
            workingDirectory: nil)
    }
}
