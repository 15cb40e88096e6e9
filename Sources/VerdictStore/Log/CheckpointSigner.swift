import Cryptography
import TransparencyLog

/// Signs the log's tree heads.
struct CheckpointSigner: Sendable {
    let origin: String
    private let signer: NoteSigner

    /// - Throws: `LogError.badOrigin` when the origin cannot name a key.
    init(origin: String, key: Ed25519SigningKey) throws(LogError) {
        do throws(NoteError) {
            signer = try NoteSigner(name: origin, key: key)
        } catch {
            throw .badOrigin(origin)
        }
        self.origin = origin
    }

    var verifier: NoteVerifier { signer.verifier }

    /// The checkpoint of a tree. Deterministic: the same tree gives the same note.
    func sign(_ tip: LogTip) -> StoredCheckpoint {
        do {
            let checkpoint = try Checkpoint(origin: origin, size: tip.frontier.size, root: tip.root)
            let note = try SignedNote.sign(checkpoint.text, by: signer)
            return StoredCheckpoint(
                size: tip.size, frontier: tip.frontier.hashes, note: String(decoding: note.bytes, as: UTF8.self))
        } catch {
            preconditionFailure("an origin that was accepted cannot be signed: \(error)")
        }
    }
}
