import Platform
import Screening
import TransparencyLog
import VerdictStore

/// A checkpoint that somebody kept (a peer, a witness, a sheet of paper), to hold against the log of today.
struct KeptCheckpoint {
    private let note: SignedNote
    private let key: NoteVerifier?

    /// Reads a note from a file, or from standard input for `-`.
    init(_ path: String, keyText: String?) throws(CommandFailure) {
        let bytes = try InputFile.read(path, maxBytes: SignedNote.maxBytes)
        do {
            note = try SignedNote(parsing: bytes)
            key = try keyText.map { try NoteVerifier(vkey: $0) }
        } catch {
            throw CommandFailure(.usage, "\(path == "-" ? "standard input" : path): \(error)")
        }
    }

    /// Proves that the log begins with exactly the entries that the checkpoint commits to.
    ///
    /// - Throws: `CommandFailure` with `verificationFailed`.
    func check(against reader: LogReader) throws(CommandFailure) -> Checkpoint {
        let keys: [NoteVerifier]
        if let key {
            keys = [key]
        } else {
            keys = try LogCommands.reading { () throws(LogError) in
                try reader.keyring().logVerifiers(origin: reader.origin)
            }
        }
        let kept: Checkpoint
        do {
            kept = try CheckpointVerifier(logKeys: keys).verify(note).checkpoint
        } catch {
            throw CommandFailure(.verificationFailed, "the older checkpoint does not hold: \(error)")
        }
        guard kept.origin.utf8.elementsEqual(reader.origin.utf8) else {
            throw CommandFailure(
                .verificationFailed, "the older checkpoint is of \(kept.origin); this log is \(reader.origin)")
        }
        let size = kept.size.value
        let root = try LogCommands.reading { () throws(LogError) in try reader.root(ofTreeOf: size) }
        guard let root else {
            throw CommandFailure(
                .verificationFailed, "the older checkpoint has \(size) entries, more than this log: the log went back")
        }
        guard root == kept.root else {
            throw CommandFailure(
                .verificationFailed,
                "the first \(size) entries differ from what the older checkpoint was signed over: two histories were "
                    + "signed; keep both files")
        }
        return kept
    }
}
