import Cryptography
import Platform
import Screening
import TestSupport
import Testing

@testable import VerdictStore

/// A statement that rewrites history, and why it would be one.
struct RewritingAttempt: Sendable, CustomTestStringConvertible {
    let sql: StaticString
    var testDescription: String { sql.description }

    init(_ sql: StaticString) { self.sql = sql }

    /// What every connection is kept from by the schema's triggers.
    static let changes = [
        RewritingAttempt("UPDATE entries SET leaf = x'00' WHERE logIndex = 1"),
        RewritingAttempt("UPDATE entries SET logIndex = 77 WHERE logIndex = 3"),
        RewritingAttempt("UPDATE entries SET rowid = 77 WHERE rowid = 3"),
        RewritingAttempt("UPDATE OR REPLACE entries SET logIndex = 2 WHERE logIndex = 3"),
        RewritingAttempt("UPDATE statements SET signer = zeroblob(32) WHERE logIndex = 1"),
        RewritingAttempt("UPDATE checkpoints SET note = 'x'"),
        RewritingAttempt("UPDATE log SET origin = 'other'"),
        RewritingAttempt("DELETE FROM entries WHERE logIndex = 3"),
        RewritingAttempt("DELETE FROM entries"),
        RewritingAttempt("DELETE FROM statements"),
        RewritingAttempt("DELETE FROM checkpoints"),
        RewritingAttempt("DELETE FROM log"),
        RewritingAttempt("INSERT OR REPLACE INTO entries VALUES (1, x'00', zeroblob(32))"),
        RewritingAttempt("REPLACE INTO entries VALUES (3, x'00', zeroblob(32))"),
        RewritingAttempt("INSERT INTO entries VALUES (3, x'00', zeroblob(32))"),
        RewritingAttempt("INSERT OR IGNORE INTO entries VALUES (3, x'00', zeroblob(32))"),
        RewritingAttempt("INSERT INTO entries VALUES (9, x'00', zeroblob(32))"),
        RewritingAttempt("INSERT INTO entries VALUES (-1, x'00', zeroblob(32))"),
        RewritingAttempt("INSERT INTO entries(leaf, leafHash) VALUES (x'00', zeroblob(32))"),
        RewritingAttempt("INSERT INTO entries(rowid, leaf, leafHash) VALUES (2, x'00', zeroblob(32))"),
        RewritingAttempt(
            "INSERT INTO entries VALUES (1, x'00', zeroblob(32)) ON CONFLICT(logIndex) DO UPDATE SET leaf = x'01'"),
        RewritingAttempt("INSERT INTO entries VALUES (1, x'00', zeroblob(32)) ON CONFLICT DO NOTHING"),
        RewritingAttempt("REPLACE INTO statements SELECT * FROM statements WHERE logIndex = 1"),
        RewritingAttempt(
            """
            REPLACE INTO statements(logIndex, statement, signer, predicate)
            SELECT 4, statement, signer, 'x' FROM statements WHERE logIndex = 1
            """),
        RewritingAttempt("REPLACE INTO checkpoints SELECT * FROM checkpoints"),
        RewritingAttempt("INSERT INTO checkpoints VALUES (99, x'', 'x')"),
        RewritingAttempt("INSERT INTO tiles VALUES (0, 5, zeroblob(8192))"),
        RewritingAttempt("REPLACE INTO log VALUES (0, 1, 'other')"),
        RewritingAttempt("INSERT INTO log VALUES (1, 1, 'other')"),
    ]

    /// What only the service's own connection is kept from, by its authorizer.
    static let escapes = [
        RewritingAttempt("DROP TABLE entries"),
        RewritingAttempt("DROP TRIGGER entriesAreDense"),
        RewritingAttempt("DROP INDEX statementsBySubject"),
        RewritingAttempt("ALTER TABLE entries RENAME TO old"),
        RewritingAttempt("ALTER TABLE entries ADD COLUMN more TEXT"),
        RewritingAttempt("CREATE TABLE more(x)"),
        RewritingAttempt("CREATE TEMP TABLE entries(x)"),
        RewritingAttempt("CREATE TEMP TRIGGER t AFTER INSERT ON entries BEGIN SELECT 1; END"),
        RewritingAttempt("CREATE VIEW more AS SELECT 1"),
        RewritingAttempt("ATTACH ':memory:' AS other"),
        RewritingAttempt("DETACH main"),
        RewritingAttempt("PRAGMA recursive_triggers=OFF"),
        RewritingAttempt("PRAGMA writable_schema=ON"),
        RewritingAttempt("PRAGMA ignore_check_constraints=ON"),
        RewritingAttempt("PRAGMA synchronous=OFF"),
        RewritingAttempt("PRAGMA journal_mode=OFF"),
        RewritingAttempt("PRAGMA user_version=3"),
        RewritingAttempt("VACUUM"),
        RewritingAttempt("VACUUM INTO '/dev/null'"),
        RewritingAttempt("REINDEX"),
        RewritingAttempt("ANALYZE"),
        RewritingAttempt("SAVEPOINT s"),
        RewritingAttempt("INSERT INTO sqlite_schema VALUES ('table', 'x', 'x', 0, '')"),
        RewritingAttempt("UPDATE sqlite_schema SET sql = ''"),
        RewritingAttempt("DELETE FROM sqlite_sequence"),
    ]
}

@Suite("The log only grows")
struct AppendOnlyTests {
    /// Every row of every table, as one text.
    private func contents(_ fixture: LogFixture) throws -> String {
        let connection = try Connection(fixture.directory.verdictsPath, access: .readOnly)
        var text = ""
        for query: StaticString in [
            "SELECT quote(logIndex) || quote(leaf) || quote(leafHash) FROM entries ORDER BY logIndex",
            "SELECT quote(logIndex) || quote(statement) || quote(signer) FROM statements ORDER BY logIndex",
            "SELECT quote(size) || quote(frontier) || quote(note) FROM checkpoints ORDER BY size",
            "SELECT quote(level) || quote(tileIndex) || quote(hashes) FROM tiles ORDER BY level, tileIndex",
            "SELECT quote(origin) FROM log", "SELECT quote(sql) FROM sqlite_schema ORDER BY name",
        ] {
            text += try connection.rows(query) { row throws(DatabaseError) in try row.text(0) }.joined(separator: "\n")
        }
        return text
    }

    @Test("the schema refuses it on any connection", arguments: RewritingAttempt.changes)
    func refusedBySchema(attempt: RewritingAttempt) throws {
        let fixture = try LogFixture()
        let before = try contents(fixture)
        let connection = try fixture.foreignConnection()
        let error = #expect(throws: DatabaseError.self) { try connection.run(attempt.sql) }
        #expect(error?.kind == .constraint)
        #expect(try contents(fixture) == before)
    }

    @Test(
        "the service's own connection is refused it as well",
        arguments: RewritingAttempt.changes + RewritingAttempt.escapes)
    func refusedOnTheServicesConnection(attempt: RewritingAttempt) throws {
        let fixture = try LogFixture()
        let before = try contents(fixture)
        let connection = try fixture.foreignConnection()
        _ = try SQLiteLogDatabase(restricting: connection)
        let error = #expect(throws: DatabaseError.self) { try connection.run(attempt.sql) }
        #expect([.denied, .constraint, .other].contains(error?.kind))
        #expect(try contents(fixture) == before)
    }

    @Test("statements that were compiled before the connection was restricted do not slip through")
    func noStatementFromBefore() throws {
        let fixture = try LogFixture()
        let connection = try fixture.foreignConnection()
        let attempt: StaticString = "DELETE FROM entries WHERE logIndex > 100"
        try connection.run(attempt)
        _ = try SQLiteLogDatabase(restricting: connection)
        #expect(throws: DatabaseError.self) { try connection.run(attempt) }
    }

    @Test("a reader's connection cannot write at all", arguments: RewritingAttempt.changes)
    func readersCannotWrite(attempt: RewritingAttempt) throws {
        let fixture = try LogFixture()
        let connection = try Connection(fixture.directory.verdictsPath, access: .readOnly)
        let error = #expect(throws: DatabaseError.self) { try connection.run(attempt.sql) }
        #expect([.inaccessible, .constraint].contains(error?.kind))
    }

    @Test("an index that is not the next one is refused even inside one statement")
    func multiRowInsert() throws {
        let fixture = try LogFixture()
        let connection = try fixture.foreignConnection()
        #expect(throws: DatabaseError.self) {
            try connection.run("INSERT INTO entries VALUES (4, x'00', zeroblob(32)), (6, x'00', zeroblob(32))")
        }
        #expect(try fixture.verify().entries == LogFixture.genesisEntries)
    }
}
