/// What happens when an upstream answers with a redirect.
public enum RedirectPolicy: Sendable, Equatable {
    /// The redirect is the response.
    case refuse
    /// At most `limit` redirects are followed, each only where the guard allows it.
    ///
    /// The guard: to https, or to the host of the trusted origin by the scheme it had; never from https to http; never
    /// to a private, loopback or link-local address unless the trusted origin's own host has one. Addresses are checked
    /// again on the connection that is used. Credentials are not sent on to another host.
    case follow(limit: Int)
}

/// A request to another server.
public struct UpstreamRequest: Sendable {
    /// The method. Only `GET` and `HEAD` are retried.
    public var method: Method
    /// The absolute http or https URL.
    public var url: String
    /// The URL whose host is trusted by configuration; nil when `url` itself is.
    ///
    /// Set it when `url` was found in a document: `url` then passes the same guard as a redirect would.
    public var trustedOrigin: String?
    /// The header fields; `Host`, `Content-Length` and `Transfer-Encoding` are written by the client itself.
    public var headers: HeaderFields
    /// The body; nil for none.
    public var body: [UInt8]?
    /// The longest time from the start of an attempt to an established (TLS) connection.
    public var connectTimeout: Duration
    /// The longest time without any byte from the peer while we are ready to take one.
    public var stallTimeout: Duration
    /// The longest time for everything, retries and body included.
    public var totalTimeout: Duration
    /// The most body bytes that are taken (after decompression, where that was asked for).
    public var maxBodyBytes: Int64
    /// What to do about redirects.
    public var redirects: RedirectPolicy
    /// The socket file to connect to in place of the URL's host and port.
    public var unixSocketPath: String?
    /// How often a `GET` or `HEAD` is repeated, with growing pauses, after a failure before the first body byte.
    public var retries: Int
    /// Whether the answer may come gzip-compressed; the client decompresses it and drops `Content-Encoding`.
    public var acceptsGzip: Bool

    public init(
        method: Method = .get, url: String, headers: HeaderFields = [:], body: [UInt8]? = nil,
        connectTimeout: Duration = .seconds(10), stallTimeout: Duration = .seconds(30),
        totalTimeout: Duration = .seconds(600), maxBodyBytes: Int64 = 512 << 20,
        redirects: RedirectPolicy = .follow(limit: 5), unixSocketPath: String? = nil, retries: Int = 2
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.connectTimeout = connectTimeout
        self.stallTimeout = stallTimeout
        self.totalTimeout = totalTimeout
        self.maxBodyBytes = maxBodyBytes
        self.redirects = redirects
        self.unixSocketPath = unixSocketPath
        self.retries = retries
        trustedOrigin = nil
        acceptsGzip = false
    }
}

/// Sends requests to other servers.
public protocol UpstreamFetching: Sendable {
    /// Sends a request and returns when the response's head has come.
    ///
    /// - Throws: `UpstreamError`; a response of any status is not an error.
    func send(_ request: UpstreamRequest) async throws(UpstreamError) -> UpstreamResponse
}

extension UpstreamFetching {
    /// Sends a request and reads the whole body of an answer with status 200; of any other answer only the status counts,
    /// and the bytes are empty.
    ///
    /// - Throws: `UpstreamError`, with `tooLarge` for a body that is longer than the request allows.
    public func sendForBytes(
        _ request: UpstreamRequest
    ) async throws(UpstreamError) -> (status: Int, bytes: [UInt8]) {
        let response = try await send(request)
        guard response.status == 200 else { return (response.status, []) }
        return (200, try await response.collect(maxBytes: Int(clamping: request.maxBodyBytes)))
    }
}
