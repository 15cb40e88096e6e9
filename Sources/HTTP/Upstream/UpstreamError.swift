/// Why an upstream gave no complete response.
public enum UpstreamError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Which of a request's time limits passed.
    public enum TimeLimit: String, Sendable {
        case connect
        case stall
        case total
    }

    /// The URL is not an absolute http or https URL that this client takes.
    case invalidURL(url: String, reason: String)
    /// The host name has no address, or the resolver failed.
    case couldNotResolve(host: String)
    /// No connection could be made.
    case couldNotConnect(host: String, reason: String)
    /// The certificate or the handshake was refused.
    case tlsFailed(host: String, reason: String)
    /// A time limit passed.
    case timedOut(TimeLimit)
    /// The body is larger than `maxBytes`.
    case tooLarge(maxBytes: Int64)
    /// A redirect, or the URL itself, breaks the guard.
    case redirectRefused(reason: String)
    /// The connection ended before the response did.
    case connectionLost(reason: String)
    /// The response is not valid HTTP or not validly encoded.
    case protocolViolation(String)
    /// The caller's task was cancelled, or the client was shut down.
    case aborted

    public var description: String {
        switch self {
        case .invalidURL(let url, let reason): "cannot fetch \(url): \(reason)"
        case .couldNotResolve(let host): "cannot resolve the host name \(host)"
        case .couldNotConnect(let host, let reason): "cannot connect to \(host): \(reason)"
        case .tlsFailed(let host, let reason): "no trusted TLS connection to \(host): \(reason)"
        case .timedOut(let limit): "the upstream was too slow (\(limit.rawValue) time limit)"
        case .tooLarge(let maxBytes): "the upstream's response is larger than \(maxBytes) bytes"
        case .redirectRefused(let reason): "the address was refused: \(reason)"
        case .connectionLost(let reason): "the connection to the upstream was lost: \(reason)"
        case .protocolViolation(let reason): "the upstream's response is not valid: \(reason)"
        case .aborted: "the request to the upstream was aborted"
        }
    }
}
