import Cryptography
import Platform
import Registry
import Screening

/// The table of jobs and its queries. Every method runs inside one call on the queue's thread.
///
/// A row is in one of three states: `queued`, `leased` (until `deadline`), `unavailable` (until `retryAt`). Finished
/// jobs are deleted: the log knows.
struct JobTable {
    let connection: Connection

    static func prepare(_ connection: Connection) throws(DatabaseError) {
        // A job lost with power is asked for again by the next client, so NORMAL is enough.
        try connection.prepareForRepeatableWork()
        try connection.run(
            """
            CREATE TABLE IF NOT EXISTS jobs(
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                sha512 BLOB NOT NULL CHECK (length(sha512) = 64),
                analyzer TEXT NOT NULL,
                ruleset BLOB NOT NULL CHECK (length(ruleset) = 32),
                coordinates TEXT NOT NULL,
                sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
                purl TEXT NOT NULL,
                filename TEXT NOT NULL,
                ecosystem TEXT NOT NULL,
                listedName TEXT NOT NULL,
                listedVersion TEXT NOT NULL,
                sizeBytes INTEGER NOT NULL CHECK (sizeBytes >= 0),
                priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 3),
                state TEXT NOT NULL CHECK (state IN ('queued', 'leased', 'unavailable')),
                attempts INTEGER NOT NULL DEFAULT 0,
                queuedAt INTEGER NOT NULL,
                worker TEXT,
                secret TEXT,
                deadline INTEGER,
                cause TEXT,
                detail TEXT,
                retryAt INTEGER,
                UNIQUE (sha512, analyzer, ruleset, coordinates),
                CHECK ((state = 'leased') = (deadline IS NOT NULL AND secret IS NOT NULL)),
                CHECK ((state = 'unavailable') = (retryAt IS NOT NULL))
            ) STRICT
            """)
        try connection.run("CREATE INDEX IF NOT EXISTS jobsByUrgency ON jobs(state, priority, id)")
        try connection.run("CREATE INDEX IF NOT EXISTS jobsByDeadline ON jobs(deadline) WHERE state = 'leased'")
    }

    /// What is known of a key's job.
    struct Standing {
        let id: JobID
        let state: State
        let queuedAt: Timestamp
        let cause: String?
        let retryAt: Timestamp?
    }

    enum State: String {
        case queued
        case leased
        case unavailable
    }

    func standing(of key: JobKey) throws(DatabaseError) -> Standing? {
        try connection.first(
            """
            SELECT id, state, queuedAt, cause, retryAt FROM jobs
            WHERE sha512 = ? AND analyzer = ? AND ruleset = ? AND coordinates = ?
            """,
            .blob(key.sha512.bytes), .text(key.analyzer.text), .blob(key.ruleset.bytes), .text(key.coordinatesText)
        ) { (row) throws(DatabaseError) in
            let stateText = try row.text(1)
            guard let state = State(rawValue: stateText) else { throw row.unexpected("job state \(stateText)") }
            return Standing(
                id: JobID(value: try row.integer(0)), state: state, queuedAt: try row.timestamp(2),
                cause: try row.optionalText(3), retryAt: try row.optionalTimestamp(4))
        }
    }

    func insert(_ request: JobRequest, at now: Timestamp) throws(DatabaseError) -> JobID {
        let id = try connection.first(
            """
            INSERT INTO jobs(sha512, analyzer, ruleset, coordinates, sha256, purl, filename, ecosystem, listedName,
                listedVersion, sizeBytes, priority, state, queuedAt)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?) RETURNING id
            """,
            .blob(request.key.sha512.bytes), .text(request.key.analyzer.text), .blob(request.key.ruleset.bytes),
            .text(request.key.coordinatesText), .blob(request.sha256.bytes), .text(request.purl.text),
            .text(request.filename), .text(request.ecosystem.rawValue), .text(request.registryFacts.name),
            .text(request.registryFacts.version), .integer(request.sizeBytes),
            .integer(Int64(request.priority.rawValue)), .integer(now.secondsSinceEpoch)
        ) { (row) throws(DatabaseError) in try row.integer(0) }
        guard let id else { preconditionFailure("an inserted job has no number") }
        return JobID(value: id)
    }

    /// Makes a job as urgent as the more urgent of its requests.
    func raise(_ id: JobID, to priority: JobPriority) throws(DatabaseError) {
        try connection.run(
            "UPDATE jobs SET priority = min(priority, ?) WHERE id = ?", .integer(Int64(priority.rawValue)),
            .integer(id.value))
    }

    /// Lets a job start over with all its attempts.
    func restart(_ id: JobID, at now: Timestamp) throws(DatabaseError) {
        try connection.run(
            """
            UPDATE jobs SET state = 'queued', attempts = 0, queuedAt = ?, worker = NULL, secret = NULL, deadline = NULL,
                cause = NULL, detail = NULL, retryAt = NULL WHERE id = ?
            """,
            .integer(now.secondsSinceEpoch), .integer(id.value))
    }

    /// Leases that expired, oldest first: the worker died or is lost.
    func expired(at now: Timestamp) throws(DatabaseError) -> [JobID] {
        try connection.rows(
            "SELECT id FROM jobs WHERE state = 'leased' AND deadline <= ? ORDER BY deadline, id",
            .integer(now.secondsSinceEpoch)
        ) { (row) throws(DatabaseError) in JobID(value: try row.integer(0)) }
    }

    /// What a worker of this name holds, oldest first.
    func leased(to worker: String) throws(DatabaseError) -> [JobID] {
        try connection.rows("SELECT id FROM jobs WHERE state = 'leased' AND worker = ? ORDER BY id", .text(worker)) {
            (row) throws(DatabaseError) in JobID(value: try row.integer(0))
        }
    }

    /// Ends an attempt that brought no result: the job is queued again, or unavailable after its last attempt.
    func endAttempt(
        _ id: JobID, _ failure: JobFailure, maxAttempts: Int, retryAt: Timestamp
    ) throws(DatabaseError) {
        let detail = String(decoding: Array(failure.detail.utf8.prefix(512)), as: UTF8.self)
        try connection.run(
            """
            UPDATE jobs SET state = iif(attempts >= ?, 'unavailable', 'queued'),
                retryAt = iif(attempts >= ?, ?, NULL),
                worker = NULL, secret = NULL, deadline = NULL, cause = ?, detail = ? WHERE id = ?
            """,
            .integer(Int64(maxAttempts)), .integer(Int64(maxAttempts)), .integer(retryAt.secondsSinceEpoch),
            .text(failure.cause.rawValue), .text(detail), .integer(id.value))
    }

    /// Hands out the most urgent queued job of a selection.
    func lease(
        worker: String, secret: String, until deadline: Timestamp, taking selection: JobSelection
    ) throws(DatabaseError) -> LeasedJob? {
        guard let id = try next(selection) else { return nil }
        try connection.run(
            """
            UPDATE jobs SET state = 'leased', attempts = attempts + 1, worker = ?, secret = ?, deadline = ? WHERE id = ?
            """,
            .text(worker), .text(secret), .integer(deadline.secondsSinceEpoch), .integer(id.value))
        return try held(LeaseToken(job: id, secret: secret))
    }

    private func next(_ selection: JobSelection) throws(DatabaseError) -> JobID? {
        let id = { (row: Row) throws(DatabaseError) in JobID(value: try row.integer(0)) }
        switch selection {
        case .all:
            return try connection.first(
                "SELECT id FROM jobs WHERE state = 'queued' ORDER BY priority, id LIMIT 1", read: id)
        case .except(let analyzer):
            return try connection.first(
                "SELECT id FROM jobs WHERE state = 'queued' AND analyzer <> ? ORDER BY priority, id LIMIT 1",
                .text(analyzer.text), read: id)
        case .only(let analyzer, let atMost):
            return try connection.first(
                """
                SELECT id FROM jobs WHERE state = 'queued' AND analyzer = ?
                    AND (SELECT count(*) FROM jobs WHERE state = 'leased' AND analyzer = ?) < ?
                ORDER BY priority, id LIMIT 1
                """, .text(analyzer.text), .text(analyzer.text), .integer(Int64(atMost)), read: id)
        }
    }

    /// The job under a lease, whatever its deadline; nil when the lease is not this job's.
    func held(_ lease: LeaseToken) throws(DatabaseError) -> LeasedJob? {
        try connection.first(
            """
            SELECT sha512, analyzer, ruleset, coordinates, sha256, purl, filename, ecosystem, listedName, listedVersion,
                priority, sizeBytes, deadline, attempts
            FROM jobs WHERE id = ? AND state = 'leased' AND secret = ?
            """,
            .integer(lease.job.value), .text(lease.secret)
        ) { (row) throws(DatabaseError) in
            LeasedJob(
                lease: lease, request: try JobRequest(row), deadline: try row.timestamp(12),
                attempt: Int(try row.integer(13)))
        }
    }

    func prolong(_ lease: LeaseToken, until deadline: Timestamp) throws(DatabaseError) {
        try connection.run(
            "UPDATE jobs SET deadline = ? WHERE id = ? AND secret = ?", .integer(deadline.secondsSinceEpoch),
            .integer(lease.job.value), .text(lease.secret))
    }

    func delete(_ id: JobID) throws(DatabaseError) {
        try connection.run("DELETE FROM jobs WHERE id = ?", .integer(id.value))
    }

    func counts(capacity: Int) throws(DatabaseError) -> JobCounts {
        let counts = try connection.first(
            """
            SELECT count(*) FILTER (WHERE state = 'queued'), count(*) FILTER (WHERE state = 'leased'),
                count(*) FILTER (WHERE state = 'unavailable'), min(queuedAt) FILTER (WHERE state = 'queued') FROM jobs
            """
        ) { (row) throws(DatabaseError) in
            JobCounts(
                queued: Int(try row.integer(0)), leased: Int(try row.integer(1)), unavailable: Int(try row.integer(2)),
                capacity: capacity, oldestQueuedSince: try row.optionalTimestamp(3))
        }
        guard let counts else { preconditionFailure("an aggregate returned no row") }
        return counts
    }
}

extension JobKey {
    /// The empty text stands for none: NULLs are all different to a UNIQUE constraint.
    var coordinatesText: String { coordinates?.text ?? "" }
}

extension JobRequest {
    fileprivate init(_ row: Row) throws(DatabaseError) {
        let coordinates = try row.text(3)
        let ecosystemText = try row.text(7)
        guard let ecosystem = Ecosystem(rawValue: ecosystemText),
            let priority = JobPriority(rawValue: Int(try row.integer(10)))
        else { throw row.unexpected("ecosystem \(ecosystemText) or its priority") }
        self.init(
            key: JobKey(
                sha512: try row.digest(0), analyzer: try row.analyzer(1), ruleset: try row.digest(2),
                coordinates: coordinates.isEmpty ? nil : try row.packageURL(3)),
            sha256: try row.digest(4), purl: try row.packageURL(5), filename: try row.text(6), ecosystem: ecosystem,
            registryFacts: RegistryFacts(name: try row.text(8), version: try row.text(9)), priority: priority,
            sizeBytes: try row.integer(11))
    }
}
