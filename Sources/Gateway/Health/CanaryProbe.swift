import HTTP
public import Registry
import Screening

/// One look at whether a registry refuses its canary.
public struct CanaryResult: Sendable, Equatable {
    public let ecosystem: Ecosystem
    public let registry: RegistryName
    /// The address that was asked for, below our public root.
    public let target: String
    public let isRefused: Bool
    public let status: Int
    /// The reason phrase that clients print.
    public let reason: String
}

/// Asks for the canary of every registry through the public handler, as a client would.
public struct CanaryProbe: Sendable {
    private let handler: any RequestHandler
    private let settings: Settings
    private let adapters: [any EcosystemAdapter]

    init(handler: any RequestHandler, settings: Settings, adapters: [any EcosystemAdapter]) {
        self.handler = handler
        self.settings = settings
        self.adapters = adapters
    }

    /// The result for each registry that serves packages, in the order of the configuration.
    public func run() async -> [CanaryResult] {
        var results: [CanaryResult] = []
        for registry in settings.current.topology.definitions {
            guard let adapter = adapters.first(where: { $0.ecosystem == registry.ecosystem }) else { continue }
            let canary = adapter.canaryListing()
            guard let artifact = canary.listing.artifacts.first else { continue }
            results.append(await probe(registry, adapter.path(of: artifact, in: canary.name)))
        }
        return results
    }

    private func probe(_ registry: RegistryDefinition, _ path: String) async -> CanaryResult {
        let target = "/~\(registry.name)/\(path)"
        let head = RequestHead(method: .get, target: target, headers: ["User-Agent": "jurat-canary"])
        let response = await handler.respond(to: ServerRequest(head: head))
        return CanaryResult(
            ecosystem: registry.ecosystem, registry: registry.name, target: target,
            isRefused: response.status == 403, status: response.status, reason: response.reason ?? "")
    }
}
