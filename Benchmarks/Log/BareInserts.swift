import CSQLite

/// The yardstick of appending: the same bytes inserted by SQLite itself, as durably, with nothing else around them.
@safe
final class BareInserts {
    private let database: OpaquePointer
    private let insert: OpaquePointer

    init(path: String) {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        precondition(unsafe sqlite3_open_v2(path, &opened, flags, nil) == SQLITE_OK)
        guard let database = unsafe opened else { preconditionFailure("no database") }
        unsafe self.database = database
        for sql in [
            "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL",
            "CREATE TABLE entries(id INTEGER PRIMARY KEY, leaf BLOB NOT NULL) STRICT",
        ] {
            precondition(unsafe sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK, sql)
        }
        var prepared: OpaquePointer?
        let sql = "INSERT INTO entries(leaf) VALUES (?)"
        precondition(unsafe sqlite3_prepare_v2(database, sql, -1, &prepared, nil) == SQLITE_OK)
        guard let insert = unsafe prepared else { preconditionFailure("no statement") }
        unsafe self.insert = insert
    }

    deinit {
        unsafe sqlite3_finalize(insert)
        unsafe sqlite3_close_v2(database)
    }

    /// Inserts each group in a transaction of its own; durable when this returns.
    func insert(_ leaves: ArraySlice<[UInt8]>, groupsOf size: Int) {
        var rest = leaves
        while !rest.isEmpty {
            run("BEGIN IMMEDIATE")
            for leaf in rest.prefix(size) {
                unsafe leaf.withUnsafeBytes { bytes in
                    _ = unsafe jurat_sqlite3_bind_blob(insert, 1, bytes.baseAddress, UInt64(bytes.count))
                }
                precondition(unsafe sqlite3_step(insert) == SQLITE_DONE)
                unsafe sqlite3_reset(insert)
            }
            run("COMMIT")
            rest = rest.dropFirst(size)
        }
    }

    private func run(_ sql: String) {
        precondition(unsafe sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK, sql)
    }
}
