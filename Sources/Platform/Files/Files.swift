import CLinux
import Glibc

/// Whole-file and directory operations. All of them block: call them from a `BlockingThread` or at start-up.
///
/// Paths are taken as given; names that come from outside are checked before they become part of a path.
public enum Files {
    /// Reads a whole regular file.
    ///
    /// - Throws: `FileError`; with `EFBIG` when it is larger than `maxBytes`.
    public static func readAll(_ path: String, maxBytes: Int = 64 << 20) throws(FileError) -> [UInt8] {
        let file = try OpenFile.openForReading(path)
        guard file.sizeBytes <= Int64(maxBytes) else {
            throw FileError(operation: "read at most \(maxBytes) bytes of", path: path, code: EFBIG)
        }
        return try file.read(at: 0, count: Int(file.sizeBytes))
    }

    /// Replaces the file at `path` by one with exactly these bytes, durable when this returns.
    ///
    /// A crash at any point leaves either the old file or the new one, whole.
    ///
    /// - Throws: `FileError` naming the step that failed.
    public static func writeDurably(_ bytes: [UInt8], to path: String, mode: UInt16 = 0o600) throws(FileError) {
        try requirePlainPath(path, "write")
        var file = try TemporaryFile.create(inDirectory: directory(of: path), mode: mode)
        try file.write(bytes)
        try file.commit(to: path)
    }

    /// Removes a file or symbolic link. The removal is durable only after `syncDirectory`.
    ///
    /// - Throws: `FileError`, also when nothing is there.
    public static func remove(_ path: String) throws(FileError) {
        try requirePlainPath(path, "remove")
        try check(unsafe unlink(path), "remove", path)
    }

    /// Renames within one file system, replacing what `destination` named. Durable only after `syncDirectory`.
    ///
    /// - Throws: `FileError`.
    public static func rename(_ source: String, to destination: String) throws(FileError) {
        try requirePlainPath(source, "rename")
        try requirePlainPath(destination, "rename to")
        try check(unsafe Glibc.rename(source, destination), "rename to \(destination) the file", source)
    }

    /// Gives a file a second name in the same file system. Durable only after `syncDirectory`.
    ///
    /// - Throws: `FileError`, also when `destination` exists.
    public static func link(_ source: String, to destination: String) throws(FileError) {
        try requirePlainPath(source, "link")
        try requirePlainPath(destination, "link to")
        try check(unsafe Glibc.link(source, destination), "link to \(destination) the file", source)
    }

    /// Sets a file's modification time to the present, as its last use.
    ///
    /// - Throws: `FileError`, also when nothing is there.
    public static func touch(_ path: String) throws(FileError) {
        try requirePlainPath(path, "touch")
        try check(unsafe utimensat(AT_FDCWD, path, nil, 0), "touch", path)
    }

    /// Sets the permission bits, such as `0o600`.
    ///
    /// - Throws: `FileError`.
    public static func setPermissions(_ mode: UInt16, of path: String) throws(FileError) {
        try requirePlainPath(path, "set permissions of")
        try check(unsafe chmod(path, mode_t(mode)), "set permissions of", path)
    }

    static func check(_ code: Int32, _ operation: String, _ path: String) throws(FileError) {
        guard code == 0 else { throw FileError(operation: operation, path: path, code: currentErrorNumber()) }
    }
}
