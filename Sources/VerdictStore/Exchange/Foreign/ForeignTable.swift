import Cryptography
import Platform
import Screening
import TransparencyLog

/// One import as it is stored, and what its receipt says of it.
struct ForeignImport: Equatable {
    let number: Int64
    let origin: String
    let source: ImportSource
    /// Of the bundle file, or of the checkpoint note that was followed.
    let digest: SHA256Digest
    let treeSize: UInt64
    let root: SHA256Digest
    /// Entries that were new here.
    let statements: UInt64
    /// The root of a tree of just those entries, in the order of their log.
    let statementsRoot: SHA256Digest
    let createdAt: Timestamp
    let note: [UInt8]
    /// The frontier of the whole foreign tree; nil for a bundle.
    let frontier: [SHA256Digest]?

    /// What the own log is told. Everything in it is stored, so that the receipt can be found again after a crash.
    var receipt: ImportReceiptStatement {
        ImportReceiptStatement(
            origin: origin, source: source, digest: digest, treeSize: treeSize, root: root,
            statementCount: statements, statementsRoot: statementsRoot, createdAt: createdAt)
    }
}

/// An import that counts, with the place of its receipt in the own log.
struct ReceiptedImport: Equatable {
    let stored: ForeignImport
    let receipt: StatementID
    let receiptIndex: UInt64
}

/// Queries and changes of `foreign.db`. Each change belongs into a transaction of the caller's.
struct ForeignTable {
    let connection: Connection

    static func configure(_ connection: Connection) throws(DatabaseError) {
        try connection.run("PRAGMA journal_mode=WAL")
        // FULL: a receipt in the own log must never speak of entries that a power loss took back.
        try connection.run("PRAGMA synchronous=FULL")
        try connection.run("PRAGMA foreign_keys=ON")
        try connection.run("PRAGMA recursive_triggers=ON")
        try connection.run("PRAGMA cell_size_check=ON")
    }

    // MARK: Entries

    /// The number of a log, given when it is met first.
    func log(named origin: String) throws(DatabaseError) -> Int64 {
        if let log = try knownLog(named: origin) { return log }
        try connection.run("INSERT INTO logs(origin) VALUES (?)", .text(origin))
        guard let log = try knownLog(named: origin) else { preconditionFailure("a row that was inserted is gone") }
        return log
    }

    func knownLog(named origin: String) throws(DatabaseError) -> Int64? {
        try connection.first("SELECT log FROM logs WHERE origin = ?", .text(origin)) { (row) throws(DatabaseError) in
            try row.integer(0)
        }
    }

    func leaf(of log: Int64, at index: UInt64) throws(DatabaseError) -> [UInt8]? {
        try connection.first(
            "SELECT leaf FROM leaves WHERE log = ? AND logIndex = ?", .integer(log), .index(index)
        ) { (row) throws(DatabaseError) in try row.blob(0) }
    }

    func insert(_ leaf: [UInt8], of log: Int64, at index: UInt64, import number: Int64) throws(DatabaseError) {
        try connection.run(
            "INSERT INTO leaves(log, logIndex, import, leaf) VALUES (?, ?, ?, ?)", .integer(log), .index(index),
            .integer(number), .blob(leaf))
    }

    /// Up to 512 entries that an import brought, from an index on, ascending.
    func leaves(of number: Int64, from index: UInt64) throws(DatabaseError) -> [(index: UInt64, leaf: [UInt8])] {
        try connection.rows(
            "SELECT logIndex, leaf FROM leaves WHERE import = ? AND logIndex >= ? ORDER BY logIndex LIMIT 512",
            .integer(number), .index(index)
        ) { (row) throws(DatabaseError) in (index: try row.index(0), leaf: try row.blob(1)) }
    }

    /// Up to 512 entries of a log that count, from an index on, ascending.
    func leaves(ofLog log: Int64, from index: UInt64) throws(DatabaseError) -> [(index: UInt64, leaf: [UInt8])] {
        try connection.rows(
            """
            SELECT leaves.logIndex, leaf FROM leaves JOIN receipts USING (import)
            WHERE log = ? AND leaves.logIndex >= ? ORDER BY leaves.logIndex LIMIT 512
            """,
            .integer(log), .index(index)
        ) { (row) throws(DatabaseError) in (index: try row.index(0), leaf: try row.blob(1)) }
    }

    // MARK: Imports

    func nextImport() throws(DatabaseError) -> Int64 {
        let last = try connection.first(
            """
            SELECT max(coalesce((SELECT max(import) FROM imports), 0), coalesce((SELECT max(import) FROM leaves), 0))
            """
        ) { (row) throws(DatabaseError) in try row.integer(0) }
        return (last ?? 0) + 1
    }

    func insert(_ new: ForeignImport, log: Int64) throws(DatabaseError) {
        try connection.run(
            """
            INSERT INTO imports(import, log, source, digest, treeSize, root, statements, statementsRoot, createdAt, note,
                frontier)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            .integer(new.number), .integer(log), .text(new.source.rawValue), .blob(new.digest.bytes),
            .index(new.treeSize), .blob(new.root.bytes), .index(new.statements), .blob(new.statementsRoot.bytes),
            .integer(new.createdAt.secondsSinceEpoch), .blob(new.note), .optional(new.frontier?.joinedBytes))
    }

    func confirm(_ number: Int64, receipt: StatementID, at index: UInt64) throws(DatabaseError) {
        try connection.run(
            "INSERT INTO receipts(import, statement, logIndex) VALUES (?, ?, ?)", .integer(number),
            .blob(receipt.digest.bytes), .index(index))
    }

    /// Removes everything of an import that has no receipt.
    func discard(_ number: Int64) throws(DatabaseError) {
        try connection.run("DELETE FROM leaves WHERE import = ?", .integer(number))
        try connection.run("DELETE FROM imports WHERE import = ?", .integer(number))
    }

    /// Imports without a receipt, ascending: those that a crash or an error left unfinished.
    ///
    /// - Parameter log: only those of this log; nil for all.
    func unfinished(ofLog log: Int64?) throws(DatabaseError) -> [Int64] {
        try connection.rows(
            """
            SELECT import FROM (SELECT import, log FROM imports UNION SELECT import, log FROM leaves)
            WHERE (?1 IS NULL OR log = ?1) AND import NOT IN (SELECT import FROM receipts) ORDER BY import
            """,
            .optional(log)
        ) { (row) throws(DatabaseError) in try row.integer(0) }
    }

    /// What an import is; nil while its entries are still being staged.
    func storedImport(_ number: Int64) throws(DatabaseError) -> ForeignImport? {
        try connection.first(
            """
            SELECT import, origin, source, digest, treeSize, root, statements, statementsRoot, createdAt, note, frontier
            FROM imports JOIN logs USING (log) WHERE import = ?
            """,
            .integer(number), read: ForeignTable.importRow)
    }

    /// Every import that counts, in the order in which they were made.
    func receipted() throws(DatabaseError) -> [ReceiptedImport] {
        try connection.rows(
            """
            SELECT import, origin, source, digest, treeSize, root, statements, statementsRoot, createdAt, note, frontier,
                statement, logIndex
            FROM imports JOIN logs USING (log) JOIN receipts USING (import) ORDER BY import
            """
        ) { (row) throws(DatabaseError) in
            ReceiptedImport(
                stored: try ForeignTable.importRow(row), receipt: StatementID(digest: try row.digest(11)),
                receiptIndex: try row.index(12))
        }
    }

    private static func importRow(_ row: Row) throws(DatabaseError) -> ForeignImport {
        guard let source = ImportSource(rawValue: try row.text(2)) else { throw row.unexpected("source") }
        return ForeignImport(
            number: try row.integer(0), origin: try row.text(1), source: source, digest: try row.digest(3),
            treeSize: try row.index(4), root: try row.digest(5), statements: try row.index(6),
            statementsRoot: try row.digest(7), createdAt: try row.timestamp(8), note: try row.blob(9),
            frontier: try row.optionalBlob(10).map { (bytes) throws(DatabaseError) in try hashes(bytes, row) })
    }

    private static func hashes(_ bytes: [UInt8], _ row: Row) throws(DatabaseError) -> [SHA256Digest] {
        var hashes: [SHA256Digest] = []
        for start in stride(from: 0, to: bytes.count, by: 32) {
            do throws(DigestError) {
                hashes.append(try SHA256Digest(bytes: Array(bytes[start..<min(start + 32, bytes.count)])))
            } catch {
                throw row.unexpected("the frontier: \(error)")
            }
        }
        return hashes
    }

    // MARK: What was seen

    struct Sighting: Equatable {
        let size: UInt64
        let root: SHA256Digest
        let verifiedAt: Timestamp
    }

    func sighting(of log: Int64) throws(DatabaseError) -> Sighting? {
        try connection.first(
            "SELECT size, root, verifiedAt FROM sightings WHERE log = ?", .integer(log)
        ) { (row) throws(DatabaseError) in
            Sighting(size: try row.index(0), root: try row.digest(1), verifiedAt: try row.timestamp(2))
        }
    }

    /// Remembers that a tree was verified. Only this row of a log is ever replaced.
    func saw(_ sighting: Sighting, of log: Int64) throws(DatabaseError) {
        try connection.run("DELETE FROM sightings WHERE log = ?", .integer(log))
        try connection.run(
            "INSERT INTO sightings(log, size, root, verifiedAt) VALUES (?, ?, ?, ?)", .integer(log),
            .index(sighting.size), .blob(sighting.root.bytes), .integer(sighting.verifiedAt.secondsSinceEpoch))
    }

    /// Keeps evidence, unless the very same is there, or so much about one and the same checkpoint that more would only
    /// fill the disk: a peer can sign another history at every look.
    func keep(_ evidence: ForeignEvidence) throws(DatabaseError) {
        let isKnown = try connection.first(
            "SELECT 1 FROM evidence WHERE origin = ? AND kind = ? AND seenNote = ? AND offeredNote = ?",
            .text(evidence.origin), .text(evidence.kind.rawValue), .blob(evidence.seenNote),
            .blob(evidence.offeredNote)
        ) { (_) throws(DatabaseError) in true }
        guard isKnown == nil else { return }
        let count = try connection.first(
            "SELECT count(*) FROM evidence WHERE origin = ? AND kind = ? AND seenNote = ?", .text(evidence.origin),
            .text(evidence.kind.rawValue), .blob(evidence.seenNote)
        ) { (row) throws(DatabaseError) in try row.integer(0) }
        guard count ?? 0 < Self.evidenceOfOneCheckpoint else { return }
        try connection.run(
            """
            INSERT INTO evidence(origin, kind, seenNote, offeredNote, foundAt, explanation) VALUES (?, ?, ?, ?, ?, ?)
            """,
            .text(evidence.origin), .text(evidence.kind.rawValue), .blob(evidence.seenNote),
            .blob(evidence.offeredNote), .integer(evidence.foundAt.secondsSinceEpoch), .text(evidence.explanation))
    }

    private static let evidenceOfOneCheckpoint: Int64 = 16

    /// All evidence, oldest first.
    func evidence() throws(DatabaseError) -> [ForeignEvidence] {
        try connection.rows(
            "SELECT origin, kind, seenNote, offeredNote, foundAt, explanation FROM evidence ORDER BY number"
        ) { (row) throws(DatabaseError) in
            guard let kind = ForeignEvidence.Kind(rawValue: try row.text(1)) else { throw row.unexpected("kind") }
            return ForeignEvidence(
                origin: try row.text(0), kind: kind, seenNote: try row.blob(2), offeredNote: try row.blob(3),
                foundAt: try row.timestamp(4), explanation: try row.text(5))
        }
    }
}
