import Platform
import Registry
import TestSupport
import Testing

@testable import Gateway

@Suite("Shared work, caches and the circuit breaker")
struct FlightTests {
    private enum Failure: Error, Equatable {
        case overloaded, abandoned, broken
    }

    private final class Counter: Sendable {
        let value = Lock(0)
    }

    private typealias Board = SingleFlight<String, Int, Failure>

    /// Runs `body` beside a scope that is finished afterwards.
    private func withScope(_ body: @Sendable (TaskScope) async throws -> Void) async throws {
        let scope = TaskScope()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await scope.run() }
            defer { scope.finish() }
            try await body(scope)
        }
    }

    private func board(_ scope: TaskScope, maxFlights: Int = 10) -> Board {
        Board(scope: scope, maxFlights: maxFlights, overloaded: .overloaded, abandoned: .abandoned)
    }

    @Test("everybody gets the one outcome, failures too, and the next caller starts anew")
    func sharedOutcome() async throws {
        try await withScope { (scope) async throws in
            let board = board(scope)
            let runs = Counter()
            let pause = ManualPause()
            let work: @Sendable () async throws(Failure) -> Int = { () throws(Failure) in
                runs.value.withLock { $0 += 1 }
                await pause.pause(for: .seconds(1))
                throw .broken
            }
            let callers = (0..<20).map { _ in Task { try await board.join("key", work: work) } }
            await eventually { pause.sleeperCount == 1 && board.waiterCount(of: "key") == 20 }
            pause.elapse(.seconds(1))
            for caller in callers { await #expect(throws: Failure.broken) { try await caller.value } }
            #expect(runs.value.withLock { $0 } == 1)
            #expect(try await board.join("key") { () throws(Failure) in 7 } == 7)
            #expect(board.count == 0)
        }
    }

    @Test("a waiter that is cancelled leaves alone; the work goes on and the others get it")
    func leaving() async throws {
        try await withScope { (scope) async throws in
            let board = board(scope)
            let pause = ManualPause()
            let work: @Sendable () async throws(Failure) -> Int = { () throws(Failure) in
                await pause.pause(for: .seconds(1))
                return 1
            }
            let first = Task { try await board.join("key", work: work) }
            let second = Task { try await board.join("key", work: work) }
            await eventually { board.waiterCount(of: "key") == 2 }
            first.cancel()
            await #expect(throws: Failure.abandoned) { try await first.value }
            await eventually { pause.sleeperCount == 1 }
            pause.elapse(.seconds(1))
            #expect(try await second.value == 1)
        }
    }

    @Test("past the limit of different keys nothing more is started")
    func overload() async throws {
        try await withScope { (scope) async throws in
            let board = board(scope, maxFlights: 1)
            let pause = ManualPause()
            let busy = Task {
                try await board.join("one") { () throws(Failure) in
                    await pause.pause(for: .seconds(1))
                    return 1
                }
            }
            await eventually { pause.sleeperCount == 1 }
            await #expect(throws: Failure.overloaded) { try await board.join("two") { () throws(Failure) in 2 } }
            pause.elapse(.seconds(1))
            #expect(try await busy.value == 1)
        }
    }

    @Test("after the scope ended, work is refused instead of waited for; what was handed in before still answers")
    func endedScope() async throws {
        let scope = TaskScope()
        let board = board(scope)
        let early = Task { try await board.join("early") { () throws(Failure) in 1 } }
        await eventually { board.count == 1 }
        let run = Task { await scope.run() }
        run.cancel()
        _ = await early.result
        await run.value
        await #expect(throws: Failure.abandoned) { try await board.join("late") { () throws(Failure) in 2 } }
        #expect(board.count == 0)
    }

    @Test("a pause that ends first cancels the work and waits for it to stop")
    func patience() async {
        let pause = ManualPause()
        let stopped = Lock(false)
        async let result = waiting(atMost: .seconds(5), pause) {
            await pause.pause(for: .seconds(50))
            stopped.withLock { $0 = Task.isCancelled }
            return 1
        }
        await eventually { pause.sleeperCount == 2 }
        pause.elapse(.seconds(5))
        if case .value = await result { Issue.record("the work was not cut short") }
        #expect(stopped.withLock { $0 })
    }

    @Test("the least recently used entries leave when the cost exceeds the limit")
    func costs() {
        var cache = CostLimitedCache<String, Int>(maxCost: 10)
        cache.insert(1, for: "a", cost: 4)
        cache.insert(2, for: "b", cost: 4)
        #expect(cache.value(for: "a") == 1)
        cache.insert(3, for: "c", cost: 4)
        #expect(cache.value(for: "b") == nil && cache.value(for: "a") == 1 && cache.value(for: "c") == 3)
        cache.insert(4, for: "a", cost: 1)
        #expect(cache.totalCost == 5 && cache.count == 2)
        cache.insert(5, for: "huge", cost: 11)
        #expect(cache.value(for: "huge") == nil && cache.count == 2)
        cache.removeAll { $0 == "a" }
        #expect(cache.value(for: "a") == nil && cache.count == 1)
    }

    @Test("the cache agrees with a plain model over random use")
    func cacheModel() {
        var random = SeededRandom()
        var cache = CostLimitedCache<Int, Int>(maxCost: 20)
        var model: [(key: Int, value: Int, cost: Int)] = []
        for step in 0..<5000 {
            let key = Int.random(in: 0..<12, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                let cost = Int.random(in: 1...8, using: &random)
                cache.insert(step, for: key, cost: cost)
                model.removeAll { $0.key == key }
                model.append((key, step, cost))
                while model.reduce(0, { $0 + $1.cost }) > 20 { model.removeFirst() }
            case 1:
                let position = model.firstIndex { $0.key == key }
                #expect(cache.value(for: key) == position.map { model[$0].value })
                if let position { model.append(model.remove(at: position)) }
            default:
                cache.remove(key)
                model.removeAll { $0.key == key }
            }
            #expect(cache.count == model.count && cache.totalCost == model.reduce(0) { $0 + $1.cost })
        }
    }

    @Test(
        "a breaker opens after the limit of failures in a row, lets one probe through per pause, and closes on success")
    func breaker() throws {
        let clock = ManualWallClock()
        let breaker = CircuitBreaker(clock: clock)
        let source = try GatewayFixture.registry("npmjs")
        let limits = UpstreamDefinition(url: "https://a/", isPublic: true, maxFails: 2, failTimeout: .seconds(60))
        breaker.failed(source, limits: limits, reason: "one")
        breaker.succeeded(source)
        breaker.failed(source, limits: limits, reason: "two")
        #expect(breaker.permission(for: source, limits: limits) == .allowed)
        breaker.failed(source, limits: limits, reason: "three")
        let end = clock.now().adding(.seconds(60))
        #expect(breaker.permission(for: source, limits: limits) == .refused(until: end))
        #expect(breaker.outage(of: source)?.reason == "three")
        clock.advance(by: .seconds(60))
        #expect(breaker.permission(for: source, limits: limits) == .allowed)
        #expect(breaker.permission(for: source, limits: limits) == .refused(until: end.adding(.seconds(60))))
        breaker.succeeded(source)
        #expect(breaker.permission(for: source, limits: limits) == .allowed)
        #expect(breaker.outage(of: source) == nil)
    }

    @Test("a status about one document is no outage of its source", arguments: [400, 405, 451])
    func statusOfOneDocument(status: Int) throws {
        let source = try GatewayFixture.registry("npmjs")
        let reason = "the source of npmjs answered \(status)"
        #expect(DocumentFetcher.failure(status: status, source: source) == .unusable(reason: reason))
        for ill in [408, 429, 500, 503] {
            let failure = DocumentFetcher.failure(status: ill, source: source)
            #expect(failure == .unreachable(reason: "the source of npmjs answered \(ill)"))
        }
        #expect(DocumentFetcher.failure(status: 410, source: source) == .notFound)
    }
}
