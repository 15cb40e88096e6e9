import Platform
import VerdictStore

/// `jurat key encrypt`: puts the key files of a folder under a passphrase, in their place.
enum KeyEncryptCommand {
    static let command = Command(
        ["key", "encrypt"], "encrypt the key files that are not, with the passphrase of a file",
        options: [
            .value("keys", "DIR", "where key files are (default: the data folder's)"), PassphraseOption.option,
            .flag("dry-run", "say which files would be encrypted"),
        ],
        example: "jurat key encrypt --passphrase-file /etc/jurat/passphrase", run: run)

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let console = invocation.surroundings.console
        var directory = invocation.value("keys")
        var passphrasePath = invocation.value(PassphraseOption.name)
        if directory == nil || passphrasePath == nil {
            let deployment = try Deployment(invocation)
            directory = directory ?? deployment.data.keysDirectory
            passphrasePath = deployment.passphrasePath
        }
        guard let directory, let passphrasePath else {
            throw CommandFailure(
                .usage, "name the passphrase file with --passphrase-file, or set keys: { passphraseFile: PATH }")
        }
        let store = try PassphraseOption.store(directory, passphrasePath: passphrasePath)
        do {
            for entry in try store.list() {
                if invocation.has("dry-run") {
                    console.line(entry.isEncrypted ? "kept \(entry.path)" : "would encrypt \(entry.path)")
                } else {
                    console.line(try store.encrypt(entry) ? "encrypted \(entry.path)" : "kept \(entry.path)")
                }
            }
        } catch {
            throw CommandFailure(.failure, "\(error)")
        }
        return .success
    }
}
