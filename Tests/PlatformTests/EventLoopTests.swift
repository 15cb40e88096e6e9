import Glibc
import TestSupport
import Testing

@testable import Platform

/// An actor whose executor is an event loop.
private actor LoopActor {
    private let loop: EventLoop
    private var count = 0

    init(_ loop: EventLoop) {
        self.loop = loop
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    func increment() -> Int {
        loop.checkIsolated()
        count += 1
        return count
    }
}

/// Counts what a descriptor reports, confined to its loop.
private final class Recorder: ReadinessHandler, DeadlineTarget, @unchecked Sendable {
    private let action: (Readiness) -> Void

    init(_ action: @escaping (Readiness) -> Void) {
        self.action = action
    }

    func descriptorIsReady(_ readiness: Readiness) {
        action(readiness)
    }

    func deadlinePassed() {
        action([])
    }
}

@Suite("Event loops", .timeLimit(.minutes(1)))
struct EventLoopTests {
    /// Runs `body` on a loop and returns what it returns.
    private func on<Value: Sendable>(_ loop: EventLoop, _ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { done in loop.execute { done.resume(returning: body()) } }
    }

    @Test("work from one thread runs in its order, on the loop's thread and nowhere else")
    func order() async throws {
        let loop = try EventLoop(name: "test")
        let seen = Lock<[Int]>([])
        #expect(!loop.isCurrent)
        for number in 0..<1000 { loop.execute { seen.withLock { $0.append(loop.isCurrent ? number : -1) } } }
        #expect(await on(loop) { loop.isCurrent })
        #expect(seen.withLock { $0 } == Array(0..<1000))
        loop.stop()
    }

    @Test("tasks that prefer the loop run on it, and come back to it after waiting elsewhere")
    func taskExecutor() async throws {
        let loop = try EventLoop(name: "test")
        let places = await Task(executorPreference: loop) {
            var places = [loop.isCurrent]
            await Task.yield()
            places.append(loop.isCurrent)
            try? await Task.sleep(for: .milliseconds(1))
            places.append(loop.isCurrent)
            return places
        }.value
        #expect(places == [true, true, true])
        loop.stop()
    }

    @Test("an actor whose executor is the loop is serial and isolated")
    func actorExecutor() async throws {
        let loop = try EventLoop(name: "test")
        let actor = LoopActor(loop)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 { group.addTask { _ = await actor.increment() } }
        }
        #expect(await actor.increment() == 101)
        loop.stop()
    }

    @Test("deadlines pass in their order, cancelled ones not at all, moved ones once")
    func deadlines() async throws {
        let loop = try EventLoop(name: "test")
        let order: [Int] = await withCheckedContinuation { done in
            loop.execute {
                var order: [Int] = []
                var kept: [LoopTimer] = []
                var targets: [Recorder] = []
                for (number, delay) in [(0, 30), (1, 10), (2, 20), (3, 15), (4, 1)] {
                    let target = Recorder { _ in order.append(number) }
                    let timer = LoopTimer(target: target)
                    loop.schedule(timer, after: .milliseconds(delay))
                    kept.append(timer)
                    targets.append(target)
                }
                loop.cancel(kept[3])
                loop.schedule(kept[4], after: .milliseconds(25))
                let last = Recorder { _ in done.resume(returning: order) }
                let timer = LoopTimer(target: last)
                loop.schedule(timer, after: .milliseconds(40))
                targets.append(last)
                // Timers hold their targets weakly.
                loop.execute(after: .milliseconds(60)) { [targets] in _ = targets }
            }
        }
        #expect(order == [1, 2, 4, 0])
        loop.stop()
    }

    @Test("any mix of scheduling, moving and cancelling keeps the queue in order")
    func deadlineQueue() {
        var random = SeededRandom()
        let target = Recorder { _ in }
        let timers = (0..<64).map { _ in LoopTimer(target: target) }
        var queue = DeadlineQueue()
        for _ in 0..<200 {
            for _ in 0..<20 {
                let timer = timers[.random(in: 0..<timers.count, using: &random)]
                if Bool.random(using: &random) {
                    queue.schedule(timer, at: .random(in: 0..<1000, using: &random))
                } else {
                    queue.cancel(timer)
                }
            }
            #expect(queue.count == timers.count { $0.isScheduled })
            let expected = timers.filter(\.isScheduled).map(\.deadlineNanoseconds).filter { $0 <= 500 }.sorted()
            var popped: [Int64] = []
            while let timer = queue.popDue(at: 500) { popped.append(timer.deadlineNanoseconds) }
            #expect(popped == expected)
        }
    }

    @Test("a descriptor reports what it is watched for, and nothing after it is unregistered")
    func descriptors() async throws {
        let loop = try EventLoop(name: "test")
        let reports = Lock<[UInt32]>([])
        var ends: [Int32] = [0, 0]
        #expect(unsafe pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        var byte: UInt8 = 1
        #expect(unsafe write(writing, &byte, 1) == 1)
        await withCheckedContinuation { done in
            loop.execute {
                let isFirst = Lock(true)
                let recorder = Recorder { readiness in
                    reports.withLock { $0.append(readiness.rawValue) }
                    if isFirst.withLock({ first in
                        defer { first = false }
                        return first
                    }) {
                        done.resume()
                    }
                }
                _ = try? loop.register(reading, for: [.readable, .edgeTriggered], handler: recorder)
            }
        }
        // Edge-triggered: one byte, one report, however many turns the loop takes.
        for _ in 0..<5 { await on(loop) {} }
        #expect(reports.withLock { $0 } == [Readiness.readable.rawValue])
        let failed = await on(loop) { (try? loop.register(-1, for: .readable, handler: Recorder { _ in })) == nil }
        #expect(failed)
        loop.stop()
        close(reading)
        close(writing)
    }

    @Test("an event that was fetched before its descriptor was unregistered reaches nobody")
    func staleEvents() async throws {
        let loop = try EventLoop(name: "test")
        var ends: [Int32] = [0, 0, 0, 0]
        #expect(unsafe ends.withUnsafeMutableBufferPointer { unsafe pipe($0.baseAddress) } == 0)
        #expect(unsafe ends.withUnsafeMutableBufferPointer { unsafe pipe($0.baseAddress.map { unsafe $0 + 2 }) } == 0)
        let descriptors = ends
        let total = await withCheckedContinuation { (done: CheckedContinuation<Int, Never>) in
            loop.execute {
                // Both become ready in the same turn; whichever comes first unregisters the other.
                var count = 0
                var registrations: [Registration] = []
                for end in [0, 2] {
                    let recorder = Recorder { _ in
                        count += 1
                        for registration in registrations { loop.unregister(registration) }
                        registrations = []
                        loop.execute(after: .milliseconds(5)) { [seen = count] in done.resume(returning: seen) }
                        // A new registration takes the other's slot.
                        _ = try? loop.register(
                            descriptors[1], for: .edgeTriggered, handler: Recorder { _ in count += 10 })
                    }
                    if let registration = try? loop.register(descriptors[end], for: .readable, handler: recorder) {
                        registrations.append(registration)
                    }
                }
                var byte: UInt8 = 1
                for end in [1, 3] { _ = unsafe write(descriptors[end], &byte, 1) }
            }
        }
        #expect(total == 1)
        loop.stop()
        for descriptor in descriptors { close(descriptor) }
    }

    @Test("a loop that has ended takes no more work and says so")
    func ended() async throws {
        let loop = try EventLoop(name: "test")
        let ran = Lock(0)
        for _ in 0..<100 { loop.execute { ran.withLock { $0 += 1 } } }
        loop.stop()
        var accepted = 100
        while loop.execute({ ran.withLock { $0 += 1 } }) { accepted += 1 }
        while ran.withLock({ $0 }) < accepted { await Task.yield() }
        #expect(ran.withLock { $0 } == accepted)
        #expect(!loop.execute {})
    }

    @Test("durations become nanoseconds without overflow")
    func durations() {
        #expect(Duration.milliseconds(1500).wholeNanoseconds == 1_500_000_000)
        #expect(Duration.seconds(-1).wholeNanoseconds == -1_000_000_000)
        #expect(Duration.seconds(Int64.max).wholeNanoseconds == .max)
        #expect(Duration.seconds(Int64.min).wholeNanoseconds == .min)
        #expect(Int64.max.addingSaturated(1) == .max && Int64.min.addingSaturated(-1) == .min)
    }
}
