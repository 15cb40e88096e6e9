import Platform

#if canImport(Glibc)
    import Glibc
#endif

/// What a command is given to read: a file, or standard input under the name `-`.
enum InputFile {
    /// Reads all of it.
    ///
    /// - Throws: `CommandFailure` with `notFound` for a file that is not there, `failure` for one that is too large or
    ///   cannot be read.
    static func read(_ path: String, maxBytes: Int) throws(CommandFailure) -> [UInt8] {
        guard path == "-" else {
            do { return try Files.readAll(path, maxBytes: maxBytes) } catch {
                throw CommandFailure(error.isNotFound ? .notFound : .failure, "\(error)")
            }
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= maxBytes {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(0, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw CommandFailure(.failure, "standard input cannot be read") }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
        throw CommandFailure(.failure, "standard input has more than \(maxBytes) bytes")
    }
}
