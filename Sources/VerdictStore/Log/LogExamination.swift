import Cryptography
import Screening
import TransparencyLog

/// What is true of an entry wherever it stands in the log: computed on any thread, ahead of its turn.
struct ExaminedEntry: Sendable {
    let logIndex: UInt64
    let leafHash: SHA256Digest
    /// Whether the hash beside the stored leaf is its hash.
    let hasRightHash: Bool
    let envelope: Result<ExaminedEnvelope, StatementError>
    /// Whether the statement index says what the entry says.
    let isIndexed: Result<Bool, DatabaseError>
}

/// A stored checkpoint and what its signatures are worth under some keys.
struct ExaminedCheckpoint: Sendable {
    let stored: StoredCheckpoint
    private let verifiers: [NoteVerifier]
    private let outcome: Result<Checkpoint, CheckpointError>

    init(_ stored: StoredCheckpoint, verifiers: [NoteVerifier]) {
        self.stored = stored
        self.verifiers = verifiers
        outcome = Self.verify(stored, verifiers)
    }

    /// The signed checkpoint under exactly these keys.
    func checkpoint(verifiers current: [NoteVerifier]) throws(CheckpointError) -> Checkpoint {
        try (current == verifiers ? outcome : Self.verify(stored, current)).get()
    }

    private static func verify(
        _ stored: StoredCheckpoint, _ verifiers: [NoteVerifier]
    ) -> Result<Checkpoint, CheckpointError> {
        do throws(CheckpointError) {
            return .success(try CheckpointVerifier(logKeys: verifiers).verify(Array(stored.note.utf8)).checkpoint)
        } catch {
            return .failure(error)
        }
    }
}

/// A page after everything was computed that needs no knowledge of the pages before it.
struct ExaminedPage: Sendable {
    let entries: [ExaminedEntry]
    let checkpoints: [ExaminedCheckpoint]
    let failure: LogError?
}

/// Does that computing: the expensive part of reading a log, and the part that every processor can share.
struct LogExamination: Sendable {
    /// The keys known when the page was read. Later ones are checked in their turn; which keys are good where is for
    /// then in any case.
    let keyring: Keyring
    let verifiers: [NoteVerifier]
    let checksSignatures: Bool

    func examine(_ page: LogPage) -> ExaminedPage {
        ExaminedPage(
            entries: page.rows.map(examine),
            checkpoints: page.checkpoints.map { ExaminedCheckpoint($0, verifiers: verifiers) }, failure: page.failure)
    }

    private func examine(_ row: EntryRow) -> ExaminedEntry {
        let leafHash = MerkleTree.leafHash(row.leaf)
        let envelope: Result<ExaminedEnvelope, StatementError>
        do throws(StatementError) {
            envelope = .success(
                try ExaminedEnvelope(try Envelope(parsingLeaf: row.leaf)) { id in
                    checksSignatures ? keyring.key(id)?.publicKey : nil
                })
        } catch {
            envelope = .failure(error)
        }
        return ExaminedEntry(
            logIndex: row.logIndex, leafHash: leafHash, hasRightHash: leafHash == row.leafHash, envelope: envelope,
            isIndexed: compare(row.indexed, envelope))
    }

    private func compare(
        _ indexed: Result<StatementRow, DatabaseError>?, _ envelope: Result<ExaminedEnvelope, StatementError>
    ) -> Result<Bool, DatabaseError> {
        guard let indexed, case .success(let examined) = envelope else { return .success(false) }
        return indexed.map { row in row == StatementRow(examined) }
    }
}
