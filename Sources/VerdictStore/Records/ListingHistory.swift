public import Cryptography
public import Platform
public import Registry

/// What our own records add to a listing's claims about one artifact.
public struct ListingFacts: Hashable, Sendable {
    /// When a listing named it to us for the first time.
    public let firstSeenAt: Timestamp
    /// Whether its bytes or their claimed digests are others than before under this name and version. Ends when the
    /// listing claims again what it claimed first, or an operator lets the history `forget` the artifact.
    public let isTampered: Bool
    /// Whether its claimed publish time contradicts an earlier listing. Never ends: the cooldown then begins at
    /// `firstSeenAt`.
    public let isTimeContradicted: Bool
    /// The bytes that were fetched under this name, once they were.
    public let sha512: SHA512Digest?

    public init(firstSeenAt: Timestamp, isTampered: Bool, isTimeContradicted: Bool, sha512: SHA512Digest?) {
        self.firstSeenAt = firstSeenAt
        self.isTampered = isTampered
        self.isTimeContradicted = isTimeContradicted
        self.sha512 = sha512
    }
}

/// What every listing ever claimed about each artifact, so that a source cannot change its story unnoticed.
///
/// In `history.db`, on its own thread. Durable to `synchronous=NORMAL`: a power loss may forget the last observations,
/// which are made again with the next listing.
public final class ListingHistory: Sendable {
    /// How much later than its claimed publish time an artifact may appear in a listing that was read before without it.
    /// Content networks and mirrors lag.
    static let listingLag = Duration.seconds(6 * 3600)

    private let database: DatabaseThread

    /// Opens the history, made when missing, and checks that its pages hold together. Blocks; it belongs to start-up.
    ///
    /// - Throws: `DatabaseError`, of the kind `corrupt` when the file is damaged: nothing can replace it.
    public init(path: String) throws(DatabaseError) {
        database = try DatabaseThread(path, named: "history") { (connection) throws(DatabaseError) in
            try connection.requireSoundPages()
            try Self.prepare(connection)
        }
    }

    static func prepare(_ connection: Connection) throws(DatabaseError) {
        try ListingTable.prepare(connection)
        try ReleaseTable.prepare(connection)
    }

    /// Records what a listing claims now, in one transaction, and answers what is known of every artifact of the
    /// package by file name; those that the listing no longer names too.
    ///
    /// - Parameters:
    ///   - source: the registry that the listing came from.
    ///   - now: when the listing was confirmed at the source.
    /// - Throws: `DatabaseError`; nothing was recorded then.
    public func observe(
        _ artifacts: [ListedArtifact], of name: PackageName, at source: RegistryName, now: Timestamp
    ) async throws(DatabaseError) -> [String: ListingFacts] {
        try await record(artifacts, of: name, at: source, now: now).facts
    }

    /// The same, and what the listing says of releases otherwise than when it named them first.
    ///
    /// - Throws: `DatabaseError`; nothing was recorded then.
    public func record(
        _ artifacts: [ListedArtifact], of name: PackageName, at source: RegistryName, now: Timestamp
    ) async throws(DatabaseError) -> ListingObservation {
        try await database.run { (connection) throws(DatabaseError) in
            try connection.transaction { () throws(DatabaseError) in
                let releases = ReleaseTable(connection: connection, source: source, name: name)
                let rewritten = try releases.observe(artifacts, now: now)
                let table = ListingTable(connection: connection, source: source, name: name)
                return ListingObservation(facts: try table.observe(artifacts, now: now), rewritten: rewritten)
            }
        }
    }

    /// What is known of every artifact of a package, as its last listing left it.
    ///
    /// - Throws: `DatabaseError`.
    public func facts(
        of name: PackageName, at source: RegistryName
    ) async throws(DatabaseError) -> [String: ListingFacts] {
        try await database.run { (connection) throws(DatabaseError) in
            try ListingTable(connection: connection, source: source, name: name).facts()
        }
    }

    /// Every artifact of a package that a listing ever named, with what was said of its release when it was named first
    /// and how that was contradicted since; ascending by file name.
    ///
    /// - Throws: `DatabaseError`.
    public func releases(
        of name: PackageName, at source: RegistryName
    ) async throws(DatabaseError) -> [KnownRelease] {
        try await database.run { (connection) throws(DatabaseError) in
            try ReleaseTable(connection: connection, source: source, name: name).releases()
        }
    }

    /// Records which bytes were fetched, and fulfilled every claim, under an artifact's name. From now on other claims
    /// are tampering.
    ///
    /// - Returns: what is known of the artifact now; durable.
    /// - Throws: `DatabaseError`.
    public func recordBytes(
        _ digests: ComputedDigests, of artifact: ListedArtifact, name: PackageName, at source: RegistryName,
        now: Timestamp
    ) async throws(DatabaseError) -> ListingFacts {
        try await database.run { (connection) throws(DatabaseError) in
            try connection.transaction { () throws(DatabaseError) in
                let table = ListingTable(connection: connection, source: source, name: name)
                return try table.recordBytes(digests, of: artifact, now: now)
            }
        }
    }

    /// Records that the source sent other bytes than it claims. It counts as tampering until bytes were fetched that
    /// fulfil the claims, or the listing is read again: a transfer may also have been damaged on its way.
    ///
    /// - Throws: `DatabaseError`.
    public func recordMismatch(
        of artifact: ListedArtifact, name: PackageName, at source: RegistryName, now: Timestamp
    ) async throws(DatabaseError) {
        try await database.run { (connection) throws(DatabaseError) in
            try connection.transaction { () throws(DatabaseError) in
                let table = ListingTable(connection: connection, source: source, name: name)
                try table.recordMismatch(of: artifact, now: now)
            }
        }
    }

    /// Forgets an artifact, so that what the source claims next counts as its first claim. For an operator who has
    /// found out why it changed.
    ///
    /// - Returns: whether it was known.
    /// - Throws: `DatabaseError`.
    public func forget(
        filename: String, of name: PackageName, at source: RegistryName
    ) async throws(DatabaseError) -> Bool {
        try await database.run { (connection) throws(DatabaseError) in
            try connection.transaction { () throws(DatabaseError) in
                try ReleaseTable(connection: connection, source: source, name: name).forget(filename)
                return try ListingTable(connection: connection, source: source, name: name).forget(filename)
            }
        }
    }

    /// Finishes what was asked for and closes the database.
    public func close() async {
        await database.close()
    }
}
