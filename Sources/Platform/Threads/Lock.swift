import CLinux
import Glibc

/// A value that only one thread at a time can reach.
///
/// It wraps `pthread_mutex_t`, which stays cheap under contention and which the thread sanitizer understands.
/// The lock is not recursive: calling `withLock` from inside `withLock` of the same lock stops the process.
/// Never suspend, block on input or output, or call unknown code while holding it.
@safe
public struct Lock<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
    // Both live on the heap because a pthread mutex must never move, while a Swift struct may.
    @usableFromInline let mutex: MutexPointer
    @usableFromInline let value: UnsafeMutablePointer<Value>

    /// Makes an unlocked lock around `initial`.
    public init(_ initial: consuming sending Value) {
        mutex = MutexPointer.create()
        unsafe value = UnsafeMutablePointer<Value>.allocate(capacity: 1)
        unsafe value.initialize(to: initial)
    }

    deinit {
        unsafe value.deinitialize(count: 1)
        unsafe value.deallocate()
        mutex.destroy()
    }

    /// Runs `body` with exclusive access to the value and returns what it returns.
    ///
    /// - Throws: whatever `body` throws; the lock is released first.
    @inlinable
    public borrowing func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        mutex.lock()
        defer { mutex.unlock() }
        return try unsafe body(&value.pointee)
    }
}

/// An owned pthread mutex at a fixed address; the module's only direct use of the pthread mutex functions.
@usableFromInline
@safe
struct MutexPointer: @unchecked Sendable {
    private let address: UnsafeMutablePointer<pthread_mutex_t>

    static func create() -> MutexPointer {
        let address = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        unsafe address.initialize(to: pthread_mutex_t())
        var attributes = pthread_mutexattr_t()
        unsafe pthread_mutexattr_init(&attributes)
        // The error-checking kind turns a recursive lock, which would hang for ever, into a stop with a reason.
        unsafe pthread_mutexattr_settype(&attributes, CInt(PTHREAD_MUTEX_ERRORCHECK))
        let code = unsafe pthread_mutex_init(address, &attributes)
        precondition(code == 0, "pthread_mutex_init failed with \(code)")
        unsafe pthread_mutexattr_destroy(&attributes)
        return unsafe MutexPointer(address: address)
    }

    func destroy() {
        let code = unsafe pthread_mutex_destroy(address)
        precondition(code == 0, "a lock was destroyed while held")
        unsafe address.deinitialize(count: 1)
        unsafe address.deallocate()
    }

    @usableFromInline
    func lock() {
        let code = unsafe pthread_mutex_lock(address)
        precondition(code == 0, "a lock was taken twice by one thread")
    }

    @usableFromInline
    func unlock() {
        let code = unsafe pthread_mutex_unlock(address)
        precondition(code == 0, "a lock was released by a thread that does not hold it")
    }

    /// Waits on `condition`, releasing the mutex meanwhile; the caller re-checks its own condition afterwards.
    func wait(on condition: borrowing ConditionVariable) {
        unsafe condition.wait(holding: address)
    }
}
