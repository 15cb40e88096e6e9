import Cryptography
import Platform
import Screening

extension DeploymentCheck {
    /// Key files: for their owner alone, whole, known to the log, and none missing that serving needs.
    func checkKeys() -> CheckResult {
        var list = FindingList(.keys)
        let store = KeyStore(directory: data.keysDirectory)
        guard Files.exists(data.keysDirectory) else {
            list.add(
                .damage, data.keysDirectory, "there is no folder of keys, so nothing can be signed",
                advice: "put the key files back from where you keep them (jurat restore does not without --with-keys)")
            return list.result("no keys")
        }
        let keyring = (try? LogReader(data)).flatMap { try? $0.keyring() }
        var usable: Set<KeyRole> = []
        var count = 0
        do throws(FileError) {
            if try Files.permissions(data.keysDirectory) & 0o077 != 0 {
                list.add(
                    .damage, data.keysDirectory, "others than its owner may look into it",
                    advice: "chmod 700 it, and rotate keys that others may have read")
            }
            for file in try Files.list(data.keysDirectory) where file.utf8.suffix(4).elementsEqual(".key".utf8) {
                count += 1
                if let role = check(file, store, keyring, &list) { usable.insert(role) }
            }
        } catch {
            list.add(data.keysDirectory, unreadable: error)
        }
        addMissing(usable, &list)
        return list.result("\(count) keys")
    }

    /// Checks one key file.
    ///
    /// - Returns: the role that it can sign in now; nil when it cannot.
    private func check(
        _ file: String, _ store: KeyStore, _ keyring: Keyring?, _ list: inout FindingList
    ) -> KeyRole? {
        let path = "\(data.keysDirectory)/\(file)"
        let id: KeyID
        let nameRole: KeyRole?
        do throws(KeyFileError) {
            guard let entry = try store.entry(ofFile: file) else { return nil }
            id = entry.publicKey.keyID
            nameRole = entry.name == .log ? .log : entry.name == .verdict ? .verdict : nil
        } catch {
            list.add(
                .damage, path, "\(error)", advice: "put the file back from where you keep a copy, or rotate the key")
            return nil
        }
        // A log that cannot be read is a finding of its own; the names must do.
        guard let keyring else { return nameRole }
        guard let entry = keyring.key(id) else {
            list.add(
                .warning, path, "the log knows no key \(id)",
                advice: "add it with jurat key, or remove the file: nothing that it signs counts")
            return nil
        }
        guard keyring.isValidNow(id) else {
            list.add(
                .warning, path,
                "the key was \(entry.isRevoked ? "revoked" : "retired"): nothing that it signs now counts",
                advice: "remove the file, or keep it elsewhere")
            return nil
        }
        if entry.role == .root {
            list.add(
                .note, path, "the root key lies beside the service that it guards",
                advice: "move it to a safe place: only key changes need it")
        }
        return entry.role
    }

    private func addMissing(_ usable: Set<KeyRole>, _ list: inout FindingList) {
        for role in [KeyRole.log, .verdict] where !usable.contains(role) {
            list.add(
                .damage, data.keysDirectory, "there is no good \(role.rawValue) key: jurat serve cannot work without",
                advice: "put the file back from where you keep a copy, or make another one with jurat key")
        }
    }
}
