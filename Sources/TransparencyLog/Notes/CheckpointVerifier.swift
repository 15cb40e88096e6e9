/// Whom to believe about one log: its keys, and how many of which witnesses must have seen a checkpoint.
public struct CheckpointVerifier: Hashable, Sendable {
    /// The log's keys; more than one while it changes keys. All have the origin as their name.
    public let logKeys: [NoteVerifier]
    public let witnesses: [NoteVerifier]
    /// How many different witnesses must have cosigned; 0 asks for none.
    public let quorum: Int
    /// The name of the log.
    public let origin: String

    /// States whom to believe.
    ///
    /// - Throws: `CheckpointError.impossiblePolicy` when there is no log key, the names or types of keys do not fit,
    ///   or there are fewer different witnesses than the quorum asks for.
    public init(logKeys: [NoteVerifier], witnesses: [NoteVerifier] = [], quorum: Int = 0) throws(CheckpointError) {
        guard let first = logKeys.first else { throw .impossiblePolicy(reason: "the log has no key") }
        for key in logKeys where key.name != first.name || key.type != .ed25519 {
            throw .impossiblePolicy(reason: "the key \(key) is not a log key of \(first.name)")
        }
        for key in witnesses where key.type != .cosignatureV1 {
            throw .impossiblePolicy(reason: "the key \(key) is not a witness key")
        }
        // One key under two names is one witness.
        let different = Set(witnesses.map(\.publicKey)).count
        guard (0...different).contains(quorum) else {
            throw .impossiblePolicy(reason: "\(quorum) witnesses are required and \(different) are known")
        }
        self.logKeys = logKeys
        self.witnesses = witnesses
        self.quorum = quorum
        origin = first.name
    }

    /// Checks form, origin, the log's signature and the witnesses of a checkpoint note.
    ///
    /// - Throws: `CheckpointError`.
    public func verify(_ bytes: [UInt8]) throws(CheckpointError) -> VerifiedCheckpoint {
        let note: SignedNote
        do throws(NoteError) {
            note = try SignedNote(parsing: bytes)
        } catch {
            throw .note(error)
        }
        return try verify(note)
    }

    /// Checks form, origin, the log's signature and the witnesses of a checkpoint note.
    ///
    /// - Throws: `CheckpointError`.
    public func verify(_ note: SignedNote) throws(CheckpointError) -> VerifiedCheckpoint {
        let cosignatures: [VerifiedNoteSignature]
        do throws(NoteError) {
            _ = try note.verify(by: logKeys)
            cosignatures = try note.verify(by: logKeys + witnesses).filter { $0.verifier.type == .cosignatureV1 }
        } catch {
            throw .note(error)
        }
        let checkpoint = try Checkpoint(parsing: note.text)
        guard checkpoint.origin == origin else { throw .wrongOrigin(expected: origin, actual: checkpoint.origin) }
        guard Set(cosignatures.map(\.verifier.publicKey)).count >= quorum else {
            throw .tooFewWitnesses(required: quorum, present: cosignatures.map(\.verifier.name))
        }
        return VerifiedCheckpoint(checkpoint: checkpoint, note: note, cosignatures: cosignatures)
    }
}

/// A checkpoint whose signatures satisfied a `CheckpointVerifier`; nothing else makes one.
public struct VerifiedCheckpoint: Hashable, Sendable {
    public let checkpoint: Checkpoint
    /// The note as it came, with signatures by others too.
    public let note: SignedNote
    /// The cosignatures by trusted witnesses.
    public let cosignatures: [VerifiedNoteSignature]
}
