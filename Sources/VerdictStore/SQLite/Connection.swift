import CSQLite

/// One connection to an SQLite database, closed when the last reference goes.
///
/// Not `Sendable`: it lives on one `DatabaseThread`, or inside a `Lock` of a reader. SQL is `StaticString`, so that no
/// value can become SQL, and each statement is compiled once per connection. Every call blocks.
@safe
final class Connection {
    /// What the connection may do with the file.
    enum Access {
        /// Make the file when it is missing.
        case create
        /// Write an existing file.
        case readWrite
        /// Read an existing file; writing is impossible, also for triggers and pragmas.
        case readOnly
    }

    let path: String
    private let handle: OpaquePointer
    // Keyed by the address of the literal: two literals with equal text are merely compiled twice.
    private var statements: [UnsafePointer<UInt8>: PreparedStatement] = unsafe [:]

    /// Opens the database and waits up to `busyMilliseconds` for other processes in every later call.
    ///
    /// - Throws: `DatabaseError`.
    init(_ path: String, access: Access, busyMilliseconds: Int32 = 5_000) throws(DatabaseError) {
        let flags =
            switch access {
            case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .readWrite: SQLITE_OPEN_READWRITE
            case .readOnly: SQLITE_OPEN_READONLY
            }
        var opened: OpaquePointer?
        // NOMUTEX because one thread at a time is ours to guarantee.
        let code = unsafe sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard code == SQLITE_OK, let opened = unsafe opened else {
            let detail = unsafe opened.map { unsafe String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            unsafe sqlite3_close_v2(opened)
            throw DatabaseError(code: code, detail: detail, path: path, operation: "open the database")
        }
        self.path = path
        unsafe handle = opened
        unsafe sqlite3_busy_timeout(opened, busyMilliseconds)
        try configure(SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        try configure(SQLITE_DBCONFIG_DEFENSIVE, 1)
    }

    deinit {
        unsafe statements.removeAll()
        unsafe sqlite3_close_v2(handle)
    }

    /// Runs a statement that returns no rows, or whose rows do not matter (`PRAGMA`).
    ///
    /// - Returns: how many rows it inserted, changed or deleted.
    @discardableResult
    func run(_ sql: StaticString, _ values: SQLValue...) throws(DatabaseError) -> Int {
        let statement = try prepared(sql)
        defer { statement.reset() }
        try statement.bind(values)
        while try statement.step() {}
        return unsafe Int(sqlite3_changes(handle))
    }

    /// Runs a query and returns what `read` makes of each row, in order.
    func rows<Element>(
        _ sql: StaticString, _ values: SQLValue..., read: (Row) throws(DatabaseError) -> Element
    ) throws(DatabaseError) -> [Element] {
        let statement = try prepared(sql)
        defer { statement.reset() }
        try statement.bind(values)
        var elements: [Element] = []
        while try statement.step() { elements.append(try read(statement.row)) }
        return elements
    }

    /// Runs a query and returns what `read` makes of its first row, nil when there is none.
    func first<Element>(
        _ sql: StaticString, _ values: SQLValue..., read: (Row) throws(DatabaseError) -> Element
    ) throws(DatabaseError) -> Element? {
        let statement = try prepared(sql)
        defer { statement.reset() }
        try statement.bind(values)
        return try statement.step() ? try read(statement.row) : nil
    }

    /// Runs `body` inside one write transaction: all of it is committed, or, when anything throws, none of it.
    ///
    /// The write lock is taken at once, so that `body` never fails half-way because another writer came first.
    func transaction<Outcome>(_ body: () throws(DatabaseError) -> Outcome) throws(DatabaseError) -> Outcome {
        try run("BEGIN IMMEDIATE")
        do throws(DatabaseError) {
            let outcome = try body()
            try run("COMMIT")
            return outcome
        } catch {
            try rollBack()
            throw error
        }
    }

    /// Gives up the open transaction; harmless when SQLite has already done so, as it does after some errors.
    func rollBack() throws(DatabaseError) {
        if isInTransaction { try run("ROLLBACK") }
    }

    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

    /// Switches a boolean option of the connection, such as `SQLITE_DBCONFIG_DEFENSIVE`.
    func configure(_ option: Int32, _ value: Int32) throws(DatabaseError) {
        let code = unsafe jurat_sqlite3_configure(handle, option, value)
        guard code == SQLITE_OK else { throw failure(code, "configure the connection") }
    }

    /// From now on statements may do only what the append-only log needs. There is no way back for this connection.
    func restrictToAppending() {
        // SQLite compiles statements of before anew, so that the authorizer judges them too.
        unsafe sqlite3_set_authorizer(handle, appendOnlyAuthorizer, nil)
    }

    /// Moves committed pages from the write-ahead log into the database file without waiting for readers.
    ///
    /// - Parameter truncating: also empty the write-ahead log, waiting for readers; for an orderly end.
    func walCheckpoint(truncating: Bool = false) throws(DatabaseError) {
        let mode = truncating ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE
        let code = unsafe sqlite3_wal_checkpoint_v2(handle, nil, mode, nil, nil)
        // A reader that holds an old snapshot only delays the move.
        guard code == SQLITE_OK || code & 0xFF == SQLITE_BUSY else { throw failure(code, "checkpoint the database") }
    }

    /// Checks that the pages and rows of the database hold together; indices are not compared with their tables.
    ///
    /// - Throws: `DatabaseError` of the kind `corrupt` with the first thing that is wrong.
    func requireSoundPages() throws(DatabaseError) {
        let found = try rows("PRAGMA quick_check(1)") { (row) throws(DatabaseError) in try row.text(0) }
        guard found == ["ok"] else {
            throw DatabaseError(
                kind: .corrupt, path: path, operation: "check the database", detail: found.joined(separator: "; "))
        }
    }

    /// Reads the definitions, which opens the file, the write-ahead log and all.
    ///
    /// - Throws: `DatabaseError`.
    func requireReadable() throws(DatabaseError) {
        _ = try first("SELECT count(*) FROM sqlite_schema") { (row) throws(DatabaseError) in try row.index(0) }
    }

    /// Everything that SQLite finds wrong with the database, indices included; at most ten things.
    ///
    /// - Throws: `DatabaseError`, also when the damage keeps SQLite from looking.
    func integrityProblems() throws(DatabaseError) -> [String] {
        let found = try rows("PRAGMA integrity_check(10)") { (row) throws(DatabaseError) in try row.text(0) }
        return found.filter { $0 != "ok" }
    }

    /// Copies the database as it is now, whoever writes meanwhile, over everything that `other` holds.
    ///
    /// - Parameter progress: called now and then with pages copied, of all.
    /// - Throws: `DatabaseError`; `other` holds nothing that can be used then.
    func copyAll(
        to other: Connection, progress: (_ pages: UInt64, _ of: UInt64) -> Void
    ) throws(DatabaseError) {
        // A read transaction holds on to one state: without it SQLite begins anew whenever another process commits.
        try run("BEGIN")
        try requireReadable()
        let code = unsafe Connection.copyPages(from: handle, to: other.handle, progress)
        try rollBack()
        guard code == SQLITE_DONE else { throw other.failure(code, "copy the pages of \(path)") }
    }

    @unsafe
    private static func copyPages(
        from source: OpaquePointer, to destination: OpaquePointer, _ progress: (UInt64, UInt64) -> Void
    ) -> Int32 {
        guard let backup = unsafe sqlite3_backup_init(destination, "main", source, "main") else {
            return unsafe sqlite3_errcode(destination)
        }
        var code = SQLITE_OK
        while code == SQLITE_OK {
            code = unsafe sqlite3_backup_step(backup, 1024)
            let all = unsafe UInt64(clamping: sqlite3_backup_pagecount(backup))
            let left = unsafe UInt64(clamping: sqlite3_backup_remaining(backup))
            progress(all - min(all, left), all)
        }
        let end = unsafe sqlite3_backup_finish(backup)
        return end == SQLITE_OK ? code : end
    }

    /// Leaves moving pages into the database file to explicit `walCheckpoint` calls, whose errors are seen.
    func disableAutomaticWalCheckpoints() {
        unsafe sqlite3_wal_autocheckpoint(handle, 0)
    }

    private func prepared(_ sql: StaticString) throws(DatabaseError) -> PreparedStatement {
        if let statement = unsafe statements[sql.utf8Start] { return statement }
        let statement = unsafe try PreparedStatement(sql, on: handle, path: path)
        unsafe statements[sql.utf8Start] = statement
        return statement
    }

    private func failure(_ code: Int32, _ operation: String) -> DatabaseError {
        let detail = unsafe String(cString: sqlite3_errmsg(handle))
        return DatabaseError(code: code, detail: detail, path: path, operation: operation)
    }
}
