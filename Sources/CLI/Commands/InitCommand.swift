import Configuration
import Cryptography
import Platform
import Registry
import VerdictStore

/// `jurat init`: creates what is missing and keeps what is there. Asks nothing.
enum InitCommand {
    static let command = Command(
        ["init"], "create the configuration, data folder, keys and log that are missing",
        options: [
            .value("origin", "NAME", "the log's origin, set once (default jurat.local/verdicts)"),
            .value("operator", "NAME", "the first operator's name (default: the user's)"),
            PassphraseOption.option,
        ],
        example: "jurat init --origin registry.example.com/verdicts", run: run)

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let console = invocation.surroundings.console
        let path = invocation.configurationPath
        if Files.exists(path) {
            console.line("kept \(path)")
        } else {
            let found = ClientDiscovery(environment: invocation.surroundings.environment).discover()
            let text = InitialConfiguration(registries: found).text
            do { try Files.writeDurably(Array(text.utf8), to: path, mode: 0o644) } catch {
                throw CommandFailure(.failure, "\(error)")
            }
            console.line("created \(path)")
            for note in found.notes { console.line("  " + note) }
        }
        let deployment = try Deployment(invocation)
        try createLog(deployment, invocation)
        console.line("next: jurat serve")
        return .success
    }

    private static func createLog(_ deployment: Deployment, _ invocation: Invocation) throws(CommandFailure) {
        let console = invocation.surroundings.console
        do {
            try deployment.data.create()
            try Files.createDirectory(deployment.configuration.cachePath)
        } catch {
            throw CommandFailure(.failure, "\(error)")
        }
        if Files.exists(deployment.data.verdictsPath) {
            console.line("kept \(deployment.data.path)/")
            return
        }
        let origin = invocation.value("origin") ?? "jurat.local/verdicts"
        let name = invocation.value("operator") ?? OperatorKey.defaultName(invocation.surroundings.environment)
        let store = try deployment.keyStore()
        do {
            let keys = try firstKeys(store, operatorName: name)
            try VerdictLogGenesis.initialize(deployment.data, origin: origin, keys: keys)
            let key = keys.log.publicKey.keyID.hex.prefix(8)
            console.line("created \(deployment.data.path)/ (log origin \(origin), key \(key)…, operator \(name))")
            console.line("  move \(deployment.data.keysDirectory)/root.key to a safe place: only key changes need it")
        } catch {
            throw CommandFailure(.failure, "the log cannot be created: \(error)")
        }
    }

    /// The first keys, each in its file. Keys that an interrupted `init` left are taken up again: they signed nothing.
    private static func firstKeys(_ store: KeyStore, operatorName: String) throws(KeyFileError)
        -> VerdictLogGenesis.Keys
    {
        func key(_ name: KeyName) throws(KeyFileError) -> Ed25519SigningKey {
            try store.contains(name) ? store.load(name) : store.create(name)
        }
        let person = try key(try KeyName(parsing: "operator-\(operatorName)"))
        return VerdictLogGenesis.Keys(
            root: try key(.root), log: try key(.log), verdict: try key(.verdict).publicKey,
            operators: [VerdictLogGenesis.Operator(name: operatorName, key: person.publicKey)])
    }
}
