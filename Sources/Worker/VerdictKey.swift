import Cryptography
import Platform
import Screening
import VerdictStore

/// Which verdict key a worker signs with.
enum VerdictKey {
    /// The newest good verdict key at hand; without a log to ask, the one in use.
    ///
    /// - Throws: `WorkerError.key`, `.log`, `.keyEnded` when the log ended every key that is at hand.
    static func newest(_ configuration: WorkerConfiguration) throws(WorkerError) -> Ed25519SigningKey {
        let keys: [Ed25519SigningKey]
        do throws(KeyFileError) {
            let passphrase = try configuration.passphrasePath.map { path throws(KeyFileError) in
                try KeyPassphrase(file: path)
            }
            let store = KeyStore(directory: configuration.dataDirectory.keysDirectory, passphrase: passphrase)
            keys = try store.keys(named: .verdict)
        } catch {
            throw .key(error)
        }
        let known: Keyring?
        do throws(LogError) { known = try keyring(of: configuration.dataDirectory) } catch { throw .log(error) }
        guard let keyring = known else { return keys[0] }
        let good = keyring.keys.filter { $0.role == .verdict && keyring.isValidNow($0.publicKey.keyID) }
        for entry in good.reversed() {
            if let key = keys.first(where: { $0.publicKey == entry.publicKey }) { return key }
        }
        if let ended = keys.first(where: { keyring.key($0.publicKey.keyID) != nil }) {
            throw .keyEnded(ended.publicKey.keyID)
        }
        // A key that the log does not know yet: its event may be on the way.
        return keys[0]
    }

    /// Whether the log knows the key and ended it.
    ///
    /// - Throws: `LogError` when the log cannot be read.
    static func isEnded(_ id: KeyID, in data: DataDirectory) throws(LogError) -> Bool {
        guard let keyring = try keyring(of: data) else { return false }
        return keyring.key(id) != nil && !keyring.isValidNow(id)
    }

    /// Nil on another machine, where there is no log to ask; the gateway then judges alone.
    private static func keyring(of data: DataDirectory) throws(LogError) -> Keyring? {
        guard Files.exists(data.verdictsPath) else { return nil }
        return try LogReader(data).keyring()
    }
}
