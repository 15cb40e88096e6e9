import Platform
import TransparencyLog

/// The last checkpoint, kept on another path than the log: what a restored old copy of the log is recognised by.
///
/// It is written after COMMIT and never before, so it may lag behind the log and is never ahead of it. An anchor that
/// is ahead therefore proves that the log went back.
struct LogAnchor: Sendable {
    let path: String

    /// The checkpoint that was kept; nil when there is no anchor.
    ///
    /// - Throws: `LogError.unusableAnchor` when it is there and not a checkpoint signed by one of `verifiers`.
    func load(verifiers: [NoteVerifier]) throws(LogError) -> Checkpoint? {
        guard let note = try loadNote() else { return nil }
        do throws(CheckpointError) {
            return try CheckpointVerifier(logKeys: verifiers).verify(note).checkpoint
        } catch {
            throw .unusableAnchor(path: path, reason: "\(error)")
        }
    }

    /// The note that was kept, not verified; nil when there is no anchor.
    func loadNote() throws(LogError) -> SignedNote? {
        guard Files.exists(path) else { return nil }
        let bytes: [UInt8]
        do throws(FileError) { bytes = try Files.readAll(path, maxBytes: 1 << 16) } catch { throw .file(error) }
        do throws(NoteError) {
            return try SignedNote(parsing: bytes)
        } catch {
            throw .unusableAnchor(path: path, reason: "\(error)")
        }
    }

    /// Replaces the anchor durably.
    ///
    /// - Throws: `FileError`; the old anchor is then still there, which makes it lag and does no other harm.
    func store(_ note: String) throws(FileError) {
        try Files.writeDurably(Array(note.utf8), to: path, mode: 0o644)
    }
}
