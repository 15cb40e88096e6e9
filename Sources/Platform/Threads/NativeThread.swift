import CLinux
import Glibc

/// A thread of the operating system that runs one closure.
///
/// Signals are blocked in it: only the thread that waits for them receives any.
@safe
struct NativeThread: @unchecked Sendable {
    private let handle: pthread_t

    /// Starts a thread. Its name is cut to the 15 bytes that the kernel keeps.
    static func start(name: String, _ body: @escaping @Sendable () -> Void) -> NativeThread {
        let argument = unsafe Unmanaged.passRetained(ThreadBody(body)).toOpaque()
        var all = sigset_t()
        var previous = sigset_t()
        unsafe sigfillset(&all)
        // The new thread inherits the mask, so it is blocked before it can receive anything.
        unsafe pthread_sigmask(SIG_SETMASK, &all, &previous)
        var handle = pthread_t()
        let code = unsafe pthread_create(&handle, nil, runThreadBody, argument)
        unsafe pthread_sigmask(SIG_SETMASK, &previous, nil)
        precondition(code == 0, "the kernel refuses another thread: \(errorText(code))")
        unsafe pthread_setname_np(handle, String(decoding: Array(name.utf8.prefix(15)), as: UTF8.self))
        return NativeThread(handle: handle)
    }

    /// Whether the caller runs on this thread.
    var isCurrent: Bool { pthread_equal(pthread_self(), handle) != 0 }

    /// Waits until the thread has ended. Exactly one of `join` and `detach` is called, once.
    func join() {
        let code = pthread_join(handle, nil)
        precondition(code == 0, "pthread_join failed with \(code)")
    }

    /// Lets the thread clean up after itself when it ends.
    func detach() {
        pthread_detach(handle)
    }
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) {
        self.run = run
    }
}

private func runThreadBody(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let argument = unsafe argument {
        unsafe Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
    }
    return nil
}
