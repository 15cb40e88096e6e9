import CLinux
import Glibc

/// A pthread condition variable at a fixed address, for the queues of this module.
@safe
struct ConditionVariable: ~Copyable, @unchecked Sendable {
    private let address: UnsafeMutablePointer<pthread_cond_t>

    init() {
        unsafe address = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        unsafe address.initialize(to: pthread_cond_t())
        let code = unsafe pthread_cond_init(address, nil)
        precondition(code == 0, "pthread_cond_init failed with \(code)")
    }

    deinit {
        unsafe pthread_cond_destroy(address)
        unsafe address.deinitialize(count: 1)
        unsafe address.deallocate()
    }

    func signal() {
        unsafe pthread_cond_signal(address)
    }

    func broadcast() {
        unsafe pthread_cond_broadcast(address)
    }

    func wait(holding mutex: UnsafeMutablePointer<pthread_mutex_t>) {
        let code = unsafe pthread_cond_wait(address, mutex)
        precondition(code == 0, "pthread_cond_wait failed with \(code)")
    }
}
