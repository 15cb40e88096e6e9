import TransparencyLog

/// The signed head that others are shown: everything they may ask about is below it.
struct PublishedCheckpoint: Sendable {
    let note: SignedNote
    let checkpoint: Checkpoint

    var size: UInt64 { checkpoint.size.value }

    /// Takes over a note that this log signed.
    init(_ note: SignedNote) {
        self.note = note
        do throws(CheckpointError) {
            checkpoint = try Checkpoint(parsing: note.text)
        } catch {
            preconditionFailure("a checkpoint that was signed here cannot be read: \(error)")
        }
    }
}

/// Says which checkpoint is shown to others; nil while there is none to show.
protocol CheckpointPublishing: Sendable {
    var published: PublishedCheckpoint? { get }
}
