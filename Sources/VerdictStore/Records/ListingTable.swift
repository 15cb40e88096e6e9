import Cryptography
import Platform
import Registry

/// One package's rows of the listing history. Every method runs inside one call on the history's thread.
struct ListingTable {
    let connection: Connection
    let source: RegistryName
    let name: PackageName

    /// What is stored about one artifact.
    private struct Stored: Equatable {
        var version: String
        /// The first claims, completed by later ones that do not contradict them, and by what was fetched.
        var pin: ClaimedIntegrity
        var firstSeenAt: Timestamp
        /// The latest publish time ever claimed: an earlier one contradicts it.
        var publishedAt: Timestamp?
        var isTimeContradicted: Bool
        /// Whether the last listing contradicted the pin.
        var isContradicted: Bool
        /// Whether the last fetch contradicted its claims.
        var isMismatched: Bool
        var sha512: SHA512Digest?

        var facts: ListingFacts {
            ListingFacts(
                firstSeenAt: firstSeenAt, isTampered: isContradicted || isMismatched,
                isTimeContradicted: isTimeContradicted, sha512: sha512)
        }
    }

    static func prepare(_ connection: Connection) throws(DatabaseError) {
        try connection.prepareForRepeatableWork()
        try connection.run(
            """
            CREATE TABLE IF NOT EXISTS packages(
                source TEXT NOT NULL,
                package TEXT NOT NULL,
                listedAt INTEGER NOT NULL,
                PRIMARY KEY (source, package)
            ) STRICT, WITHOUT ROWID
            """)
        try connection.run(
            """
            CREATE TABLE IF NOT EXISTS artifacts(
                source TEXT NOT NULL,
                package TEXT NOT NULL,
                filename TEXT NOT NULL,
                version TEXT NOT NULL,
                claimedSHA512 BLOB,
                claimedSHA256 BLOB,
                claimedSHA1 BLOB,
                claimedMD5 BLOB,
                firstSeenAt INTEGER NOT NULL,
                publishedAt INTEGER,
                isTimeContradicted INTEGER NOT NULL,
                isContradicted INTEGER NOT NULL,
                isMismatched INTEGER NOT NULL,
                sha512 BLOB,
                PRIMARY KEY (source, package, filename)
            ) STRICT, WITHOUT ROWID
            """)
    }

    func observe(_ artifacts: [ListedArtifact], now: Timestamp) throws(DatabaseError) -> [String: ListingFacts] {
        var known = try stored()
        var byVersion: [String: Stored] = [:]
        for filename in known.keys.sorted() { byVersion[known[filename]?.version ?? ""] = known[filename] }
        let listedBefore = try lastListing()
        for artifact in artifacts {
            // npm has one artifact for each version: a new file name does not make it a new one.
            let isOnlyOne = artifact.kind == .npmTarball
            let earlier = known[artifact.filename] ?? (isOnlyOne ? byVersion[artifact.versionText] : nil)
            let next = earlier.map { observed($0, artifact) } ?? first(artifact, listedBefore: listedBefore, now: now)
            if next != known[artifact.filename] { try store(next, artifact.filename) }
            known[artifact.filename] = next
        }
        try connection.run(
            """
            INSERT INTO packages(source, package, listedAt) VALUES (?, ?, ?)
            ON CONFLICT(source, package) DO UPDATE SET listedAt = max(listedAt, excluded.listedAt)
            """,
            .text(source.text), .text(name.canonical), .integer(now.secondsSinceEpoch))
        return known.mapValues(\.facts)
    }

    func facts() throws(DatabaseError) -> [String: ListingFacts] { try stored().mapValues(\.facts) }

    func recordBytes(
        _ digests: ComputedDigests, of artifact: ListedArtifact, now: Timestamp
    ) throws(DatabaseError) -> ListingFacts {
        var next = try stored()[artifact.filename] ?? first(artifact, listedBefore: nil, now: now)
        let fetched = ClaimedIntegrity(
            sha512: digests.sha512, sha256: digests.sha256, sha1: digests.sha1, md5: digests.md5)
        if let pin = next.pin.merged(with: fetched) {
            next.pin = pin
            next.sha512 = digests.sha512
            next.isMismatched = false
        } else {
            // Every claim of today holds, and still these are other bytes than before: the claims changed meanwhile.
            next.isContradicted = true
        }
        try store(next, artifact.filename)
        return next.facts
    }

    func recordMismatch(of artifact: ListedArtifact, now: Timestamp) throws(DatabaseError) {
        var next = try stored()[artifact.filename] ?? first(artifact, listedBefore: nil, now: now)
        next.isMismatched = true
        try store(next, artifact.filename)
    }

    func forget(_ filename: String) throws(DatabaseError) -> Bool {
        try connection.run(
            "DELETE FROM artifacts WHERE source = ? AND package = ? AND filename = ?", .text(source.text),
            .text(name.canonical), .text(filename)) > 0
    }

    /// An artifact that no listing has named before.
    private func first(_ artifact: ListedArtifact, listedBefore: Timestamp?, now: Timestamp) -> Stored {
        var isContradicted = false
        if let published = artifact.publishedAt, let listedBefore {
            // It says that it was there when we last looked, and it was not.
            isContradicted = published.adding(ListingHistory.listingLag) < listedBefore
        }
        return Stored(
            version: artifact.versionText, pin: artifact.integrity, firstSeenAt: now, publishedAt: artifact.publishedAt,
            isTimeContradicted: isContradicted, isContradicted: false, isMismatched: false, sha512: nil)
    }

    /// An artifact as it is after one more listing.
    private func observed(_ earlier: Stored, _ artifact: ListedArtifact) -> Stored {
        var next = earlier
        next.version = artifact.versionText
        next.isMismatched = false
        if let pin = earlier.pin.merged(with: artifact.integrity) {
            next.pin = pin
            next.isContradicted = false
        } else {
            next.isContradicted = true
        }
        if let published = artifact.publishedAt {
            if let before = earlier.publishedAt, published < before { next.isTimeContradicted = true }
            next.publishedAt = max(published, earlier.publishedAt ?? published)
        }
        return next
    }

    private func lastListing() throws(DatabaseError) -> Timestamp? {
        try connection.first(
            "SELECT listedAt FROM packages WHERE source = ? AND package = ?", .text(source.text), .text(name.canonical)
        ) { (row) throws(DatabaseError) in try row.timestamp(0) }
    }

    private func stored() throws(DatabaseError) -> [String: Stored] {
        let rows = try connection.rows(
            """
            SELECT filename, version, claimedSHA512, claimedSHA256, claimedSHA1, claimedMD5, firstSeenAt, publishedAt,
                isTimeContradicted, isContradicted, isMismatched, sha512
            FROM artifacts WHERE source = ? AND package = ?
            """,
            .text(source.text), .text(name.canonical)
        ) { (row) throws(DatabaseError) in
            let pin = ClaimedIntegrity(
                sha512: try row.optionalDigest(2), sha256: try row.optionalDigest(3), sha1: try row.optionalDigest(4),
                md5: try row.optionalDigest(5))
            let stored = Stored(
                version: try row.text(1), pin: pin, firstSeenAt: try row.timestamp(6),
                publishedAt: try row.optionalTimestamp(7), isTimeContradicted: try row.integer(8) != 0,
                isContradicted: try row.integer(9) != 0, isMismatched: try row.integer(10) != 0,
                sha512: try row.optionalDigest(11))
            return (filename: try row.text(0), stored: stored)
        }
        // The primary key makes file names unique byte by byte; of two that Swift takes for equal the first counts.
        return Dictionary(rows.map { ($0.filename, $0.stored) }, uniquingKeysWith: { first, _ in first })
    }

    private func store(_ stored: Stored, _ filename: String) throws(DatabaseError) {
        try connection.run(
            """
            INSERT OR REPLACE INTO artifacts(source, package, filename, version, claimedSHA512, claimedSHA256,
                claimedSHA1, claimedMD5, firstSeenAt, publishedAt, isTimeContradicted, isContradicted, isMismatched,
                sha512)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            .text(source.text), .text(name.canonical), .text(filename), .text(stored.version),
            .optional(stored.pin.sha512?.bytes), .optional(stored.pin.sha256?.bytes),
            .optional(stored.pin.sha1?.bytes), .optional(stored.pin.md5?.bytes),
            .integer(stored.firstSeenAt.secondsSinceEpoch), .optional(stored.publishedAt?.secondsSinceEpoch),
            .flag(stored.isTimeContradicted), .flag(stored.isContradicted), .flag(stored.isMismatched),
            .optional(stored.sha512?.bytes))
    }
}
