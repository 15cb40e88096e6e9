import Configuration
import Platform
import VerdictStore

/// A checked configuration with the data directory that it names.
struct Deployment: Sendable {
    let configuration: ServiceConfiguration
    let data: DataDirectory
    /// The file as it was read, to notice later changes.
    let configurationBytes: [UInt8]
    /// The passphrase file of encrypted keys: what the command line names, or else the configuration.
    let passphrasePath: String?

    /// - Throws: `CommandFailure` with `usage`, one line for each problem, when the configuration is not right.
    init(_ invocation: Invocation) throws(CommandFailure) {
        let file = ConfigurationFile(
            path: invocation.configurationPath, environment: invocation.surroundings.environment)
        configurationBytes = try file.read()
        configuration = try file.load(configurationBytes)
        data = DataDirectory(path: configuration.dataPath)
        passphrasePath = invocation.value(PassphraseOption.name) ?? configuration.keyPassphrasePath
    }

    /// The keys of the data directory.
    ///
    /// - Throws: `CommandFailure` when a passphrase file is named and cannot be used.
    func keyStore() throws(CommandFailure) -> KeyStore {
        try PassphraseOption.store(data.keysDirectory, passphrasePath: passphrasePath)
    }

    var admin: AdminClient { AdminClient(socketPath: data.adminSocketPath) }

    /// The running server, also while the configuration file has mistakes: it goes on with the last good one, and says
    /// so to who asks. Then the usual data folder beside the file is tried.
    static func server(_ invocation: Invocation) throws(CommandFailure) -> AdminClient {
        do { return try Deployment(invocation).admin } catch {
            let file = ConfigurationFile(
                path: invocation.configurationPath, environment: invocation.surroundings.environment)
            let data = DataDirectory(path: "\(file.directory)/data")
            guard Files.exists(data.adminSocketPath) else { throw error }
            return AdminClient(socketPath: data.adminSocketPath)
        }
    }
}

/// The configuration file of an invocation.
struct ConfigurationFile: Sendable {
    let path: String
    let environment: ProcessEnvironment

    static let maxBytes = 1 << 20

    func load() throws(CommandFailure) -> ServiceConfiguration { try load(try read()) }

    func load(_ bytes: [UInt8]) throws(CommandFailure) -> ServiceConfiguration {
        switch check(bytes) {
        case .success(let configuration): return configuration
        case .failure(let problems):
            throw CommandFailure(.usage, "\(path) cannot be used:\n" + lines(of: problems))
        }
    }

    func read() throws(CommandFailure) -> [UInt8] {
        do { return try Files.readAll(path, maxBytes: Self.maxBytes) } catch {
            throw CommandFailure(
                error.isNotFound ? .notReady : .failure,
                "\(error)" + (error.isNotFound ? "; `jurat init` writes one" : ""))
        }
    }

    /// The configuration, or every problem in it.
    func check() throws(CommandFailure) -> Result<ServiceConfiguration, ConfigurationProblems> { check(try read()) }

    private func check(_ bytes: [UInt8]) -> Result<ServiceConfiguration, ConfigurationProblems> {
        ConfigurationLoader.load(
            bytes: bytes, baseDirectory: directory, environment: environment, readFile: readSecret)
    }

    func lines(of problems: ConfigurationProblems) -> String {
        problems.problems.map { "  \(path): \($0)" }.joined(separator: "\n")
    }

    /// The folder that relative paths of the file start from.
    var directory: String { Files.directory(of: path) }
}

private func readSecret(_ path: String) throws(FileError) -> [UInt8] {
    try Files.readAll(path, maxBytes: 64 << 10)
}
