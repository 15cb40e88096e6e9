import CLinux
import Glibc

/// A new file that appears under its final name complete and durable, or not at all.
///
/// It is made in the directory (or file system) of its destination under a name that begins with
/// `TemporaryFile.namePrefix`, and removed when dropped without `commit`. A crash leaves at most that temporary, which
/// `Files.removeAbandonedTemporaries` sweeps at the next start.
public struct TemporaryFile: ~Copyable {
    /// How the name of every temporary file begins.
    public static let namePrefix = ".jurat-temporary-"

    /// Where the bytes are until `commit`.
    public let path: String
    /// The descriptor, open for reading and writing. Never close it.
    public let descriptor: Int32
    /// How many bytes were written so far.
    public private(set) var sizeBytes: Int64 = 0
    private var isCommitted = false

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        if !isCommitted { unsafe unlink(path) }
        closeDescriptor(descriptor)
    }

    /// Makes an empty temporary file in a directory that exists.
    ///
    /// - Parameter mode: the permissions that the file has from its first moment, also under its final name.
    /// - Throws: `FileError` when the directory does not exist or refuses.
    public static func create(inDirectory directory: String, mode: UInt16 = 0o600) throws(FileError) -> TemporaryFile {
        let path = freshPath(inDirectory: directory)
        let descriptor = try openDescriptor(
            path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode_t(mode), operation: "create")
        // The umask may have taken bits away; the mode asked for is the mode given.
        if fchmod(descriptor, mode_t(mode)) != 0 {
            let code = currentErrorNumber()
            closeDescriptor(descriptor)
            unsafe unlink(path)
            throw FileError(operation: "set permissions of", path: path, code: code)
        }
        return TemporaryFile(path: path, descriptor: descriptor)
    }

    /// Gives a file that is complete a second, temporary name in a directory of the same file system.
    ///
    /// `commit` makes its bytes durable and that name the final one; the first name stays. Nothing can be written to it.
    ///
    /// - Throws: `FileError` when the file system cannot link the two places.
    public static func link(to source: String, inDirectory directory: String) throws(FileError) -> TemporaryFile {
        let descriptor = try openDescriptor(source, O_RDONLY | O_NOFOLLOW)
        let path = freshPath(inDirectory: directory)
        do throws(FileError) {
            try Files.link(source, to: path)
        } catch {
            closeDescriptor(descriptor)
            throw error
        }
        return TemporaryFile(path: path, descriptor: descriptor)
    }

    private static func freshPath(inDirectory directory: String) -> String {
        let letters = Array("0123456789abcdef".utf8)
        let name = SystemRandom().bytes(16).flatMap { [letters[Int($0 >> 4)], letters[Int($0 & 15)]] }
        return "\(directory)/\(namePrefix)\(String(decoding: name, as: UTF8.self))"
    }

    /// Appends bytes. They are not durable before `commit`.
    ///
    /// - Throws: `FileError` when the file system is full or fails; drop the file then.
    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        unsafe try writeAll(bytes, to: descriptor, path: path)
        sizeBytes += Int64(bytes.count)
    }

    /// Appends bytes. They are not durable before `commit`.
    ///
    /// - Throws: `FileError` when the file system is full or fails; drop the file then.
    public mutating func write(_ bytes: [UInt8]) throws(FileError) {
        try bytes.withRawBytes { bytes throws(FileError) in unsafe try write(bytes) }
    }

    /// Gives the file its final name, replacing what was there, and returns once name and bytes survive a power loss.
    ///
    /// Blocks for as long as the device needs. When this throws before the rename, nothing changed at `path`; when
    /// only the last step (synchronising the directory) fails, the file has its final name but may lose it with power.
    ///
    /// - Throws: `FileError` naming the step that failed.
    public consuming func commit(to destination: String) throws(FileError) {
        try requirePlainPath(destination, "rename to")
        // Content first: a name that survives must never point at bytes that did not.
        try synchroniseDescriptor(descriptor, path: path)
        guard unsafe rename(path, destination) == 0 else {
            throw FileError(operation: "rename to", path: destination, code: currentErrorNumber())
        }
        isCommitted = true
        try Files.syncDirectory(directory(of: destination))
    }
}

extension [UInt8] {
    /// Lends the array's bytes to `body`, keeping the type of the error that it throws.
    @safe
    func withRawBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let result: Swift.Result<Result, Failure> = unsafe withUnsafeBytes { bytes in
            Swift.Result { () throws(Failure) in unsafe try body(bytes) }
        }
        return try result.get()
    }
}
