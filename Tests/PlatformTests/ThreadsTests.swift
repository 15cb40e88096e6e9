import CLinux
import Glibc
import Platform
import TestSupport
import Testing

@Suite("Locks and threads")
struct ThreadsTests {
    private struct Refusal: Error, Equatable {
        let number: Int
    }

    @Test("a lock lets one thread at a time change the value")
    func lock() async {
        let pool = BlockingPool(name: "lock test", threads: 4)
        let counter = Lock(0)
        let shared = Shared(counter)
        await withTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    await pool.run { for _ in 0..<20_000 { shared.lock.withLock { $0 += 1 } } }
                }
            }
        }
        #expect(shared.lock.withLock { $0 } == 80_000)
        pool.stop()
    }

    private final class Shared: Sendable {
        let lock: Lock<Int>

        init(_ lock: consuming Lock<Int>) {
            self.lock = lock
        }
    }

    @Test("a lock is released when its body throws, and passes the error on")
    func throwingBody() {
        let lock = Lock(1)
        #expect(throws: Refusal(number: 1)) {
            try lock.withLock { (value) throws(Refusal) in throw Refusal(number: value) }
        }
        #expect(lock.withLock { $0 } == 1)
    }

    @Test("a lock can guard a value that cannot be copied")
    func noncopyable() throws {
        let directory = try TemporaryDirectory()
        let lock = Lock(try TemporaryFile.create(inDirectory: directory.path))
        try lock.withLock { file throws(FileError) in try file.write([1, 2, 3]) }
        #expect(lock.withLock { $0.sizeBytes } == 3)
    }

    @Test("taking a lock twice on one thread stops the process instead of hanging")
    func recursion() async {
        await #expect(processExitsWith: .failure) {
            let lock = Lock(0)
            lock.withLock { _ in lock.withLock { $0 += 1 } }
        }
    }

    @Test("a blocking thread runs everything in order, on one thread that is none of the pool's")
    func blockingThread() async {
        let thread = BlockingThread(name: "a name that is longer than fifteen bytes")
        let order = SendableList()
        let first = await thread.run { pthread_self() }
        for number in 0..<100 { await thread.run { order.append(number) } }
        let last = await thread.run { pthread_self() }
        #expect(first == last)
        #expect(first != pthread_self())
        #expect(order.numbers == Array(0..<100))
        thread.stop()
    }

    private final class SendableList: Sendable {
        private let list = Lock<[Int]>([])

        func append(_ number: Int) { list.withLock { $0.append(number) } }
        var numbers: [Int] { list.withLock { $0 } }
    }

    @Test("errors come back with their type")
    func errors() async {
        let thread = BlockingThread(name: "errors")
        do throws(Refusal) {
            try await thread.run { () throws(Refusal) in throw Refusal(number: 7) }
            Issue.record("nothing was thrown")
        } catch {
            #expect(error.number == 7)
        }
    }

    @Test("work queued before stop runs to its end, and stopping twice is harmless")
    func stop() async {
        let thread = BlockingThread(name: "stop")
        let order = SendableList()
        await withTaskGroup { group in
            for number in 0..<2000 { group.addTask { await thread.run { order.append(number) } } }
        }
        thread.stop()
        thread.stop()
        #expect(order.numbers.sorted() == Array(0..<2000))
    }

    @Test("handing work to a stopped thread stops the process")
    func runAfterStop() async {
        await #expect(processExitsWith: .failure) {
            let thread = BlockingThread(name: "stopped")
            thread.stop()
            await thread.run {}
        }
    }

    @Test("a pool runs as many at once as it has threads")
    func pool() async {
        let pool = BlockingPool(name: "pool", threads: 3)
        // Each of the three waits for the other two, so this ends only if they run at the same time.
        let pipes = (0..<3).map { _ in Pipe() }
        await withTaskGroup { group in
            for index in 0..<3 {
                group.addTask {
                    await pool.run {
                        pipes[index].send(2)
                        for other in 0..<3 where other != index { pipes[other].receive() }
                    }
                }
            }
        }
        pool.stop()
    }

    private struct Pipe {
        let ends: [Int32]

        init() {
            var ends: [Int32] = [0, 0]
            _ = unsafe pipe(&ends)
            self.ends = ends
        }

        func send(_ count: Int) { _ = unsafe write(ends[1], [UInt8](repeating: 0, count: count), count) }

        func receive() {
            var byte: UInt8 = 0
            _ = unsafe read(ends[0], &byte, 1)
        }
    }
}
