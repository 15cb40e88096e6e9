import CLinux
import Glibc

/// Calls a closure, on a thread of its own, for every signal of a set that this process receives.
///
/// At most one watcher exists at a time, because signals belong to the whole process. While it exists the watched
/// signals have no other effect; signals of one kind that arrive together may be reported once, as signals are.
/// Dropping it ends the watching and gives the signals back their default effect.
public final class SignalWatcher: Sendable {
    private let signals: [Int32]
    private let thread: NativeThread

    /// Watches `signals`, such as `SIGTERM` and `SIGHUP`. `onSignal` may block; the next signal waits for it.
    public init(signals: [Int32], onSignal: @escaping @Sendable (Int32) -> Void) {
        isWatching.withLock { isWatching in
            precondition(!isWatching, "signals are watched already; they belong to the whole process")
            isWatching = true
        }
        self.signals = signals
        thread = NativeThread.start(name: "signals") {
            while true {
                let number = signalPipe.receive()
                if number == 0 { return }
                onSignal(Int32(number))
            }
        }
        for signal in signals { setHandler(of: signal, to: signalHandler) }
    }

    deinit {
        for signal in signals { setHandler(of: signal, to: SIG_DFL) }
        signalPipe.send(0)
        if thread.isCurrent { thread.detach() } else { thread.join() }
        isWatching.withLock { $0 = false }
    }

    /// Makes writing to a closed pipe or socket an error instead of the end of the process.
    public static func ignoreBrokenPipes() {
        setHandler(of: SIGPIPE, to: SIG_IGN)
    }
}

private let isWatching = Lock(false)
private let signalPipe = SignalPipe()

/// Runs inside whatever the thread was doing: it may use nothing but system calls that are safe there.
///
/// `signalPipe` was initialised before this was installed, so reading it here takes no lock.
private func signalHandler(_ number: Int32) {
    let saved = errno
    signalPipe.send(UInt8(truncatingIfNeeded: number))
    errno = saved
}

private func setHandler(of signal: Int32, to handler: sighandler_t?) {
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = handler
    // Interrupted system calls go on by themselves, in our code and in libraries.
    action.sa_flags = SA_RESTART
    unsafe sigemptyset(&action.sa_mask)
    let code = unsafe sigaction(signal, &action, nil)
    precondition(code == 0, "signal \(signal) cannot be handled")
}

/// Carries signal numbers from the handler, which may do almost nothing, to a thread that may do anything.
private struct SignalPipe {
    private let readEnd: Int32
    private let writeEnd: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        let code = unsafe pipe(&ends)
        precondition(code == 0, "no descriptors are left for watching signals")
        (readEnd, writeEnd) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // A full pipe must not stop the handler; the signals in it are more than anyone needs.
        _ = fcntl(writeEnd, F_SETFL, O_NONBLOCK)
    }

    func send(_ number: UInt8) {
        unsafe withUnsafeBytes(of: number) { _ = unsafe write(writeEnd, $0.baseAddress, 1) }
    }

    func receive() -> UInt8 {
        var number: UInt8 = 0
        let count = retryingInterruption { unsafe read(readEnd, &number, 1) }
        precondition(count == 1, "watching signals failed: \(errorText(currentErrorNumber()))")
        return number
    }
}
