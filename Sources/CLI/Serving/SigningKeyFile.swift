import Cryptography
import VerdictStore

/// A private key that a person names by its file, wherever that is: a mounted stick, another folder.
enum SigningKeyFile {
    /// - Throws: `CommandFailure` with `notFound` when the file is not there, `failure` when it cannot be used.
    static func load(_ path: String) throws(CommandFailure) -> Ed25519SigningKey {
        let slash = path.lastIndex(of: "/")
        let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let file = slash.map { String(path[path.index(after: $0)...]) } ?? path
        guard file.hasSuffix(".key") else {
            throw CommandFailure(.usage, "\(path) is no key file; their names end in .key")
        }
        do throws(KeyFileError) {
            return try KeyStore(directory: directory).load(try KeyName(parsing: String(file.dropLast(4))))
        } catch {
            if case .missing = error { throw CommandFailure(.notFound, "\(error)") }
            throw CommandFailure(.failure, "\(error)")
        }
    }
}
