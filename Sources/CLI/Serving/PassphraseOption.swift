import VerdictStore

/// The option `--passphrase-file`, which goes before `keys.passphraseFile` of the configuration.
enum PassphraseOption {
    static let name = "passphrase-file"

    static let option = CommandOption.value(
        name, "FILE", "passphrase of encrypted key files (default: keys.passphraseFile)")

    /// The keys of a directory, with the passphrase of a file.
    ///
    /// - Throws: `CommandFailure` when the passphrase file cannot be used.
    static func store(_ directory: String, passphrasePath: String?) throws(CommandFailure) -> KeyStore {
        do throws(KeyFileError) {
            let passphrase = try passphrasePath.map { path throws(KeyFileError) in try KeyPassphrase(file: path) }
            return KeyStore(directory: directory, passphrase: passphrase)
        } catch {
            throw CommandFailure(.failure, "\(error)")
        }
    }
}
