import Platform

/// A database's one writing connection on its own thread: calls run one after another, in the order of arrival.
///
/// SQLite blocks, so nothing of it runs on the cooperative pool. After `close` every call throws.
final class DatabaseThread: Sendable {
    let path: String
    private let thread: BlockingThread
    // The lock is never contended after `init`: only `thread` takes it. It makes the confinement checkable.
    private let connection: Lock<Connection?>

    /// Opens the database, makes it when missing, runs `prepare` on the connection, and starts the thread.
    ///
    /// This alone blocks the caller; it belongs to start-up.
    init(
        _ path: String, named name: String, prepare: (Connection) throws(DatabaseError) -> Void
    ) throws(DatabaseError) {
        self.path = path
        let opened = try Connection(path, access: .create)
        try prepare(opened)
        connection = Lock(opened)
        thread = BlockingThread(name: name)
    }

    /// Runs `body` with the connection on the database's thread.
    func run<Outcome: Sendable>(
        _ body: @escaping @Sendable (Connection) throws(DatabaseError) -> Outcome
    ) async throws(DatabaseError) -> Outcome {
        try await thread.run { [self] () throws(DatabaseError) -> Outcome in
            try self.connection.withLock { (held) throws(DatabaseError) -> Outcome in
                guard let held else {
                    throw DatabaseError(
                        kind: .inaccessible, path: path, operation: "use the database", detail: "it is closed")
                }
                return try body(held)
            }
        }
    }

    /// Finishes what was asked for before, then closes the connection.
    func close() async {
        await thread.run { [self] in self.connection.withLock { $0 = nil } }
    }
}

extension Connection {
    /// Settings of the databases that may lose their last moments with power, but never their consistency.
    ///
    /// Write-ahead logging lets readers go on while we write; NORMAL synchronises at checkpoints only. The verdict log
    /// does not use this: it has `synchronous=FULL`.
    func prepareForRepeatableWork() throws(DatabaseError) {
        try run("PRAGMA journal_mode=WAL")
        try run("PRAGMA synchronous=NORMAL")
        try run("PRAGMA foreign_keys=ON")
    }
}
