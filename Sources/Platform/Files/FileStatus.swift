import CLinux
import Glibc

extension Files {
    /// What a path names.
    public enum Kind: Sendable, Equatable {
        case regularFile
        case directory
        case symbolicLink
        case other
    }

    /// Whether something is there. Symbolic links are not followed.
    ///
    /// False only when the kernel says that no such entry exists; a directory that may not be searched answers true,
    /// so that "unreadable" is never taken for "absent".
    public static func exists(_ path: String) -> Bool {
        do {
            _ = try entryStatus(path)
            return true
        } catch {
            return !error.isNotFound
        }
    }

    /// What kind of thing is there. Symbolic links are not followed.
    ///
    /// - Throws: `FileError`, also when nothing is there.
    public static func kind(_ path: String) throws(FileError) -> Kind {
        switch try entryStatus(path).st_mode & S_IFMT {
        case S_IFREG: .regularFile
        case S_IFDIR: .directory
        case S_IFLNK: .symbolicLink
        default: .other
        }
    }

    /// The size of a file in bytes.
    ///
    /// - Throws: `FileError`, also when nothing is there.
    public static func sizeBytes(_ path: String) throws(FileError) -> Int64 {
        Int64(try entryStatus(path).st_size)
    }

    /// Whether this process may make files in a folder.
    public static func isWritable(_ directory: String) -> Bool {
        unsafe !directory.utf8.contains(0) && access(directory, W_OK | X_OK) == 0
    }

    /// The permission bits (`0o7777`) of a file or directory.
    ///
    /// - Throws: `FileError`, also when nothing is there.
    public static func permissions(_ path: String) throws(FileError) -> UInt16 {
        UInt16(truncatingIfNeeded: try entryStatus(path).st_mode & 0o7777)
    }

    /// When the file's content was last written (or `touch`ed).
    ///
    /// - Throws: `FileError`, also when nothing is there.
    public static func modificationTime(_ path: String) throws(FileError) -> Timestamp {
        Timestamp(secondsSinceEpoch: Int64(try entryStatus(path).st_mtim.tv_sec))
    }

    /// How many bytes an unprivileged process may still write on the file system of `path`.
    ///
    /// - Throws: `FileError`.
    public static func availableBytes(_ path: String) throws(FileError) -> Int64 {
        try requirePlainPath(path, "inspect the file system of")
        var status = statvfs()
        try check(unsafe statvfs(path, &status), "inspect the file system of", path)
        let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return overflow ? .max : Int64(clamping: bytes)
    }

    /// What changes when a file is replaced or written: equal fingerprints, equal content, unless somebody sets times.
    public struct Fingerprint: Hashable, Sendable {
        public let device: UInt64
        public let inode: UInt64
        public let sizeBytes: Int64
        /// When the content was last written, in nanoseconds since 1970.
        public let modifiedNanoseconds: Int64

        public init(device: UInt64, inode: UInt64, sizeBytes: Int64, modifiedNanoseconds: Int64) {
            self.device = device
            self.inode = inode
            self.sizeBytes = sizeBytes
            self.modifiedNanoseconds = modifiedNanoseconds
        }
    }

    /// The fingerprint of what a path leads to; symbolic links are followed.
    ///
    /// - Throws: `FileError`, also when nothing is there.
    public static func fingerprint(_ path: String) throws(FileError) -> Fingerprint {
        try requirePlainPath(path, "inspect")
        var status = stat()
        try check(unsafe stat(path, &status), "inspect", path)
        let (seconds, overflow) = Int64(status.st_mtim.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        return Fingerprint(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), sizeBytes: Int64(status.st_size),
            modifiedNanoseconds: overflow ? .max : seconds &+ Int64(status.st_mtim.tv_nsec))
    }

    private static func entryStatus(_ path: String) throws(FileError) -> stat {
        try requirePlainPath(path, "inspect")
        var status = stat()
        try check(unsafe lstat(path, &status), "inspect", path)
        return status
    }
}
