import Cryptography
import Platform
import Registry
import Screening
import VerdictStore

/// `jurat key generate`: a new key in a file, and in the log when root keys are at hand.
enum KeyGenerateCommand {
    static let command = Command(
        ["key", "generate"], "make a key, and add it to the log", operands: ["NAME"],
        options: KeyCommands.changeOptions + [
            .flag("file-only", "make the file and print its public key; needs no log and no root key"),
            .value("public-key", "KEY", "add this key, which was generated on another machine"),
            .value("analyzers", "ID", "verdicts of this analyzer only; verdict keys", isRepeatable: true),
            .value("registries", "NAME", "rulings for this registry only; operator keys", isRepeatable: true),
        ],
        example: "jurat key generate operator-bea --reason \"bea joined the team\"", run: run)

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let name: KeyName
        do { name = try KeyName(parsing: invocation.operands[0]) } catch { throw CommandFailure(.usage, "\(error)") }
        if invocation.has("file-only") { return try makeFile(name, invocation) }
        let change = try KeyChange(invocation)
        let scope = try scope(of: name, invocation)
        let threshold = try change.threshold(for: name.role)
        let made = try key(name, invocation, change)
        let roots = try change.isDryRun ? [] : change.rootKeys()
        let event = KeyEventStatement(
            event: .add, publicKey: made.publicKey, role: name.role, holder: name.holder, scope: scope,
            reason: change.reason, threshold: threshold)
        _ = try change.keyring(after: event, signedBy: roots)
        if change.isDryRun {
            if made.isNew { change.say("nothing is written; the key in this record is an example") }
            return try change.rehearse(event)
        }
        if let secret = made.secret, made.isNew {
            do { try change.store.store(secret, as: name) } catch { throw CommandFailure(.failure, "\(error)") }
            change.say("created \(change.store.path(of: name))")
        }
        // ✝ A file without its event signs nothing that counts; the next try takes it up.
        _ = try await change.append(event, signedBy: roots)
        return .success
    }

    private struct Made {
        let publicKey: Ed25519PublicKey
        /// The private key, unless it is on another machine.
        let secret: Ed25519SigningKey?
        /// Whether the file is still to be written.
        let isNew: Bool
    }

    private static func key(
        _ name: KeyName, _ invocation: Invocation, _ change: KeyChange
    ) throws(CommandFailure) -> Made {
        if let text = invocation.value("public-key") {
            do {
                let key = try Ed25519PublicKey(bytes: try Base64.decode(text))
                return Made(publicKey: key, secret: nil, isNew: false)
            } catch {
                throw CommandFailure(
                    .usage,
                    "--public-key is no key: \(error); expected the Base64 that jurat key generate --file-only prints")
            }
        }
        guard change.store.contains(name) else {
            let secret = Ed25519SigningKey.generate()
            return Made(publicKey: secret.publicKey, secret: secret, isNew: true)
        }
        let existing: Ed25519SigningKey
        do { existing = try change.store.load(name) } catch { throw CommandFailure(.failure, "\(error)") }
        guard change.keyring.key(existing.publicKey.keyID) == nil else {
            throw CommandFailure(
                .failure,
                "\(change.store.path(of: name)) exists and the log knows its key; follow it by another with "
                    + "jurat key rotate \(name), or name another folder with --keys")
        }
        // Left by an interrupted attempt or made with --file-only: it has signed nothing yet.
        return Made(publicKey: existing.publicKey, secret: existing, isNew: false)
    }

    private static func makeFile(_ name: KeyName, _ invocation: Invocation) throws(CommandFailure) -> ExitCode {
        // On a machine that is kept offline there is no configuration.
        let directory: String
        var passphrasePath = invocation.value(PassphraseOption.name)
        if let named = invocation.value("keys") {
            directory = named
        } else {
            let deployment = try Deployment(invocation)
            directory = deployment.data.keysDirectory
            passphrasePath = deployment.passphrasePath
        }
        let console = invocation.surroundings.console
        let store = try PassphraseOption.store(directory, passphrasePath: passphrasePath)
        guard !invocation.has("dry-run") else {
            console.note("would create \(store.path(of: name))")
            return .success
        }
        let key: Ed25519SigningKey
        do { key = try store.create(name) } catch { throw CommandFailure(.failure, "\(error)") }
        console.line(Base64.encode(key.publicKey.bytes))
        console.note(
            "created \(store.path(of: name)), key \(key.publicKey.keyID.hex); where the log is: "
                + "jurat key generate \(name) --public-key \(Base64.encode(key.publicKey.bytes)) --reason …")
        return .success
    }

    private static func scope(of name: KeyName, _ invocation: Invocation) throws(CommandFailure) -> KeyScope {
        let analyzers = invocation.values["analyzers"]
        let registries = invocation.values["registries"]
        guard analyzers == nil || name.role == .verdict else {
            throw CommandFailure(.usage, "--analyzers narrows verdict keys; \(name) is none")
        }
        guard registries == nil || name.role == .operator_ else {
            throw CommandFailure(.usage, "--registries narrows operator keys; \(name) is none")
        }
        do {
            return KeyScope(
                predicateTypes: KeyScope.standard(for: name.role).predicateTypes,
                analyzers: try analyzers?.map { try AnalyzerID(parsing: $0) },
                registries: try registries?.map { try RegistryName(parsing: $0) })
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
    }
}
