import CLinux
import Glibc

/// What a new thread is handed: its name and its work.
private final class ThreadStart {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

/// Starts a detached thread that takes no signals.
///
/// With every signal blocked, a write to a connection that the peer has closed reports an error in place of stopping the
/// process (`SIGPIPE` goes to the writing thread), and `SIGTERM` is left to the thread that waits for it.
func startLoopThread(named name: String, _ body: @escaping @Sendable () -> Void) throws(EventLoopError) {
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    defer { unsafe pthread_attr_destroy(&attributes) }
    unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let start = unsafe Unmanaged.passRetained(ThreadStart(name: name, body: body))
    var every = sigset_t()
    var previous = sigset_t()
    unsafe sigfillset(&every)
    // A thread inherits its creator's mask: set it before, so that there is no moment without.
    unsafe pthread_sigmask(SIG_SETMASK, &every, &previous)
    var thread = pthread_t()
    let code = unsafe pthread_create(&thread, &attributes, threadMain, start.toOpaque())
    unsafe pthread_sigmask(SIG_SETMASK, &previous, nil)
    if code != 0 {
        unsafe start.release()
        throw EventLoopError(operation: "start the thread \(name)", code: code)
    }
}

private func threadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument = unsafe argument else { return nil }
    let start = unsafe Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
    // The kernel keeps 15 bytes of a thread's name.
    _ = unsafe pthread_setname_np(pthread_self(), String(start.name.prefix(15)))
    start.body()
    return nil
}
