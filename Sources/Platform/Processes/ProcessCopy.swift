import CLinux
import Glibc

/// A copy of this process that does one thing and ends.
///
/// For processes with one thread alone: of several, only the calling one would be in the copy, with the locks of the
/// others held for ever.
public struct ProcessCopy: ~Copyable {
    private let pid: pid_t

    /// Makes a copy; it dies with this process.
    ///
    /// - Parameter body: runs in the copy, which ends with what it returns. Nothing else of the caller runs there.
    /// - Throws: `SpawnError` when the system has no process left.
    public static func start(_ body: () -> Int32) throws(SpawnError) -> ProcessCopy {
        let original = getpid()
        let pid = fork()
        if pid == 0 {
            if jurat_die_with_parent(original) != 0 { _exit(127) }
            _exit(body())
        }
        guard pid > 0 else {
            throw .refused(executable: "a copy of this process", step: .createProcess, code: currentErrorNumber())
        }
        return ProcessCopy(pid: pid)
    }

    /// Waits for its end. Blocks.
    public consuming func wait() -> ExitStatus {
        var status: Int32 = 0
        let code = retryingInterruption { unsafe waitpid(pid, &status, 0) }
        precondition(code == pid, "another part of this process collected a copy: \(errorText(currentErrorNumber()))")
        return ExitStatus(waitStatus: status)
    }
}

/// The descriptors of the calling process as a whole.
public enum OwnDescriptors {
    /// Gives `kept` the numbers 3, 4, … in their order and closes every other one from 3 on.
    ///
    /// Whoever holds one of the closed ones, or one of `kept` under its old number, must not use it any more.
    /// - Returns: whether it could be done; otherwise the process is in no state to go on.
    public static func keepOnly(_ kept: [Int32]) -> Bool {
        let free = Int32(16 + kept.count)
        // First out of the way, so that no place is taken from a descriptor that still has to move.
        let moved = kept.map { fcntl($0, F_DUPFD_CLOEXEC, free) }
        guard moved.allSatisfy({ $0 >= free }) else { return false }
        for (index, descriptor) in moved.enumerated() where dup2(descriptor, Int32(3 + index)) < 0 { return false }
        return jurat_close_from(UInt32(3 + kept.count)) == 0
    }
}

extension ResourceLimits {
    /// Sets the limits on the calling process, for good.
    ///
    /// - Returns: whether all of them hold.
    public func applyToThisProcess() -> Bool {
        kernelLimits.allSatisfy { jurat_limit_itself($0.resource, $0.soft, $0.hard) == 0 }
    }
}
