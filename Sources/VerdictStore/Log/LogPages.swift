import Cryptography
import Screening
import TransparencyLog

/// One stored entry, as the database has it.
struct EntryRow: Sendable {
    let logIndex: UInt64
    let leaf: [UInt8]
    let leafHash: SHA256Digest
    /// What the statement index says of it; nil when it has no row, or was not asked.
    let indexed: Result<StatementRow, DatabaseError>?
}

/// Some entries in a row, and why there are no more of them than that.
struct LogPage: Sendable {
    var rows: [EntryRow] = []
    /// Checkpoints of trees that end within this page, ascending.
    var checkpoints: [StoredCheckpoint] = []
    /// What went wrong after the last row. It counts only once the rows before it were found to hold: whoever reads in
    /// order would have met their faults first.
    var failure: LogError?
}

/// Reads the log from its database, page by page.
struct LogPages {
    let connection: Connection
    /// Whether statement rows and checkpoints are read along.
    let isComplete: Bool

    /// Up to `count` entries from `index` on.
    func page(from index: UInt64, count: UInt64) -> LogPage {
        var page = LogPage()
        do throws(LogError) {
            try inLog { () throws(DatabaseError) in
                if isComplete {
                    try readIndexed(from: index, count: count, into: &page.rows)
                } else {
                    try readPlain(from: index, count: count, into: &page.rows)
                }
            }
            guard isComplete else { return page }
            let end = index + UInt64(page.rows.count)
            page.checkpoints = try StoredLog(recognised: connection, origin: "")
                .checkpoints(after: index, limit: Int64(page.rows.count)).filter { $0.size <= end }
        } catch {
            page.failure = error
        }
        return page
    }

    private func readPlain(from index: UInt64, count: UInt64, into rows: inout [EntryRow]) throws(DatabaseError) {
        _ = try connection.rows(
            "SELECT logIndex, leaf, leafHash FROM entries WHERE logIndex >= ? ORDER BY logIndex LIMIT ?",
            .index(index), .index(count)
        ) { (row) throws(DatabaseError) in
            rows.append(
                EntryRow(
                    logIndex: try row.index(0), leaf: try row.blob(1), leafHash: try row.digest(2), indexed: nil))
        }
    }

    private func readIndexed(from index: UInt64, count: UInt64, into rows: inout [EntryRow]) throws(DatabaseError) {
        _ = try connection.rows(
            """
            SELECT entries.logIndex, leaf, leafHash, statement, signer, predicate, sha512, purl, package, analyzer, verdict
            FROM entries LEFT JOIN statements ON statements.logIndex = entries.logIndex
            WHERE entries.logIndex >= ? ORDER BY entries.logIndex LIMIT ?
            """,
            .index(index), .index(count)
        ) { (row) throws(DatabaseError) in
            rows.append(
                EntryRow(
                    logIndex: try row.index(0), leaf: try row.blob(1), leafHash: try row.digest(2),
                    indexed: row.isNull(3) ? nil : LogPages.statementRow(row)))
        }
    }

    /// A row that cannot be read is the entry's own fault, found when its turn comes.
    private static func statementRow(_ row: Row) -> Result<StatementRow, DatabaseError> {
        do throws(DatabaseError) {
            return .success(
                StatementRow(
                    statement: try row.blob(3), signer: try row.blob(4), predicate: try row.text(5),
                    sha512: try row.optionalBlob(6), purl: try row.optionalText(7), package: try row.optionalText(8),
                    analyzer: try row.optionalText(9), verdict: try row.optionalText(10)))
        } catch {
            return .failure(error)
        }
    }
}
