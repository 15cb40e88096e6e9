import CSQLite

/// What the sequencer's connection may do: read, insert into the log's own tables, begin and end transactions.
///
/// An allow list, so that everything nobody thought of (DROP, ALTER, ATTACH, PRAGMA, UPDATE, DELETE, VACUUM, temporary
/// tables and triggers, savepoints) is denied when the statement is compiled. It is the second fence; the schema's
/// triggers are the first, and `LogReader.verify` finds what a foreign connection does without either.
///
/// A global function because a C callback can capture nothing.
func appendOnlyAuthorizer(
    context: UnsafeMutableRawPointer?, action: Int32, first: UnsafePointer<CChar>?, second: UnsafePointer<CChar>?,
    database: UnsafePointer<CChar>?, trigger: UnsafePointer<CChar>?
) -> Int32 {
    switch action {
    case SQLITE_SELECT, SQLITE_READ, SQLITE_FUNCTION, SQLITE_TRANSACTION:
        return SQLITE_OK
    case SQLITE_INSERT:
        guard let table = unsafe first else { return SQLITE_DENY }
        return unsafe VerdictLogSchema.appendableTables.contains(String(cString: table)) ? SQLITE_OK : SQLITE_DENY
    default:
        return SQLITE_DENY
    }
}
