import Cryptography
import HTTP
import Platform
import Registry

/// Passes on small documents that carry no decision (signing keys, attestations, provenance) from the one upstream of a
/// registry, cached like listings.
///
/// Only addresses that our own routes put together are asked for; no client header goes upstream.
final class UpstreamRelay: Sendable {
    private let flights: SingleFlight<DocumentKey, DocumentReader.Reading, SourceError>
    private let memory: Lock<CostLimitedCache<DocumentKey, UpstreamDocument>>
    private let fetcher: DocumentFetcher
    private let store: DocumentStore
    private let scope: TaskScope
    private let clock: any WallClock

    init(
        fetcher: DocumentFetcher, store: DocumentStore, scope: TaskScope, clock: any WallClock, maxMemoryBytes: Int,
        maxFlights: Int
    ) {
        self.fetcher = fetcher
        self.store = store
        self.scope = scope
        self.clock = clock
        memory = Lock(CostLimitedCache(maxCost: maxMemoryBytes))
        flights = SingleFlight(scope: scope, maxFlights: maxFlights, overloaded: .overloaded, abandoned: .abandoned)
    }

    /// The document at `path` below the root of the registry's upstream.
    ///
    /// - Parameter name: the package it is about, which decides the source of a router.
    func answer(
        _ request: RegistryRequest, about name: PackageName? = nil, path: String, accept: String = "application/json"
    ) async -> ServerResponse {
        guard let source = source(of: request, about: name), let upstream = source.upstream else {
            return PlainAnswers.failure(404, "No upstream of the registry \(request.registry.name) has this document")
        }
        do throws(SourceError) {
            let reading = try await document(at: upstream.url + path, accept: accept, of: source.name, upstream)
            var headers: HeaderFields = [
                // Never the upstream's own type: a document that calls itself HTML would run as ours.
                "Content-Type": "application/json", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache",
                "ETag": EntityTag.strong(reading.document.digest.hex),
            ]
            if reading.staleReason != nil { headers.append("Warning", Self.staleWarning) }
            if EntityTag.isNoneMatch(request.request.head.headers, EntityTag.strong(reading.document.digest.hex)) {
                return ServerResponse(status: 304, headers: headers)
            }
            return ServerResponse(status: 200, headers: headers, body: .bytes(reading.document.bytes))
        } catch {
            return PlainAnswers.sourceFailure(error, asking: "The document of \(source.name)")
        }
    }

    /// Spec: RFC 7234 section 5.5.1.
    static let staleWarning = "110 jurat \"Response is Stale\""

    /// A document of an upstream, asked for at most once by everybody who wants it now.
    func document(
        at url: String, accept: String, of source: RegistryName, _ upstream: UpstreamDefinition
    ) async throws(SourceError) -> DocumentReader.Reading {
        let key = DocumentKey(source: source, url: url, accept: accept)
        return try await flights.join(key) { [self] () throws(SourceError) in
            var known: [DocumentKey: UpstreamDocument] = [:]
            if let document = memory.withLock({ $0.value(for: key) }) { known[key] = document }
            let reader = DocumentReader(
                source: source, upstream: upstream, fetcher: fetcher, store: store, scope: scope, clock: clock,
                notBefore: clock.now().adding(.zero - upstream.maxAge), known: known)
            let reading = try await reader.document(at: url, accept: accept)
            memory.withLock { $0.insert(reading.document, for: key, cost: reading.document.bytes.count + 512) }
            return reading
        }
    }

    private func source(of request: RegistryRequest, about name: PackageName?) -> RegistryDefinition? {
        guard let name else { return request.services.topology.sources(of: request.registry).first { !$0.isHosted } }
        guard case .source(let source) = request.services.topology.source(for: name, in: request.registry.name) else {
            return nil
        }
        return source
    }
}
