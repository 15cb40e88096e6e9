import Cryptography
import HTTP
import Platform
import Registry
import Screening
import VerdictStore

/// Why the bytes of an artifact are not here.
enum ArtifactFetchError: Error, Sendable, Equatable {
    case source(SourceError)
    /// The bytes are not those that the source claims, or not those it sent before. Recorded; never served.
    case tampered
}

/// Brings artifacts into the store: each at most once at a time, verified against everything that is claimed.
final class ArtifactFetcher: Sendable {
    private let client: any UpstreamFetching
    private let store: ArtifactStore
    private let history: any PackageHistory
    private let breaker: CircuitBreaker
    private let flights: SingleFlight<ArtifactKey, ComputedDigests, ArtifactFetchError>
    private let logger: Logger

    /// The longest a whole download may take; a source that stalls is given up after its own `timeout`.
    private static let maxDownload: Duration = .seconds(1800)
    /// Downloads that break off in the middle are begun anew this often.
    private static let attempts = 2

    init(
        client: any UpstreamFetching, store: ArtifactStore, history: any PackageHistory, breaker: CircuitBreaker,
        scope: TaskScope, maxFlights: Int, logger: Logger
    ) {
        self.client = client
        self.store = store
        self.history = history
        self.breaker = breaker
        self.logger = logger
        flights = SingleFlight(
            scope: scope, maxFlights: maxFlights, overloaded: .source(.overloaded), abandoned: .source(.abandoned))
    }

    /// The digests of the artifact's bytes when they are in the store under this very name; never waits.
    func ready(_ artifact: ListedArtifact, in listing: CachedListing) -> ComputedDigests? {
        guard let sha512 = listing.record.record(of: artifact.filename).sha512, store.contains(sha512) else {
            return nil
        }
        return store.digests(of: sha512)
    }

    /// Makes sure that the bytes are in the store, and that our history knows them under this name.
    ///
    /// - Returns: what they are; durable, and compared with every claim.
    /// - Throws: `ArtifactFetchError`.
    func ensure(_ artifact: ListedArtifact, of view: PackageView) async throws(ArtifactFetchError) -> ComputedDigests {
        if let ready = ready(artifact, in: view.listing) { return ready }
        let key = ArtifactKey(source: view.source.name, name: view.name, filename: artifact.filename)
        return try await flights.join(key) { [self] () throws(ArtifactFetchError) in
            if let ready = ready(artifact, in: view.listing) { return ready }
            let digests = try await bytes(of: artifact, view, key)
            try await record(digests, artifact, view, key)
            return digests
        }
    }

    private func bytes(
        of artifact: ListedArtifact, _ view: PackageView, _ key: ArtifactKey
    ) async throws(ArtifactFetchError) -> ComputedDigests {
        // The same bytes may have come through another registry, or another name.
        if artifact.integrity.isCollisionResistant, let known = store.digests(matching: artifact.integrity),
            store.contains(known.sha512)
        {
            return known
        }
        guard let upstream = view.source.upstream, !Canary.isCanary(view.name) else { throw .source(.notFound) }
        // Another host's health says nothing about the source's, and a package that names a dead one must not close the
        // source to everybody.
        let isOwnHost = Self.origin(of: artifact.url) == Self.origin(of: upstream.url)
        if isOwnHost, case .refused(let until) = breaker.permission(for: key.source, limits: upstream) {
            let reason = breaker.outage(of: key.source)?.reason ?? "the source failed repeatedly"
            throw .source(.resting(reason: reason, until: until))
        }
        var attempt = 1
        while true {
            do throws(ArtifactFetchError) {
                let digests = try await download(artifact, from: upstream, key, view.listing)
                if isOwnHost { breaker.succeeded(key.source) }
                return digests
            } catch {
                guard case .source(let failure) = error else { throw error }
                switch failure {
                case .unreachable(let reason), .timedOut(let reason):
                    // Who asks to be left alone is not asked again at once.
                    if attempt < Self.attempts, !breaker.wantsQuiet(key.source) {
                        attempt += 1
                        continue
                    }
                    if isOwnHost { breaker.failed(key.source, limits: upstream, reason: reason) }
                case .notFound, .unusable, .resting, .storage, .overloaded, .abandoned: break
                }
                throw error
            }
        }
    }

    /// Scheme, host and port of an absolute URL, in lower case.
    private static func origin(of url: String) -> String {
        let parts = url.lowercased().split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return parts.prefix(3).joined(separator: "/")
    }

    private func download(
        _ artifact: ListedArtifact, from upstream: UpstreamDefinition, _ key: ArtifactKey, _ listing: CachedListing
    ) async throws(ArtifactFetchError) -> ComputedDigests {
        var request = UpstreamRequest(url: artifact.url, headers: ["Accept": "*/*"])
        // The address stands in a document: it passes the guard that redirects pass.
        request.trustedOrigin = upstream.url
        request.connectTimeout = min(upstream.timeout, request.connectTimeout)
        request.stallTimeout = upstream.timeout
        request.totalTimeout = Self.maxDownload
        request.maxBodyBytes = upstream.maxArtifactBytes
        let ingest = try storing { () throws(ArtifactError) in
            try store.beginIngest(maxBytes: upstream.maxArtifactBytes)
        }
        do throws(ArtifactFetchError) {
            try await transfer(request, from: key.source, into: ingest)
        } catch {
            ingest.abandon()
            throw error
        }
        do throws(ArtifactError) {
            return try await ingest.finish(claimed: artifact.integrity).digests
        } catch {
            guard case .integrityMismatch(let mismatch) = error else { throw .source(.storage(error, logger)) }
            try await recordTampering(mismatch, artifact, key, listing)
            throw .tampered
        }
    }

    private func transfer(
        _ request: UpstreamRequest, from source: RegistryName, into ingest: ArtifactIngest
    ) async throws(ArtifactFetchError) {
        let response = try await fetching(source) { () async throws(UpstreamError) in try await client.send(request) }
        guard response.status == 200 else {
            breaker.heard(response.status, response.headers, from: source)
            throw .source(DocumentFetcher.failure(status: response.status, source: source))
        }
        while let chunk = try await fetching(source, { () async throws(UpstreamError) in try await response.next() }) {
            do throws(ArtifactError) { try await ingest.write(chunk) } catch {
                guard case .tooLarge = error else { throw .source(.storage(error, logger)) }
                throw .source(.unusable(reason: "\(error)"))
            }
        }
    }

    /// Records the bytes under this name. Bytes other than those recorded before are tampering, whatever is claimed.
    private func record(
        _ digests: ComputedDigests, _ artifact: ListedArtifact, _ view: PackageView, _ key: ArtifactKey
    ) async throws(ArtifactFetchError) {
        let record: ArtifactRecord
        do throws(HistoryError) { record = try await history.recordBytes(digests, of: artifact, key: key) } catch {
            throw .source(.storage(error, logger))
        }
        // A listing looks different only when the log already says something that is not plainly clean.
        let known = view.knowledge.about(digests.sha512)
        let isShown =
            record.isTampered || !known.dispositions.isEmpty || known.verdicts.contains { $0.verdict != .clean }
        view.listing.record.update(artifact.filename, isShown: isShown) { $0 = record }
        guard record.isTampered else { return }
        logger.error("\(key.source) sent other bytes for \(artifact.filename) than before; it is blocked")
        throw .tampered
    }

    private func recordTampering(
        _ mismatch: IntegrityMismatch, _ artifact: ListedArtifact, _ key: ArtifactKey, _ listing: CachedListing
    ) async throws(ArtifactFetchError) {
        logger.error(
            "\(artifact.filename) from \(key.source) is not what its listing claims: \(mismatch); it is blocked")
        // In memory first: a denial acts at once, even if the disk fails.
        listing.record.update(artifact.filename, isShown: true) { $0.isTampered = true }
        do throws(HistoryError) {
            try await history.recordTampering(mismatch, of: artifact, key: key)
        } catch {
            throw .source(.storage(error, logger))
        }
    }

    private func fetching<Value>(
        _ source: RegistryName, _ body: () async throws(UpstreamError) -> Value
    ) async throws(ArtifactFetchError) -> Value {
        do throws(UpstreamError) { return try await body() } catch {
            throw .source(SourceError(error, source: source))
        }
    }

    private func storing<Value>(_ body: () throws(ArtifactError) -> Value) throws(ArtifactFetchError) -> Value {
        do throws(ArtifactError) { return try body() } catch { throw .source(.storage(error, logger)) }
    }
}
