public import Platform

/// Fetches from other servers over HTTP/1.1 or HTTP/2, on one event loop of its own.
public final class UpstreamClient: UpstreamFetching {
    private let userAgent: String

    /// Makes a client that keeps at most `maxConnectionsPerHost` connections to one host.
    ///
    /// Proxies are taken from `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` (also in capitals, but for
    /// `HTTP_PROXY`) of the given environment.
    public init(proxyEnvironment: ProcessEnvironment, userAgent: String, maxConnectionsPerHost: Int) {
        self.userAgent = userAgent
    }

    public func send(_ request: UpstreamRequest) async throws(UpstreamError) -> UpstreamResponse {
        throw .aborted
    }
}
