import Compression
import Platform
import Registry
import Screening

/// Rendered listings, kept until anything changes that they show.
///
/// The hot path is two look-ups in memory: no JSON is read, nothing is compressed, no other task is woken.
final class DerivedListings: Sendable {
    struct Key: Hashable, Sendable {
        let source: RegistryName
        let name: PackageName
        let representation: Representation
        let registryBase: String
        let publicBase: String
        let isCompressed: Bool
    }

    private struct HeldKey: Hashable {
        let source: RegistryName
        let name: PackageName
    }

    private let memory: Lock<CostLimitedCache<Key, RenderedListing>>
    private let held: Lock<CostLimitedCache<HeldKey, HeldVersions>>
    private let flights: SingleFlight<Key, RenderedListing, SourceError>
    private let admission: Admission
    private let references: ReferenceIndex

    /// Smaller listings are sent as they are: the compressed form saves no packet.
    private static let leastCompressedBytes = 512
    private static let compressionLevel = 6
    private static let maxHeldPackages = 50_000

    init(
        admission: Admission, references: ReferenceIndex, scope: TaskScope, maxMemoryBytes: Int, maxFlights: Int
    ) {
        self.admission = admission
        self.references = references
        memory = Lock(CostLimitedCache(maxCost: maxMemoryBytes))
        held = Lock(CostLimitedCache(maxCost: Self.maxHeldPackages))
        flights = SingleFlight(scope: scope, maxFlights: maxFlights, overloaded: .overloaded, abandoned: .abandoned)
    }

    /// The rendering that shows `view` as it is decided now, when there is one.
    func ready(_ key: Key, for view: PackageView) -> RenderedListing? {
        guard let rendered = memory.withLock({ $0.value(for: key) }),
            rendered.isCurrent(for: admission.stamp(of: view), at: view.now)
        else { return nil }
        return rendered
    }

    /// The newest stable version of a package that its listing leaves out for now, as decided now; nil also when its
    /// listing is not in memory. For notices, which ask no source.
    func newestHeld(of name: PackageName, at source: RegistryDefinition) -> HeldVersion? {
        guard let view = admission.knownView(of: name, at: source) else { return nil }
        let key = HeldKey(source: source.name, name: name)
        let stamp = admission.stamp(of: view)
        if let known = held.withLock({ $0.value(for: key) }), known.stamp == stamp, known.isCurrent(at: view.now) {
            return known.newest
        }
        let fresh = HeldVersions(among: view, stamp)
        held.withLock { $0.insert(fresh, for: key, cost: 1) }
        return fresh.newest
    }

    /// The rendering of `view`, made once for everybody who wants it now.
    ///
    /// - Throws: `SourceError.overloaded`, `.abandoned`; `.unusable` when the listing has no such representation.
    func rendered(_ key: Key, for view: PackageView) async throws(SourceError) -> RenderedListing {
        if let ready = ready(key, for: view) { return ready }
        let rendered = try await renderOnce(key, view)
        if rendered.isCurrent(for: admission.stamp(of: view), at: view.now) { return rendered }
        // It was under way since before a change that this request must see; the next one is not.
        return try await renderOnce(key, view)
    }

    /// Off the event loop: filtering and compressing a large listing takes tens of milliseconds.
    private func renderOnce(_ key: Key, _ view: PackageView) async throws(SourceError) -> RenderedListing {
        try await flights.join(key) { [self] () throws(SourceError) in
            let rendered = try render(key, admission.renewed(view))
            memory.withLock { $0.insert(rendered, for: key, cost: rendered.bytes.count + 1024) }
            return rendered
        }
    }

    /// Forgets everything: the configuration changed in a way that no stamp shows.
    func removeAll() {
        memory.withLock { $0.removeAll { _ in true } }
        held.withLock { $0.removeAll { _ in true } }
    }

    private func render(_ key: Key, _ view: PackageView) throws(SourceError) -> RenderedListing {
        // Taken before the decisions: what changes meanwhile makes the stamp too old, never the rendering.
        let stamp = admission.stamp(of: view)
        let judgements = view.judgeAll()
        let writer = RefusalWriter(publicBase: key.publicBase, requestID: "")
        let refusals = writer.listingRefusals(of: view, judgements)
        references.add(refusals.refused.isEmpty ? [] : judgements.filter { !$0.isListed }, of: view)
        let plan = ListingPlan(
            refused: refusals.refused, registryBase: key.registryBase,
            sourceBase: "\(key.publicBase)/~\(view.source.name)", restrictionMessage: refusals.message)
        guard var bytes = view.listing.listing.rendered(key.representation, plan) else {
            throw .unusable(reason: "the listing of \(view.name) cannot be shown as \(key.representation.contentType)")
        }
        let isCompressed = key.isCompressed && bytes.count >= Self.leastCompressedBytes
        if isCompressed { bytes = Gzip.compress(bytes, level: Self.compressionLevel) }
        return RenderedListing(
            bytes: bytes, contentType: key.representation.contentType, isCompressed: isCompressed,
            isFiltered: !refusals.refused.isEmpty,
            changesAt: judgements.compactMap(\.nextChange).min(), stamp: stamp)
    }
}
