import Cryptography
import Platform
import Registry
import Screening
import TestSupport
import Testing

@testable import VerdictStore

/// What every `JobQueue` must do. An implementation passes when `run` records no issue with it.
struct JobQueueConformance {
    /// The bounds that `make` gives its queues.
    static let capacity = 8
    static let maxAttempts = 3
    static let retryAfter = Duration.seconds(600)

    /// Makes an empty queue with these bounds that tells time by the clock.
    let make: (ManualWallClock) throws -> any JobQueue

    func run() async throws {
        try await joins()
        try await ordersByUrgencyThenAge()
        try await leasesExpire()
        try await heartbeats()
        try await lostLeasesDoNothing()
        try await failsUntilUnavailable()
        try await startsOver()
        try await isBounded()
        try await reportsProgress()
        try await waitsForWork()
        try await sharesAmongWorkers()
        try await selects()
    }

    static func request(
        _ name: String, _ priority: JobPriority = .waiting, coordinates: Bool = false, analyzer: AnalyzerID = .static_
    ) throws -> JobRequest {
        let purl = try PackageURL(parsing: "pkg:npm/\(name)@1.0.0")
        let bytes = Array(name.utf8)
        return JobRequest(
            key: JobKey(
                sha512: SHA512Digest(hashing: bytes), analyzer: analyzer, ruleset: SHA256Digest(hashing: [1]),
                coordinates: coordinates ? purl : nil),
            sha256: SHA256Digest(hashing: bytes), purl: purl, filename: "\(name)-1.0.0.tgz", ecosystem: .npm,
            registryFacts: RegistryFacts(name: name, version: "1.0.0"), priority: priority, sizeBytes: 123)
    }

    private let lease = Duration.seconds(60)

    private func take(_ queue: any JobQueue) async throws -> LeasedJob {
        try #require(try await queue.lease(worker: "w1", for: lease))
    }

    private func joins() async throws {
        let queue = try make(ManualWallClock())
        let request = try Self.request("left-pad")
        let first = try await queue.enqueue(request)
        #expect(!first.isJoined)
        #expect(try await queue.enqueue(request) == JobTicket(id: first.id, isJoined: true))
        let named = try await queue.enqueue(Self.request("left-pad", coordinates: true))
        let other = try await queue.enqueue(Self.request("left-pad", analyzer: .diff))
        #expect(Set([first.id, named.id, other.id]).count == 3)
        #expect(try await queue.counts().queued == 3)
        let job = try await take(queue)
        #expect(job.request == request)
        #expect(job.attempt == 1)
        #expect(try await queue.enqueue(request) == JobTicket(id: first.id, isJoined: true))
        let held = try await queue.held(job.lease)
        #expect(held == job)
    }

    private func ordersByUrgencyThenAge() async throws {
        let queue = try make(ManualWallClock())
        for (name, priority): (String, JobPriority) in [
            ("rescan", .rescan), ("warm", .warm), ("first", .waiting), ("publish", .publish), ("second", .waiting),
            ("raised", .rescan),
        ] {
            _ = try await queue.enqueue(Self.request(name, priority))
        }
        _ = try await queue.enqueue(Self.request("raised", .publish))
        _ = try await queue.enqueue(Self.request("first", .rescan))
        var order: [String] = []
        while let job = try await queue.lease(worker: "w1", for: lease) { order.append(job.request.registryFacts.name) }
        #expect(order == ["first", "second", "publish", "raised", "warm", "rescan"])
    }

    private func leasesExpire() async throws {
        let clock = ManualWallClock()
        let queue = try make(clock)
        _ = try await queue.enqueue(Self.request("left-pad"))
        let first = try await take(queue)
        #expect(first.deadline == clock.now().adding(lease))
        clock.advance(by: .seconds(59))
        #expect(try await queue.lease(worker: "w2", for: lease) == nil)
        clock.advance(by: .seconds(1))
        let second = try await take(queue)
        #expect(second.id == first.id)
        #expect(second.attempt == 2)
        #expect(second.lease.secret != first.lease.secret)
        await #expect(throws: JobQueueError.self) { try await queue.complete(first.lease) }
        try await queue.complete(second.lease)
        #expect(try await queue.lease(worker: "w1", for: lease) == nil)
    }

    private func heartbeats() async throws {
        let clock = ManualWallClock()
        let queue = try make(clock)
        _ = try await queue.enqueue(Self.request("left-pad"))
        let job = try await take(queue)
        for _ in 0..<5 {
            clock.advance(by: .seconds(50))
            #expect(try await queue.heartbeat(job.lease, for: lease) == clock.now().adding(lease))
        }
        #expect(try await queue.lease(worker: "w2", for: lease) == nil)
        try await queue.complete(job.lease)
    }

    private func lostLeasesDoNothing() async throws {
        let clock = ManualWallClock()
        let queue = try make(clock)
        _ = try await queue.enqueue(Self.request("left-pad"))
        let job = try await take(queue)
        let forged = LeaseToken(job: job.id, secret: String(repeating: "0", count: 32))
        let unknown = LeaseToken(job: JobID(value: 999), secret: job.lease.secret)
        for lost in [forged, unknown] { try await expectLost(lost, in: queue) }
        // After the deadline the lease is lost even when nobody else has taken the job.
        clock.advance(by: lease)
        try await expectLost(job.lease, in: queue)
        #expect(try await queue.counts().leased + queue.counts().queued == 1)
    }

    private func expectLost(_ lost: LeaseToken, in queue: any JobQueue) async throws {
        await #expect(throws: JobQueueError.self) { try await queue.heartbeat(lost, for: lease) }
        await #expect(throws: JobQueueError.self) { try await queue.complete(lost) }
        await #expect(throws: JobQueueError.self) { try await queue.fail(lost, cause: JobFailure(cause: .crash)) }
        let error = await #expect(throws: JobQueueError.self) { try await queue.held(lost) }
        guard case .leaseLost(lost.job)? = error else {
            Issue.record("expected a lost lease, got \(String(describing: error))")
            return
        }
    }

    private func failsUntilUnavailable() async throws {
        let clock = ManualWallClock()
        let queue = try make(clock)
        let request = try Self.request("left-pad")
        _ = try await queue.enqueue(request)
        // A failure and an expired lease are an attempt each.
        try await queue.fail(take(queue).lease, cause: JobFailure(cause: .memory))
        _ = try await take(queue)
        clock.advance(by: lease)
        let last = try await take(queue)
        #expect(last.attempt == Self.maxAttempts)
        try await queue.fail(last.lease, cause: JobFailure(cause: .time, detail: "30 s"))
        #expect(try await queue.lease(worker: "w1", for: lease) == nil)
        #expect(try await queue.progress(of: request.key) == .unavailable(cause: "time"))
        #expect(try await queue.counts().unavailable == 1)
        #expect(try await queue.enqueue(request).isJoined)
        #expect(try await queue.lease(worker: "w1", for: lease) == nil)
    }

    private func makeUnavailable(_ request: JobRequest, in queue: any JobQueue) async throws {
        _ = try await queue.enqueue(request)
        for _ in 0..<Self.maxAttempts { try await queue.fail(take(queue).lease, cause: JobFailure(cause: .crash)) }
    }

    private func startsOver() async throws {
        let clock = ManualWallClock()
        let queue = try make(clock)
        let request = try Self.request("left-pad")
        try await makeUnavailable(request, in: queue)
        clock.advance(by: Self.retryAfter)
        #expect(try await !queue.enqueue(request).isJoined)
        #expect(try await take(queue).attempt == 1)

        let other = try Self.request("other")
        try await makeUnavailable(other, in: queue)
        #expect(try await queue.retry(other.key))
        #expect(try await !queue.retry(other.key))
        #expect(try await take(queue).attempt == 1)
    }

    private func isBounded() async throws {
        let queue = try make(ManualWallClock())
        try await makeUnavailable(Self.request("unavailable"), in: queue)
        for number in 0..<Self.capacity { _ = try await queue.enqueue(Self.request("package-\(number)")) }
        let error = await #expect(throws: JobQueueError.self) { try await queue.enqueue(Self.request("one-more")) }
        guard case .full(capacity: Self.capacity)? = error else {
            Issue.record("expected a full queue, got \(String(describing: error))")
            return
        }
        #expect(try await queue.enqueue(Self.request("package-0")).isJoined)
        let job = try await take(queue)
        await #expect(throws: JobQueueError.self) { try await queue.enqueue(Self.request("one-more")) }
        try await queue.complete(job.lease)
        _ = try await queue.enqueue(Self.request("one-more"))
    }

    private func reportsProgress() async throws {
        let clock = ManualWallClock()
        let queue = try make(clock)
        let request = try Self.request("left-pad")
        #expect(try await queue.progress(of: request.key) == .notRequested)
        _ = try await queue.enqueue(request)
        let since = clock.now()
        clock.advance(by: .seconds(5))
        #expect(try await queue.progress(of: request.key) == .running(since: since))
        #expect(try await queue.counts().oldestQueuedSince == since)
        let job = try await take(queue)
        #expect(try await queue.progress(of: request.key) == .running(since: since))
        #expect(try await queue.counts().leased == 1)
        try await queue.complete(job.lease)
        #expect(try await queue.progress(of: request.key) == .notRequested)
        #expect(
            try await queue.counts()
                == JobCounts(
                    queued: 0, leased: 0, unavailable: 0, capacity: Self.capacity, oldestQueuedSince: nil))
    }

    private func waitsForWork() async throws {
        let queue = try make(ManualWallClock())
        #expect(try await queue.lease(worker: "w1", for: lease) == nil)
        let waiter = Task { await queue.waitForWork(atMost: .seconds(3600)) }
        _ = try await queue.enqueue(Self.request("left-pad"))
        await waiter.value
        // Work that came before the wait is not slept through, and neither is a cancellation.
        await queue.waitForWork(atMost: .seconds(3600))
        let job = try await take(queue)
        #expect(try await queue.lease(worker: "w1", for: lease) == nil)
        let cancelled = Task { await queue.waitForWork(atMost: .seconds(3600)) }
        cancelled.cancel()
        await cancelled.value
        await queue.waitForWork(atMost: .milliseconds(1))
        let again = Task { await queue.waitForWork(atMost: .seconds(3600)) }
        try await queue.fail(job.lease, cause: JobFailure(cause: .crash))
        await again.value
    }

    private func sharesAmongWorkers() async throws {
        let queue = try make(ManualWallClock())
        for number in 0..<Self.capacity { _ = try await queue.enqueue(Self.request("package-\(number)")) }
        let taken = try await withThrowingTaskGroup(of: JobID?.self) { group in
            for number in 0..<Self.capacity * 2 {
                group.addTask { try await queue.lease(worker: "w\(number)", for: .seconds(60))?.id }
            }
            return try await group.reduce(into: [JobID]()) { if let id = $1 { $0.append(id) } }
        }
        #expect(taken.count == Self.capacity)
        #expect(Set(taken).count == Self.capacity)
    }

    private func selects() async throws {
        let queue = try make(ManualWallClock())
        for name in ["a", "b", "c"] { _ = try await queue.enqueue(Self.request(name, analyzer: .aiReview)) }
        _ = try await queue.enqueue(Self.request("d", .rescan))
        func take(_ selection: JobSelection) async throws -> LeasedJob? {
            try await queue.lease(worker: "w1", for: lease, taking: selection)
        }
        // A look that finds nothing says nothing about what others look for.
        #expect(try await take(.only(.diff, atMost: 5)) == nil)
        await queue.waitForWork(atMost: .seconds(3600), taking: .except(.aiReview))
        #expect(try await take(.except(.aiReview))?.request.registryFacts.name == "d")
        #expect(try await take(.except(.aiReview)) == nil)
        await queue.waitForWork(atMost: .seconds(3600), taking: .all)
        let first = try #require(try await take(.only(.aiReview, atMost: 2)))
        #expect(first.request.registryFacts.name == "a")
        #expect(try await take(.only(.aiReview, atMost: 2))?.request.registryFacts.name == "b")
        #expect(try await take(.only(.aiReview, atMost: 2)) == nil)
        try await queue.complete(first.lease)
        #expect(try await take(.only(.aiReview, atMost: 2))?.request.registryFacts.name == "c")
        #expect(try await take(.all) == nil)
    }
}
