import Cryptography
import Platform
import VerdictStore

/// The key of the person at the keyboard, which signs dispositions. The server never holds it for them.
struct OperatorKey: Sendable {
    let name: String
    let key: Ed25519SigningKey

    /// The operator key that was asked for by name, or the only one there is.
    static func load(named name: String?, from data: DataDirectory) throws(CommandFailure) -> OperatorKey {
        let store = KeyStore(directory: data.keysDirectory)
        let names: [String]
        do {
            names = try store.list().compactMap { entry in
                if case .operator(let user) = entry.name { user } else { nil }
            }
        } catch {
            throw CommandFailure(.failure, "the operator keys cannot be listed: \(error)")
        }
        guard let chosen = name ?? (names.count == 1 ? names[0] : nil) else {
            throw CommandFailure(
                .usage,
                names.isEmpty
                    ? "there is no operator key in \(data.keysDirectory)"
                    : "choose an operator key with --operator: \(names.sorted().joined(separator: ", "))")
        }
        guard names.contains(chosen) else {
            throw CommandFailure(
                .notFound,
                "there is no key of operator \(chosen) in \(data.keysDirectory); there are: "
                    + names.sorted().joined(separator: ", "))
        }
        do { return OperatorKey(name: chosen, key: try store.load(.operator(user: chosen))) } catch {
            throw CommandFailure(.failure, "the operator key cannot be used: \(error)")
        }
    }

    /// The user's login name as far as a key name can carry it.
    static func defaultName(_ environment: ProcessEnvironment) -> String {
        let name = environment["USER"] ?? environment["LOGNAME"] ?? ""
        let plain = name.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        return plain.isEmpty ? "operator" : plain
    }
}
