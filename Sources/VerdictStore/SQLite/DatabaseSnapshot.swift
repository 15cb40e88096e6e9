/// Takes one consistent state of a database that others may be writing to.
enum DatabaseSnapshot {
    /// Writes the state as a single new file, whole and durable when this returns.
    ///
    /// - Parameter progress: called now and then with pages copied, of all.
    /// - Throws: `DatabaseError`, also when the copy does not pass SQLite's own check.
    static func take(
        of source: String, to destination: String, progress: (_ pages: UInt64, _ of: UInt64) -> Void = { _, _ in }
    ) throws(DatabaseError) {
        let copy = try Connection(destination, access: .create)
        try copy.run("PRAGMA synchronous=FULL")
        try Connection(source, access: .readOnly).copyAll(to: copy, progress: progress)
        // The copy says of itself that it has a write-ahead log; from here on it is one file that can be moved.
        try copy.run("PRAGMA journal_mode=DELETE")
        try copy.requireSoundPages()
    }
}
