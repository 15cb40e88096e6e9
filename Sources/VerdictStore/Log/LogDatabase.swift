import Cryptography
import Platform
import Registry
import Screening

/// One entry on its way into the log, with everything that is stored of it.
struct PendingEntry {
    let logged: LoggedStatement
    let leaf: [UInt8]
}

/// 256 hashes of one level that will never change again.
struct FullTile: Equatable {
    /// Tile level: 0 holds leaf hashes, 1 every 256th subtree, and so on.
    let level: Int
    let index: UInt64
    let hashes: [SHA256Digest]
}

/// A signed tree head and the frontier that it was computed from.
struct StoredCheckpoint: Equatable {
    let size: UInt64
    let frontier: [SHA256Digest]
    let note: String
}

/// The sequencer's steps on the disk, one method each, so that a test can make any of them fail.
///
/// Durability: nothing counts before `commit` returned, and everything does after. A method that throws may have done
/// its work or not; only for `commit` does that matter, since everything before it can be rolled back.
protocol LogDatabase: AnyObject {
    /// The entry that a statement of that signer already has.
    func entry(of statement: StatementID, signer: KeyID) throws(DatabaseError) -> (logIndex: UInt64, leaf: [UInt8])?

    func begin() throws(DatabaseError)
    func insert(_ entry: PendingEntry) throws(DatabaseError)
    func insert(_ tile: FullTile) throws(DatabaseError)
    func insert(_ checkpoint: StoredCheckpoint) throws(DatabaseError)
    /// Makes the transaction durable (`synchronous=FULL`: the write-ahead log is synchronised before this returns).
    func commit() throws(DatabaseError)
    func rollBack() throws(DatabaseError)

    /// Moves committed pages into the database file, synchronising it. Changes nothing that can be read.
    func walCheckpoint() throws(DatabaseError)
}

/// The steps on `verdicts.db`, on a connection that can do nothing else.
final class SQLiteLogDatabase: LogDatabase {
    /// What a group and the write-ahead log may need at most.
    private static let reserveBytes: Int64 = 64 << 20

    private let connection: Connection

    /// Takes over a connection to a log and bars it from everything but appending.
    ///
    /// - Throws: `DatabaseError`.
    init(restricting connection: Connection) throws(DatabaseError) {
        try connection.run("PRAGMA journal_mode=WAL")
        // FULL: COMMIT returns after the write-ahead log is on the device. This is what "logged" means.
        try connection.run("PRAGMA synchronous=FULL")
        try connection.run("PRAGMA foreign_keys=ON")
        // With this, the deletion inside INSERT OR REPLACE fires DELETE triggers too.
        try connection.run("PRAGMA recursive_triggers=ON")
        try connection.run("PRAGMA cell_size_check=ON")
        // A group touches a page of each index for nearly every entry. With less room SQLite would write pages of an open
        // transaction to make place, and read and write them again.
        try connection.run("PRAGMA cache_size=-65536")
        connection.disableAutomaticWalCheckpoints()
        connection.restrictToAppending()
        self.connection = connection
    }

    func entry(of statement: StatementID, signer: KeyID) throws(DatabaseError) -> (logIndex: UInt64, leaf: [UInt8])? {
        try connection.first(
            """
            SELECT entries.logIndex, leaf FROM statements JOIN entries USING (logIndex)
            WHERE statement = ? AND signer = ?
            """,
            .blob(statement.digest.bytes), .blob(signer.bytes)
        ) { (row) throws(DatabaseError) in (logIndex: try row.index(0), leaf: try row.blob(1)) }
    }

    /// Begins only while there is room: a disk that fills up in the middle of COMMIT would leave it in doubt, and end the
    /// process, where a refusal is enough.
    func begin() throws(DatabaseError) {
        let available: Int64
        do throws(FileError) {
            available = try Files.availableBytes(connection.path)
        } catch {
            throw refusal(.inaccessible, error.description)
        }
        guard available >= SQLiteLogDatabase.reserveBytes else {
            throw refusal(.full, "\(available >> 20) MiB are free, \(SQLiteLogDatabase.reserveBytes >> 20) are needed")
        }
        try connection.run("BEGIN IMMEDIATE")
    }

    private func refusal(_ kind: DatabaseError.Kind, _ detail: String) -> DatabaseError {
        DatabaseError(kind: kind, path: connection.path, operation: "append to the log", detail: detail)
    }

    func insert(_ entry: PendingEntry) throws(DatabaseError) {
        let index = SQLValue.index(entry.logged.logIndex)
        try connection.run(
            "INSERT INTO entries(logIndex, leaf, leafHash) VALUES (?, ?, ?)", index, .blob(entry.leaf),
            .blob(entry.logged.leafHash.bytes))
        let row = StatementRow(entry.logged)
        try connection.run(
            """
            INSERT INTO statements(logIndex, statement, signer, predicate, sha512, purl, package, analyzer, verdict)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            index, .blob(row.statement), .blob(row.signer), .text(row.predicate), .optional(row.sha512),
            .optional(row.purl), .optional(row.package), .optional(row.analyzer), .optional(row.verdict))
    }

    func insert(_ tile: FullTile) throws(DatabaseError) {
        try connection.run(
            "INSERT INTO tiles(level, tileIndex, hashes) VALUES (?, ?, ?)", .integer(Int64(tile.level)),
            .index(tile.index), .blob(tile.hashes.joinedBytes))
    }

    func insert(_ checkpoint: StoredCheckpoint) throws(DatabaseError) {
        try connection.run(
            "INSERT INTO checkpoints(size, frontier, note) VALUES (?, ?, ?)", .index(checkpoint.size),
            .blob(checkpoint.frontier.joinedBytes), .text(checkpoint.note))
    }

    func commit() throws(DatabaseError) { try connection.run("COMMIT") }

    func rollBack() throws(DatabaseError) { try connection.rollBack() }

    func walCheckpoint() throws(DatabaseError) { try connection.walCheckpoint() }
}

/// The statement index's row about an entry: what people search by. Derived from the entry, checked by `verify`.
struct StatementRow: Equatable {
    let statement: [UInt8]
    let signer: [UInt8]
    let predicate: String
    let sha512: [UInt8]?
    let purl: String?
    /// The purl without its version.
    let package: String?
    let analyzer: String?
    let verdict: String?
}

extension StatementRow {
    init(_ logged: LoggedStatement) {
        self.init(logged.statementID, logged.signer, logged.statement)
    }

    init(_ examined: ExaminedEnvelope) {
        self.init(examined.statementID, examined.envelope.signatures[0].keyID, examined.statement)
    }

    private init(_ statementID: StatementID, _ signer: KeyID, _ content: Statement) {
        statement = statementID.digest.bytes
        self.signer = signer.bytes
        predicate = content.predicateType.rawValue
        let subject = content.subject
        sha512 = subject?.sha512.bytes
        purl = subject?.purl.text
        package = subject.map { PackageURL($0.purl.name).text }
        if case .verdict(let verdictStatement) = content {
            analyzer = verdictStatement.analyzer.id.text
            verdict = verdictStatement.verdict.rawValue
        } else {
            analyzer = nil
            verdict = nil
        }
    }
}

extension KeyID {
    /// The identifier's 32 bytes.
    var bytes: [UInt8] {
        do throws(EncodingError) {
            return try Hex.decode(hex)
        } catch {
            preconditionFailure("a key identifier is not hexadecimal: \(error)")
        }
    }
}

extension [SHA256Digest] {
    var joinedBytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * 32)
        for digest in self { digest.append(to: &bytes) }
        return bytes
    }
}
