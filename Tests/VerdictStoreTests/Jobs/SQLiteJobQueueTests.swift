import Platform
import Screening
import TestSupport
import Testing

@testable import VerdictStore

@Suite("SQLite job queue")
struct SQLiteJobQueueTests {
    private let temporary: TemporaryDirectory

    init() throws {
        temporary = try TemporaryDirectory()
    }

    private func queue(_ name: String, clock: ManualWallClock) throws -> SQLiteJobQueue {
        try SQLiteJobQueue(
            path: temporary.path(name), clock: clock,
            limits: SQLiteJobQueue.Limits(
                capacity: JobQueueConformance.capacity, maxAttempts: JobQueueConformance.maxAttempts,
                retryAfter: JobQueueConformance.retryAfter))
    }

    @Test("it does what every job queue must do")
    func conformance() async throws {
        let number = Lock(0)
        let conformance = JobQueueConformance { clock in
            let next = number.withLock { number in
                number += 1
                return number
            }
            return try queue("jobs-\(next).db", clock: clock)
        }
        try await conformance.run()
    }

    @Test("jobs, leases and failures survive a restart")
    func restart() async throws {
        let clock = ManualWallClock()
        let first = try queue("jobs.db", clock: clock)
        _ = try await first.enqueue(JobQueueConformance.request("leased", coordinates: true))
        let job = try #require(try await first.lease(worker: "w1", for: .seconds(60)))
        _ = try await first.enqueue(JobQueueConformance.request("queued", .warm))
        await first.close()

        let second = try queue("jobs.db", clock: clock)
        await second.waitForWork(atMost: .seconds(3600))
        #expect(try await second.held(job.lease) == job)
        #expect(try await second.lease(worker: "w1", for: .seconds(60))?.request.registryFacts.name == "queued")
        try await second.complete(job.lease)
        await second.close()
    }

    @Test("what a worker that ended held is offered again at once, and counts as tried")
    func endedWorker() async throws {
        let queue = try queue("jobs.db", clock: ManualWallClock())
        for name in ["one", "two"] { _ = try await queue.enqueue(JobQueueConformance.request(name)) }
        let held = try #require(try await queue.lease(worker: "w1", for: .seconds(60)))
        let other = try #require(try await queue.lease(worker: "w2", for: .seconds(60)))
        #expect(try await queue.lease(worker: "w1", for: .seconds(60)) == nil)

        #expect(try await queue.endLeases(of: "w1") == 1)
        await queue.waitForWork(atMost: .seconds(3600))
        await #expect(throws: JobQueueError.self) { try await queue.complete(held.lease) }
        #expect(try await queue.held(other.lease) == other)
        let again = try #require(try await queue.lease(worker: "w1", for: .seconds(60)))
        #expect(again.id == held.id && again.attempt == 2)
        for attempt in 2...JobQueueConformance.maxAttempts {
            #expect(try await queue.endLeases(of: "w1") == 1)
            let next = try await queue.lease(worker: "w1", for: .seconds(60))
            #expect(next?.attempt == (attempt == JobQueueConformance.maxAttempts ? nil : attempt + 1))
        }
        #expect(try await queue.progress(of: held.request.key) == .unavailable(cause: "lost"))
        await queue.close()
    }

    @Test("what it stores of a failure is bounded")
    func boundedDetail() async throws {
        let queue = try queue("jobs.db", clock: ManualWallClock())
        _ = try await queue.enqueue(JobQueueConformance.request("left-pad"))
        let job = try #require(try await queue.lease(worker: "w1", for: .seconds(60)))
        let detail = String(repeating: "é", count: 100_000)
        try await queue.fail(job.lease, cause: JobFailure(cause: .garbage, detail: detail))
        await queue.close()
        let connection = try Connection(temporary.path("jobs.db"), access: .readOnly)
        let stored = try connection.first("SELECT detail FROM jobs") { row throws(DatabaseError) in try row.text(0) }
        #expect(stored == String(repeating: "é", count: 256))
    }

    @Test("closing wakes who waits, and later calls throw")
    func closing() async throws {
        let queue = try queue("jobs.db", clock: ManualWallClock())
        #expect(try await queue.lease(worker: "w1", for: .seconds(60)) == nil)
        let waiter = Task { await queue.waitForWork(atMost: .seconds(3600)) }
        await queue.close()
        await waiter.value
        await #expect(throws: JobQueueError.self) { try await queue.counts() }
    }

    @Test("a job that somebody damaged in the database is an error, not an absence")
    func damagedRow() async throws {
        let queue = try queue("jobs.db", clock: ManualWallClock())
        _ = try await queue.enqueue(JobQueueConformance.request("left-pad"))
        let connection = try Connection(temporary.path("jobs.db"), access: .readWrite)
        try connection.run("UPDATE jobs SET purl = 'nonsense'")
        let error = await #expect(throws: JobQueueError.self) {
            try await queue.lease(worker: "w1", for: .seconds(60))
        }
        guard case .database(let cause)? = error else {
            Issue.record("expected a database error, got \(String(describing: error))")
            return
        }
        #expect(cause.kind == .unexpectedRow)
        #expect(try await queue.counts().queued == 1, "the attempt was taken back")
        await queue.close()
    }
}
