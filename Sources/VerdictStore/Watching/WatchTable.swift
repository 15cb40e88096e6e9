import JSON
import Platform
import Registry

/// The tables of the watch list. Every method runs inside one call on the list's thread.
struct WatchTable {
    let connection: Connection

    static func prepare(_ connection: Connection) throws(DatabaseError) {
        try connection.prepareForRepeatableWork()
        try create(connection)
    }

    static func create(_ connection: Connection) throws(DatabaseError) {
        // A package is its purl without a version; the default registry is no name at all.
        try connection.run(
            """
            CREATE TABLE IF NOT EXISTS watchReasons(
                id INTEGER PRIMARY KEY,
                package TEXT NOT NULL,
                registry TEXT NOT NULL,
                kind TEXT NOT NULL CHECK (kind IN ('named', 'lockfile', 'once')),
                label TEXT NOT NULL,
                wish TEXT NOT NULL,
                versions INTEGER CHECK (versions > 0),
                since INTEGER NOT NULL,
                UNIQUE (package, registry, kind, label, wish)
            ) STRICT
            """)
        try connection.run(
            """
            CREATE TABLE IF NOT EXISTS watchLooks(
                package TEXT NOT NULL,
                registry TEXT NOT NULL,
                asked INTEGER NOT NULL,
                answered INTEGER NOT NULL,
                lookedAt INTEGER,
                found TEXT,
                problem TEXT,
                PRIMARY KEY (package, registry)
            ) STRICT, WITHOUT ROWID
            """)
        // Numbers of orders are never given twice, also when the packages that had them are not watched any more.
        try connection.run(
            """
            CREATE TABLE IF NOT EXISTS watchOrders(
                id INTEGER PRIMARY KEY CHECK (id = 1),
                last INTEGER NOT NULL
            ) STRICT
            """)
    }

    // MARK: Reading

    func packages() throws(DatabaseError) -> [WatchKey: WatchedPackage] {
        var packages = try looks()
        let rows = try connection.rows(
            "SELECT package, registry, kind, label, wish, versions, since FROM watchReasons ORDER BY id"
        ) { (row) throws(DatabaseError) in (try Self.key(row), try Self.reason(row)) }
        for (key, reason) in rows {
            packages[key, default: WatchedPackage(key, reasons: [], asked: 0, answered: 0, look: nil)]
                .reasons.append(reason)
        }
        return packages.filter { !$0.value.reasons.isEmpty }
    }

    private func looks() throws(DatabaseError) -> [WatchKey: WatchedPackage] {
        let rows = try connection.rows(
            "SELECT package, registry, asked, answered, lookedAt, found, problem FROM watchLooks"
        ) { (row) throws(DatabaseError) in
            WatchedPackage(
                try Self.key(row), reasons: [], asked: try row.integer(2), answered: try row.integer(3),
                look: try Self.look(row))
        }
        return Dictionary(rows.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static func key(_ row: Row) throws(DatabaseError) -> WatchKey {
        WatchKey(
            try row.packageURL(0).name, at: try row.text(1).isEmpty ? nil : try row.registry(1))
    }

    private static func reason(_ row: Row) throws(DatabaseError) -> WatchReason {
        let kind = try row.text(2)
        let label = try row.text(3)
        let origin: WatchReason.Origin
        switch kind {
        case "named": origin = .named
        case "lockfile": origin = .lockfile(label)
        case "once": origin = .once
        default: throw row.unexpected("the kind \(kind)")
        }
        let text = try row.text(4)
        guard let wish = VersionWish(reading: text, ecosystem: try row.packageURL(0).name.ecosystem) else {
            throw row.unexpected("the wish \(text)")
        }
        return WatchReason(
            origin, wish, versions: try row.optionalInteger(5).map { Int($0) }, since: try row.timestamp(6))
    }

    private static func look(_ row: Row) throws(DatabaseError) -> WatchLook? {
        guard let at = try row.optionalTimestamp(4) else { return nil }
        let text = try row.optionalText(5) ?? "null"
        let found: JSONValue
        do throws(JSONError) { found = try JSONText.parse(Array(text.utf8)) } catch {
            throw row.unexpected("column 5: \(error)")
        }
        return WatchLook(at: at, found: found, problem: try row.optionalText(6))
    }

    // MARK: Changing

    /// One more reason, or another number of versions for one that is there.
    func add(_ key: WatchKey, _ reason: WatchReason) throws(DatabaseError) {
        let (kind, label) = Self.columns(of: reason.origin)
        try connection.run(
            """
            INSERT INTO watchReasons(package, registry, kind, label, wish, versions, since) VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (package, registry, kind, label, wish) DO UPDATE SET versions = excluded.versions
            """, Self.package(key), Self.registry(key), .text(kind), .text(label), .text(reason.wish.text),
            .optional(reason.versions.map { Int64($0) }), .integer(reason.since.secondsSinceEpoch))
    }

    func remove(_ key: WatchKey, _ reason: WatchReason) throws(DatabaseError) {
        let (kind, label) = Self.columns(of: reason.origin)
        try connection.run(
            "DELETE FROM watchReasons WHERE package = ? AND registry = ? AND kind = ? AND label = ? AND wish = ?",
            Self.package(key), Self.registry(key), .text(kind), .text(label), .text(reason.wish.text))
    }

    /// What was found about packages that nobody watches any more means nothing.
    func forgetUnwatched() throws(DatabaseError) {
        try connection.run(
            """
            DELETE FROM watchLooks WHERE NOT EXISTS (
                SELECT 1 FROM watchReasons r WHERE r.package = watchLooks.package AND r.registry = watchLooks.registry)
            """)
    }

    func order(_ key: WatchKey, _ number: Int64) throws(DatabaseError) {
        try connection.run(
            """
            INSERT INTO watchLooks(package, registry, asked, answered) VALUES (?, ?, ?, 0)
                ON CONFLICT (package, registry) DO UPDATE SET asked = excluded.asked
            """, Self.package(key), Self.registry(key), .integer(number))
        try connection.run(
            """
            INSERT INTO watchOrders(id, last) VALUES (1, ?)
                ON CONFLICT (id) DO UPDATE SET last = max(last, excluded.last)
            """, .integer(number))
    }

    func lastOrder() throws(DatabaseError) -> Int64 {
        try connection.first("SELECT coalesce(max(last), 0) FROM watchOrders") { (row) throws(DatabaseError) in
            try row.integer(0)
        } ?? 0
    }

    func keep(_ look: WatchLook, of key: WatchKey, answering number: Int64?) throws(DatabaseError) {
        try connection.run(
            """
            INSERT INTO watchLooks(package, registry, asked, answered, lookedAt, found, problem)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (package, registry) DO UPDATE SET
                    answered = max(answered, excluded.answered), lookedAt = excluded.lookedAt, found = excluded.found,
                    problem = excluded.problem
            """, Self.package(key), Self.registry(key), .integer(number ?? 0), .integer(number ?? 0),
            .integer(look.at.secondsSinceEpoch),
            .text(JSONText.string(look.found)), .optional(look.problem))
    }

    private static func package(_ key: WatchKey) -> SQLValue { .text(PackageURL(key.name).text) }
    private static func registry(_ key: WatchKey) -> SQLValue { .text(key.registry?.text ?? "") }

    private static func columns(of origin: WatchReason.Origin) -> (kind: String, label: String) {
        switch origin {
        case .named: ("named", "")
        case .lockfile(let label): ("lockfile", label)
        case .once: ("once", "")
        }
    }
}
