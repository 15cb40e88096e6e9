import Cryptography
import Screening
import TransparencyLog

/// What both the sequencer and a reader ask of an open log database first: is it ours, what is its name, what was
/// signed last.
struct StoredLog {
    let connection: Connection
    let origin: String

    /// Recognises the log in a database.
    ///
    /// - Throws: `LogError.damaged` when a definition was changed; `.notInitialized` when there is no log.
    init(in connection: Connection) throws(LogError) {
        let hasLog = try inLog { () throws(DatabaseError) in
            try connection.first(
                "SELECT 1 FROM sqlite_schema WHERE name = 'log'", read: { (_) throws(DatabaseError) in true })
        }
        guard hasLog != nil else { throw .notInitialized(path: connection.path) }
        if let object = try inLog({ () throws(DatabaseError) in
            try VerdictLogSchema.firstDifference(in: connection)
        }) {
            throw .damaged(.schema(object: object))
        }
        let origin = try inLog { () throws(DatabaseError) in
            try connection.first(
                "SELECT origin FROM log WHERE version = ?", .integer(VerdictLogSchema.version)
            ) { (row) throws(DatabaseError) in try row.text(0) }
        }
        guard let origin else { throw .damaged(.schema(object: "log")) }
        self.connection = connection
        self.origin = origin
    }

    /// A log that was recognised before on this connection.
    init(recognised connection: Connection, origin: String) {
        self.connection = connection
        self.origin = origin
    }

    /// The checkpoint of the largest tree that was signed; nil when there is none.
    func lastCheckpoint() throws(LogError) -> StoredCheckpoint? {
        try inLog { () throws(DatabaseError) in
            try connection.first(
                "SELECT size, frontier, note FROM checkpoints ORDER BY size DESC LIMIT 1", read: StoredLog.checkpoint)
        }
    }

    /// Up to `limit` checkpoints of trees larger than `size`, ascending.
    func checkpoints(after size: UInt64, limit: Int64) throws(LogError) -> [StoredCheckpoint] {
        try inLog { () throws(DatabaseError) in
            try connection.rows(
                "SELECT size, frontier, note FROM checkpoints WHERE size > ? ORDER BY size LIMIT ?", .index(size),
                .integer(limit), read: StoredLog.checkpoint)
        }
    }

    /// Compares a signed checkpoint with a tree that was computed from the entries.
    ///
    /// - Throws: `LogError.damaged` unless one of `verifiers` signed exactly that tree.
    func check(
        _ stored: StoredCheckpoint, of frontier: MerkleFrontier, verifiers: [NoteVerifier]
    ) throws(LogError) {
        try check(ExaminedCheckpoint(stored, verifiers: verifiers), of: frontier, verifiers: verifiers)
    }

    /// The same for a checkpoint whose signatures were checked ahead.
    func check(
        _ examined: ExaminedCheckpoint, of frontier: MerkleFrontier, verifiers: [NoteVerifier]
    ) throws(LogError) {
        let stored = examined.stored
        let checkpoint: Checkpoint
        do throws(CheckpointError) {
            checkpoint = try examined.checkpoint(verifiers: verifiers)
        } catch {
            throw .damaged(.checkpoint(size: stored.size, reason: "\(error)"))
        }
        guard checkpoint.size.value == stored.size else {
            throw .damaged(.checkpoint(size: stored.size, reason: "it is signed for size \(checkpoint.size)"))
        }
        guard checkpoint.size == frontier.size, checkpoint.root == frontier.root,
            stored.frontier == frontier.hashes
        else { throw .damaged(.root(size: stored.size)) }
    }

    /// The verifiers of all keys that may have signed checkpoints of this log.
    ///
    /// - Parameter onlyGood: leave out those that were ended.
    func verifiers(in keyring: Keyring, onlyGood: Bool = false) throws(LogError) -> [NoteVerifier] {
        var verifiers: [NoteVerifier] = []
        for entry in keyring.keys where entry.role == .log {
            if onlyGood, !keyring.isValidNow(entry.publicKey.keyID) { continue }
            do throws(NoteError) {
                verifiers.append(try NoteVerifier(name: origin, publicKey: entry.publicKey))
            } catch {
                throw .badOrigin(origin)
            }
        }
        return verifiers
    }

    private static func checkpoint(_ row: Row) throws(DatabaseError) -> StoredCheckpoint {
        let bytes = try row.blob(1)
        var frontier: [SHA256Digest] = []
        for start in stride(from: 0, to: bytes.count, by: 32) {
            do throws(DigestError) {
                frontier.append(try SHA256Digest(bytes: Array(bytes[start..<min(start + 32, bytes.count)])))
            } catch {
                throw row.unexpected("the frontier: \(error)")
            }
        }
        return StoredCheckpoint(size: try row.index(0), frontier: frontier, note: try row.text(2))
    }
}
