public import Platform
public import Screening

/// The job queue of one machine, in `jobs.db`.
///
/// One transaction per call on the queue's own thread. `synchronous=NORMAL`: a power loss may forget the last moments,
/// which costs a repeated request and never a verdict.
public final class SQLiteJobQueue: JobQueue {
    /// The queue's bounds.
    public struct Limits: Hashable, Sendable {
        /// Jobs that wait or are leased. Unavailable ones do not count.
        public var capacity: Int
        /// How often a job is tried before it is unavailable.
        public var maxAttempts: Int
        /// How long an unavailable job stays so before a new request starts it over.
        public var retryAfter: Duration

        public init(capacity: Int = 10_000, maxAttempts: Int = 3, retryAfter: Duration = .seconds(600)) {
            precondition(capacity > 0 && maxAttempts > 0, "a queue needs room and attempts")
            self.capacity = capacity
            self.maxAttempts = maxAttempts
            self.retryAfter = retryAfter
        }
    }

    private let database: DatabaseThread
    private let clock: any WallClock
    private let limits: Limits
    private let waiters = SelectionWaiters()

    /// Opens the queue, made when missing. Blocks; it belongs to start-up.
    ///
    /// Jobs that were leased by workers of an earlier run stay leased until their deadlines, or `endLeases(of:)`.
    ///
    /// - Throws: `JobQueueError.database`.
    public init(
        path: String, clock: any WallClock = SystemWallClock(), limits: Limits = Limits()
    ) throws(JobQueueError) {
        do throws(DatabaseError) {
            database = try DatabaseThread(path, named: "jobs") { (connection) throws(DatabaseError) in
                try JobTable.prepare(connection)
            }
        } catch {
            throw .database(error)
        }
        self.clock = clock
        self.limits = limits
        waiters.workMayWait()
    }

    public func enqueue(_ request: JobRequest) async throws(JobQueueError) -> JobTicket {
        let (now, limits) = (clock.now(), limits)
        let ticket: JobTicket? = try await transaction { (table) throws(DatabaseError) in
            guard let standing = try table.standing(of: request.key) else {
                let counts = try table.counts(capacity: limits.capacity)
                guard counts.queued + counts.leased < limits.capacity else { return nil }
                return JobTicket(id: try table.insert(request, at: now), isJoined: false)
            }
            try table.raise(standing.id, to: request.priority)
            guard let retryAt = standing.retryAt, retryAt <= now else {
                return JobTicket(id: standing.id, isJoined: true)
            }
            try table.restart(standing.id, at: now)
            return JobTicket(id: standing.id, isJoined: false)
        }
        guard let ticket else { throw .full(capacity: limits.capacity) }
        waiters.workMayWait()
        return ticket
    }

    public func lease(
        worker: String, for duration: Duration, taking selection: JobSelection
    ) async throws(JobQueueError) -> LeasedJob? {
        let (now, limits) = (clock.now(), limits)
        let secret = LeaseToken.newSecret()
        let waiters = waiters
        return try await transaction { (table) throws(DatabaseError) in
            for id in try table.expired(at: now) {
                let failure = JobFailure(cause: .lost, detail: "the worker's lease expired")
                try table.endAttempt(
                    id, failure, maxAttempts: limits.maxAttempts, retryAt: now.adding(limits.retryAfter))
            }
            let job = try table.lease(
                worker: worker, secret: secret, until: now.adding(duration), taking: selection)
            // On the queue's thread, so that no enqueue can come between the look and this note.
            if job == nil { waiters.nothingWaits(for: selection) }
            return job
        }
    }

    /// Ends the leases of a worker that is known to have ended, so that nobody waits for their deadlines. The attempts
    /// count: what takes a worker down with it is not tried for ever.
    ///
    /// - Returns: how many there were.
    /// - Throws: `JobQueueError.database`.
    public func endLeases(of worker: String) async throws(JobQueueError) -> Int {
        let limits = limits
        let retryAt = clock.now().adding(limits.retryAfter)
        let ended = try await transaction { (table) throws(DatabaseError) in
            let jobs = try table.leased(to: worker)
            for id in jobs {
                let failure = JobFailure(cause: .lost, detail: "the worker ended")
                try table.endAttempt(id, failure, maxAttempts: limits.maxAttempts, retryAt: retryAt)
            }
            return jobs.count
        }
        if ended > 0 { waiters.workMayWait() }
        return ended
    }

    public func heartbeat(_ lease: LeaseToken, for duration: Duration) async throws(JobQueueError) -> Timestamp {
        let deadline = clock.now().adding(duration)
        try await whileHeld(lease) { (table, _) throws(DatabaseError) in try table.prolong(lease, until: deadline) }
        return deadline
    }

    public func complete(_ lease: LeaseToken) async throws(JobQueueError) {
        try await whileHeld(lease) { (table, _) throws(DatabaseError) in try table.delete(lease.job) }
    }

    public func fail(_ lease: LeaseToken, cause: JobFailure) async throws(JobQueueError) {
        let limits = limits
        let retryAt = clock.now().adding(limits.retryAfter)
        try await whileHeld(lease) { (table, _) throws(DatabaseError) in
            try table.endAttempt(lease.job, cause, maxAttempts: limits.maxAttempts, retryAt: retryAt)
        }
        waiters.workMayWait()
    }

    public func held(_ lease: LeaseToken) async throws(JobQueueError) -> LeasedJob {
        try await whileHeld(lease) { (_, job) throws(DatabaseError) in job }
    }

    public func progress(of key: JobKey) async throws(JobQueueError) -> AnalysisProgress {
        try await transaction { (table) throws(DatabaseError) in
            guard let standing = try table.standing(of: key) else { return .notRequested }
            switch standing.state {
            case .queued, .leased: return .running(since: standing.queuedAt)
            case .unavailable: return .unavailable(cause: standing.cause ?? JobFailure.Cause.lost.rawValue)
            }
        }
    }

    public func retry(_ key: JobKey) async throws(JobQueueError) -> Bool {
        let now = clock.now()
        let isRestarted = try await transaction { (table) throws(DatabaseError) in
            guard let standing = try table.standing(of: key), standing.state == .unavailable else { return false }
            try table.restart(standing.id, at: now)
            return true
        }
        waiters.workMayWait()
        return isRestarted
    }

    public func waitForWork(atMost duration: Duration, taking selection: JobSelection) async {
        await waiters.wait(atMost: duration, for: selection)
    }

    public func counts() async throws(JobQueueError) -> JobCounts {
        let capacity = limits.capacity
        return try await transaction { (table) throws(DatabaseError) in try table.counts(capacity: capacity) }
    }

    /// Finishes what was asked for and closes the database. Later calls throw; waiters return.
    public func close() async {
        waiters.end()
        await database.close()
    }

    /// Runs `body` when the lease is valid now.
    private func whileHeld<Outcome: Sendable>(
        _ lease: LeaseToken, _ body: @escaping @Sendable (JobTable, LeasedJob) throws(DatabaseError) -> Outcome
    ) async throws(JobQueueError) -> Outcome {
        let now = clock.now()
        let outcome: Outcome? = try await transaction { (table) throws(DatabaseError) in
            // An expired lease is lost even before somebody else takes it, or two workers could both finish the job.
            guard let job = try table.held(lease), job.deadline > now else { return nil }
            return try body(table, job)
        }
        guard let outcome else { throw .leaseLost(lease.job) }
        return outcome
    }

    private func transaction<Outcome: Sendable>(
        _ body: @escaping @Sendable (JobTable) throws(DatabaseError) -> Outcome
    ) async throws(JobQueueError) -> Outcome {
        do throws(DatabaseError) {
            return try await database.run { (connection) throws(DatabaseError) in
                try connection.transaction { () throws(DatabaseError) in try body(JobTable(connection: connection)) }
            }
        } catch {
            throw .database(error)
        }
    }
}

extension LeaseToken {
    static func newSecret() -> String {
        let digits = Array("0123456789abcdef".utf8)
        let bytes = SystemRandom().bytes(16).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
