import Platform
import TransparencyLog

/// The last checkpoint, kept on another path than the log: what a restored old copy of the log is recognised by.
///
/// It is written after COMMIT and never before, so it may lag behind the log and is never ahead of it. An anchor that
/// is ahead therefore proves that the log went back.
struct LogAnchor: Sendable {
    let path: String
    /// Replaces a file durably; tests put faults here.
    var write: @Sendable (_ bytes: [UInt8], _ path: String) throws(FileError) -> Void = {
        (bytes, path) throws(FileError) in try Files.writeDurably(bytes, to: path, mode: 0o644)
    }

    /// The checkpoint in a kept note.
    ///
    /// - Throws: `LogError.unusableAnchor` when it is not a checkpoint signed by one of `verifiers`.
    func checkpoint(in note: SignedNote, verifiers: [NoteVerifier]) throws(LogError) -> Checkpoint {
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

    /// The size that a kept note speaks of, for finding the place to compare at. Not verified.
    ///
    /// - Throws: `LogError.unusableAnchor`.
    func size(of note: SignedNote) throws(LogError) -> UInt64 {
        do throws(CheckpointError) {
            return try Checkpoint(parsing: note.text).size.value
        } catch {
            throw .unusableAnchor(path: path, reason: "\(error)")
        }
    }

    /// Compares what the anchor has seen with the log.
    ///
    /// - Parameter frontierThere: the log's frontier at the size that the anchor has seen; nil when it has none there.
    /// - Throws: `LogError.rewound` when the log is shorter, `.forked` when it is another.
    func compare(_ seen: Checkpoint, logSize: UInt64, frontierThere: MerkleFrontier?) throws(LogError) {
        guard seen.size.value <= logSize else {
            throw .rewound(anchorPath: path, anchorSize: seen.size.value, logSize: logSize)
        }
        guard seen.root == (frontierThere ?? MerkleFrontier()).root else {
            throw .forked(anchorPath: path, size: seen.size.value)
        }
    }

    /// Replaces the anchor durably.
    ///
    /// - Throws: `FileError`; the old anchor is then still there, which makes it lag and does no other harm.
    func store(_ note: String) throws(FileError) {
        try write(Array(note.utf8), path)
    }
}
