import CLinux
import Glibc

/// A file that has no name and lives in memory: written once, then sealed, so that nobody can change it any more.
///
/// For handing bytes that are on no disk to a child that takes a descriptor.
public struct MemoryFile: ~Copyable {
    private let descriptor: Int32
    private let name: String
    /// How many bytes were appended so far.
    public private(set) var sizeBytes: Int64 = 0

    /// Spec: Linux memfd_create(2), fcntl(2) "File Sealing".
    private static let createFlags: UInt32 = 0x1 | 0x2  // MFD_CLOEXEC, MFD_ALLOW_SEALING
    private static let addSeals: Int32 = 1033  // F_ADD_SEALS
    private static let allSeals: Int32 = 0x1 | 0x2 | 0x4 | 0x8  // F_SEAL_SEAL, _SHRINK, _GROW, _WRITE

    /// - Parameter name: for messages and `/proc`; at most 200 bytes of it are used.
    /// - Throws: `FileError` when no descriptor is left or the kernel has no such files.
    public init(name: String) throws(FileError) {
        let shown = String(decoding: Array(name.utf8.prefix(200)), as: UTF8.self)
        let descriptor = unsafe memfd_create(shown, Self.createFlags)
        guard descriptor >= 0 else {
            throw FileError(operation: "create in memory", path: name, code: currentErrorNumber())
        }
        self.descriptor = descriptor
        self.name = name
    }

    deinit {
        closeDescriptor(descriptor)
    }

    /// - Throws: `FileError` when memory runs out.
    public mutating func append(_ bytes: [UInt8]) throws(FileError) {
        let (descriptor, name) = (descriptor, name)
        let result: Result<Void, FileError> = unsafe bytes.withUnsafeBytes { buffer in
            Result { () throws(FileError) in unsafe try writeAll(buffer, to: descriptor, path: name) }
        }
        try result.get()
        sizeBytes += Int64(bytes.count)
    }

    /// Ends writing for good and hands the file over.
    ///
    /// - Throws: `FileError`.
    public consuming func sealed() throws(FileError) -> OpenFile {
        guard fcntl(descriptor, Self.addSeals, Self.allSeals) == 0 else {
            throw FileError(operation: "seal", path: name, code: currentErrorNumber())
        }
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw FileError(operation: "hand over", path: name, code: currentErrorNumber()) }
        return try OpenFile(adopting: copy, path: name)
    }
}
