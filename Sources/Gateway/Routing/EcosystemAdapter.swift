import Cryptography
import HTTP
import Registry

/// All that the rest of the gateway asks of an ecosystem: what a path means, how a listing is read, and which listing
/// stands for the built-in package that must be refused. A listing renders itself (`Listing`).
protocol EcosystemAdapter: ListingLoading {
    var ecosystem: Ecosystem { get }

    /// What a request below a registry's root asks for; pure.
    ///
    /// - Parameter target: the raw target below the root, as `RegistryTarget` cut it.
    /// - Throws: `RouteError` for a target that is not canonical (400) or leads nowhere (404).
    func route(target: [UInt8], head: RequestHead) throws(RouteError) -> EcosystemRoute

    /// The path of an artifact below a registry's root.
    func path(of artifact: ListedArtifact, in name: PackageName) -> String

    /// The built-in listing of the canary: one version of a package that no upstream is ever asked for.
    func canaryListing() -> (name: PackageName, listing: any Listing)
}

/// What a request asks for, in words that every ecosystem shares.
enum EcosystemRoute: Sendable {
    /// All versions of a package.
    case listing(PackageName, Representation)
    /// One version's manifest, which is refused exactly as its artifact is.
    case manifest(PackageName, VersionSelector)
    /// The bytes. The digest in the address, where there is one, must be the listed one.
    case artifact(PackageName, filename: String, addressDigest: SHA256Digest?)
    /// The document beside an artifact that says what the artifact needs.
    case companion(PackageName, filename: String, addressDigest: SHA256Digest)
    /// Another upstream document about a package, shown with the same refusals as its listing.
    case projection(PackageName, ListingProjection)
    /// Another spelling of an address; the path is below the registry's root.
    case redirect(path: String)
    /// An answer that depends on nothing but the route.
    case answer(ServerResponse)
    /// A route that only this ecosystem has.
    case special(@Sendable (RegistryRequest) async -> ServerResponse)
}

/// An upstream document that is filtered by the decisions about a package's listing.
struct ListingProjection: Sendable {
    /// Where the source has it; nil when this source cannot have it.
    let url: @Sendable (UpstreamDefinition) -> String?
    let contentType: String
    /// The document as the plan wants it shown.
    let render: @Sendable (_ document: [UInt8], _ plan: ListingPlan) throws(ListingError) -> [UInt8]
}

/// A request to one registry, with what special routes need to answer it.
struct RegistryRequest: Sendable {
    let request: ServerRequest
    let origin: RequestOrigin
    /// The registry that the address names (may be a router).
    let registry: RegistryDefinition
    /// The registry's address as the client used it, without a slash at its end.
    let registryBase: String
    let services: SpecialServices
}

/// The parts of the gateway that special routes may use: none of them makes a decision.
struct SpecialServices: Sendable {
    let relay: UpstreamRelay
    let derived: DerivedListings
    let topology: RegistryTopology
    let advisories: any AdvisorySource
    let findings: OwnFindings
    let audits: AuditDesk
    /// The largest body of an audit request, with its encoding taken off.
    let maxAuditBytes: Int
}
