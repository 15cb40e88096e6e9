public import Cryptography

/// What a log sends to a witness: the size that the witness saw last, the proof from there, and the new checkpoint.
///
/// Spec: C2SP tlog-witness, "add-checkpoint".
public struct WitnessRequest: Hashable, Sendable {
    /// The size of the checkpoint of this log that the witness cosigned last; zero when it never did.
    public let older: TreeSize
    /// The consistency proof from there to the checkpoint.
    public let hashes: [SHA256Digest]
    /// The checkpoint note as the log issued it.
    public let note: SignedNote

    public init(older: TreeSize, hashes: [SHA256Digest], note: SignedNote) {
        self.older = older
        self.hashes = hashes
        self.note = note
    }

    /// Reads a request's body. Nothing is verified.
    ///
    /// - Throws: `ExchangeError.malformed`, `.checkpoint`.
    public init(parsing bytes: [UInt8]) throws(ExchangeError) {
        guard let (lines, noteBytes) = ExchangeText.divide(bytes),
            let text = ExchangeText.value("old", of: lines.first), let older = TreeSize(decimal: text)
        else { throw .malformed(reason: "it does not begin with a line \"old <size>\"") }
        guard let hashes = ExchangeText.hashes(lines.dropFirst(), maxCount: 63) else {
            throw .malformed(reason: "the lines after the old size are not at most 63 hashes in Base64")
        }
        do throws(NoteError) {
            note = try SignedNote(parsing: noteBytes)
        } catch {
            throw .checkpoint(.note(error))
        }
        self.older = older
        self.hashes = hashes
    }

    /// The body as it is sent.
    public var bytes: [UInt8] {
        Array("old \(older)\n\(ExchangeText.lines(hashes))\n".utf8) + note.bytes
    }

    /// Checks that the checkpoint is the log's and extends the one that the witness cosigned last.
    ///
    /// The witness compares `older` with its record first (and answers 409 when they differ), passes that record's
    /// root, and stores the result durably before it cosigns.
    ///
    /// - Throws: `ExchangeError.checkpoint`, `.proof`.
    public func verify(olderRoot: SHA256Digest, by verifier: CheckpointVerifier) throws(ExchangeError)
        -> VerifiedCheckpoint
    {
        let verified: VerifiedCheckpoint
        do throws(CheckpointError) {
            verified = try verifier.verify(note)
        } catch {
            throw .checkpoint(error)
        }
        let proof = ConsistencyProof(older: older, newer: verified.checkpoint.size, hashes: hashes)
        do throws(ProofError) {
            try proof.verify(olderRoot: olderRoot, newerRoot: verified.checkpoint.root)
        } catch {
            throw .proof(error)
        }
        return verified
    }
}
