import CLinux
import Glibc

/// What came of asking for a new connection.
public enum AcceptResult: Sendable {
    /// A connection, with the peer's IP address (`unix` for socket files).
    case connection(StreamSocket, peer: String)
    /// Nobody is waiting, or the one who was has left.
    case nobody
    /// The process or the system is out of descriptors or memory: try again later.
    case exhausted(SocketError)
}

/// A socket that takes connections; closed when the last reference goes.
public final class ListeningSocket: Sendable {
    /// The descriptor, for registering with a loop. Never close it.
    public let descriptor: Int32
    /// The port in use, also when any free one was asked for; 0 for socket files.
    public let port: UInt16
    private let isInternet: Bool

    init(adopting descriptor: Int32, port: UInt16, isInternet: Bool) {
        self.descriptor = descriptor
        self.port = port
        self.isInternet = isInternet
    }

    deinit {
        closeDescriptor(descriptor)
    }

    /// Listens on an address, `count` times over, so that the kernel spreads connections among the sockets.
    ///
    /// - Throws: `SocketError` when any of them is refused, also when another process of ours shares its port.
    public static func openShared(
        host: String, port: UInt16, count: Int
    ) throws(SocketError) -> [ListeningSocket] {
        var address = try SocketAddress(resolving: host, port: port)
        if port != 0 {
            // Sharing would let a second server take half of the connections unnoticed: first see that we are alone.
            let probe = try bound(to: address, sharesPort: false, host: host, port: port)
            closeDescriptor(probe)
        }
        var listeners: [ListeningSocket] = []
        for _ in 0..<count {
            let descriptor = try bound(to: address, sharesPort: true, host: host, port: port)
            var local = SocketAddress()
            _ = unsafe local.withMutablePointer { unsafe getsockname(descriptor, $0, $1) }
            let listener = ListeningSocket(adopting: descriptor, port: local.port, isInternet: true)
            guard listen(descriptor, 4096) == 0 else {
                throw SocketError(operation: "listen on \(host):\(port)", code: currentErrorNumber())
            }
            address = local
            listeners.append(listener)
        }
        return listeners
    }

    private static func bound(
        to address: SocketAddress, sharesPort: Bool, host: String, port: UInt16
    ) throws(SocketError) -> Int32 {
        let operation = "listen on \(host):\(port)"
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(address.family, kind, 0)
        guard descriptor >= 0 else { throw SocketError(operation: operation, code: currentErrorNumber()) }
        enable(SO_REUSEADDR, on: descriptor)
        if sharesPort { enable(SO_REUSEPORT, on: descriptor) }
        guard unsafe address.withPointer({ unsafe bind(descriptor, $0, $1) }) == 0 else {
            let code = currentErrorNumber()
            closeDescriptor(descriptor)
            throw SocketError(operation: operation, code: code)
        }
        return descriptor
    }

    private static func enable(_ option: Int32, on descriptor: Int32) {
        var on: Int32 = 1
        unsafe setsockopt(descriptor, SOL_SOCKET, option, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Takes the connection that has waited longest.
    public func accept() -> AcceptResult {
        var address = SocketAddress()
        let flags = Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let accepted = retryingInterruption {
            unsafe address.withMutablePointer { unsafe accept4(descriptor, $0, $1, flags) }
        }
        if accepted >= 0 {
            let socket = StreamSocket(adopting: accepted)
            if isInternet { socket.disableDelay() }
            return .connection(socket, peer: isInternet ? address.host : "unix")
        }
        let code = currentErrorNumber()
        switch code {
        case EMFILE, ENFILE, ENOBUFS, ENOMEM:
            return .exhausted(SocketError(operation: "take a connection", code: code))
        default:
            return .nobody
        }
    }
}
