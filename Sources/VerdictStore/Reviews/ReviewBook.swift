public import Cryptography

/// What models were asked about artifacts: what it cost, and the valid answers. In `reviews.db`, shared by all workers.
///
/// Tokens are reserved durably before a question is sent and settled afterwards, so what a crash leaves is counted as
/// spent: nobody ever pays more than the ceilings say because a process ended.
public final class ReviewBook: Sendable {
    /// What may be spent.
    public struct Ceilings: Sendable, Hashable {
        public let perArtifact: Int
        public let perDay: Int

        public init(perArtifact: Int, perDay: Int) {
            self.perArtifact = perArtifact
            self.perDay = perDay
        }
    }

    /// Tokens that were set aside for one question.
    public struct Reservation: Sendable, Hashable {
        let day: Int64
        let sha512: SHA512Digest
        public let tokens: Int
    }

    /// The answer to `reserve`.
    public enum Outcome: Sendable, Hashable {
        case reserved(Reservation)
        /// The artifact's ceiling, or the day's, leaves too few tokens.
        case artifactCeiling(left: Int)
        case dayCeiling(left: Int)
    }

    /// What was spent on a day.
    public struct Spending: Sendable, Hashable {
        public let tokens: Int
        public let artifacts: Int

        public init(tokens: Int, artifacts: Int) {
            self.tokens = tokens
            self.artifacts = artifacts
        }
    }

    private let database: DatabaseThread
    /// Days of spending that are kept, for people who look.
    private static let keptDays: Int64 = 400
    private static let maxAnswers = 100_000

    /// Opens the book, made when missing. Blocks.
    ///
    /// - Throws: `DatabaseError`.
    public init(path: String) throws(DatabaseError) {
        database = try DatabaseThread(path, named: "reviews") { (connection) throws(DatabaseError) in
            try connection.run("PRAGMA journal_mode=WAL")
            // What was spent must not be forgotten with power.
            try connection.run("PRAGMA synchronous=FULL")
            try Self.prepare(connection)
        }
    }

    /// Makes the tables that are missing.
    static func prepare(_ connection: Connection) throws(DatabaseError) {
        try connection.run(
            """
            CREATE TABLE IF NOT EXISTS spending(
                day INTEGER NOT NULL,
                sha512 BLOB NOT NULL CHECK (length(sha512) = 64),
                tokens INTEGER NOT NULL CHECK (tokens >= 0),
                PRIMARY KEY (day, sha512)
            ) STRICT, WITHOUT ROWID
            """)
        try connection.run(
            """
            CREATE TABLE IF NOT EXISTS answers(
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                question BLOB NOT NULL UNIQUE CHECK (length(question) = 32),
                answer BLOB NOT NULL
            ) STRICT
            """)
    }

    /// Sets tokens aside for one question about an artifact, unless a ceiling forbids it.
    ///
    /// - Parameter day: days since 1970, UTC.
    /// - Throws: `DatabaseError`.
    public func reserve(
        _ tokens: Int, for sha512: SHA512Digest, on day: Int64, within ceilings: Ceilings
    ) async throws(DatabaseError) -> Outcome {
        let count = Int64(max(tokens, 0))
        return try await database.run { (connection) throws(DatabaseError) in
            try connection.transaction { () throws(DatabaseError) in
                let artifact = try Self.spent(connection, on: day, sha512) ?? 0
                let all = try Self.spent(connection, on: day)
                let artifactLeft = Int64(ceilings.perArtifact) - artifact
                guard count <= artifactLeft else { return .artifactCeiling(left: Int(max(artifactLeft, 0))) }
                let dayLeft = Int64(ceilings.perDay) - all.tokens
                guard count <= dayLeft else { return .dayCeiling(left: Int(max(dayLeft, 0))) }
                try connection.run(
                    """
                    INSERT INTO spending(day, sha512, tokens) VALUES (?, ?, ?)
                        ON CONFLICT (day, sha512) DO UPDATE SET tokens = tokens + excluded.tokens
                    """, .integer(day), .blob(sha512.bytes), .integer(count))
                try connection.run("DELETE FROM spending WHERE day < ?", .integer(day - Self.keptDays))
                // ✝ The tokens are counted although nothing was asked yet; a question that was sent is always counted.
                return .reserved(Reservation(day: day, sha512: sha512, tokens: Int(count)))
            }
        }
    }

    /// Replaces a reservation by what the question cost in the end.
    ///
    /// - Throws: `DatabaseError`; the reservation then stays as it is.
    public func settle(_ reservation: Reservation, spent: Int) async throws(DatabaseError) {
        let difference = Int64(max(spent, 0)) - Int64(reservation.tokens)
        guard difference != 0 else { return }
        try await database.run { (connection) throws(DatabaseError) in
            _ = try connection.run(
                "UPDATE spending SET tokens = max(0, tokens + ?) WHERE day = ? AND sha512 = ?",
                .integer(difference), .integer(reservation.day), .blob(reservation.sha512.bytes))
        }
    }

    /// What was spent on a day by everybody.
    ///
    /// - Throws: `DatabaseError`.
    public func spending(on day: Int64) async throws(DatabaseError) -> Spending {
        try await database.run { (connection) throws(DatabaseError) in
            let all = try Self.spent(connection, on: day)
            return Spending(tokens: Int(all.tokens), artifacts: Int(all.artifacts))
        }
    }

    /// The answer that was kept for a question; nil when there is none.
    ///
    /// - Throws: `DatabaseError`.
    public func answer(to question: SHA256Digest) async throws(DatabaseError) -> [UInt8]? {
        try await database.run { (connection) throws(DatabaseError) in
            try connection.first("SELECT answer FROM answers WHERE question = ?", .blob(question.bytes)) {
                (row) throws(DatabaseError) in try row.blob(0)
            }
        }
    }

    /// Keeps an answer, in place of an earlier one to the same question.
    ///
    /// - Throws: `DatabaseError`.
    public func keep(_ answer: [UInt8], for question: SHA256Digest) async throws(DatabaseError) {
        try await database.run { (connection) throws(DatabaseError) in
            try connection.run(
                "INSERT OR REPLACE INTO answers(question, answer) VALUES (?, ?)", .blob(question.bytes), .blob(answer))
            try connection.run(
                "DELETE FROM answers WHERE id <= (SELECT max(id) FROM answers) - ?",
                .integer(Int64(Self.maxAnswers)))
        }
    }

    /// Finishes what was asked for before, then closes the book.
    public func close() async { await database.close() }

    private static func spent(
        _ connection: Connection, on day: Int64, _ sha512: SHA512Digest
    ) throws(DatabaseError) -> Int64? {
        try connection.first(
            "SELECT tokens FROM spending WHERE day = ? AND sha512 = ?", .integer(day), .blob(sha512.bytes)
        ) { (row) throws(DatabaseError) in try row.integer(0) }
    }

    private static func spent(
        _ connection: Connection, on day: Int64
    ) throws(DatabaseError) -> (tokens: Int64, artifacts: Int64) {
        try connection.first("SELECT coalesce(sum(tokens), 0), count(*) FROM spending WHERE day = ?", .integer(day)) {
            (row) throws(DatabaseError) in (try row.integer(0), try row.integer(1))
        } ?? (0, 0)
    }
}
