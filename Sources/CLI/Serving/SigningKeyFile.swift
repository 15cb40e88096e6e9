import Cryptography
import VerdictStore

/// A private key that a person names by its file, wherever that is: a mounted stick, another folder.
enum SigningKeyFile {
    /// - Parameter passphrasePath: the passphrase file for an encrypted one.
    /// - Throws: `CommandFailure` with `notFound` when the file is not there, `failure` when it cannot be used.
    static func load(_ path: String, passphrasePath: String? = nil) throws(CommandFailure) -> Ed25519SigningKey {
        let slash = path.lastIndex(of: "/")
        let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let file = slash.map { String(path[path.index(after: $0)...]) } ?? path
        let store = try PassphraseOption.store(directory, passphrasePath: passphrasePath)
        do throws(KeyFileError) {
            if let name = try KeyFileName(fileName: file) { return try store.load(name.name, atPath: path) }
        } catch {
            if case .missing = error { throw CommandFailure(.notFound, "\(error)") }
            throw CommandFailure(.failure, "\(error)")
        }
        throw CommandFailure(.usage, "\(path) is no key file; their names end in .key")
    }
}
