public import Cryptography
public import Platform
public import Registry
public import Screening

/// One time that a client ran into a refusal.
public struct RefusalHit: Hashable, Sendable {
    public let subject: RefusalSubject
    /// The bytes, when they are known.
    public let sha512: SHA512Digest?
    public let code: RefusalCode
    /// Why, in our own words; at most 512 bytes are kept.
    public let cause: String
    /// When it ends by itself.
    public let until: Timestamp?
    /// Tells clients apart, such as address and name; only a hash of it is kept.
    public let client: String
    public let isCI: Bool
    public let at: Timestamp

    public init(
        subject: RefusalSubject, sha512: SHA512Digest?, code: RefusalCode, cause: String, until: Timestamp?,
        client: String, isCI: Bool, at: Timestamp
    ) {
        self.subject = subject
        self.sha512 = sha512
        self.code = code
        self.cause = cause
        self.until = until
        self.client = client
        self.isCI = isCI
        self.at = at
    }
}

/// A refusal that clients ran into, as `holds list` and the why page show it.
public struct RefusalRecord: Hashable, Sendable {
    public let reference: RefusalReference
    public let subject: RefusalSubject
    public internal(set) var sha512: SHA512Digest?
    /// As of the last hit.
    public internal(set) var code: RefusalCode
    public internal(set) var cause: String
    public internal(set) var until: Timestamp?
    public internal(set) var firstHitAt: Timestamp
    public internal(set) var lastHitAt: Timestamp
    public internal(set) var hits: Int
    /// Different clients that ran into it, at most `RefusalRegister.maxClients`.
    public internal(set) var waitingClients: Int
    /// Those of them that are continuous integration.
    public internal(set) var waitingCIClients: Int
}

/// Refusals that clients ran into: who waits for what, and what a reference means.
///
/// Recording and looking up happen in memory behind a lock; `flush` writes what changed to `refusals.db`. A crash loses
/// the hits since the last `flush`; the next client makes them again. Bounded: of too many, those go that nobody ran
/// into for longest.
public final class RefusalRegister: Sendable {
    /// Different clients that are counted for one refusal.
    public static let maxClients = 1000

    private let database: DatabaseThread
    private let contents: Lock<RefusalContents>

    /// Opens the register, made when missing, and reads it. Blocks; it belongs to start-up.
    ///
    /// - Throws: `DatabaseError`.
    public init(path: String, maxEntries: Int = 20_000) throws(DatabaseError) {
        var loaded = RefusalContents(maxEntries: maxEntries)
        database = try DatabaseThread(path, named: "refusals") { (connection) throws(DatabaseError) in
            try RefusalTable.prepare(connection)
            for entry in try RefusalTable.all(connection) { loaded.load(entry) }
        }
        contents = Lock(loaded)
    }

    /// Records a hit and answers the refusal as it stands with it. Never waits for the disk.
    @discardableResult
    public func record(_ hit: RefusalHit) -> RefusalRecord {
        contents.withLock { $0.record(hit) }
    }

    /// Forgets a refusal that ended: the artifact is served now.
    public func resolve(_ subject: RefusalSubject) {
        contents.withLock { $0.remove(subject.reference) }
    }

    /// The refusals that a whole or shortened reference can mean, ascending; several when it is ambiguous.
    public func find(_ reference: RefusalReference) -> [RefusalRecord] {
        contents.withLock { $0.find(reference) }
    }

    /// The refusals of a package, or with a version of that version; newest hit first.
    public func find(_ purl: PackageURL) -> [RefusalRecord] {
        list().filter { $0.subject.purl.name == purl.name && (purl.version == nil || $0.subject.purl == purl) }
    }

    /// All refusals, newest hit first.
    public func list() -> [RefusalRecord] {
        contents.withLock { $0.records }.sorted { ($1.lastHitAt, $0.reference) < ($0.lastHitAt, $1.reference) }
    }

    /// Forgets refusals that nobody ran into since a moment.
    public func prune(before moment: Timestamp) {
        contents.withLock { contents in
            for record in contents.records where record.lastHitAt < moment { contents.remove(record.reference) }
        }
    }

    /// Writes what changed since the last call, in one transaction.
    ///
    /// - Throws: `DatabaseError`; the changes are written with the next call then.
    public func flush() async throws(DatabaseError) {
        let changes = contents.withLock { $0.takeChanges() }
        guard !changes.isEmpty else { return }
        do throws(DatabaseError) {
            try await database.run { (connection) throws(DatabaseError) in
                try connection.transaction { () throws(DatabaseError) in
                    for change in changes { try RefusalTable.apply(change, connection) }
                }
            }
        } catch {
            contents.withLock { $0.putBack(changes) }
            throw error
        }
    }

    /// Flushes and closes the database.
    ///
    /// - Throws: `DatabaseError` when the last hits could not be written.
    public func close() async throws(DatabaseError) {
        try await flush()
        await database.close()
    }
}
