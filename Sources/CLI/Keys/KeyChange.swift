import Cryptography
import Platform
import Screening
import VerdictStore

/// One change of the log's keys, from the command line to the log: what holds now, who signs, and how it gets there.
struct KeyChange: Sendable {
    let deployment: Deployment
    let reader: LogReader
    /// The keys as of the end of the log.
    let keyring: Keyring
    /// How many entries the log has.
    let logSize: UInt64
    /// The folder of key files that the change works in.
    let store: KeyStore
    let reason: String
    private let invocation: Invocation

    private static let maxRootSignatures = 16

    private var console: Console { invocation.surroundings.console }
    var isDryRun: Bool { invocation.has("dry-run") }

    init(_ invocation: Invocation) throws(CommandFailure) {
        reason = try ReasonOption.read(invocation)
        deployment = try Deployment(invocation)
        let reader = try LogCommands.reader(invocation)
        keyring = try LogCommands.reading { () throws(LogError) in try reader.keyring() }
        logSize = try LogCommands.reading { () throws(LogError) in try reader.head().size }
        self.reader = reader
        store = try PassphraseOption.store(
            invocation.value("keys") ?? deployment.data.keysDirectory, passphrasePath: deployment.passphrasePath)
        self.invocation = invocation
    }

    /// How many root keys must sign from this event on, if the command line says so.
    func threshold(for role: KeyRole) throws(CommandFailure) -> Int? {
        guard invocation.value("threshold") != nil else { return nil }
        guard role == .root else {
            throw CommandFailure(.usage, "--threshold belongs to changes of root keys; this is a \(role.rawValue) key")
        }
        // More than an envelope has room for could never sign together again.
        return try invocation.number("threshold", in: 1...Self.maxRootSignatures, default: 1)
    }

    // MARK: Who signs

    /// The root keys that sign: those named, or else those in the key folder; never fewer than must.
    ///
    /// - Parameter ended: a key that the event ends. It signs only where the others are too few.
    func rootKeys(ending ended: KeyID? = nil) throws(CommandFailure) -> [Ed25519SigningKey] {
        let files = invocation.values["root-key"] ?? []
        var keys: [Ed25519SigningKey] = []
        for key in try files.isEmpty ? rootKeysAtHand() : files.map(load) {
            let id = key.publicKey.keyID
            guard keyring.key(id)?.role == .root, keyring.isValidNow(id) else {
                guard !files.isEmpty else { continue }
                throw CommandFailure(.usage, "\(id) is no root key of this log, or it was ended; see jurat key list")
            }
            if !keys.contains(where: { $0.publicKey == key.publicKey }) { keys.append(key) }
        }
        let required = keyring.requiredRootSignatures
        guard keys.count >= required else {
            throw CommandFailure(
                .usage,
                "a key change needs \(required) root \(required == 1 ? "signature" : "signatures"), and "
                    + "\(keys.count == 0 ? "no root key is" : "only \(keys.count) root keys are") at hand: "
                    + "name each file with --root-key FILE")
        }
        let others = keys.filter { $0.publicKey.keyID != ended }
        return others.count >= required ? others : keys
    }

    private func load(_ path: String) throws(CommandFailure) -> Ed25519SigningKey {
        try SigningKeyFile.load(path, passphrasePath: deployment.passphrasePath)
    }

    private func rootKeysAtHand() throws(CommandFailure) -> [Ed25519SigningKey] {
        do throws(KeyFileError) { return try store.keys(named: .root) } catch {
            if case .missing = error { return [] }
            throw CommandFailure(.failure, "the root key cannot be used: \(error)")
        }
    }

    // MARK: From the event to the log

    /// What the keys would be after an event.
    ///
    /// - Throws: `CommandFailure` with the reason why the log would refuse it.
    func keyring(after event: KeyEventStatement, signedBy keys: [Ed25519SigningKey]) throws(CommandFailure) -> Keyring {
        var next = keyring
        do throws(StatementError) {
            try next.apply(event, at: logSize, signedBy: keys.map(\.publicKey.keyID).sorted())
        } catch {
            throw CommandFailure(.verificationFailed, "\(error)")
        }
        return next
    }

    /// Prints an event for a dry run.
    func rehearse(_ event: KeyEventStatement) throws(CommandFailure) -> ExitCode {
        do throws(StatementError) {
            console.line(String(decoding: try Statement.keyEvent(event).canonicalBytes(), as: UTF8.self))
        } catch {
            throw CommandFailure(.usage, "the key event cannot be written: \(error)")
        }
        return .success
    }

    /// Signs an event, appends it and prints the signed record. It is durable when this returns.
    func append(
        _ event: KeyEventStatement, signedBy keys: [Ed25519SigningKey]
    ) async throws(CommandFailure) -> LogAppender.Place {
        let envelope: Envelope
        do throws(StatementError) { envelope = try Envelope.signing(.keyEvent(event), withAll: keys) } catch {
            throw CommandFailure(.usage, "the key event cannot be signed: \(error)")
        }
        let place = try await LogAppender(deployment: deployment, surroundings: invocation.surroundings)
            .append(envelope, route: "key-events")
        console.line(String(decoding: envelope.leafBytes, as: UTF8.self))
        let done =
            switch event.event {
            case .add: "added"
            case .retire: "retired"
            case .revoke: "revoked"
            }
        console.note(
            "\(done) the \(event.role.rawValue) key \(event.publicKey.keyID.hex.prefix(16))… · log index \(place.logIndex)"
        )
        return place
    }

    /// Advice beside the result.
    func say(_ text: String) { console.note(text) }
}
