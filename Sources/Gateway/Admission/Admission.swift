import Cryptography
import Platform
import Registry
import Screening
import VerdictStore

/// Where a name leads from one address.
enum PackageLookup: Sendable {
    /// To its one source.
    case source(RegistryDefinition)
    /// To the built-in package that must be refused.
    case canary(RegistryDefinition)
    /// To a hosted registry that this address does not lead to.
    case reserved(RegistryDefinition)
    /// Nowhere: no registry behind the address declares the name.
    case notDeclared
}

/// Answers "what may be done with this package, now?" for every route, the operator's API and the pages.
final class Admission: Sendable {
    private let settings: Settings
    private let listings: ListingCache
    private let knowledge: KnowledgeIndex
    private let foreign: ForeignKnowledge
    private let splitViews: SplitViews
    private let store: ArtifactStore
    private let advisories: any AdvisorySource
    private let live: LiveAdvisories
    private let clock: any WallClock
    private let canaries: [Ecosystem: CachedListing]

    init(
        settings: Settings, listings: ListingCache, knowledge: KnowledgeIndex, store: ArtifactStore,
        foreign: ForeignKnowledge, splitViews: SplitViews, advisories: any AdvisorySource, live: LiveAdvisories,
        clock: any WallClock, adapters: [any EcosystemAdapter]
    ) {
        self.settings = settings
        self.listings = listings
        self.knowledge = knowledge
        self.foreign = foreign
        self.splitViews = splitViews
        self.store = store
        self.advisories = advisories
        self.live = live
        self.clock = clock
        canaries = Dictionary(
            adapters.map { ($0.ecosystem, Canary.listing(of: $0)) }, uniquingKeysWith: { first, _ in first })
    }

    /// Finds the one source of a name that is asked for at the address of `registry`.
    func lookUp(_ name: PackageName, at registry: RegistryDefinition) -> PackageLookup {
        if Canary.isCanary(name) { return .canary(registry) }
        switch settings.current.topology.source(for: name, in: registry.name) {
        case .source(let source): return .source(source)
        case .reserved(let owner):
            guard let owner = settings.current.topology.definition(named: owner) else { return .notDeclared }
            return .reserved(owner)
        case .notDeclared: return .notDeclared
        }
    }

    /// Everything that decisions about `name` need, without waiting; nil when its listing must be asked for first.
    func readyView(of name: PackageName, at source: RegistryDefinition) -> PackageView? {
        if Canary.isCanary(name) { return canaries[name.ecosystem].map { view($0, source) } }
        return listings.fresh(name, in: source.name).map { view($0, source) }
    }

    /// Decisions about `name` by the listing that is in memory however old it is, for notices; nil when there is none.
    func knownView(of name: PackageName, at source: RegistryDefinition) -> PackageView? {
        listings.known(name, in: source.name).map { view($0, source) }
    }

    /// Everything that decisions about `name` need; its listing as current as its source can be asked.
    ///
    /// - Parameter maxAge: how old the listing's confirmation may be; nil for the source's own setting.
    /// - Throws: `SourceError`.
    func view(
        of name: PackageName, at source: RegistryDefinition, maxAge: Duration? = nil
    ) async throws(SourceError) -> PackageView {
        if Canary.isCanary(name), let canary = canaries[name.ecosystem] { return view(canary, source) }
        return view(try await listings.listing(of: name, in: source, maxAge: maxAge), source)
    }

    /// Finds something in a package; when it is not there, in the package as its source lists it right now.
    ///
    /// Whoever asks for a version that was published a minute ago must not be told that it does not exist.
    /// - Throws: `SourceError`.
    func find<Found>(
        of name: PackageName, at source: RegistryDefinition, _ look: (PackageView) -> Found?
    ) async throws(SourceError) -> (PackageView, Found)? {
        let view = try await view(of: name, at: source)
        if let found = look(view) { return (view, found) }
        let current = try await self.view(of: name, at: source, maxAge: ListingCache.retryInterval)
        return look(current).map { (current, $0) }
    }

    /// The same package as `view` knows it, as everything stands now.
    func renewed(_ view: PackageView) -> PackageView { self.view(view.listing, view.source) }

    /// Whether the decision about an artifact that would be handed out waits for what a live service says of it.
    ///
    /// Asked only of packages of public sources that the bundles know nothing of, and never of names of our own.
    func wantsLiveAnswer(_ artifact: ListedArtifact, in view: PackageView) -> Bool {
        guard live.service != nil, isAskedLive(view.listing, view.source) else { return false }
        let bundles = advisories.current()
        return bundles.facts(about: view.name, artifact.version).isEmpty
            && live.isOpen(view.name, artifact.version, snapshot: bundles.identity) && view.judge(artifact).isListed
    }

    /// The view with what a live service says of the artifact, where one is asked.
    func consulted(_ artifact: ListedArtifact, in view: PackageView) async -> PackageView {
        guard wantsLiveAnswer(artifact, in: view) else { return view }
        await live.ask(about: view.name, artifact.version, snapshot: advisories.current().identity)
        return renewed(view)
    }

    private func isAskedLive(_ listing: CachedListing, _ source: RegistryDefinition) -> Bool {
        source.upstream?.isPublic == true && !Canary.isCanary(listing.name)
    }

    /// What changes a decision besides the listing, the records and time: equal stamps, equal decisions.
    func stamp(of view: PackageView) -> DecisionStamp {
        DecisionStamp(
            listing: view.listing.digest, record: view.listing.record.revision, policy: view.policy.revision,
            knowledge: knowledge.listingEpoch, advisories: view.advisories.identity,
            availability: DecisionStamp.AdvisoryState(view.availability), foreign: view.foreign?.stamp)
    }

    private func view(_ listing: CachedListing, _ source: RegistryDefinition) -> PackageView {
        let configuration = settings.current
        let now = clock.now()
        var snapshot = advisories.current()
        let availability = snapshot.availability(
            of: listing.name.ecosystem, at: now, required: configuration.advisoriesRequired,
            maxAge: configuration.advisoriesMaxAge)
        if Canary.isCanary(listing.name) { snapshot = CanaryAdvisories(identity: snapshot.identity) }
        if configuration.configuration.liveFallback != nil, isAskedLive(listing, source) {
            snapshot = LiveView(bundles: snapshot, live: live)
        }
        return PackageView(
            source: source, policy: configuration.policy(of: source.name), listing: listing, advisories: snapshot,
            availability: availability, knowledge: knowledge,
            foreign: ForeignView(foreign, under: configuration.trust, splitViews, at: now), store: store, now: now)
    }
}

/// Everything that decisions of one package were made from, but for the moment.
struct DecisionStamp: Equatable, Sendable {
    let listing: SHA256Digest
    let record: UInt64
    let policy: SHA256Digest
    let knowledge: UInt64
    let advisories: String
    let availability: AdvisoryState
    /// Nil while no foreign log is trusted.
    let foreign: ForeignStamp?

    /// The availability without its age, which would make every second another state.
    enum AdvisoryState: Equatable, Sendable {
        case neverLoaded
        case current
        case stale

        init(_ availability: AdvisoryAvailability) {
            self =
                switch availability {
                case .neverLoaded: .neverLoaded
                case .current: .current
                case .stale: .stale
                }
        }
    }
}
