import CLinux
import Glibc

/// A regular file held open for reading; closed when the last reference goes.
///
/// Whoever holds it can go on reading after the file is renamed, replaced or removed.
public final class OpenFile: Sendable {
    /// The descriptor, for `sendfile` and for handing to a child. Never close it.
    public let descriptor: Int32
    /// The file's size when it was opened.
    public let sizeBytes: Int64
    /// The path it was opened by, for messages.
    public let path: String

    private init(descriptor: Int32, sizeBytes: Int64, path: String) {
        self.descriptor = descriptor
        self.sizeBytes = sizeBytes
        self.path = path
    }

    deinit {
        closeDescriptor(descriptor)
    }

    /// Opens a regular file for reading.
    ///
    /// - Throws: `FileError` when it cannot be opened, or (`EINVAL`) when it is not a regular file.
    public static func openForReading(_ path: String) throws(FileError) -> OpenFile {
        // Non-blocking so that a FIFO placed there cannot stall us; it changes nothing for regular files.
        let descriptor = try openDescriptor(path, O_RDONLY | O_NONBLOCK)
        return try OpenFile(adopting: descriptor, path: path)
    }

    /// Takes over a descriptor of a regular file, and closes it even when this throws.
    public convenience init(adopting descriptor: Int32, path: String) throws(FileError) {
        let size: Int64
        do throws(FileError) {
            let status = try status(ofDescriptor: descriptor, path: path)
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw FileError(operation: "open as a regular file", path: path, code: EINVAL)
            }
            size = Int64(status.st_size)
        } catch {
            closeDescriptor(descriptor)
            throw error
        }
        self.init(descriptor: descriptor, sizeBytes: size, path: path)
    }

    /// Reads up to `count` bytes from `offset`; fewer only at the end of the file. Safe from several threads.
    ///
    /// - Throws: `FileError` when the device fails.
    public func read(at offset: Int64, count: Int) throws(FileError) -> [UInt8] {
        precondition(offset >= 0 && count >= 0, "a range of a file cannot be negative")
        // The size bounds the allocation; a file that grew since is read up to the size known.
        let wanted = Int(min(Int64(count), max(0, sizeBytes - offset)))
        var bytes = [UInt8](repeating: 0, count: wanted)
        let result: Result<Int, FileError> = unsafe bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(FileError) in unsafe try read(at: offset, into: buffer) }
        }
        let filled = try result.get()
        if filled < wanted { bytes.removeLast(wanted - filled) }
        return bytes
    }

    /// Fills `buffer` from `offset` and returns how many bytes came; fewer only at the end of the file.
    ///
    /// - Throws: `FileError` when the device fails.
    public func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        var filled = 0
        while filled < buffer.count {
            guard let base = buffer.baseAddress else { break }
            let count = retryingInterruption {
                unsafe pread(descriptor, base + filled, buffer.count - filled, off_t(offset) + off_t(filled))
            }
            if count == 0 { break }
            guard count > 0 else { throw FileError(operation: "read", path: path, code: currentErrorNumber()) }
            filled += count
        }
        return filled
    }
}
