import CLinux
import Glibc

/// A file that only grows, such as a log of lines: every write lands whole at its end.
public struct AppendingFile: ~Copyable {
    /// The path that it was opened by.
    public let path: String
    /// The file's length, counting what was written here.
    public private(set) var sizeBytes: Int64
    private let descriptor: Int32

    private init(path: String, descriptor: Int32, sizeBytes: Int64) {
        self.path = path
        self.descriptor = descriptor
        self.sizeBytes = sizeBytes
    }

    deinit {
        closeDescriptor(descriptor)
    }

    /// Opens a regular file for appending, made with `mode` when missing.
    ///
    /// - Throws: `FileError`, with `EINVAL` when something else than a regular file has that name.
    public static func open(_ path: String, mode: UInt16 = 0o600) throws(FileError) -> AppendingFile {
        let descriptor = try openDescriptor(
            path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, mode: mode_t(mode),
            operation: "open for appending")
        do throws(FileError) {
            let status = try status(ofDescriptor: descriptor, path: path)
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw FileError(operation: "append to", path: path, code: EINVAL)
            }
            return AppendingFile(path: path, descriptor: descriptor, sizeBytes: Int64(status.st_size))
        } catch {
            closeDescriptor(descriptor)
            throw error
        }
    }

    /// Appends bytes. They survive the end of the process, but a loss of power only after `synchronise`.
    ///
    /// - Throws: `FileError` when the file system is full or fails; a part of the bytes may be there.
    public mutating func append(_ bytes: [UInt8]) throws(FileError) {
        let (descriptor, path) = (descriptor, path)
        try bytes.withRawBytes { bytes throws(FileError) in unsafe try writeAll(bytes, to: descriptor, path: path) }
        sizeBytes += Int64(bytes.count)
    }

    /// Makes everything appended so far survive a loss of power. Blocks for as long as the device needs.
    ///
    /// - Throws: `FileError`.
    public func synchronise() throws(FileError) {
        try synchroniseDescriptor(descriptor, path: path)
    }
}
