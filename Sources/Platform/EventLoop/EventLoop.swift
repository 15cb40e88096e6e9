import CLinux
import Glibc
import Synchronization

/// Why a loop could not be made or could not watch a descriptor.
public struct EventLoopError: Error, Sendable, CustomStringConvertible {
    /// What was attempted, as in "create an epoll descriptor".
    public let operation: String
    /// The system's error number.
    public let code: Int32

    public var description: String { "cannot \(operation): \(errorText(code))" }
}

/// A thread that waits for descriptors and deadlines, and that runs the Swift tasks which prefer it.
///
/// It is an executor both for actors and for tasks (`Task(executorPreference: loop)`), so that code started from a
/// ready descriptor and the asynchronous code it calls share one thread without any switch between them. Whatever runs
/// here must never block. Everything but `execute`, `enqueue`, `isCurrent` and `stop` may be called on the loop's own
/// thread only.
public final class EventLoop: SerialExecutor, TaskExecutor, @unchecked Sendable {
    /// Work that other threads hand over.
    private struct Mailbox {
        var jobs: [UnownedJob] = []
        var actions: [@Sendable () -> Void] = []
        var isWakePending = false
        var isStopping = false
        var hasEnded = false
    }

    /// The name of the loop's thread.
    public let name: String
    private let epoll: Int32
    private let wakeUp: Int32
    private let mailbox = Lock(Mailbox())
    private let threadIdentity = Atomic<UInt>(0)

    // Confined to the loop's thread.
    private var table = RegistrationTable()
    private var deadlines = DeadlineQueue()
    private var localJobs: [UnownedJob] = []
    private var localActions: [@Sendable () -> Void] = []
    private var isStopping = false
    /// The loop's clock in nanoseconds, read once per turn: monotonic, with no relation to the time of day.
    public private(set) var nowNanoseconds: Int64 = monotonicNanoseconds()

    /// Makes a loop and starts its thread.
    ///
    /// Signals are blocked in it, so that sending to a connection that the peer has closed is an error and not `SIGPIPE`.
    ///
    /// - Throws: `EventLoopError` when the system refuses a descriptor.
    public init(name: String) throws(EventLoopError) {
        self.name = name
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else {
            throw EventLoopError(operation: "create an epoll descriptor", code: currentErrorNumber())
        }
        wakeUp = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard wakeUp >= 0 else {
            let code = currentErrorNumber()
            _ = close(epoll)
            throw EventLoopError(operation: "create an event descriptor", code: code)
        }
        guard jurat_epoll_control(epoll, EPOLL_CTL_ADD, wakeUp, EPOLLIN.rawValue, 0) == 0 else {
            throw EventLoopError(operation: "watch the event descriptor", code: currentErrorNumber())
        }
        // A task knows the executor that it prefers without owning it, and may be resumed (by a timer, say) long after
        // the loop has stopped. So a loop is never freed: a process makes a handful of them.
        _ = unsafe Unmanaged.passRetained(self)
        NativeThread.start(name: name) { self.run() }.detach()
    }

    // MARK: From any thread

    /// Whether the calling thread is the loop's.
    public var isCurrent: Bool {
        threadIdentity.load(ordering: .relaxed) == UInt(pthread_self())
    }

    /// Runs `action` on the loop's thread, soon, never within this call; answers false when the loop was stopped.
    @discardableResult
    public func execute(_ action: @escaping @Sendable () -> Void) -> Bool {
        guard isCurrent else { return post(unless: \.isStopping) { $0.actions.append(action) } }
        localActions.append(action)
        return true
    }

    /// Runs `action` on the loop's thread once `delay` has passed, unless the loop is stopped before.
    @discardableResult
    public func execute(after delay: Duration, _ action: @escaping @Sendable () -> Void) -> Bool {
        execute { self.schedule(LoopTimer(action: action), after: delay) }
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        enqueue(UnownedJob(job))
    }

    public func enqueue(_ job: UnownedJob) {
        if isCurrent {
            localJobs.append(job)
        } else {
            let isTaken = post(unless: \.hasEnded) { $0.jobs.append(job) }
            // Losing the job would leave its task waiting for ever, and running it here would break its isolation.
            precondition(isTaken, "a task prefers the event loop \(name), which has ended")
        }
    }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        unsafe UnownedSerialExecutor(ordinary: self)
    }

    public func asUnownedTaskExecutor() -> UnownedTaskExecutor {
        unsafe UnownedTaskExecutor(ordinary: self)
    }

    public func checkIsolated() {
        precondition(isCurrent, "this must run on the event loop \(name)")
    }

    public func isIsolatingCurrentContext() -> Bool? {
        isCurrent
    }

    /// Ends the loop's thread after the work that is already handed over. Tasks that still prefer the loop stop the
    /// process when they go on: end them first.
    public func stop() {
        _ = post(unless: \.hasEnded) { $0.isStopping = true }
    }

    private func post(unless isClosed: (Mailbox) -> Bool, _ change: (inout Mailbox) -> Void) -> Bool {
        let (isTaken, wakes) = mailbox.withLock { mailbox in
            if isClosed(mailbox) { return (false, false) }
            change(&mailbox)
            defer { mailbox.isWakePending = true }
            return (true, !mailbox.isWakePending)
        }
        if wakes { _ = eventfd_write(wakeUp, 1) }
        return isTaken
    }

    // MARK: On the loop's thread

    /// Watches a descriptor. The handler is held until `unregister`.
    public func register(
        _ descriptor: Int32, for interest: Interest, handler: any ReadinessHandler
    ) throws(EventLoopError) -> Registration {
        checkIsolated()
        let registration = table.add(handler, descriptor: descriptor)
        guard jurat_epoll_control(epoll, EPOLL_CTL_ADD, descriptor, interest.rawValue, registration.token) == 0 else {
            let code = currentErrorNumber()
            table.remove(registration)
            throw EventLoopError(operation: "watch a descriptor", code: code)
        }
        return registration
    }

    /// Watches a registered descriptor for something else.
    public func change(_ registration: Registration, to interest: Interest) throws(EventLoopError) {
        checkIsolated()
        let code = jurat_epoll_control(
            epoll, EPOLL_CTL_MOD, registration.descriptor, interest.rawValue, registration.token)
        guard code == 0 else {
            throw EventLoopError(operation: "watch a descriptor for something else", code: currentErrorNumber())
        }
    }

    /// Stops watching a descriptor; to be called before it is closed.
    public func unregister(_ registration: Registration) {
        checkIsolated()
        table.remove(registration)
        _ = jurat_epoll_control(epoll, EPOLL_CTL_DEL, registration.descriptor, 0, 0)
    }

    /// Schedules a timer, or moves its deadline.
    public func schedule(_ timer: LoopTimer, after delay: Duration) {
        schedule(timer, atNanoseconds: nowNanoseconds.addingSaturated(delay.wholeNanoseconds))
    }

    /// Schedules a timer, or moves its deadline, in nanoseconds of the loop's clock.
    public func schedule(_ timer: LoopTimer, atNanoseconds deadline: Int64) {
        checkIsolated()
        deadlines.schedule(timer, at: deadline)
    }

    /// Takes a timer back; harmless when it is not scheduled.
    public func cancel(_ timer: LoopTimer) {
        checkIsolated()
        deadlines.cancel(timer)
    }

    private func run() {
        threadIdentity.store(UInt(pthread_self()), ordering: .relaxed)
        let capacity = 256
        let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: capacity)
        defer { unsafe events.deallocate() }
        while !isStopping || hasLocalWork || !end() {
            let count = unsafe epoll_wait(epoll, events, Int32(capacity), waitMilliseconds())
            nowNanoseconds = monotonicNanoseconds()
            if count > 0 { unsafe dispatch(events, count: Int(count)) }
            fireDeadlines()
            runLocalWork()
        }
        table.removeAll()
    }

    /// Lets nothing more be handed over; false when something was in the meantime.
    private func end() -> Bool {
        mailbox.withLock { mailbox in
            guard mailbox.jobs.isEmpty, mailbox.actions.isEmpty else { return false }
            mailbox.hasEnded = true
            return true
        }
    }

    private var hasLocalWork: Bool { !localJobs.isEmpty || !localActions.isEmpty }

    /// How long the kernel may wait: not at all with work at hand, else until the next deadline, rounded up.
    private func waitMilliseconds() -> Int32 {
        if hasLocalWork { return 0 }
        guard let next = deadlines.earliestNanoseconds else { return -1 }
        let remaining = next - monotonicNanoseconds()
        if remaining <= 0 { return 0 }
        return Int32(clamping: (remaining - 1) / 1_000_000 + 1)
    }

    private func dispatch(_ events: UnsafeMutablePointer<epoll_event>, count: Int) {
        for index in 0..<count {
            let token = unsafe jurat_epoll_token(events + index)
            if token == 0 {
                collectMail()
            } else if let handler = table.handler(forToken: token) {
                handler.descriptorIsReady(Readiness(rawValue: unsafe events[index].events))
            }
        }
    }

    private func collectMail() {
        var counter: eventfd_t = 0
        _ = unsafe eventfd_read(wakeUp, &counter)
        mailbox.withLock { mailbox in
            localJobs.append(contentsOf: mailbox.jobs)
            localActions.append(contentsOf: mailbox.actions)
            mailbox.jobs.removeAll(keepingCapacity: true)
            mailbox.actions.removeAll(keepingCapacity: true)
            mailbox.isWakePending = false
            isStopping = isStopping || mailbox.isStopping
        }
    }

    private func fireDeadlines() {
        while let timer = deadlines.popDue(at: nowNanoseconds) {
            timer.target?.deadlinePassed()
        }
    }

    /// Runs what is at hand, and what that leads to, for a bounded number of rounds so that descriptors get their turn.
    private func runLocalWork() {
        for _ in 0..<16 {
            if !hasLocalWork { return }
            let jobs = localJobs
            localJobs = []
            for job in jobs {
                unsafe job.runSynchronously(
                    isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            }
            let actions = localActions
            localActions = []
            for action in actions { action() }
        }
    }
}

/// The time of a clock that never jumps and has no relation to the time of day: that of `EventLoop.nowNanoseconds`.
public func monotonicNanoseconds() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

extension Duration {
    /// Whole nanoseconds, at most about 292 years in either direction.
    public var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        return product.addingSaturated(attoseconds / 1_000_000_000)
    }
}

extension Int64 {
    /// The sum, or the nearest number that fits.
    public func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        if overflow { return other < 0 ? .min : .max }
        return sum
    }
}
