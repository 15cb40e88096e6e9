import Platform
import TestSupport
import Testing

@testable import VerdictStore

@Suite("SQLite connection")
struct ConnectionTests {
    private let temporary: TemporaryDirectory
    private let path: String

    init() throws {
        temporary = try TemporaryDirectory()
        path = temporary.path("test.db")
    }

    private func table() throws -> Connection {
        let connection = try Connection(path, access: .create)
        try connection.run("CREATE TABLE t(id INTEGER PRIMARY KEY, i INTEGER, s TEXT, b BLOB) STRICT")
        return connection
    }

    @Test("values come back as they went in, NUL bytes, emptiness and extremes included")
    func values() throws {
        let connection = try table()
        let texts = ["", "a", "a\0b", "é", "e\u{301}", "'; DROP TABLE t; --", "🦆"]
        let blobs: [[UInt8]] = [[], [0], [0, 255, 0], Array(repeating: 7, count: 40_000)]
        for (number, integer) in [Int64.min, -1, 0, 1, .max].enumerated() {
            for text in texts {
                for blob in blobs {
                    try connection.run(
                        "INSERT OR REPLACE INTO t(id, i, s, b) VALUES (?, ?, ?, ?)", .integer(Int64(number)),
                        .integer(integer), .text(text), .blob(blob))
                    let row = try connection.first("SELECT i, s, b FROM t WHERE id = ?", .integer(Int64(number))) {
                        row throws(DatabaseError) in (try row.integer(0), try row.text(1), try row.blob(2))
                    }
                    #expect(row?.0 == integer)
                    #expect(row.map { Array($0.1.utf8) } == Array(text.utf8))
                    #expect(row?.2 == blob)
                }
            }
        }
    }

    @Test("NULL is read as none, and refused where a value is promised")
    func nulls() throws {
        let connection = try table()
        try connection.run("INSERT INTO t(id) VALUES (1)")
        let none = try connection.first("SELECT i, s, b FROM t") { row throws(DatabaseError) in
            (try row.optionalInteger(0), try row.optionalText(1), try row.optionalBlob(2))
        }
        #expect(none?.0 == nil && none?.1 == nil && none?.2 == nil)
        let error = #expect(throws: DatabaseError.self) {
            try connection.first("SELECT i FROM t") { row throws(DatabaseError) in try row.integer(0) }
        }
        #expect(error?.kind == .unexpectedRow)
    }

    @Test("text that is not UTF-8 and negative counts are refused when read")
    func unexpectedValues() throws {
        let connection = try table()
        try connection.run("INSERT INTO t(id, i, s) VALUES (1, -5, CAST(x'ff' AS TEXT))")
        #expect(throws: DatabaseError.self) {
            try connection.first("SELECT s FROM t") { row throws(DatabaseError) in try row.text(0) }
        }
        #expect(throws: DatabaseError.self) {
            try connection.first("SELECT i FROM t") { row throws(DatabaseError) in try row.index(0) }
        }
    }

    @Test("a transaction that throws leaves nothing and the connection usable")
    func rollback() throws {
        let connection = try table()
        #expect(throws: DatabaseError.self) {
            try connection.transaction { () throws(DatabaseError) in
                try connection.run("INSERT INTO t(id) VALUES (1)")
                try connection.run("INSERT INTO t(id) VALUES (1)")
            }
        }
        #expect(!connection.isInTransaction)
        #expect(try connection.rows("SELECT id FROM t") { row throws(DatabaseError) in try row.integer(0) } == [])
        let added = try connection.transaction { () throws(DatabaseError) in
            try connection.run("INSERT INTO t(id) VALUES (1)")
        }
        #expect(added == 1)
    }

    @Test("a busy database is reported as busy after the wait")
    func busy() throws {
        let first = try table()
        let second = try Connection(path, access: .readWrite, busyMilliseconds: 1)
        try first.run("BEGIN EXCLUSIVE")
        let error = #expect(throws: DatabaseError.self) { try second.run("INSERT INTO t(id) VALUES (1)") }
        #expect(error?.kind == .busy)
        #expect(error?.description.contains(path) == true)
        try first.run("ROLLBACK")
        try second.run("INSERT INTO t(id) VALUES (1)")
    }

    @Test("errors name the file, the statement and what to do")
    func errors() throws {
        let missing = #expect(throws: DatabaseError.self) {
            try Connection(temporary.path("no/such.db"), access: .create)
        }
        #expect(missing?.kind == .inaccessible)
        #expect(missing?.description.contains("no/such.db") == true)
        try Files.writeDurably(Array(repeating: 0x41, count: 8192), to: path)
        let garbage = try Connection(path, access: .readWrite)
        let corrupt = #expect(throws: DatabaseError.self) { try garbage.run("CREATE TABLE t(x)") }
        #expect(corrupt?.kind == .corrupt)
        #expect(corrupt?.description.contains("CREATE TABLE t(x)") == true)
    }

    @Test("defensive mode keeps the schema table from being written")
    func defensive() throws {
        let connection = try table()
        _ = try? connection.run("PRAGMA writable_schema=ON")
        #expect(throws: DatabaseError.self) { try connection.run("UPDATE sqlite_schema SET sql = ''") }
    }

    @Test("a database on its thread runs calls in their order and refuses them after close")
    func databaseThread() async throws {
        let database = try DatabaseThread(path, named: "test") { connection throws(DatabaseError) in
            try connection.run("CREATE TABLE t(id INTEGER PRIMARY KEY) STRICT")
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    _ = try await database.run { connection throws(DatabaseError) in
                        try connection.run("INSERT INTO t(id) VALUES (NULL)")
                    }
                }
            }
            try await group.waitForAll()
        }
        let count = try await database.run { connection throws(DatabaseError) in
            try connection.first("SELECT count(*) FROM t") { row throws(DatabaseError) in try row.integer(0) }
        }
        #expect(count == 50)
        await database.close()
        await #expect(throws: DatabaseError.self) {
            try await database.run { connection throws(DatabaseError) in try connection.run("SELECT 1") }
        }
        #expect(!Files.exists(path + "-wal"))
    }
}
