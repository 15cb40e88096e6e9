import Configuration
import Cryptography
import Platform
import Screening
import TransparencyLog
import VerdictStore

/// The keys that a bundle names, to be compared with what its log's operators say elsewhere.
struct BundleKeys {
    let origin: String
    private(set) var logKeys: [String] = []
    private(set) var rootKeys: [String] = []

    init(origin: String) { self.origin = origin }

    mutating func note(_ statement: Statement) {
        guard case .keyEvent(let event) = statement, event.event == .add else { return }
        if event.role == .root { rootKeys.append(event.publicKey.keyID.hex) }
        if event.role == .log, let verifier = try? NoteVerifier(name: origin, publicKey: event.publicKey) {
            logKeys.append(verifier.vkey)
        }
    }
}

/// Whom `bundle verify` believes: what the command line names, otherwise the `trust` section of the configuration.
enum BundleTrust {
    static let options: [CommandOption] = [
        .value("key", "VKEY", "the log's verifier key; without it, trust: of the configuration", isRepeatable: true),
        .value("root", "KEYID", "a root key whose introductions count", isRepeatable: true),
        .value("signer", "KEYID", "a key that may speak whoever introduced it", isRepeatable: true),
        .value("witness", "VKEY", "a witness of the log", isRepeatable: true),
        .value("quorum", "N", "how many witnesses must have cosigned (default all that are named)"),
    ]

    /// - Throws: `CommandFailure` with `usage` for keys that are none, `verificationFailed` for a log without trust.
    static func trust(in invocation: Invocation, for origin: String) throws(CommandFailure) -> TrustedLog {
        guard let keys = invocation.values["key"], !keys.isEmpty else {
            for name in ["root", "signer", "witness", "quorum"] where invocation.values[name] != nil {
                throw CommandFailure(.usage, "--\(name) needs --key VKEY, the verifier key of the log")
            }
            return try configured(invocation, origin)
        }
        let witnesses = try (invocation.values["witness"] ?? []).map(verifier)
        let quorum = try invocation.number("quorum", in: 0...1000, default: witnesses.count)
        let roots = try (invocation.values["root"] ?? []).map(keyID)
        let signers = try (invocation.values["signer"] ?? []).map(keyID)
        guard !roots.isEmpty || !signers.isEmpty else {
            throw CommandFailure(.usage, "name a root key (--root KEYID) or a signer (--signer KEYID) to believe")
        }
        do throws(CheckpointError) {
            return TrustedLog(
                verifier: try CheckpointVerifier(
                    logKeys: try verifiers(keys), witnesses: witnesses, quorum: quorum),
                roots: Set(roots), signers: Set(signers))
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
    }

    /// The trust that the configuration has in a log.
    static func configured(_ invocation: Invocation, _ origin: String) throws(CommandFailure) -> TrustedLog {
        try configured(try Deployment(invocation), origin)
    }

    static func configured(_ deployment: Deployment, _ origin: String) throws(CommandFailure) -> TrustedLog {
        let setting = deployment.configuration.trust.first { $0.origin.utf8.elementsEqual(origin.utf8) }
        guard let setting else { throw BundleCommands.failure(.notTrusted(origin: origin)) }
        return TrustedLog(setting)
    }

    private static func verifiers(_ texts: [String]) throws(CheckpointError) -> [NoteVerifier] {
        var verifiers: [NoteVerifier] = []
        for text in texts {
            do throws(NoteError) { verifiers.append(try NoteVerifier(vkey: text)) } catch { throw .note(error) }
        }
        return verifiers
    }

    private static func verifier(_ text: String) throws(CommandFailure) -> NoteVerifier {
        do throws(NoteError) { return try NoteVerifier(vkey: text) } catch { throw CommandFailure(.usage, "\(error)") }
    }

    private static func keyID(_ text: String) throws(CommandFailure) -> KeyID {
        do throws(KeyError) { return try KeyID(hex: text) } catch { throw CommandFailure(.usage, "\(error)") }
    }
}
