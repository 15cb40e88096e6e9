import HTTP
import Registry

/// Answers everything that comes in by the package port.
final class PublicHandler: RequestHandler {
    private let settings: Settings
    private let system: SystemRoutes
    private let osv: OSVRoutes
    private let registries: RegistryRoutes

    init(settings: Settings, system: SystemRoutes, osv: OSVRoutes, registries: RegistryRoutes) {
        self.settings = settings
        self.system = system
        self.osv = osv
        self.registries = registries
    }

    func respond(to request: ServerRequest) async -> ServerResponse {
        let configuration = settings.current
        let origin = RequestOrigin(
            request, publicBase: configuration.publicBase, trustedProxies: configuration.trustedProxies)
        if let answer = await system.respond(to: request, origin: origin) { return answer }
        if let answer = await osv.respondAtRoot(to: request, origin: origin) { return answer }
        let address: RegistryTarget
        do throws(RouteError) {
            address = try RegistryTarget(parsing: Array(request.head.target.utf8))
        } catch {
            return PlainAnswers.failure(error.status, error.description)
        }
        let registry: RegistryDefinition
        let base: String
        switch address.address {
        case .named(let name):
            guard let definition = configuration.topology.definition(named: name) else {
                return PlainAnswers.failure(404, "There is no registry \(name) here")
            }
            registry = definition
            base = "\(origin.publicBase)/~\(name)"
        case .alias(let ecosystem):
            guard let definition = configuration.topology.defaultRegistry(for: ecosystem) else {
                return PlainAnswers.failure(404, "There is no default \(ecosystem) registry here; use /~<registry>/")
            }
            registry = definition
            base = origin.publicBase
        }
        let context = RequestContext(request: request, origin: origin, registry: registry, registryBase: base)
        return await registries.respond(address.target, context)
    }
}
