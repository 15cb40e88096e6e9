import CLinux
import Glibc

/// Opens `path` with `flags` and `mode`; the descriptor closes on exec.
func openDescriptor(
    _ path: String, _ flags: Int32, mode: mode_t = 0, operation: String = "open"
) throws(FileError) -> Int32 {
    try requirePlainPath(path, operation)
    let descriptor = retryingInterruption { unsafe open(path, flags | O_CLOEXEC, mode) }
    guard descriptor >= 0 else { throw FileError(operation: operation, path: path, code: currentErrorNumber()) }
    return descriptor
}

/// Closes a descriptor that nothing uses any more.
///
/// Errors are not reported: whatever must last was synchronised before, and on Linux the descriptor is gone anyway.
func closeDescriptor(_ descriptor: Int32) {
    _ = close(descriptor)
}

/// Refuses an empty path and one with a NUL byte, which C would read as a shorter path.
func requirePlainPath(_ path: String, _ operation: String) throws(FileError) {
    if path.isEmpty || path.utf8.contains(0) {
        throw FileError(operation: operation, path: path, code: EINVAL)
    }
}

/// Reads the status of an open file.
func status(ofDescriptor descriptor: Int32, path: String) throws(FileError) -> stat {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
        throw FileError(operation: "inspect", path: path, code: currentErrorNumber())
    }
    return status
}

/// Writes all of `bytes` at the descriptor's position.
func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws(FileError) {
    var written = 0
    while written < bytes.count {
        guard let base = bytes.baseAddress else { return }
        let count = retryingInterruption { unsafe write(descriptor, base + written, bytes.count - written) }
        guard count > 0 else {
            let code = count == 0 ? EIO : currentErrorNumber()
            throw FileError(operation: "write", path: path, code: code)
        }
        written += count
    }
}

/// Makes the file's content and size survive a loss of power.
func synchroniseDescriptor(_ descriptor: Int32, path: String) throws(FileError) {
    guard retryingInterruption({ fsync(descriptor) }) == 0 else {
        throw FileError(operation: "synchronise", path: path, code: currentErrorNumber())
    }
}

/// The directory part of a path, `.` when there is none.
func directory(of path: String) -> String {
    let bytes = Array(path.utf8)
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    if slash == 0 { return "/" }
    return String(decoding: bytes[..<slash], as: UTF8.self)
}
