import Cryptography
public import Screening

/// What people are shown of differences that were judged, by the statement that judged them. In `differences.db`.
///
/// For people alone: no decision asks it, and it may be deleted while nothing runs. The newest are kept, within a bound.
public final class DifferenceBook: Sendable {
    private let database: DatabaseThread
    private let maxBytes: Int64

    /// Opens the book, made when missing. Blocks.
    ///
    /// - Parameter maxBytes: of all records together.
    /// - Throws: `DatabaseError`; `corrupt` for a file that may be removed.
    public init(path: String, maxBytes: Int64 = 256 << 20) throws(DatabaseError) {
        self.maxBytes = maxBytes
        database = try DatabaseThread(path, named: "differences") { (connection) throws(DatabaseError) in
            try connection.run("PRAGMA journal_mode=WAL")
            try connection.run("PRAGMA synchronous=NORMAL")
            try connection.run(
                """
                CREATE TABLE IF NOT EXISTS differences(
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    statement BLOB NOT NULL UNIQUE CHECK (length(statement) = 32),
                    bytes INTEGER NOT NULL CHECK (bytes = length(record)),
                    record BLOB NOT NULL
                ) STRICT
                """)
            try connection.run("CREATE INDEX IF NOT EXISTS differencesByBytes ON differences(bytes)")
        }
    }

    /// Keeps a record, in place of an earlier one of the same statement; forgets the oldest beyond the bound.
    ///
    /// - Throws: `DatabaseError`.
    public func keep(_ record: [UInt8], of statement: StatementID) async throws(DatabaseError) {
        let maxBytes = maxBytes
        try await database.run { (connection) throws(DatabaseError) in
            try connection.transaction { () throws(DatabaseError) in
                try connection.run(
                    "INSERT OR REPLACE INTO differences(statement, bytes, record) VALUES (?, ?, ?)",
                    .blob(statement.digest.bytes), .integer(Int64(record.count)), .blob(record))
                // From the index alone, whose entries are small.
                var total =
                    try connection.first("SELECT coalesce(sum(bytes), 0) FROM differences") {
                        (row) throws(DatabaseError) in try row.integer(0)
                    } ?? 0
                while total > maxBytes {
                    let oldest = try connection.first("SELECT id, bytes FROM differences ORDER BY id LIMIT 1") {
                        (row) throws(DatabaseError) in (id: try row.integer(0), bytes: try row.integer(1))
                    }
                    guard let oldest else { break }
                    try connection.run("DELETE FROM differences WHERE id = ?", .integer(oldest.id))
                    total -= oldest.bytes
                }
            }
        }
    }

    /// The record that was kept of a statement; nil when there is none.
    ///
    /// - Throws: `DatabaseError`.
    public func record(of statement: StatementID) async throws(DatabaseError) -> [UInt8]? {
        try await database.run { (connection) throws(DatabaseError) in
            try connection.first(
                "SELECT record FROM differences WHERE statement = ?", .blob(statement.digest.bytes)
            ) { (row) throws(DatabaseError) in try row.blob(0) }
        }
    }

    /// Finishes what was asked for before, then closes the book.
    public func close() async { await database.close() }
}
