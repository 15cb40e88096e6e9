import HTTP
import Platform
import Registry

/// What to ask an upstream for.
struct DocumentRequest: Sendable {
    let source: RegistryName
    let upstream: UpstreamDefinition
    let url: String
    let accept: String

    var key: DocumentKey { DocumentKey(source: source, url: url, accept: accept) }
}

/// Asks an upstream for a document, conditionally when we have one, and keeps count of its health.
final class DocumentFetcher: Sendable {
    /// What the upstream said.
    enum Answer: Sendable {
        case unchanged
        case document(UpstreamDocument)
    }

    private let client: any UpstreamFetching
    private let breaker: CircuitBreaker
    private let clock: any WallClock

    init(client: any UpstreamFetching, breaker: CircuitBreaker, clock: any WallClock) {
        self.client = client
        self.breaker = breaker
        self.clock = clock
    }

    /// Sends one request (the client repeats it when that may help).
    ///
    /// - Throws: `SourceError`; everything but `.notFound` and a refused document counts against the source's health.
    func fetch(_ request: DocumentRequest, known: UpstreamDocument?) async throws(SourceError) -> Answer {
        if case .refused(let until) = breaker.permission(for: request.source, limits: request.upstream) {
            let reason = breaker.outage(of: request.source)?.reason ?? "the source failed repeatedly"
            throw .resting(reason: reason, until: until)
        }
        do throws(SourceError) {
            let answer = try await attempt(request, known: known)
            breaker.succeeded(request.source)
            return answer
        } catch {
            switch error {
            case .notFound, .unusable: breaker.succeeded(request.source)
            case .unreachable(let reason), .timedOut(let reason):
                breaker.failed(request.source, limits: request.upstream, reason: reason)
            case .resting, .storage, .overloaded, .abandoned: break
            }
            throw error
        }
    }

    private func attempt(_ request: DocumentRequest, known: UpstreamDocument?) async throws(SourceError) -> Answer {
        var outgoing = UpstreamRequest(url: request.url)
        outgoing.headers.append("Accept", request.accept)
        if let known {
            if let tag = known.entityTag { outgoing.headers.append("If-None-Match", tag) }
            if let date = known.lastModified { outgoing.headers.append("If-Modified-Since", date) }
        }
        outgoing.totalTimeout = request.upstream.timeout
        outgoing.stallTimeout = min(request.upstream.timeout, outgoing.stallTimeout)
        outgoing.connectTimeout = min(request.upstream.timeout, outgoing.connectTimeout)
        outgoing.maxBodyBytes = request.upstream.maxListingBytes
        outgoing.acceptsGzip = true
        let (response, bytes) = try await exchange(outgoing, of: request.source)
        switch response.status {
        case 304 where known != nil: return .unchanged
        case 200: break
        default:
            breaker.heard(response.status, response.headers, from: request.source)
            throw Self.failure(status: response.status, source: request.source)
        }
        let mediaType = (response.headers["Content-Type"] ?? "").prefix { $0 != ";" && $0 != " " }
        return .document(
            UpstreamDocument(
                bytes: bytes, mediaType: mediaType.lowercased(), finalURL: response.finalURL,
                entityTag: response.headers["ETag"], lastModified: response.headers["Last-Modified"],
                validatedAt: clock.now()))
    }

    private func exchange(
        _ request: UpstreamRequest, of source: RegistryName
    ) async throws(SourceError) -> (UpstreamResponse, [UInt8]) {
        do throws(UpstreamError) {
            let response = try await client.send(request)
            guard response.status == 200 else { return (response, []) }
            return (response, try await response.collect(maxBytes: Int(clamping: request.maxBodyBytes)))
        } catch {
            throw SourceError(error, source: source)
        }
    }

    /// What a status other than 200 and 304 means.
    static func failure(status: Int, source: RegistryName) -> SourceError {
        switch status {
        case 404, 410: .notFound
        case 401, 403:
            .unreachable(reason: "the source of \(source) refuses to answer us (\(status)); check its credentials")
        case 504: .timedOut(reason: "the source of \(source) timed out (504)")
        // Said of the source as a whole: it is overloaded or slow.
        case 408, 425, 429: .unreachable(reason: "the source of \(source) answered \(status)")
        // Said of this one document, such as 451: one odd package must not make the whole source count as down.
        case 400..<500: .unusable(reason: "the source of \(source) answered \(status)")
        default: .unreachable(reason: "the source of \(source) answered \(status)")
        }
    }
}

extension SourceError {
    /// What a failed transfer from `source` means.
    init(_ error: UpstreamError, source: RegistryName) {
        let reason = "the source of \(source) cannot be used: \(error)"
        self =
            switch error {
            case .timedOut: .timedOut(reason: reason)
            case .tooLarge, .redirectRefused, .protocolViolation, .invalidURL: .unusable(reason: reason)
            case .couldNotResolve, .couldNotConnect, .tlsFailed, .connectionLost: .unreachable(reason: reason)
            case .aborted: .abandoned
            }
    }
}
