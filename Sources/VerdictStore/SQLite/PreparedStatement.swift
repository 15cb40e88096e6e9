import CSQLite

/// One compiled statement of a `Connection`, finalized when the last reference goes.
///
/// Confined to whatever confines its connection. Only `Connection` makes and runs statements.
@safe
final class PreparedStatement {
    private let handle: OpaquePointer
    private let path: String
    private let operation: String

    /// Compiles exactly one statement.
    ///
    /// - Throws: `DatabaseError` when SQLite or the connection's authorizer refuses it.
    @unsafe
    init(_ sql: StaticString, on connection: OpaquePointer, path: String) throws(DatabaseError) {
        let operation = PreparedStatement.operation(of: sql)
        var compiled: OpaquePointer?
        let code = unsafe sql.utf8Start.withMemoryRebound(to: CChar.self, capacity: sql.utf8CodeUnitCount) { text in
            unsafe sqlite3_prepare_v3(
                connection, text, Int32(sql.utf8CodeUnitCount), UInt32(SQLITE_PREPARE_PERSISTENT), &compiled, nil)
        }
        guard code == SQLITE_OK, let compiled = unsafe compiled else {
            let detail = unsafe String(cString: sqlite3_errmsg(connection))
            throw DatabaseError(code: code, detail: detail, path: path, operation: operation)
        }
        unsafe handle = compiled
        self.path = path
        self.operation = operation
    }

    deinit {
        unsafe sqlite3_finalize(handle)
    }

    /// Binds `values` to the parameters in order. There must be exactly as many as parameters.
    func bind(_ values: [SQLValue]) throws(DatabaseError) {
        precondition(
            unsafe Int(sqlite3_bind_parameter_count(handle)) == values.count,
            "parameters and values differ: \(operation)")
        for (offset, value) in values.enumerated() {
            let position = Int32(offset + 1)
            let code: Int32
            switch value {
            case .null:
                code = unsafe sqlite3_bind_null(handle, position)
            case .integer(let number):
                code = unsafe sqlite3_bind_int64(handle, position, number)
            case .text(let text):
                var text = text
                code = text.withUTF8 { utf8 in
                    unsafe jurat_sqlite3_bind_text(handle, position, utf8.baseAddress, UInt64(utf8.count))
                }
            case .blob(let bytes):
                code = unsafe bytes.withUnsafeBytes { raw in
                    unsafe jurat_sqlite3_bind_blob(handle, position, raw.baseAddress, UInt64(raw.count))
                }
            }
            guard code == SQLITE_OK else { throw failure(code) }
        }
    }

    /// Moves to the next row.
    ///
    /// - Returns: whether there is one.
    func step() throws(DatabaseError) -> Bool {
        let code = unsafe sqlite3_step(handle)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw failure(code)
        }
    }

    /// Makes the statement ready for other values. What the last run reported was thrown by `step`.
    func reset() {
        unsafe sqlite3_reset(handle)
        unsafe sqlite3_clear_bindings(handle)
    }

    /// The current row. Valid until the next `step` or `reset`.
    var row: Row { unsafe Row(handle: handle, path: path, operation: operation) }

    private func failure(_ code: Int32) -> DatabaseError {
        let detail = unsafe String(cString: sqlite3_errmsg(sqlite3_db_handle(handle)))
        return DatabaseError(code: code, detail: detail, path: path, operation: operation)
    }

    /// The statement's first line, shortened: enough to find it in the sources.
    private static func operation(of sql: StaticString) -> String {
        let line = sql.description.utf8.prefix { $0 != UInt8(ascii: "\n") }.prefix(80)
        return "run \"" + String(decoding: Array(line), as: UTF8.self) + "\""
    }
}

/// The row a statement stands on, lent to a closure: it must not outlive it.
@safe
struct Row {
    private let handle: OpaquePointer
    private let path: String
    private let operation: String

    @unsafe
    fileprivate init(handle: OpaquePointer, path: String, operation: String) {
        unsafe self.handle = handle
        self.path = path
        self.operation = operation
    }

    func isNull(_ column: Int32) -> Bool {
        unsafe sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    func integer(_ column: Int32) throws(DatabaseError) -> Int64 {
        try require(SQLITE_INTEGER, column)
        return unsafe sqlite3_column_int64(handle, column)
    }

    /// A non-negative integer: an index or a count.
    func index(_ column: Int32) throws(DatabaseError) -> UInt64 {
        let value = try integer(column)
        guard value >= 0 else { throw unexpected("column \(column) is \(value), expected a count") }
        return UInt64(value)
    }

    func text(_ column: Int32) throws(DatabaseError) -> String {
        try require(SQLITE_TEXT, column)
        let count = unsafe Int(sqlite3_column_bytes(handle, column))
        guard let start = unsafe sqlite3_column_text(handle, column) else { return "" }
        let utf8 = unsafe UnsafeBufferPointer(start: start, count: count)
        guard let text = unsafe String(validating: utf8, as: UTF8.self) else {
            throw unexpected("column \(column) is not UTF-8")
        }
        return text
    }

    func blob(_ column: Int32) throws(DatabaseError) -> [UInt8] {
        try require(SQLITE_BLOB, column)
        let count = unsafe Int(sqlite3_column_bytes(handle, column))
        guard let start = unsafe sqlite3_column_blob(handle, column) else { return [] }
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    func optionalInteger(_ column: Int32) throws(DatabaseError) -> Int64? {
        isNull(column) ? nil : try integer(column)
    }

    func optionalText(_ column: Int32) throws(DatabaseError) -> String? {
        isNull(column) ? nil : try text(column)
    }

    func optionalBlob(_ column: Int32) throws(DatabaseError) -> [UInt8]? {
        isNull(column) ? nil : try blob(column)
    }

    /// The error for a row that does not hold what our schema promises; for values that a reader cannot parse.
    func unexpected(_ detail: String) -> DatabaseError {
        DatabaseError(kind: .unexpectedRow, path: path, operation: operation, detail: detail)
    }

    private func require(_ type: Int32, _ column: Int32) throws(DatabaseError) {
        let found = unsafe sqlite3_column_type(handle, column)
        guard found == type else { throw unexpected("column \(column) has storage class \(found), expected \(type)") }
    }
}
