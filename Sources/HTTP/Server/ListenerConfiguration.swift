/// Where a server takes connections.
public struct ListenerConfiguration: Sendable {
    /// An address to listen on.
    public enum Address: Sendable, Equatable {
        /// An IP address or host name, and a port; port 0 takes any free one.
        case tcp(host: String, port: UInt16)
        /// A socket file, created with these permissions and removed on shutdown.
        ///
        /// A socket file that nobody listens on any more is replaced; any other file is left alone and refused.
        case unix(path: String, mode: UInt16)
    }

    /// The name that requests carry, unique within the server.
    public let name: ListenerName
    /// The address.
    public let address: Address

    public init(name: ListenerName, address: Address) {
        self.name = name
        self.address = address
    }
}

/// Where a listener can be reached.
public enum BoundAddress: Sendable, Equatable, CustomStringConvertible {
    case tcp(host: String, port: UInt16)
    case unix(path: String)

    /// `host:port`, with an IPv6 address in brackets, or `unix:` and the path.
    public var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}

/// Why a server did not start.
public enum ServerError: Error, Sendable, CustomStringConvertible {
    /// A listener's address is taken, not ours or not allowed.
    case cannotListen(listener: ListenerName, address: String, reason: String)
    /// The system refused an event loop.
    case cannotStartLoop(reason: String)
    /// `start` was called twice, or after `shutdown`.
    case alreadyStarted

    public var description: String {
        switch self {
        case .cannotListen(let listener, let address, let reason):
            "listener \(listener) cannot listen on \(address): \(reason); choose another address or stop its owner"
        case .cannotStartLoop(let reason):
            "cannot start an event loop: \(reason)"
        case .alreadyStarted:
            "the HTTP server was started before; make a new one"
        }
    }
}
