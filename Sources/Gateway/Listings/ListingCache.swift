import Platform
import Registry

/// Loads the listing of a package from a source; the part of caching that knows the ecosystem.
protocol ListingLoading: Sendable {
    /// Reads and parses the listing of `name`; answers `previous`' listing when no document changed.
    ///
    /// - Throws: `SourceError`; `.unusable` for a document that cannot be filtered safely.
    func loadListing(
        of name: PackageName, with reader: DocumentReader, previous: CachedListing?
    ) async throws(SourceError) -> LoadedListing
}

/// The listings of upstream sources: in memory, on disk, revalidated when older than the source's `maxage`.
///
/// Many requests for one listing cause one load. A listing that its source says is gone is dropped at once.
final class ListingCache: Sendable {
    struct Key: Hashable, Sendable {
        let source: RegistryName
        let name: PackageName
    }

    /// How soon an incomplete listing is tried again, and how recent a listing must be to trust that a file is missing.
    static let retryInterval: Duration = .seconds(10)

    private let memory: Lock<CostLimitedCache<Key, CachedListing>>
    private let flights: SingleFlight<Key, CachedListing, SourceError>
    private let fetcher: DocumentFetcher
    private let store: DocumentStore
    private let scope: TaskScope
    private let clock: any WallClock
    private let loaders: [Ecosystem: any ListingLoading]
    private let history: any PackageHistory
    private let logger: Logger

    init(
        loaders: [Ecosystem: any ListingLoading], fetcher: DocumentFetcher, store: DocumentStore,
        history: any PackageHistory, scope: TaskScope, clock: any WallClock, maxMemoryBytes: Int, maxFlights: Int,
        logger: Logger
    ) {
        self.logger = logger
        self.loaders = loaders
        self.history = history
        self.fetcher = fetcher
        self.store = store
        self.scope = scope
        self.clock = clock
        memory = Lock(CostLimitedCache(maxCost: maxMemoryBytes))
        flights = SingleFlight(
            scope: scope, maxFlights: maxFlights, overloaded: .overloaded, abandoned: .abandoned)
    }

    /// The listing in memory when nobody needs to ask the source; never waits.
    func fresh(_ name: PackageName, in source: RegistryName) -> CachedListing? {
        let now = clock.now()
        let cached = memory.withLock { $0.value(for: Key(source: source, name: name)) }
        guard let cached, now < cached.freshUntil else { return nil }
        return cached
    }

    /// The listing in memory however old it is, for what need not be right to the minute; never waits.
    func known(_ name: PackageName, in source: RegistryName) -> CachedListing? {
        memory.withLock { $0.value(for: Key(source: source, name: name)) }
    }

    /// The listing of `name`, asked for at most once by everybody who wants it now.
    ///
    /// - Parameter maxAge: how old a confirmation may be; nil for the source's own setting.
    /// - Throws: `SourceError`.
    func listing(
        of name: PackageName, in source: RegistryDefinition, maxAge: Duration? = nil
    ) async throws(SourceError) -> CachedListing {
        let key = Key(source: source.name, name: name)
        if let cached = fresh(name, in: source.name) {
            guard let maxAge, cached.validatedAt < clock.now().adding(.zero - maxAge) else { return cached }
        }
        guard let upstream = source.upstream, let loader = loaders[name.ecosystem] else {
            throw .unusable(reason: "the registry \(source.name) has no upstream to list \(name) from")
        }
        return try await flights.join(key) { () throws(SourceError) in
            try await self.load(key, from: upstream, with: loader, maxAge: maxAge ?? upstream.maxAge)
        }
    }

    private func load(
        _ key: Key, from upstream: UpstreamDefinition, with loader: any ListingLoading, maxAge: Duration
    ) async throws(SourceError) -> CachedListing {
        let previous = memory.withLock { $0.value(for: key) }
        let now = clock.now()
        let reader = DocumentReader(
            source: key.source, upstream: upstream, fetcher: fetcher, store: store, scope: scope, clock: clock,
            notBefore: now.adding(.zero - maxAge), known: previous?.documents ?? [:])
        do throws(SourceError) {
            let loaded = try await loader.loadListing(of: key.name, with: reader, previous: previous)
            let validatedAt = loaded.documents.values.map(\.validatedAt).min() ?? now
            // A stand-in is never fresh: the next request asks again, and the circuit breaker keeps that cheap.
            let freshUntil =
                loaded.staleReason != nil
                ? .earliest
                : validatedAt.adding(loaded.isComplete ? upstream.maxAge : min(upstream.maxAge, Self.retryInterval))
            let record = try await record(of: loaded, key: key, previous: previous)
            let cached = CachedListing(
                name: key.name, source: key.source, loaded: loaded, record: record, freshUntil: freshUntil,
                validatedAt: validatedAt)
            memory.withLock { $0.insert(cached, for: key, cost: cached.costBytes) }
            return cached
        } catch {
            if error == .notFound { memory.withLock { $0.remove(key) } }
            throw error
        }
    }

    /// Forgets everything in memory: a source may be another one now under the same name.
    func removeAll() {
        memory.withLock { $0.removeAll { _ in true } }
    }

    /// Says what clients will miss, once for each new listing.
    private func report(_ dropped: [DroppedEntry], of key: Key) {
        guard let first = dropped.first else { return }
        logger.info("\(key.name) at \(key.source): \(dropped.count) entries cannot be served, such as \(first)")
    }

    /// Our records of what the listing names. A listing that nothing changed in was recorded before, unless something is
    /// blocked as tampered: then the source gets another chance to send what it claims.
    private func record(
        of loaded: LoadedListing, key: Key, previous: CachedListing?
    ) async throws(SourceError) -> PackageRecord {
        if let previous, CachedListing.digest(of: loaded.documents) == previous.digest, !previous.record.hasTampered {
            return previous.record
        }
        do throws(HistoryError) {
            report(loaded.listing.dropped, of: key)
            let records = try await history.observe(loaded.listing.artifacts, of: key.name, at: key.source)
            guard let previous else { return PackageRecord(records) }
            previous.record.replace(with: records)
            return previous.record
        } catch {
            throw .storage(error, logger)
        }
    }
}
