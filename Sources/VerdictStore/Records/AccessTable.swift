import Cryptography
import Platform
import Registry

/// The table of accesses.
enum AccessTable {
    static func prepare(_ connection: Connection) throws(DatabaseError) {
        try connection.prepareForRepeatableWork()
        try connection.run(
            """
            CREATE TABLE IF NOT EXISTS accesses(
                id INTEGER PRIMARY KEY,
                at INTEGER NOT NULL,
                requestID TEXT NOT NULL,
                principal TEXT,
                client TEXT NOT NULL,
                address TEXT NOT NULL,
                isCI INTEGER NOT NULL,
                registry TEXT NOT NULL,
                purl TEXT NOT NULL,
                package TEXT NOT NULL,
                filename TEXT NOT NULL,
                sha512 BLOB NOT NULL CHECK (length(sha512) = 64)
            ) STRICT
            """)
        try connection.run("CREATE INDEX IF NOT EXISTS accessesByBytes ON accesses(sha512, at)")
        try connection.run("CREATE INDEX IF NOT EXISTS accessesByPackage ON accesses(package, at)")
        try connection.run("CREATE INDEX IF NOT EXISTS accessesByTime ON accesses(at)")
    }

    static func insert(_ record: AccessRecord, _ connection: Connection) throws(DatabaseError) {
        let client = String(decoding: Array(record.client.utf8.prefix(256)), as: UTF8.self)
        try connection.run(
            """
            INSERT INTO accesses(at, requestID, principal, client, address, isCI, registry, purl, package, filename,
                sha512)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            .integer(record.at.secondsSinceEpoch), .text(record.requestID), .optional(record.principal), .text(client),
            .text(record.address), .flag(record.isCI), .text(record.registry.text), .text(record.purl.text),
            .text(PackageURL(record.purl.name).text), .text(record.filename), .blob(record.sha512.bytes))
    }

    static func select(
        _ filter: AccessFilter, limit: Int, _ connection: Connection
    ) throws(DatabaseError) -> [AccessRecord] {
        try connection.rows(
            query(for: filter), .optional(filter.sha512?.bytes),
            .optional(filter.purl.map { PackageURL($0.name).text }),
            .optional(filter.purl.flatMap { $0.version == nil ? nil : $0.text }),
            .integer(filter.since?.secondsSinceEpoch ?? .min), .integer(filter.until?.secondsSinceEpoch ?? .max),
            .integer(Int64(limit))
        ) { (row) throws(DatabaseError) in
            AccessRecord(
                at: try row.timestamp(0), requestID: try row.text(1), principal: try row.optionalText(2),
                client: try row.text(3), address: try row.text(4), isCI: try row.integer(5) != 0,
                registry: try row.registry(6), purl: try row.packageURL(7), filename: try row.text(8),
                sha512: try row.digest(9))
        }
    }

    /// One statement with the same parameters for each way to begin: an index is used only for a plain equality.
    private static func query(for filter: AccessFilter) -> StaticString {
        if filter.sha512 != nil {
            return """
                SELECT at, requestID, principal, client, address, isCI, registry, purl, filename, sha512 FROM accesses
                WHERE sha512 = ?1 AND (?2 IS NULL OR package = ?2) AND (?3 IS NULL OR purl = ?3)
                    AND at BETWEEN ?4 AND ?5
                ORDER BY at DESC, id DESC LIMIT ?6
                """
        }
        if filter.purl != nil {
            return """
                SELECT at, requestID, principal, client, address, isCI, registry, purl, filename, sha512 FROM accesses
                WHERE package = ?2 AND (?1 IS NULL OR sha512 = ?1) AND (?3 IS NULL OR purl = ?3)
                    AND at BETWEEN ?4 AND ?5
                ORDER BY at DESC, id DESC LIMIT ?6
                """
        }
        return """
            SELECT at, requestID, principal, client, address, isCI, registry, purl, filename, sha512 FROM accesses
            WHERE at BETWEEN ?4 AND ?5 AND (?1 IS NULL OR sha512 = ?1) AND (?2 IS NULL OR package = ?2)
                AND (?3 IS NULL OR purl = ?3)
            ORDER BY at DESC, id DESC LIMIT ?6
            """
    }

    static func prune(before moment: Timestamp, _ connection: Connection) throws(DatabaseError) -> Int {
        try connection.run(
            "DELETE FROM accesses WHERE id IN (SELECT id FROM accesses WHERE at < ? ORDER BY at LIMIT 5000)",
            .integer(moment.secondsSinceEpoch))
    }
}
