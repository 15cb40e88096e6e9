/// The name that a listener has in the configuration, as in "package" or "admin".
public struct ListenerName: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The name's text.
    public let text: String

    public init(_ text: String) {
        self.text = text
    }

    public init(stringLiteral value: String) {
        text = value
    }

    public var description: String { text }
}

/// One request as a handler sees it: the head is complete, no byte of the body has been read.
public final class ServerRequest: Sendable {
    /// The request line and header fields.
    public let head: RequestHead
    /// The peer's IP address without port, or `unix` on a Unix socket.
    public let remoteAddress: String
    /// The listener that the request came in by.
    public let listener: ListenerName
    /// The body, read on demand.
    public let body: RequestBody

    /// A request for a handler that is called without a connection.
    public init(
        head: RequestHead, remoteAddress: String = "127.0.0.1", listener: ListenerName = "test",
        body: RequestBody = RequestBody(bytes: [])
    ) {
        self.head = head
        self.remoteAddress = remoteAddress
        self.listener = listener
        self.body = body
    }
}

/// Answers requests.
///
/// `respond` runs on the connection's event loop, in a task that is cancelled when the client leaves. It must not
/// block its thread. Nothing is read from the client's body unless the handler asks for it; a handler that answers
/// without reading the body ends the connection, after the answer, unless the body was already there.
public protocol RequestHandler: Sendable {
    func respond(to request: ServerRequest) async -> ServerResponse
}
