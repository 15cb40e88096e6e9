/// The tables of `verdicts.db`. Rows are added and never changed.
///
/// The first fence against rewriting is here, in the file itself, so that it holds for every program that opens it:
/// BEFORE INSERT triggers (`INSERT OR REPLACE` deletes the old row without firing DELETE triggers), UPDATE and DELETE
/// triggers, and types that SQLite enforces. Indices are dense because no row may be inserted but the next one.
enum VerdictLogSchema {
    /// What the sequencer's connection may insert into.
    static let appendableTables: Set<String> = ["entries", "statements", "tiles", "checkpoints"]

    static let version: Int64 = 1

    static func create(_ connection: Connection) throws(DatabaseError) {
        try connection.run(
            "CREATE TABLE log(id INTEGER PRIMARY KEY CHECK (id = 0), version INTEGER NOT NULL, origin TEXT NOT NULL) STRICT"
        )
        try connection.run(
            """
            CREATE TABLE entries(
                logIndex INTEGER PRIMARY KEY CHECK (logIndex >= 0),
                leaf BLOB NOT NULL CHECK (length(leaf) BETWEEN 1 AND 32768),
                leafHash BLOB NOT NULL CHECK (length(leafHash) = 32)
            ) STRICT
            """)
        try connection.run(
            """
            CREATE TABLE statements(
                logIndex INTEGER PRIMARY KEY REFERENCES entries(logIndex),
                statement BLOB NOT NULL CHECK (length(statement) = 32),
                signer BLOB NOT NULL CHECK (length(signer) = 32),
                predicate TEXT NOT NULL,
                sha512 BLOB CHECK (sha512 IS NULL OR length(sha512) = 64),
                purl TEXT,
                package TEXT,
                analyzer TEXT,
                verdict TEXT,
                UNIQUE (statement, signer)
            ) STRICT
            """)
        try connection.run("CREATE INDEX statementsBySubject ON statements(sha512) WHERE sha512 IS NOT NULL")
        try connection.run("CREATE INDEX statementsByPackage ON statements(package) WHERE package IS NOT NULL")
        try connection.run(
            """
            CREATE TABLE tiles(
                level INTEGER NOT NULL CHECK (level BETWEEN 0 AND 63),
                tileIndex INTEGER NOT NULL CHECK (tileIndex >= 0),
                hashes BLOB NOT NULL CHECK (length(hashes) = 8192),
                PRIMARY KEY (level, tileIndex)
            ) STRICT, WITHOUT ROWID
            """)
        try connection.run(
            """
            CREATE TABLE checkpoints(
                size INTEGER PRIMARY KEY CHECK (size > 0),
                frontier BLOB NOT NULL CHECK (length(frontier) % 32 = 0),
                note TEXT NOT NULL
            ) STRICT
            """)
        for trigger in triggers { try connection.run(trigger) }
    }

    /// Literals, one by one: SQL is never put together from pieces here.
    static let triggers: [StaticString] = [
        """
        CREATE TRIGGER entriesAreDense BEFORE INSERT ON entries
        WHEN NEW.logIndex IS NOT (SELECT coalesce(max(logIndex) + 1, 0) FROM entries)
        BEGIN SELECT RAISE(ABORT, 'a log entry may only be the next one'); END
        """,
        """
        CREATE TRIGGER statementsAreNew BEFORE INSERT ON statements
        WHEN NEW.logIndex IS NOT (SELECT coalesce(max(logIndex) + 1, 0) FROM statements)
            OR EXISTS (SELECT 1 FROM statements WHERE statement = NEW.statement AND signer = NEW.signer)
        BEGIN SELECT RAISE(ABORT, 'a statement may only be a new one'); END
        """,
        """
        CREATE TRIGGER tilesAreDense BEFORE INSERT ON tiles
        WHEN NEW.tileIndex IS NOT (SELECT coalesce(max(tileIndex) + 1, 0) FROM tiles WHERE level = NEW.level)
        BEGIN SELECT RAISE(ABORT, 'a tile may only be the next one'); END
        """,
        """
        CREATE TRIGGER checkpointsGrow BEFORE INSERT ON checkpoints
        WHEN NEW.size <= (SELECT coalesce(max(size), 0) FROM checkpoints)
            OR NEW.size IS NOT (SELECT max(logIndex) + 1 FROM entries)
        BEGIN SELECT RAISE(ABORT, 'a checkpoint may only be of a larger tree'); END
        """,
        """
        CREATE TRIGGER logIsNamedOnce BEFORE INSERT ON log WHEN EXISTS (SELECT 1 FROM log)
        BEGIN SELECT RAISE(ABORT, 'a log is named once'); END
        """,
        """
        CREATE TRIGGER entriesStay BEFORE DELETE ON entries
        BEGIN SELECT RAISE(ABORT, 'a log entry is never removed'); END
        """,
        """
        CREATE TRIGGER entriesKeep BEFORE UPDATE ON entries
        BEGIN SELECT RAISE(ABORT, 'a log entry is never changed'); END
        """,
        """
        CREATE TRIGGER statementsStay BEFORE DELETE ON statements
        BEGIN SELECT RAISE(ABORT, 'a statement is never removed'); END
        """,
        """
        CREATE TRIGGER statementsKeep BEFORE UPDATE ON statements
        BEGIN SELECT RAISE(ABORT, 'a statement is never changed'); END
        """,
        """
        CREATE TRIGGER tilesStay BEFORE DELETE ON tiles
        BEGIN SELECT RAISE(ABORT, 'a tile is never removed'); END
        """,
        """
        CREATE TRIGGER tilesKeep BEFORE UPDATE ON tiles
        BEGIN SELECT RAISE(ABORT, 'a tile is never changed'); END
        """,
        """
        CREATE TRIGGER checkpointsStay BEFORE DELETE ON checkpoints
        BEGIN SELECT RAISE(ABORT, 'a checkpoint is never removed'); END
        """,
        """
        CREATE TRIGGER checkpointsKeep BEFORE UPDATE ON checkpoints
        BEGIN SELECT RAISE(ABORT, 'a checkpoint is never changed'); END
        """,
        """
        CREATE TRIGGER logStays BEFORE DELETE ON log
        BEGIN SELECT RAISE(ABORT, 'the log keeps its name'); END
        """,
        """
        CREATE TRIGGER logKeeps BEFORE UPDATE ON log
        BEGIN SELECT RAISE(ABORT, 'the log keeps its name'); END
        """,
    ]

    /// The definitions of everything in a database, ascending by name.
    static func definitions(in connection: Connection) throws(DatabaseError) -> [SchemaDefinition] {
        try connection.rows(
            "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name"
        ) { (row) throws(DatabaseError) in SchemaDefinition(name: try row.text(0), sql: try row.text(1)) }
    }

    /// The first table, index or trigger that differs from what `create` makes; nil when all are as they should be.
    ///
    /// A dropped trigger changes no entry, but whoever dropped it meant to.
    static func firstDifference(in connection: Connection) throws(DatabaseError) -> String? {
        try firstDifference(in: connection, madeBy: create)
    }

    /// The same for any database of ours, compared with what `create` makes.
    static func firstDifference(
        in connection: Connection, madeBy create: (Connection) throws(DatabaseError) -> Void
    ) throws(DatabaseError) -> String? {
        let blank = try Connection(":memory:", access: .create)
        try create(blank)
        let expected = try definitions(in: blank)
        let found = try definitions(in: connection)
        if let missing = expected.first(where: { !found.contains($0) }) { return missing.name }
        return found.first { !expected.contains($0) }?.name
    }
}

/// One object of a database and the statement that made it.
struct SchemaDefinition: Hashable {
    let name: String
    let sql: String
}
