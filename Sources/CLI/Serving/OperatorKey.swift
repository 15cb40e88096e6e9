import Cryptography
import Platform
import Screening
import VerdictStore

/// The folders in which operators' keys are looked for, in this order.
struct KeyPlaces: Sendable {
    let directories: [String]
    private let invocation: Invocation

    /// `--keys` alone where it is given; else the operator's own folder, then the data directory.
    ///
    /// - Parameter data: nil where there is no deployment at hand.
    init(_ invocation: Invocation, data: DataDirectory?) {
        self.invocation = invocation
        if let named = invocation.value("keys") {
            directories = [named]
            return
        }
        directories = [Self.ownFolder(invocation.surroundings.environment), data?.keysDirectory].compactMap(\.self)
    }

    /// `$XDG_CONFIG_HOME/jurat/keys`, by default below `~/.config`.
    ///
    /// Spec: XDG Base Directory Specification, "Environment variables": a relative path is ignored.
    private static func ownFolder(_ environment: ProcessEnvironment) -> String? {
        if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") { return "\(folder)/jurat/keys" }
        guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
        return "\(home)/.config/jurat/keys"
    }

    /// A folder whose key is encrypted. The service's own passphrase file, which an operator may not read, is asked for
    /// only then.
    func encryptedStore(_ directory: String) throws(CommandFailure) -> KeyStore {
        let named = invocation.value(PassphraseOption.name)
        return try PassphraseOption.store(
            directory, passphrasePath: named ?? (try? Deployment(invocation))?.passphrasePath)
    }

    var text: String { directories.joined(separator: " or ") }
}

/// Who rules, and by which key: all that a record needs before it is signed.
struct OperatorIdentity: Sendable, Equatable {
    let name: String
    let keyID: KeyID
}

/// The key of the person at the keyboard, which signs dispositions. The server never holds it for them.
struct OperatorKey: Sendable {
    let name: String
    let key: Ed25519SigningKey

    var identity: OperatorIdentity { OperatorIdentity(name: name, keyID: key.publicKey.keyID) }

    /// The operator key that was asked for by name, or the only one in the first folder that has any.
    static func load(named name: String?, from places: KeyPlaces) throws(CommandFailure) -> OperatorKey {
        guard let found = try find(name, in: places) else {
            throw CommandFailure(
                .notFound,
                name.map { "there is no key of operator \($0) in \(places.text)" }
                    ?? "there is no operator key in \(places.text)")
        }
        return found
    }

    /// - Returns: nil when no folder has such a key.
    static func find(_ name: String?, in places: KeyPlaces) throws(CommandFailure) -> OperatorKey? {
        for directory in places.directories {
            let listed = try entries(in: KeyStore(directory: directory))
            guard let chosen = try choose(name, of: users(among: listed), directory) else { continue }
            let isShut = listed.contains { $0.name == .operator(user: chosen) && $0.isEncrypted }
            let store = isShut ? try places.encryptedStore(directory) : KeyStore(directory: directory)
            do throws(KeyFileError) {
                // During a rotation the key in use is the one that signs.
                return OperatorKey(name: chosen, key: try store.keys(named: .operator(user: chosen))[0])
            } catch {
                throw CommandFailure(.failure, "the operator key cannot be used: \(error)")
            }
        }
        return nil
    }

    private static func entries(in store: KeyStore) throws(CommandFailure) -> [KeyStore.Entry] {
        do throws(KeyFileError) { return try store.list() } catch {
            throw CommandFailure(.failure, "the operator keys cannot be listed: \(error)")
        }
    }

    private static func users(among entries: [KeyStore.Entry]) -> [String] {
        let names = entries.compactMap { entry in
            if case .operator(let user) = entry.name { user } else { nil }
        }
        return Set(names).sorted()
    }

    private static func choose(
        _ name: String?, of users: [String], _ directory: String
    ) throws(CommandFailure) -> String? {
        if let name { return users.first { $0.utf8.elementsEqual(name.utf8) } }
        guard users.count > 1 else { return users.first }
        throw CommandFailure(
            .usage, "choose one of the operator keys in \(directory) with --operator: \(users.joined(separator: ", "))")
    }

    /// The user's login name as far as a key name can carry it.
    static func defaultName(_ environment: ProcessEnvironment) -> String {
        let name = environment["USER"] ?? environment["LOGNAME"] ?? ""
        let plain = name.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        return plain.isEmpty ? "operator" : plain
    }
}
