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

    /// How often, by how many and when something was fetched.
    ///
    /// - Throws: `DatabaseError`.
    public func summary(matching filter: AccessFilter) async throws(DatabaseError) -> AccessSummary {
        try await database.run { (connection) throws(DatabaseError) in try AccessTable.summary(filter, connection) }
    }

    /// Answers a question about several things at once.
    ///
    /// - Throws: `DatabaseError`.
    public func find(_ question: AccessQuestion) async throws(DatabaseError) -> AccessFindings {
        try await database.run { (connection) throws(DatabaseError) in try AccessTable.find(question, connection) }
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
