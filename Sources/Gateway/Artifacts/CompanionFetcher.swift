import Cryptography
import HTTP
import Platform
import Registry

/// Fetches the metadata files beside Python artifacts, verified against the digest that the listing claims.
///
/// An index that claims no digest is believed as far as its listing is: the bytes come from the same source, decide
/// nothing, and what they name is screened itself.
final class CompanionFetcher: Sendable {
    private struct Key: Hashable, Sendable {
        let source: RegistryName
        let url: String
        let claimed: SHA256Digest?
    }

    private let client: any UpstreamFetching
    private let flights: SingleFlight<Key, [UInt8], SourceError>
    private let memory: Lock<CostLimitedCache<Key, [UInt8]>>
    private let maxBytes: Int

    init(client: any UpstreamFetching, scope: TaskScope, maxBytes: Int, maxMemoryBytes: Int, maxFlights: Int) {
        self.client = client
        self.maxBytes = maxBytes
        memory = Lock(CostLimitedCache(maxCost: maxMemoryBytes))
        flights = SingleFlight(scope: scope, maxFlights: maxFlights, overloaded: .overloaded, abandoned: .abandoned)
    }

    /// - Throws: `SourceError`; `.unusable` when the bytes are not those that the listing claims.
    func metadata(
        of artifact: ListedArtifact, from source: RegistryName, _ upstream: UpstreamDefinition
    ) async throws(SourceError) -> [UInt8] {
        let key = Key(source: source, url: artifact.url + ".metadata", claimed: artifact.coreMetadataSHA256)
        if let known = memory.withLock({ $0.value(for: key) }) { return known }
        return try await flights.join(key) { [self] () throws(SourceError) in
            let bytes = try await fetch(key, upstream)
            if let claimed = key.claimed {
                guard SHA256Digest(hashing: bytes) == claimed else {
                    throw .unusable(reason: "the metadata of \(artifact.filename) is not what its listing claims")
                }
                memory.withLock { $0.insert(bytes, for: key, cost: bytes.count + 256) }
            }
            return bytes
        }
    }

    private func fetch(_ key: Key, _ upstream: UpstreamDefinition) async throws(SourceError) -> [UInt8] {
        var request = UpstreamRequest(url: key.url)
        request.trustedOrigin = upstream.url
        request.totalTimeout = upstream.timeout
        request.maxBodyBytes = Int64(maxBytes)
        request.acceptsGzip = true
        let (status, bytes): (Int, [UInt8])
        do throws(UpstreamError) { (status, bytes) = try await client.sendForBytes(request) } catch {
            throw SourceError(error, source: key.source)
        }
        guard status == 200 else { throw DocumentFetcher.failure(status: status, source: key.source) }
        return bytes
    }
}
