import Cryptography
import Platform
import Registry
import Screening
import TransparencyLog

/// Reads the log from its database, with or without a server running. It can write nothing.
///
/// Calls block for microseconds to milliseconds (`verify` for much longer): a server makes them on a `BlockingPool`, a
/// command directly. Safe from several threads; calls on one reader take turns.
public final class LogReader: Sendable {
    /// The log's name.
    public let origin: String
    /// Where the log is.
    public let directory: DataDirectory
    private var anchorPath: String { directory.anchorPath }
    private let connection: Lock<Connection>

    /// Opens the log for reading.
    ///
    /// - Throws: `LogError.notInitialized`, `.damaged` when the database's definitions were changed, `.database`.
    public init(_ directory: DataDirectory) throws(LogError) {
        guard Files.exists(directory.verdictsPath) else { throw .notInitialized(path: directory.verdictsPath) }
        let connection = try inLog { () throws(DatabaseError) in
            let connection = try Connection(directory.verdictsPath, access: .readOnly)
            try connection.run("PRAGMA mmap_size=268435456")
            return connection
        }
        origin = try StoredLog(in: connection).origin
        self.directory = directory
        self.connection = Lock(connection)
    }

    /// The newest signed checkpoint.
    ///
    /// - Throws: `LogError.damaged` when there is none, `.database`.
    public func head() throws(LogError) -> LogHead {
        try reading { (log) throws(LogError) in
            guard let stored = try log.lastCheckpoint() else { throw .damaged(.noCheckpoint) }
            do {
                let note = try SignedNote(parsing: Array(stored.note.utf8))
                let checkpoint = try Checkpoint(parsing: note.text)
                return LogHead(
                    origin: log.origin, size: checkpoint.size.value, root: checkpoint.root, note: stored.note)
            } catch {
                throw .damaged(.checkpoint(size: stored.size, reason: "\(error)"))
            }
        }
    }

    /// What a checkpoint of this log says; its signatures are not looked at.
    ///
    /// - Throws: `LogError.damaged` when it is none.
    func head(of note: SignedNote) throws(LogError) -> LogHead {
        do {
            let checkpoint = try Checkpoint(parsing: note.text)
            return LogHead(
                origin: origin, size: checkpoint.size.value, root: checkpoint.root,
                note: String(decoding: note.bytes, as: UTF8.self))
        } catch {
            throw .damaged(.checkpoint(size: 0, reason: "\(error)"))
        }
    }

    /// The entry at an index; nil beyond the end.
    ///
    /// - Throws: `LogError.damaged` when the entry cannot be read, `.database`.
    public func entry(at index: UInt64) throws(LogError) -> LogEntry? {
        try entries(from: index, count: 1).first { $0.logged.logIndex == index }
    }

    /// Up to `count` entries from an index on, ascending.
    ///
    /// - Throws: `LogError.damaged` when an entry cannot be read, `.database`.
    public func entries(from index: UInt64, count: Int) throws(LogError) -> [LogEntry] {
        guard index <= UInt64(Int64.max) else { return [] }
        let rows = try reading { (log) throws(LogError) in
            try inLog { () throws(DatabaseError) in
                try log.connection.rows(
                    "SELECT logIndex, leaf FROM entries WHERE logIndex >= ? ORDER BY logIndex LIMIT ?", .index(index),
                    .integer(Int64(count)), read: LogReader.entryRow)
            }
        }
        return try rows.map(LogReader.entry)
    }

    /// The entry whose statement identifier begins with these lower-case hexadecimal digits; the first, when several
    /// signers made the same statement.
    ///
    /// - Throws: `LogError.noSuchStatement`, `.ambiguousStatement`, `.damaged`, `.database`.
    public func statement(withPrefix prefix: String) throws(LogError) -> LogEntry {
        let digits = prefix.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard digits, (1...64).contains(prefix.utf8.count) else { throw .noSuchStatement(prefix: prefix) }
        let rows = try reading { (log) throws(LogError) in
            try inLog { () throws(DatabaseError) in
                // The range is on whole bytes so that the index is used; an odd last digit is compared as text.
                let even = Array(prefix.utf8.prefix(prefix.utf8.count / 2 * 2))
                let lower = try hexBytes(even)
                return try log.connection.rows(
                    """
                    SELECT min(logIndex), leaf FROM statements JOIN entries USING (logIndex)
                    WHERE statement BETWEEN ? AND ? AND substr(lower(hex(statement)), 1, ?) = ?
                    GROUP BY statement LIMIT 2
                    """,
                    .blob(lower), .blob(lower + Array(repeating: 0xFF, count: 33 - lower.count)),
                    .integer(Int64(prefix.utf8.count)), .text(prefix), read: LogReader.entryRow)
            }
        }
        guard let first = rows.first else { throw .noSuchStatement(prefix: prefix) }
        guard rows.count == 1 else { throw .ambiguousStatement(prefix: prefix) }
        return try LogReader.entry(first)
    }

    /// The newest statements that fit a filter, newest first.
    ///
    /// - Throws: `LogError.damaged` when an entry cannot be read, `.database`.
    public func statements(matching filter: StatementFilter, limit: Int) throws(LogError) -> [LogEntry] {
        let rows = try reading { (log) throws(LogError) in
            try inLog { () throws(DatabaseError) in
                try log.connection.rows(
                    LogReader.query(for: filter), .integer(Int64(clamping: filter.sinceIndex)),
                    .optional(filter.predicateType?.rawValue), .optional(filter.purl.map { PackageURL($0.name).text }),
                    .optional(filter.purl.flatMap { $0.version == nil ? nil : $0.text }),
                    .optional(filter.sha512?.bytes), .optional(filter.analyzer?.text),
                    .optional(filter.verdict?.rawValue), .integer(Int64(limit)), read: LogReader.entryRow)
            }
        }
        return try rows.map(LogReader.entry)
    }

    /// Checks everything that can be checked: see `LogVerifier`.
    ///
    /// - Parameter progress: called after some hundred entries with entries checked, of all.
    /// - Returns: what was found to hold.
    /// - Throws: `LogError.damaged` at the first thing that does not hold; `.rewound`, `.forked` against the anchor.
    public func verify(
        progress: @escaping @Sendable (_ entries: UInt64, _ of: UInt64) -> Void = { _, _ in }
    ) throws(LogError) -> LogVerification {
        try verify(threads: Processors.available, progress: progress)
    }

    /// The same on some number of threads; 0 does everything on the caller's, in log order.
    func verify(
        threads: Int, progress: @escaping @Sendable (_ entries: UInt64, _ of: UInt64) -> Void = { _, _ in }
    ) throws(LogError) -> LogVerification {
        let anchor = LogAnchor(path: anchorPath)
        let kept = try anchor.loadNote()
        let (verification, chained) = try reading { (log) throws(LogError) in
            try LogVerifier(log: log, anchor: anchor, kept: kept, progress: progress, threads: threads).run()
        }
        // The index by which statements are found is now known to be what the entries say.
        return verification.with(try chains(of: chained, size: verification.entries))
    }

    /// Runs `body` on one state of the log, whatever is appended meanwhile.
    func reading<Outcome: Sendable>(_ body: (StoredLog) throws(LogError) -> Outcome) throws(LogError) -> Outcome {
        try connection.withLock { (connection) throws(LogError) -> Outcome in
            _ = try inLog { () throws(DatabaseError) in try connection.run("BEGIN") }
            let log = StoredLog(recognised: connection, origin: origin)
            do throws(LogError) {
                let outcome = try body(log)
                try inLog { () throws(DatabaseError) in try connection.rollBack() }
                return outcome
            } catch {
                try inLog { () throws(DatabaseError) in try connection.rollBack() }
                throw error
            }
        }
    }

    /// One statement with the same parameters for each way to begin: an index is used only for a plain equality.
    private static func query(for filter: StatementFilter) -> StaticString {
        if filter.sha512 != nil {
            return """
                SELECT logIndex, leaf FROM statements JOIN entries USING (logIndex)
                WHERE sha512 = ?5 AND logIndex >= ?1 AND (?2 IS NULL OR predicate = ?2)
                    AND (?3 IS NULL OR package = ?3) AND (?4 IS NULL OR purl = ?4)
                    AND (?6 IS NULL OR analyzer = ?6) AND (?7 IS NULL OR verdict = ?7)
                ORDER BY logIndex DESC LIMIT ?8
                """
        }
        if filter.purl != nil {
            return """
                SELECT logIndex, leaf FROM statements JOIN entries USING (logIndex)
                WHERE package = ?3 AND logIndex >= ?1 AND (?2 IS NULL OR predicate = ?2)
                    AND (?4 IS NULL OR purl = ?4) AND (?5 IS NULL OR sha512 = ?5)
                    AND (?6 IS NULL OR analyzer = ?6) AND (?7 IS NULL OR verdict = ?7)
                ORDER BY logIndex DESC LIMIT ?8
                """
        }
        return """
            SELECT logIndex, leaf FROM statements JOIN entries USING (logIndex)
            WHERE logIndex >= ?1 AND (?2 IS NULL OR predicate = ?2) AND (?3 IS NULL OR package = ?3)
                AND (?4 IS NULL OR purl = ?4) AND (?5 IS NULL OR sha512 = ?5)
                AND (?6 IS NULL OR analyzer = ?6) AND (?7 IS NULL OR verdict = ?7)
            ORDER BY logIndex DESC LIMIT ?8
            """
    }

    private static func entryRow(_ row: Row) throws(DatabaseError) -> (logIndex: UInt64, leaf: [UInt8]) {
        (logIndex: try row.index(0), leaf: try row.blob(1))
    }

    private static func entry(_ row: (logIndex: UInt64, leaf: [UInt8])) throws(LogError) -> LogEntry {
        do throws(StatementError) {
            let envelope = try Envelope(parsingLeaf: row.leaf)
            let logged = LoggedStatement(
                logIndex: row.logIndex, statementID: envelope.statementID,
                statement: try Statement(parsingCanonical: envelope.payload), signer: envelope.signatures[0].keyID,
                leafHash: MerkleTree.leafHash(row.leaf), cosigners: envelope.signatures.dropFirst().map(\.keyID))
            return LogEntry(logged: logged, leaf: row.leaf)
        } catch {
            throw .damaged(.entry(index: row.logIndex, reason: "\(error)"))
        }
    }
}

/// The bytes of an even number of digits that were checked before.
private func hexBytes(_ digits: [UInt8]) throws(DatabaseError) -> [UInt8] {
    do throws(EncodingError) {
        return try Hex.decode(digits)
    } catch {
        preconditionFailure("digits that were checked are not hexadecimal: \(error)")
    }
}
