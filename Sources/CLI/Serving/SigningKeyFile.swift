import Cryptography
import Platform
import VerdictStore

/// A private key that a person names by its file, wherever that is: a mounted stick, another folder.
enum SigningKeyFile {
    /// - Parameter passphrasePath: the passphrase file for an encrypted one.
    /// - Throws: `CommandFailure` with `notFound` when the file is not there, `failure` when it cannot be used.
    static func load(_ path: String, passphrasePath: String? = nil) throws(CommandFailure) -> Ed25519SigningKey {
        let store = try PassphraseOption.store(Files.directory(of: path), passphrasePath: passphrasePath)
        do throws(KeyFileError) {
            if let name = try KeyFileName(fileName: path.split(separator: "/").last.map(String.init) ?? path) {
                return try store.load(name.name, atPath: path)
            }
        } catch {
            if case .missing = error { throw CommandFailure(.notFound, "\(error)") }
            throw CommandFailure(.failure, "\(error)")
        }
        throw CommandFailure(.usage, "\(path) is no key file; their names end in .key")
    }
}
