import CLinux
import Glibc

extension OpenFile {
    /// Puts bytes into a file that has no name and lies in memory, so that they can be sent without copying them each time.
    ///
    /// Worth it from about 64 KiB on. The memory and one descriptor are held until the last reference goes; nothing can
    /// change the bytes.
    ///
    /// - Throws: `FileError` when the system is out of memory or descriptors.
    public static func holding(_ bytes: [UInt8], name: String) throws(FileError) -> OpenFile {
        // Flags of the kernel that the C library's plain headers do not name.
        let closeOnExec: UInt32 = 1
        let allowSealing: UInt32 = 2
        let descriptor = unsafe memfd_create(name, closeOnExec | allowSealing)
        guard descriptor >= 0 else {
            throw FileError(operation: "create in memory", path: name, code: currentErrorNumber())
        }
        let result: Result<Void, FileError> = unsafe bytes.withUnsafeBytes { buffer in
            Result { () throws(FileError) in unsafe try writeAll(buffer, to: descriptor, path: name) }
        }
        if case .failure(let error) = result {
            closeDescriptor(descriptor)
            throw error
        }
        // F_ADD_SEALS with SEAL, SHRINK, GROW and WRITE: a response whose length was announced must find its bytes.
        _ = jurat_add_seals(descriptor, 0x1 | 0x2 | 0x4 | 0x8)
        return try OpenFile(adopting: descriptor, path: name)
    }
}
