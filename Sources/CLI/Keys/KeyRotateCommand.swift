import Cryptography
import Screening
import VerdictStore

/// `jurat key rotate`: a successor for a key. Both count until the old one is retired.
enum KeyRotateCommand {
    static let command = Command(
        ["key", "rotate"], "make a key's successor; both sign until the old one is retired", operands: ["NAME"],
        options: KeyCommands.changeOptions, example: "jurat key rotate log --reason \"yearly rotation\"", run: run)

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let name: KeyName
        do { name = try KeyName(parsing: invocation.operands[0]) } catch { throw CommandFailure(.usage, "\(error)") }
        let change = try KeyChange(invocation)
        let threshold = try change.threshold(for: name.role)
        let current = try currentEntry(name, change)
        let roots = try change.isDryRun ? [] : change.rootKeys()
        let successor = try successor(of: name, change)
        let event = KeyEventStatement(
            event: .add, publicKey: successor.key.publicKey, role: name.role, holder: name.holder, scope: current.scope,
            reason: change.reason, threshold: threshold)
        _ = try change.keyring(after: event, signedBy: roots)
        if change.isDryRun {
            change.say("nothing is written; the key in this record is an example")
            return try change.rehearse(event)
        }
        if successor.isNew {
            do { try change.store.store(successor.key, as: name, .successor) } catch {
                throw CommandFailure(.failure, "\(error)")
            }
            change.say("created \(change.store.path(of: name, .successor))")
        }
        // ✝ A file without its event signs nothing that counts; the next try takes it up.
        _ = try await change.append(event, signedBy: roots)
        let old = current.publicKey.keyID.hex.prefix(16)
        change.say(
            "both keys count now; when all who check have the new one: jurat key retire \(old) --reason …")
        return .success
    }

    private static func currentEntry(_ name: KeyName, _ change: KeyChange) throws(CommandFailure) -> KeyringEntry {
        let listed: [KeyStore.Entry]
        do { listed = try change.store.list() } catch { throw CommandFailure(.failure, "\(error)") }
        guard let file = listed.first(where: { $0.file == KeyFileName(name) }) else {
            throw CommandFailure(
                .notFound,
                "there is no \(change.store.path(of: name)) to rotate; name the folder that has it with --keys, or make a "
                    + "key with jurat key generate \(name)")
        }
        guard let entry = change.keyring.key(file.publicKey.keyID) else {
            throw CommandFailure(
                .usage, "the log does not know the key in \(file.path); add it with jurat key generate \(name)")
        }
        return entry
    }

    private static func successor(
        of name: KeyName, _ change: KeyChange
    ) throws(CommandFailure) -> (key: Ed25519SigningKey, isNew: Bool) {
        guard change.store.contains(name, .successor) else { return (.generate(), true) }
        let left: Ed25519SigningKey
        do { left = try change.store.load(name, .successor) } catch { throw CommandFailure(.failure, "\(error)") }
        guard change.keyring.key(left.publicKey.keyID) == nil else {
            throw CommandFailure(
                .failure,
                "a rotation of \(name) is under way (\(change.store.path(of: name, .successor))); "
                    + "end it first with jurat key retire \(name)")
        }
        return (left, false)
    }
}
