import Cryptography

/// The table of an artifact's digests. Rows are only ever added.
enum ArtifactIndex {
    static func prepare(_ connection: Connection) throws(DatabaseError) {
        try connection.prepareForRepeatableWork()
        try connection.run(
            """
            CREATE TABLE IF NOT EXISTS artifacts(
                sha512 BLOB PRIMARY KEY CHECK (length(sha512) = 64),
                sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
                sha1 BLOB NOT NULL CHECK (length(sha1) = 20),
                md5 BLOB NOT NULL CHECK (length(md5) = 16),
                sizeBytes INTEGER NOT NULL CHECK (sizeBytes >= 0)
            ) STRICT, WITHOUT ROWID
            """)
    }

    static func insert(_ digests: ComputedDigests, _ connection: Connection) throws(DatabaseError) {
        try connection.run(
            "INSERT OR IGNORE INTO artifacts(sha512, sha256, sha1, md5, sizeBytes) VALUES (?, ?, ?, ?, ?)",
            .blob(digests.sha512.bytes), .blob(digests.sha256.bytes), .blob(digests.sha1.bytes),
            .blob(digests.md5.bytes), .integer(digests.sizeBytes))
    }

    static func all(_ connection: Connection) throws(DatabaseError) -> [ComputedDigests] {
        try connection.rows(
            "SELECT sha512, sha256, sha1, md5, sizeBytes FROM artifacts ORDER BY sha512"
        ) { (row) throws(DatabaseError) in
            ComputedDigests(
                sha512: try row.digest(0), sha256: try row.digest(1), sha1: try row.digest(2), md5: try row.digest(3),
                sizeBytes: try row.integer(4))
        }
    }
}
