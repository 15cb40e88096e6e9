import CLinux
import Glibc

/// How a process ended.
public enum ExitStatus: Sendable, Equatable, CustomStringConvertible {
    /// It ended itself with this code.
    case exited(Int32)
    /// A signal ended it: `SIGKILL` by us or for lack of memory, `SIGXCPU` at a limit, `SIGSYS` by its sandbox, ...
    case signalled(Int32)

    /// Whether it ended itself and reported success.
    public var isSuccess: Bool { self == .exited(0) }

    public var description: String {
        switch self {
        case .exited(let code): "exited with code \(code)"
        case .signalled(let number): "ended by signal \(number)"
        }
    }

    /// Reads the status word of `waitpid`.
    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7F
        self = signal == 0 ? .exited((waitStatus >> 8) & 0xFF) : .signalled(signal)
    }
}

/// A program that runs as our child, with nothing of ours but what it was given.
///
/// It has its own process group, default signal handling, no way to gain privileges, and no descriptor except those
/// listed; standard descriptors not listed are `/dev/null`. A child that is dropped without `wait` is killed.
public struct ChildProcess: ~Copyable, Sendable {
    private let handle: ChildHandle

    /// The path that starts the running program once more, whatever became of its file.
    public static let thisExecutable = "/proc/self/exe"

    /// The identifier of the running process, for messages.
    public static var thisProcess: Int32 { getpid() }

    /// Starts a program and returns once it executes. Blocks for well under a millisecond.
    ///
    /// - Parameters:
    ///   - executable: an absolute path; there is no search.
    ///   - arguments: what follows the program's name (its argument 0 is `executable`).
    ///   - environment: the whole environment, as `NAME=value`; nothing is inherited.
    ///   - inheriting: descriptors of ours, each with the number that it has in the child.
    ///   - limits: set before the program begins.
    ///   - diesWithParent: whether the kernel kills the child when this process ends in whatever way.
    ///   - workingDirectory: nil keeps ours.
    /// - Throws: `SpawnError` naming the step that failed; no child is left then.
    public static func spawn(
        executable: String, arguments: [String], environment: [String] = [],
        inheriting: [(descriptor: Int32, as: Int32)] = [], limits: ResourceLimits? = nil, diesWithParent: Bool = true,
        workingDirectory: String? = "/"
    ) throws(SpawnError) -> ChildProcess {
        let request = SpawnRequest(
            executable: executable, arguments: arguments, environment: environment, directory: workingDirectory,
            descriptors: inheriting, limits: limits, diesWithParent: diesWithParent)
        try request.validate()
        // The kernel ties such a child to the *thread* that made it, and threads that run Swift tasks come and go:
        // one thread that never ends makes all children.
        let pid = try spawnThread.runBlocking { request.start() }.get()
        return ChildProcess(handle: try ChildHandle(pid: pid, executable: executable))
    }

    /// Does what `spawn` does and suspends the caller meanwhile, instead of blocking its thread.
    ///
    /// - Throws: `SpawnError` naming the step that failed; no child is left then.
    public static func start(
        executable: String, arguments: [String], environment: [String] = [],
        inheriting: [(descriptor: Int32, as: Int32)] = [], limits: ResourceLimits? = nil, diesWithParent: Bool = true,
        workingDirectory: String? = "/"
    ) async throws(SpawnError) -> ChildProcess {
        let request = SpawnRequest(
            executable: executable, arguments: arguments, environment: environment, directory: workingDirectory,
            descriptors: inheriting, limits: limits, diesWithParent: diesWithParent)
        try request.validate()
        let pid = try await spawnThread.run { request.start() }.get()
        return ChildProcess(handle: try ChildHandle(pid: pid, executable: executable))
    }

    deinit {
        handle.abandon()
    }

    private init(handle: ChildHandle) {
        self.handle = handle
    }

    /// The process identifier. Use it for messages; signals go through `kill`, which cannot hit another process.
    public var pid: Int32 { handle.pid }

    /// A descriptor that polls readable once the process has ended. Never close it.
    public var pidfd: Int32 { handle.pidfd }

    /// Ends the process by `SIGKILL`, which it cannot catch. Does nothing when it has ended already.
    public func kill() {
        handle.kill(SIGKILL)
    }

    /// Sends a signal. Does nothing when the process has ended already.
    public func kill(_ signal: Int32) {
        handle.kill(signal)
    }

    /// What can kill this process from elsewhere, such as a deadline, also while a thread waits for it.
    public var killer: ChildKiller { ChildKiller(handle: handle) }

    /// Whether the process ends within `duration`. Blocks the calling thread for as long; zero just looks.
    public func hasEnded(within duration: Duration = .zero) -> Bool {
        handle.hasEnded(within: duration)
    }

    /// Ends the process and every other one of its group, which its descendants are in as long as they cannot leave it.
    public var groupKiller: ChildKiller { ChildKiller(handle: handle, isForGroup: true) }

    /// How the process ended, nil when it does not within `duration`. Blocks the calling thread for as long.
    public func status(within duration: Duration) -> ExitStatus? {
        handle.hasEnded(within: duration) ? handle.wait() : nil
    }

    /// Waits for the end of the process and releases it. Blocks the calling thread.
    public consuming func wait() -> ExitStatus {
        handle.wait()
    }

    /// Waits for the end of the process and releases it, blocking `thread` and not the caller's.
    public consuming func wait(on thread: BlockingThread) async -> ExitStatus {
        let handle = handle
        return await thread.run { handle.wait() }
    }
}

/// Kills one child process, at any time and from any thread; never another process.
public struct ChildKiller: Sendable {
    fileprivate let handle: ChildHandle
    fileprivate var isForGroup = false

    /// Ends the process by `SIGKILL`, which it cannot catch. Does nothing when it has ended already.
    public func kill() {
        if isForGroup { handle.killGroup() }
        handle.kill(SIGKILL)
    }

    /// Sends a signal. Does nothing when the process has ended already.
    public func kill(_ signal: Int32) {
        handle.kill(signal)
    }
}

/// A process and its pidfd; the process is collected exactly once.
private final class ChildHandle: Sendable {
    let pid: pid_t
    let pidfd: Int32
    private let collected = Lock<ExitStatus?>(nil)

    init(pid: pid_t, executable: String) throws(SpawnError) {
        self.pid = pid
        // Nobody else collects our children, so the identifier still means this process.
        pidfd = jurat_pidfd_open(pid)
        guard pidfd >= 0 else {
            let code = currentErrorNumber()
            _ = Glibc.kill(pid, SIGKILL)
            _ = wait()
            throw .refused(executable: executable, step: .observe, code: code)
        }
    }

    deinit {
        if pidfd >= 0 { closeDescriptor(pidfd) }
    }

    func kill(_ signal: Int32) {
        _ = jurat_pidfd_send_signal(pidfd, signal)
    }

    /// Its identifier names the group only until it was collected.
    func killGroup() {
        collected.withLock { if $0 == nil { _ = Glibc.kill(-pid, SIGKILL) } }
    }

    func hasEnded(within duration: Duration) -> Bool {
        pollDescriptor(pidfd, for: Int16(POLLIN), until: Deadline(after: duration)) == .ready
    }

    func wait() -> ExitStatus {
        collected.withLock { collected in
            if let status = collected { return status }
            var status: Int32 = 0
            let code = retryingInterruption { unsafe waitpid(pid, &status, 0) }
            precondition(
                code == pid, "another part of this process collected a child: \(errorText(currentErrorNumber()))")
            let result = ExitStatus(waitStatus: status)
            collected = result
            return result
        }
    }

    /// Ends the process unless it was waited for. Killing is prompt, so the wait is short.
    func abandon() {
        let isCollected = collected.withLock { $0 != nil }
        guard !isCollected else { return }
        kill(SIGKILL)
        _ = wait()
    }
}

/// The thread that makes all child processes; it lives as long as this process.
private let spawnThread = SpawnThread()

private final class SpawnThread: Sendable {
    private final class Outcome<Value: Sendable>: Sendable {
        let value = Lock<Value?>(nil)
        let changed = ConditionVariable()
    }

    private let queue = WorkQueue()

    init() {
        let queue = queue
        NativeThread.start(name: "spawn") { queue.drain() }.detach()
    }

    /// Runs `body` on the thread and suspends the caller until it has.
    func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await queue.run(body)
    }

    /// Runs `body` on the thread and blocks the caller until it has.
    func runBlocking<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> Value {
        let outcome = Outcome<Value>()
        queue.add {
            let value = body()
            outcome.value.withLock { $0 = value }
            outcome.changed.signal()
        }
        return outcome.value.withLock(waitingOn: outcome.changed) { $0 }
    }
}
