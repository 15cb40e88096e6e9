/// The tables of `foreign.db`: what was taken over from other logs.
///
/// Rows are added. What belongs to an import with a receipt is never changed or removed; what was staged for an import
/// that never got one is.
///
/// An import is there in three steps: the entries that it brought (`leaves`), what it is (`imports`), and the place of
/// its receipt in the own log (`receipts`). Only with the last does it count.
enum ForeignSchema {
    static let version: Int64 = 1

    static func create(_ connection: Connection) throws(DatabaseError) {
        try connection.run("CREATE TABLE about(id INTEGER PRIMARY KEY CHECK (id = 0), version INTEGER NOT NULL) STRICT")
        try connection.run("CREATE TABLE logs(log INTEGER PRIMARY KEY, origin TEXT NOT NULL UNIQUE) STRICT")
        try connection.run(
            """
            CREATE TABLE leaves(
                log INTEGER NOT NULL REFERENCES logs(log),
                logIndex INTEGER NOT NULL CHECK (logIndex >= 0),
                import INTEGER NOT NULL,
                leaf BLOB NOT NULL CHECK (length(leaf) BETWEEN 1 AND 32768),
                UNIQUE (log, logIndex)
            ) STRICT
            """)
        try connection.run("CREATE INDEX leavesByImport ON leaves(import, logIndex)")
        try connection.run(
            """
            CREATE TABLE imports(
                import INTEGER PRIMARY KEY,
                log INTEGER NOT NULL REFERENCES logs(log),
                source TEXT NOT NULL,
                digest BLOB NOT NULL CHECK (length(digest) = 32),
                treeSize INTEGER NOT NULL CHECK (treeSize > 0),
                root BLOB NOT NULL CHECK (length(root) = 32),
                statements INTEGER NOT NULL CHECK (statements >= 0),
                statementsRoot BLOB NOT NULL CHECK (length(statementsRoot) = 32),
                createdAt INTEGER NOT NULL,
                note BLOB NOT NULL,
                frontier BLOB CHECK (frontier IS NULL OR length(frontier) % 32 = 0)
            ) STRICT
            """)
        try connection.run(
            """
            CREATE TABLE receipts(
                import INTEGER PRIMARY KEY REFERENCES imports(import),
                statement BLOB NOT NULL UNIQUE CHECK (length(statement) = 32),
                logIndex INTEGER NOT NULL UNIQUE CHECK (logIndex >= 0)
            ) STRICT
            """)
        try connection.run(
            """
            CREATE TABLE sightings(
                log INTEGER PRIMARY KEY REFERENCES logs(log),
                size INTEGER NOT NULL CHECK (size > 0),
                root BLOB NOT NULL CHECK (length(root) = 32),
                verifiedAt INTEGER NOT NULL
            ) STRICT
            """)
        try connection.run(
            """
            CREATE TABLE evidence(
                number INTEGER PRIMARY KEY,
                origin TEXT NOT NULL,
                kind TEXT NOT NULL,
                seenNote BLOB NOT NULL,
                offeredNote BLOB NOT NULL,
                foundAt INTEGER NOT NULL,
                explanation TEXT NOT NULL,
                UNIQUE (origin, kind, seenNote, offeredNote)
            ) STRICT
            """)
        for trigger in triggers { try connection.run(trigger) }
        try connection.run("INSERT INTO about(id, version) VALUES (0, ?)", .integer(version))
    }

    /// Literals, one by one: SQL is never put together from pieces here.
    static let triggers: [StaticString] = [
        """
        CREATE TRIGGER leavesAreNew BEFORE INSERT ON leaves
        WHEN EXISTS (SELECT 1 FROM leaves WHERE log = NEW.log AND logIndex = NEW.logIndex)
            OR EXISTS (SELECT 1 FROM receipts WHERE import = NEW.import)
        BEGIN SELECT RAISE(ABORT, 'an entry is taken over once'); END
        """,
        """
        CREATE TRIGGER importsAreNew BEFORE INSERT ON imports
        WHEN EXISTS (SELECT 1 FROM imports WHERE import = NEW.import)
        BEGIN SELECT RAISE(ABORT, 'an import is made once'); END
        """,
        """
        CREATE TRIGGER receiptsAreNew BEFORE INSERT ON receipts
        WHEN EXISTS (SELECT 1 FROM receipts WHERE import = NEW.import OR logIndex = NEW.logIndex)
        BEGIN SELECT RAISE(ABORT, 'an import has one receipt'); END
        """,
        """
        CREATE TRIGGER evidenceIsNew BEFORE INSERT ON evidence
        WHEN EXISTS (SELECT 1 FROM evidence WHERE number = NEW.number)
        BEGIN SELECT RAISE(ABORT, 'evidence is kept'); END
        """,
        """
        CREATE TRIGGER leavesStay BEFORE DELETE ON leaves
        WHEN EXISTS (SELECT 1 FROM receipts WHERE import = OLD.import)
        BEGIN SELECT RAISE(ABORT, 'an entry with a receipt is never removed'); END
        """,
        """
        CREATE TRIGGER leavesKeep BEFORE UPDATE ON leaves
        BEGIN SELECT RAISE(ABORT, 'an entry is never changed'); END
        """,
        """
        CREATE TRIGGER importsStay BEFORE DELETE ON imports
        WHEN EXISTS (SELECT 1 FROM receipts WHERE import = OLD.import)
        BEGIN SELECT RAISE(ABORT, 'an import with a receipt is never removed'); END
        """,
        """
        CREATE TRIGGER importsKeep BEFORE UPDATE ON imports
        BEGIN SELECT RAISE(ABORT, 'an import is never changed'); END
        """,
        """
        CREATE TRIGGER receiptsStay BEFORE DELETE ON receipts
        BEGIN SELECT RAISE(ABORT, 'a receipt is never removed'); END
        """,
        """
        CREATE TRIGGER receiptsKeep BEFORE UPDATE ON receipts
        BEGIN SELECT RAISE(ABORT, 'a receipt is never changed'); END
        """,
        """
        CREATE TRIGGER evidenceStays BEFORE DELETE ON evidence
        BEGIN SELECT RAISE(ABORT, 'evidence is kept'); END
        """,
        """
        CREATE TRIGGER evidenceKeeps BEFORE UPDATE ON evidence
        BEGIN SELECT RAISE(ABORT, 'evidence is kept'); END
        """,
        """
        CREATE TRIGGER logsStay BEFORE DELETE ON logs
        BEGIN SELECT RAISE(ABORT, 'a log keeps its name'); END
        """,
        """
        CREATE TRIGGER logsKeep BEFORE UPDATE ON logs
        BEGIN SELECT RAISE(ABORT, 'a log keeps its name'); END
        """,
    ]

    /// Makes the tables when there are none, and checks that they are ours when there are.
    ///
    /// - Returns: the first definition that was changed or removed; nil when all are as they should be.
    static func prepare(_ connection: Connection) throws(DatabaseError) -> String? {
        let isThere = try connection.first("SELECT 1 FROM sqlite_schema LIMIT 1") { (_) throws(DatabaseError) in true }
        guard isThere == nil else { return try firstDifference(connection) }
        try connection.transaction { () throws(DatabaseError) in try create(connection) }
        return nil
    }

    static func firstDifference(_ connection: Connection) throws(DatabaseError) -> String? {
        let blank = try Connection(":memory:", access: .create)
        try create(blank)
        let expected = try VerdictLogSchema.definitions(in: blank)
        let found = try VerdictLogSchema.definitions(in: connection)
        return (expected.first { !found.contains($0) } ?? found.first { !expected.contains($0) })?.name
    }
}
