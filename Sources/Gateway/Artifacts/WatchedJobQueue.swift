import Cryptography
import Platform
import Screening
import VerdictStore

/// A job queue that also tells waiting clients when an analysis of their artifact was given up.
///
/// Verdicts wake them through the log's knowledge; a job that fails leaves no statement there.
final class WatchedJobQueue: JobQueue {
    private struct State {
        var revisions: [SHA512Digest: UInt64] = [:]
        var waiters: [SHA512Digest: [UInt64: CheckedContinuation<Void, Never>]] = [:]
        var nextTicket: UInt64 = 0
    }

    private let queue: any JobQueue
    private let state = Lock(State())

    init(watching queue: any JobQueue) {
        self.queue = queue
    }

    /// How often jobs of these bytes changed for a reason that leaves no statement.
    func revision(of digest: SHA512Digest) -> UInt64 { state.withLock { $0.revisions[digest] ?? 0 } }

    /// Suspends until `revision(of:)` is another than `revision`, or the task is cancelled.
    func waitForChange(of digest: SHA512Digest, after revision: UInt64) async {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    // Inside the lock: a cancellation that comes later finds the waiter in its place.
                    if Task.isCancelled || state.revisions[digest] ?? 0 != revision { return true }
                    state.waiters[digest, default: [:]][ticket] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                let waiter = state.waiters[digest]?.removeValue(forKey: ticket)
                if state.waiters[digest]?.isEmpty == true { state.waiters[digest] = nil }
                return waiter
            }
            waiter?.resume()
        }
    }

    private func changed(_ digest: SHA512Digest) {
        let waiters = state.withLock { state in
            state.revisions[digest, default: 0] += 1
            return state.waiters.removeValue(forKey: digest) ?? [:]
        }
        for waiter in waiters.values { waiter.resume() }
    }

    // MARK: JobQueue

    func fail(_ lease: LeaseToken, cause: JobFailure) async throws(JobQueueError) {
        let job = try await queue.held(lease)
        try await queue.fail(lease, cause: cause)
        changed(job.request.key.sha512)
    }

    func retry(_ key: JobKey) async throws(JobQueueError) -> Bool {
        let isRestarted = try await queue.retry(key)
        changed(key.sha512)
        return isRestarted
    }

    func enqueue(_ request: JobRequest) async throws(JobQueueError) -> JobTicket { try await queue.enqueue(request) }

    func lease(
        worker: String, for duration: Duration, taking selection: JobSelection
    ) async throws(JobQueueError) -> LeasedJob? {
        try await queue.lease(worker: worker, for: duration, taking: selection)
    }

    func heartbeat(_ lease: LeaseToken, for duration: Duration) async throws(JobQueueError) -> Timestamp {
        try await queue.heartbeat(lease, for: duration)
    }

    func complete(_ lease: LeaseToken) async throws(JobQueueError) { try await queue.complete(lease) }

    func held(_ lease: LeaseToken) async throws(JobQueueError) -> LeasedJob { try await queue.held(lease) }

    func progress(of key: JobKey) async throws(JobQueueError) -> AnalysisProgress {
        try await queue.progress(of: key)
    }

    func waitForWork(atMost duration: Duration, taking selection: JobSelection) async {
        await queue.waitForWork(atMost: duration, taking: selection)
    }

    func counts() async throws(JobQueueError) -> JobCounts { try await queue.counts() }
}
