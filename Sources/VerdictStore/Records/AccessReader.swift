import Platform

/// Reads who fetched what from `access.db`, with or without a server running. It can write nothing.
///
/// Calls block for microseconds to milliseconds. Safe from several threads; calls on one reader take turns.
public final class AccessReader: Sendable {
    private let connection: Lock<Connection>

    /// Opens the records for reading.
    ///
    /// - Returns: nil when nothing was ever recorded here.
    /// - Throws: `DatabaseError`.
    public init?(path: String) throws(DatabaseError) {
        guard Files.exists(path) else { return nil }
        connection = Lock(try Connection(path, access: .readOnly))
    }

    /// Answers a question about several things at once, from one state of the records.
    ///
    /// - Throws: `DatabaseError`.
    public func find(_ question: AccessQuestion) throws(DatabaseError) -> AccessFindings {
        try connection.withLock { (connection) throws(DatabaseError) in
            try connection.run("BEGIN")
            do throws(DatabaseError) {
                let findings = try AccessTable.find(question, connection)
                try connection.rollBack()
                return findings
            } catch {
                try connection.rollBack()
                throw error
            }
        }
    }
}
