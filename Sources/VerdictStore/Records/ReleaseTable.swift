import Cryptography
import JSON
import Platform
import Registry

/// What the listings of one package said of its releases when they named them first. Every method runs inside one call
/// on the history's thread.
struct ReleaseTable {
    let connection: Connection
    let source: RegistryName
    let name: PackageName

    /// What is stored about one release.
    private struct Stored: Equatable {
        var version: String
        var claim: SHA256Digest
        var publishedAt: Timestamp?
        var isWithdrawn: Bool
        var rewriting: Rewriting?
    }

    private struct Rewriting: Equatable {
        var members: [ReleaseRewriting.Member]
        var claim: SHA256Digest
        var publishedAt: Timestamp?
        var noticedAt: Timestamp
    }

    static func prepare(_ connection: Connection) throws(DatabaseError) {
        try ReleaseClaims.prepare(connection)
        try connection.run(
            """
            CREATE TABLE IF NOT EXISTS releases(
                source TEXT NOT NULL,
                package TEXT NOT NULL,
                filename TEXT NOT NULL,
                version TEXT NOT NULL,
                claim BLOB NOT NULL,
                publishedAt INTEGER,
                isWithdrawn INTEGER NOT NULL,
                rewrittenMembers TEXT,
                rewrittenClaim BLOB,
                rewrittenPublishedAt INTEGER,
                rewrittenAt INTEGER,
                PRIMARY KEY (source, package, filename)
            ) STRICT, WITHOUT ROWID
            """)
    }

    /// Takes note of what a listing says now.
    ///
    /// - Returns: what it contradicts that no listing before did.
    func observe(_ artifacts: [ListedArtifact], now: Timestamp) throws(DatabaseError) -> [NoticedRewriting] {
        let known = try stored()
        var claims = ReleaseClaims(connection)
        var byVersion: [String: Stored] = [:]
        for filename in known.keys.sorted() { byVersion[known[filename]?.version ?? ""] = known[filename] }
        var listed: Set<String> = []
        var noticed: [NoticedRewriting] = []
        for artifact in artifacts {
            listed.insert(artifact.filename)
            // As with its bytes: a new file name does not make an npm version a new one.
            let earlier =
                known[artifact.filename] ?? (artifact.kind == .npmTarball ? byVersion[artifact.versionText] : nil)
            var next = try earlier.map { (earlier) throws(DatabaseError) in
                try observed(earlier, artifact.release, &claims, now: now)
            }
            if next == nil {
                next = Stored(
                    version: artifact.versionText, claim: try claims.keep(artifact.release),
                    publishedAt: artifact.release.publishedAt, isWithdrawn: artifact.isYanked)
            }
            next?.isWithdrawn = artifact.isYanked
            if let next, next != known[artifact.filename] { try store(next, artifact.filename) }
            let before = earlier?.rewriting?.members ?? []
            let members = (next?.rewriting?.members ?? []).filter { !before.contains($0) }
            if !members.isEmpty {
                noticed.append(
                    NoticedRewriting(
                        filename: artifact.filename, versionText: artifact.versionText, members: members))
            }
        }
        for filename in known.keys.sorted() where !listed.contains(filename) {
            guard var gone = known[filename], !gone.isWithdrawn else { continue }
            gone.isWithdrawn = true
            try store(gone, filename)
        }
        return noticed
    }

    /// A release as it is after one more listing: what was said first stays, what contradicts it is remembered.
    private func observed(
        _ earlier: Stored, _ facts: ReleaseFacts, _ claims: inout ReleaseClaims, now: Timestamp
    ) throws(DatabaseError) -> Stored {
        let claim = claims.digest(of: facts)
        if claim == earlier.claim, facts.publishedAt == earlier.publishedAt { return earlier }
        if let noticed = earlier.rewriting, noticed.claim == claim, noticed.publishedAt == facts.publishedAt {
            return earlier
        }
        var next = earlier
        let first = try claims.facts(earlier.claim).published(at: earlier.publishedAt)
        let completed = first.completed(by: facts)
        next.claim = try claims.keep(completed)
        next.publishedAt = completed.publishedAt
        let contradicted = first.contradictions(in: facts)
        if !contradicted.isEmpty {
            let members = Set(contradicted).union(earlier.rewriting?.members ?? [])
            next.rewriting = Rewriting(
                members: ReleaseRewriting.Member.allCases.filter(members.contains), claim: try claims.keep(facts),
                publishedAt: facts.publishedAt, noticedAt: earlier.rewriting?.noticedAt ?? now)
        }
        return next
    }

    func forget(_ filename: String) throws(DatabaseError) {
        try connection.run(
            "DELETE FROM releases WHERE source = ? AND package = ? AND filename = ?", .text(source.text),
            .text(name.canonical), .text(filename))
    }

    // MARK: Rows

    private func stored() throws(DatabaseError) -> [String: Stored] {
        let rows = try connection.rows(
            """
            SELECT filename, version, claim, publishedAt, isWithdrawn, rewrittenMembers, rewrittenClaim,
                rewrittenPublishedAt, rewrittenAt
            FROM releases WHERE source = ? AND package = ?
            """,
            .text(source.text), .text(name.canonical)
        ) { (row) throws(DatabaseError) in
            var rewriting: Rewriting?
            if let members = try row.optionalText(5) {
                rewriting = Rewriting(
                    members: Self.members(members), claim: try row.digest(6),
                    publishedAt: try row.optionalTimestamp(7), noticedAt: try row.timestamp(8))
            }
            let stored = Stored(
                version: try row.text(1), claim: try row.digest(2), publishedAt: try row.optionalTimestamp(3),
                isWithdrawn: try row.integer(4) != 0, rewriting: rewriting)
            return (filename: try row.text(0), stored: stored)
        }
        return Dictionary(rows.map { ($0.filename, $0.stored) }, uniquingKeysWith: { first, _ in first })
    }

    private static func members(_ text: String) -> [ReleaseRewriting.Member] {
        text.split(separator: " ").compactMap { ReleaseRewriting.Member(rawValue: String($0)) }
    }

    private func store(_ stored: Stored, _ filename: String) throws(DatabaseError) {
        let rewriting = stored.rewriting
        try connection.run(
            """
            INSERT OR REPLACE INTO releases(source, package, filename, version, claim, publishedAt, isWithdrawn,
                rewrittenMembers, rewrittenClaim, rewrittenPublishedAt, rewrittenAt)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            .text(source.text), .text(name.canonical), .text(filename), .text(stored.version),
            .blob(stored.claim.bytes), .optional(stored.publishedAt?.secondsSinceEpoch), .flag(stored.isWithdrawn),
            .optional(rewriting.map { $0.members.map(\.rawValue).joined(separator: " ") }),
            .optional(rewriting?.claim.bytes), .optional(rewriting?.publishedAt?.secondsSinceEpoch),
            .optional(rewriting?.noticedAt.secondsSinceEpoch))
    }

    /// Everything known of every artifact of the package, ascending by file name.
    func releases() throws(DatabaseError) -> [KnownRelease] {
        try connection.rows(
            """
            SELECT a.filename, a.version, a.firstSeenAt, a.sha512, a.isContradicted + a.isMismatched, r.isWithdrawn,
                f.text, r.publishedAt, r.rewrittenMembers, w.text, r.rewrittenPublishedAt, r.rewrittenAt
            FROM artifacts AS a
                LEFT JOIN releases AS r ON r.source = a.source AND r.package = a.package AND r.filename = a.filename
                LEFT JOIN releaseClaims AS f ON f.sha256 = r.claim
                LEFT JOIN releaseClaims AS w ON w.sha256 = r.rewrittenClaim
            WHERE a.source = ? AND a.package = ? ORDER BY a.filename
            """,
            .text(source.text), .text(name.canonical)
        ) { (row) throws(DatabaseError) in
            var rewriting: ReleaseRewriting?
            if let members = try row.optionalText(8) {
                rewriting = ReleaseRewriting(
                    members: Self.members(members),
                    claimed: try row.releaseFacts(9).published(at: try row.optionalTimestamp(10)),
                    noticedAt: try row.timestamp(11))
            }
            return KnownRelease(
                filename: try row.text(0), versionText: try row.text(1), firstSeenAt: try row.timestamp(2),
                sha512: try row.optionalDigest(3), isTampered: try row.integer(4) != 0,
                // No listing has named it since these records are kept.
                isWithdrawn: row.isNull(5) ? true : try row.integer(5) != 0,
                facts: row.isNull(6) ? nil : try row.releaseFacts(6).published(at: try row.optionalTimestamp(7)),
                rewriting: rewriting)
        }
    }
}
