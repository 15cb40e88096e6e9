public import Platform
public import Screening

/// Analyses that wait for workers. At least once: a job whose worker vanishes is offered again.
///
/// Every implementation passes `JobQueueConformance`. Calls may come from any task.
public protocol JobQueue: Sendable {
    /// Asks for an analysis. A job of the same key is joined, and made as urgent as the more urgent request.
    ///
    /// A job that became unavailable starts over, with all its attempts, once its retry time has passed; before that
    /// it is joined and stays unavailable.
    ///
    /// - Throws: `JobQueueError.full` when a new job would exceed the capacity; `.database`.
    func enqueue(_ request: JobRequest) async throws(JobQueueError) -> JobTicket

    /// Hands the most urgent waiting job of a selection to `worker` for `duration`; nil when none waits.
    ///
    /// A job whose lease expired counts as waiting, and its last attempt as failed.
    ///
    /// - Throws: `JobQueueError.database`.
    func lease(
        worker: String, for duration: Duration, taking selection: JobSelection
    ) async throws(JobQueueError) -> LeasedJob?

    /// Prolongs a lease: the deadline becomes `duration` from now.
    ///
    /// - Throws: `JobQueueError.leaseLost`, also when the deadline has passed; `.database`.
    func heartbeat(_ lease: LeaseToken, for duration: Duration) async throws(JobQueueError) -> Timestamp

    /// Ends a job whose statement is in the log.
    ///
    /// - Throws: `JobQueueError.leaseLost`, `.database`.
    func complete(_ lease: LeaseToken) async throws(JobQueueError)

    /// Gives a job back. It is offered again until its attempts are used up; then it is unavailable with this cause.
    ///
    /// - Throws: `JobQueueError.leaseLost`, `.database`.
    func fail(_ lease: LeaseToken, cause: JobFailure) async throws(JobQueueError)

    /// The job under a lease that is still valid.
    ///
    /// - Throws: `JobQueueError.leaseLost`, `.database`.
    func held(_ lease: LeaseToken) async throws(JobQueueError) -> LeasedJob

    /// How far the analysis has got. A finished job is `notRequested` again: its verdict is in the log.
    ///
    /// - Throws: `JobQueueError.database`.
    func progress(of key: JobKey) async throws(JobQueueError) -> AnalysisProgress

    /// Lets an unavailable job start over at once.
    ///
    /// - Returns: whether there was one.
    /// - Throws: `JobQueueError.database`.
    func retry(_ key: JobKey) async throws(JobQueueError) -> Bool

    /// Suspends until a job of a selection may be waiting, the task is cancelled, or `duration` has passed.
    ///
    /// Returns at once when one is waiting now. Leases that expire, and others' jobs that end and make room for one more,
    /// wake nobody: bound the wait by less than a lease.
    func waitForWork(atMost duration: Duration, taking selection: JobSelection) async

    /// - Throws: `JobQueueError.database`.
    func counts() async throws(JobQueueError) -> JobCounts
}

extension JobQueue {
    /// The same of whatever waits.
    public func lease(worker: String, for duration: Duration) async throws(JobQueueError) -> LeasedJob? {
        try await lease(worker: worker, for: duration, taking: .all)
    }

    /// The same of whatever waits.
    public func waitForWork(atMost duration: Duration) async { await waitForWork(atMost: duration, taking: .all) }
}
