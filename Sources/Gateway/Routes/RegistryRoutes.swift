import HTTP
import Registry

/// Leads a request of one registry to the part that answers it; knows no ecosystem by name.
final class RegistryRoutes: Sendable {
    private let admission: Admission
    private let adapters: [Ecosystem: any EcosystemAdapter]
    private let listings: ListingRoute
    private let versions: VersionRoutes
    private let artifacts: ArtifactRoute
    private let refusals: RefusalResponder
    private let services: @Sendable () -> SpecialServices
    private let settings: Settings

    init(
        admission: Admission, adapters: [any EcosystemAdapter], listings: ListingRoute, versions: VersionRoutes,
        artifacts: ArtifactRoute, refusals: RefusalResponder, settings: Settings,
        services: @escaping @Sendable () -> SpecialServices
    ) {
        self.admission = admission
        self.adapters = Dictionary(adapters.map { ($0.ecosystem, $0) }, uniquingKeysWith: { first, _ in first })
        self.listings = listings
        self.versions = versions
        self.artifacts = artifacts
        self.refusals = refusals
        self.settings = settings
        self.services = services
    }

    /// Answers a request whose path, below the registry's root, is `target`.
    func respond(_ target: [UInt8], _ context: RequestContext) async -> ServerResponse {
        guard let adapter = adapters[context.registry.ecosystem] else {
            return PlainAnswers.failure(404, "There is no registry of this kind here")
        }
        let route: EcosystemRoute
        do throws(RouteError) {
            route = try adapter.route(target: target, head: context.head)
        } catch {
            return PlainAnswers.failure(error.status, error.description)
        }
        switch route {
        case .answer(let response): return response
        case .redirect(let path): return PlainAnswers.redirect(to: "\(context.registryBase)/\(path)")
        case .special(let respond):
            return await respond(
                RegistryRequest(
                    request: context.request, origin: context.origin, registry: context.registry,
                    registryBase: context.registryBase, services: services()))
        case .listing(let name, let representation):
            return await withSource(of: name, context) {
                await self.listings.respond(name, at: $0, as: representation, context)
            }
        case .projection(let name, let projection):
            return await withSource(of: name, context) {
                await self.listings.respond(name, at: $0, projection: projection, context)
            }
        case .manifest(let name, let selector):
            return await withSource(of: name, context) {
                await self.versions.manifest(name, selector, at: $0, context)
            }
        case .companion(let name, let filename, let digest):
            return await withSource(of: name, context) {
                await self.versions.companion(name, filename, digest, at: $0, context)
            }
        case .artifact(let name, let filename, let digest):
            return await withSource(of: name, context) {
                await self.artifacts.respond(name, filename, digest, at: $0, context)
            }
        }
    }

    /// Answers from the one source of `name`, or says that there is none.
    private func withSource(
        of name: PackageName, _ context: RequestContext, _ respond: (RegistryDefinition) async -> ServerResponse
    ) async -> ServerResponse {
        switch admission.lookUp(name, at: context.registry) {
        case .source(let source), .canary(let source): return await respond(source)
        case .notDeclared:
            return PlainAnswers.failure(404, "\(name) is in no registry behind \(context.registry.name)")
        case .reserved:
            return refusals.refuseReserved(
                name, policy: settings.current.policy(of: context.registry.name), context)
        }
    }
}
