import Glibc

/// Tells a crash for lack of memory from every other crash.
///
/// Under an address space limit the runtime traps when an allocation fails, just as it does at a bug. A process that
/// asked for it ends with an exit code of its own instead when hardly any memory is to be had at that moment.
public enum MemoryExhaustion {
    /// The exit code of a process that ended for lack of memory.
    public static let exitCode: Int32 = 70

    /// From now on this process exits with `exitCode` when it crashes while a quarter of `addressSpaceBytes` cannot be
    /// had. Call it before other threads exist; it holds for the whole process.
    public static func exitOnCrash(addressSpaceBytes: Int64) {
        unsafe probeBytes = Int(clamping: max(addressSpaceBytes / 4, 1 << 20))
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = handleCrash
        // Reset at once: after the handler the instruction fails again and the process ends as it would have.
        action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
        for signal in [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE] { unsafe sigaction(signal, &action, nil) }
    }
}

/// Written once, before the handler is set; a signal handler may not wait for a lazy initialiser.
nonisolated(unsafe) private var probeBytes = 0

/// Async-signal-safe: two system calls and nothing else.
private func handleCrash(_ signal: Int32) {
    let memory = unsafe mmap(nil, probeBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    if unsafe memory == MAP_FAILED { _exit(MemoryExhaustion.exitCode) }
}
