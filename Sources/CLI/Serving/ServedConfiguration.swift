import Analyzers
import Configuration
import Gateway

/// What of the configuration concerns the gateway.
enum ServedConfiguration {
    static func gateway(_ configuration: ServiceConfiguration) -> GatewayConfiguration {
        GatewayConfiguration(
            topology: configuration.topology, policies: configuration.policies, publicURL: configuration.publicURL,
            trustedProxies: configuration.trustedProxies.compactMap { AddressRange(parsing: $0) },
            analyzerRulesets: AnalyzerCatalog.rulesets,
            advisoriesRequired: configuration.advisories.required == .always,
            advisoriesMaxAge: configuration.advisories.maxAge)
    }
}
