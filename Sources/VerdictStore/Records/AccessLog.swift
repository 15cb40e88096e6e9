public import Cryptography
public import Platform
public import Registry

/// Somebody got some bytes.
public struct AccessRecord: Hashable, Sendable {
    public let at: Timestamp
    public let requestID: String
    /// Who was logged in; nil for anonymous clients.
    public let principal: String?
    /// The client's own name, such as `npm/10.9.2`; at most 256 bytes are kept.
    public let client: String
    /// The address that the request came from.
    public let address: String
    public let isCI: Bool
    public let registry: RegistryName
    public let purl: PackageURL
    public let filename: String
    public let sha512: SHA512Digest

    public init(
        at: Timestamp, requestID: String, principal: String?, client: String, address: String, isCI: Bool,
        registry: RegistryName, purl: PackageURL, filename: String, sha512: SHA512Digest
    ) {
        self.at = at
        self.requestID = requestID
        self.principal = principal
        self.client = client
        self.address = address
        self.isCI = isCI
        self.registry = registry
        self.purl = purl
        self.filename = filename
        self.sha512 = sha512
    }
}

/// Whose accesses to look up; what is nil does not narrow.
public struct AccessFilter: Hashable, Sendable {
    public var sha512: SHA512Digest?
    /// A package, or with a version one version of it.
    public var purl: PackageURL?
    public var since: Timestamp?

    public init(sha512: SHA512Digest? = nil, purl: PackageURL? = nil, since: Timestamp? = nil) {
        self.sha512 = sha512
        self.purl = purl
        self.since = since
    }
}

/// Who fetched which bytes when, in `access.db`: the answer to "who has it?" when a verdict changes later.
///
/// Durable to `synchronous=NORMAL`, which makes a record cost microseconds: it survives the end of the process, and a
/// power loss may forget the last moments. What is older than the retention is removed by `prune`.
public final class AccessLog: Sendable {
    /// How long accesses are kept unless the caller says otherwise.
    public static let defaultRetention = Duration.seconds(400 * 86_400)

    private let database: DatabaseThread

    /// Opens the log, made when missing. Blocks; it belongs to start-up.
    ///
    /// - Throws: `DatabaseError`.
    public init(path: String) throws(DatabaseError) {
        database = try DatabaseThread(path, named: "access") { (connection) throws(DatabaseError) in
            try AccessTable.prepare(connection)
        }
    }

    /// Records an access; written when this returns.
    ///
    /// - Throws: `DatabaseError` when it was not.
    public func record(_ access: AccessRecord) async throws(DatabaseError) {
        try await database.run { (connection) throws(DatabaseError) in try AccessTable.insert(access, connection) }
    }

    /// Records accesses in one transaction; all written when this returns, or none.
    ///
    /// - Throws: `DatabaseError` when none was.
    public func record(_ accesses: [AccessRecord]) async throws(DatabaseError) {
        guard !accesses.isEmpty else { return }
        try await database.run { (connection) throws(DatabaseError) in
            try connection.transaction { () throws(DatabaseError) in
                for access in accesses { try AccessTable.insert(access, connection) }
            }
        }
    }

    /// The newest accesses that fit a filter, newest first.
    ///
    /// - Throws: `DatabaseError`.
    public func accesses(
        matching filter: AccessFilter, limit: Int
    ) async throws(DatabaseError) -> [AccessRecord] {
        try await database.run { (connection) throws(DatabaseError) in
            try AccessTable.select(filter, limit: limit, connection)
        }
    }

    /// Removes accesses before a moment, some thousand at a time so that others get their turn.
    ///
    /// - Returns: how many were removed.
    /// - Throws: `DatabaseError`.
    public func prune(before moment: Timestamp) async throws(DatabaseError) -> Int {
        var removed = 0
        while true {
            let count = try await database.run { (connection) throws(DatabaseError) in
                try AccessTable.prune(before: moment, connection)
            }
            removed += count
            if count == 0 { return removed }
        }
    }

    /// Finishes what was asked for and closes the database.
    public func close() async {
        await database.close()
    }
}

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
            .integer(filter.since?.secondsSinceEpoch ?? .min), .integer(Int64(limit))
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
                WHERE sha512 = ?1 AND (?2 IS NULL OR package = ?2) AND (?3 IS NULL OR purl = ?3) AND at >= ?4
                ORDER BY at DESC, id DESC LIMIT ?5
                """
        }
        if filter.purl != nil {
            return """
                SELECT at, requestID, principal, client, address, isCI, registry, purl, filename, sha512 FROM accesses
                WHERE package = ?2 AND (?1 IS NULL OR sha512 = ?1) AND (?3 IS NULL OR purl = ?3) AND at >= ?4
                ORDER BY at DESC, id DESC LIMIT ?5
                """
        }
        return """
            SELECT at, requestID, principal, client, address, isCI, registry, purl, filename, sha512 FROM accesses
            WHERE at >= ?4 AND (?1 IS NULL OR sha512 = ?1) AND (?2 IS NULL OR package = ?2)
                AND (?3 IS NULL OR purl = ?3)
            ORDER BY at DESC, id DESC LIMIT ?5
            """
    }

    static func prune(before moment: Timestamp, _ connection: Connection) throws(DatabaseError) -> Int {
        try connection.run(
            "DELETE FROM accesses WHERE id IN (SELECT id FROM accesses WHERE at < ? ORDER BY at LIMIT 5000)",
            .integer(moment.secondsSinceEpoch))
    }
}
