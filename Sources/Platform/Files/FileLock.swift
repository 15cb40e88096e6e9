import CLinux
import Glibc

/// A lock on a file, held by one process at a time until the last reference goes (or the process ends).
///
/// The file itself stays and has no meaning; removing it while it is locked would let a second holder in.
public final class FileLock: Sendable {
    /// The file that is locked.
    public let path: String
    private let descriptor: Int32

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        closeDescriptor(descriptor)
    }

    /// Locks a file, made when missing, without waiting.
    ///
    /// - Returns: nil when somebody else holds the lock, also within this process.
    /// - Throws: `FileError` when the file cannot be opened or its file system has no locks.
    public static func acquire(_ path: String) throws(FileError) -> FileLock? {
        let descriptor = try openDescriptor(
            path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: mode_t(0o600), operation: "open the lock")
        if retryingInterruption({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 {
            return FileLock(path: path, descriptor: descriptor)
        }
        let code = currentErrorNumber()
        closeDescriptor(descriptor)
        guard code == EWOULDBLOCK else { throw FileError(operation: "lock", path: path, code: code) }
        return nil
    }
}
