import CLinux
import Glibc

extension ListeningSocket {
    /// Listens on a socket file with the given permissions.
    ///
    /// A socket file that nobody listens on is replaced; a file of another kind, or one in use, is left as it is.
    ///
    /// - Throws: `SocketError`.
    public static func openUnix(path: String, mode: UInt16) throws(SocketError) -> ListeningSocket {
        let operation = "listen on unix:\(path)"
        var name = try socketName(path, operation: operation)
        try removeStale(path, name: name, operation: operation)
        let descriptor = try unixSocket(operation: operation)
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let code = unsafe withSocketName(&name) { unsafe bind(descriptor, $0, size) }
        guard code == 0 else {
            let code = currentErrorNumber()
            closeDescriptor(descriptor)
            throw SocketError(operation: operation, code: code)
        }
        let listener = ListeningSocket(adopting: descriptor, port: 0, isInternet: false)
        // Permissions come before `listen`: until then nobody can connect whatever they are.
        guard unsafe chmod(path, mode_t(mode)) == 0, listen(descriptor, 4096) == 0 else {
            throw SocketError(operation: operation, code: currentErrorNumber())
        }
        return listener
    }

    private static func unixSocket(operation: String) throws(SocketError) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { throw SocketError(operation: operation, code: currentErrorNumber()) }
        return descriptor
    }

    private static func socketName(_ path: String, operation: String) throws(SocketError) -> sockaddr_un {
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard !bytes.isEmpty, !bytes.contains(0), bytes.count < MemoryLayout.size(ofValue: name.sun_path) else {
            throw SocketError(operation: operation, code: bytes.count > 100 ? ENAMETOOLONG : EINVAL)
        }
        unsafe withUnsafeMutableBytes(of: &name.sun_path) { unsafe $0.copyBytes(from: bytes) }
        return name
    }

    private static func withSocketName<Result>(
        _ name: inout sockaddr_un, _ body: (UnsafePointer<sockaddr>) -> Result
    ) -> Result {
        unsafe withUnsafePointer(to: &name) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0) }
        }
    }

    private static func removeStale(
        _ path: String, name: sockaddr_un, operation: String
    ) throws(SocketError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw SocketError(operation: operation, code: EEXIST) }
        let descriptor = try unixSocket(operation: operation)
        defer { closeDescriptor(descriptor) }
        var name = name
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let code = unsafe withSocketName(&name) { unsafe connect(descriptor, $0, size) }
        // Only a refusal says that nobody listens; anything else may be a server that is busy or not ours.
        guard code != 0, currentErrorNumber() == ECONNREFUSED else {
            throw SocketError(operation: operation, code: EADDRINUSE)
        }
        _ = unsafe unlink(path)
    }
}
