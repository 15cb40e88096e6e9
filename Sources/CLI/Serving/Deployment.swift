import Configuration
import Platform
import VerdictStore

/// A checked configuration with the data directory that it names.
struct Deployment: Sendable {
    let configuration: ServiceConfiguration
    let data: DataDirectory

    /// - Throws: `CommandFailure` with `usage`, one line for each problem, when the configuration is not right.
    init(_ invocation: Invocation) throws(CommandFailure) {
        configuration = try ConfigurationFile(
            path: invocation.configurationPath, environment: invocation.surroundings.environment
        ).load()
        data = DataDirectory(path: configuration.dataPath)
    }

    var admin: AdminClient { AdminClient(socketPath: data.adminSocketPath) }
}

/// The configuration file of an invocation.
struct ConfigurationFile: Sendable {
    let path: String
    let environment: ProcessEnvironment

    func load() throws(CommandFailure) -> ServiceConfiguration {
        switch try check() {
        case .success(let configuration): return configuration
        case .failure(let problems):
            throw CommandFailure(.usage, "\(path) cannot be used:\n" + lines(of: problems))
        }
    }

    /// The configuration, or every problem in it.
    func check() throws(CommandFailure) -> Result<ServiceConfiguration, ConfigurationProblems> {
        let bytes: [UInt8]
        do { bytes = try Files.readAll(path, maxBytes: 1 << 20) } catch {
            throw CommandFailure(
                error.isNotFound ? .notReady : .failure,
                "\(error)" + (error.isNotFound ? "; `jurat init` writes one" : ""))
        }
        return ConfigurationLoader.load(
            bytes: bytes, baseDirectory: directory, environment: environment, readFile: readSecret)
    }

    func lines(of problems: ConfigurationProblems) -> String {
        problems.problems.map { "  \(path): \($0)" }.joined(separator: "\n")
    }

    /// The folder that relative paths of the file start from.
    var directory: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

private func readSecret(_ path: String) throws(FileError) -> [UInt8] {
    try Files.readAll(path, maxBytes: 64 << 10)
}
