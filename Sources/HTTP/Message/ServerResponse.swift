public import Platform

/// What a handler answers.
///
/// The server itself writes `Date`, `Connection`, `Transfer-Encoding` and `Content-Length`; a handler sets
/// `Content-Length` only beside a `.stream` body whose size it knows, and the server then holds it to that size.
public struct ServerResponse: Sendable {
    /// The final status, 200 to 599.
    public var status: Int
    /// The reason phrase; nil for the standard one. Bytes outside printable ASCII are sent as `?`.
    public var reason: String?
    /// The header fields. Control characters in values are sent as spaces.
    public var headers: HeaderFields
    /// The body. For `HEAD` requests and for 204 and 304 only its size is used.
    public var body: ResponseBody
    /// Whether the connection ends after this response.
    public var closesConnection: Bool

    public init(
        status: Int, reason: String? = nil, headers: HeaderFields = [:], body: ResponseBody = .none,
        closesConnection: Bool = false
    ) {
        precondition((200...599).contains(status), "a handler answers with a final status, not \(status)")
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body
        self.closesConnection = closesConnection
    }
}

/// The bytes that follow a response's head.
public enum ResponseBody: Sendable {
    /// No bytes; `Content-Length: 0` where a length may be sent.
    case none
    /// These bytes.
    case bytes([UInt8])
    /// `count` bytes of a file from `offset`, sent by the kernel without passing through this process.
    case file(OpenFile, offset: Int64, count: Int64)
    /// Bytes that the closure writes; it runs in the handler's task after `respond` has returned.
    ///
    /// When it throws, or when the client leaves, the connection ends so that the client sees a cut-off body.
    case stream(@Sendable (BodyWriter) async throws -> Void)
}
