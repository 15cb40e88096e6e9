/// What one client may use of the server, and for how long.
public struct ServerLimits: Sendable {
    /// The request line and header fields together, in bytes; past it 431 is answered.
    public var maxHeaderBytes = 16 * 1024
    /// The request target in bytes; past it 414 is answered.
    public var maxTargetBytes = 4 * 1024
    /// Header fields of a request; past it 431 is answered.
    public var maxHeaders = 100
    /// The largest body that any route takes; past it 413 is answered. Routes set their own, smaller caps.
    public var maxBodyBytes: Int64 = 1 << 30
    /// Connections at once over all listeners; past it 429 is answered and the connection closed.
    public var maxConnections = 20_000
    /// Pipelined requests of one connection that are answered before other connections have their turn.
    public var maxPipelined = 32
    /// From a request's first byte to the end of its header fields; past it 408 is answered.
    public var headerTimeout: Duration = .seconds(15)
    /// Before the first byte of each request; past it the connection is closed.
    public var idleTimeout: Duration = .seconds(75)
    /// The longest wait for the next bytes of a body, or for the client to take bytes of a response.
    public var bodyTimeout: Duration = .seconds(30)
    /// The least a client must send of a body, or take of a response, averaged over each `bodyTimeout`.
    public var minBodyBytesPerSecond = 256
    /// How long unread bytes of a refused body are taken in, so that the client can read the answer.
    public var lingerTimeout: Duration = .seconds(5)
    /// Bytes of a streamed response that may wait for the client before the writer is made to wait.
    public var maxBufferedResponseBytes = 256 * 1024

    /// The limits of the wire contract.
    public init() {}
}
