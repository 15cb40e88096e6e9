import Cryptography
import Screening
import TransparencyLog

/// Signs the log's tree heads with every log key that is at hand and good for the tree in question.
///
/// Which keys are good is for the log's own key events to say: a key that was retired signs no tree that has its
/// retirement in it, and one that was added signs the tree that has its addition in it. So a rotation needs no moment
/// of its own; between the two events both keys sign.
/// Spec: verdict-log, section 3.
struct CheckpointSigner: Sendable {
    let origin: String
    /// Ascending by key id, each key once.
    private let keys: [Ed25519SigningKey]
    private let signers: [KeyID: NoteSigner]

    /// - Parameter keys: the log keys at hand; also such as the log does not know yet, or not any more.
    /// - Throws: `LogError.badOrigin` when the origin cannot name a key.
    init(origin: String, keys: [Ed25519SigningKey]) throws(LogError) {
        var signers: [KeyID: NoteSigner] = [:]
        var distinct: [Ed25519SigningKey] = []
        for key in keys where signers[key.publicKey.keyID] == nil {
            do throws(NoteError) {
                signers[key.publicKey.keyID] = try NoteSigner(name: origin, key: key)
            } catch {
                throw .badOrigin(origin)
            }
            distinct.append(key)
        }
        self.keys = distinct.sorted { $0.publicKey.keyID < $1.publicKey.keyID }
        self.signers = signers
        self.origin = origin
    }

    /// What checks the signatures of each key at hand.
    var verifiers: [NoteVerifier] { keys.compactMap { signers[$0.publicKey.keyID]?.verifier } }

    /// The keys at hand that are good log keys after the last event of `keyring`, the oldest first.
    func validKeys(in keyring: Keyring) -> [Ed25519SigningKey] {
        let entries = keyring.keys.filter { $0.role == .log && keyring.isValidNow($0.publicKey.keyID) }
        return entries.compactMap { entry in keys.first { $0.publicKey == entry.publicKey } }
    }

    /// Whether some key at hand may sign a tree after which `keyring` holds.
    func canSign(_ keyring: Keyring) -> Bool { !validKeys(in: keyring).isEmpty }

    /// - Throws: `LogError.notTheLogKey` unless `canSign`.
    func checkCanSign(_ keyring: Keyring) throws(LogError) {
        guard canSign(keyring) else { throw .notTheLogKey(keys.map(\.publicKey.keyID)) }
    }

    /// The checkpoint of a tree, signed by every good key at hand, the oldest first. Deterministic: the same tree and
    /// keys give the same note. The caller has made sure of `canSign`.
    func sign(_ tip: LogTip) -> StoredCheckpoint {
        do {
            let checkpoint = try Checkpoint(origin: origin, size: tip.frontier.size, root: tip.root)
            let signatures = validKeys(in: tip.keyring).compactMap { key in
                signers[key.publicKey.keyID]?.sign(checkpoint.text)
            }
            let note = try SignedNote(text: checkpoint.text, signatures: signatures)
            return StoredCheckpoint(
                size: tip.size, frontier: tip.frontier.hashes, note: String(decoding: note.bytes, as: UTF8.self))
        } catch {
            preconditionFailure("a tree that a good key is at hand for cannot be signed: \(error)")
        }
    }
}
