import Platform
import Registry
import Screening

/// The configuration in force; replaced whole by a reload.
final class Settings: Sendable {
    private let value: Lock<ConfigurationInForce>

    init(_ configuration: GatewayConfiguration) {
        value = Lock(ConfigurationInForce(configuration))
    }

    /// The configuration as it is now. A request that takes it once sees one configuration to its end.
    var current: ConfigurationInForce { value.withLock { $0 } }

    func replace(with configuration: GatewayConfiguration) {
        let fresh = ConfigurationInForce(configuration)
        value.withLock { $0 = fresh }
    }
}

/// One configuration behind one reference, so that handing it to a request copies nothing.
final class ConfigurationInForce: Sendable {
    let configuration: GatewayConfiguration
    /// `publicURL` without a slash at its end.
    let publicBase: String

    init(_ configuration: GatewayConfiguration) {
        self.configuration = configuration
        publicBase = configuration.publicBase
    }

    var topology: RegistryTopology { configuration.topology }
    var trustedProxies: [AddressRange] { configuration.trustedProxies }
    var analyzerRulesets: [AnalyzerID: RulesetReference] { configuration.analyzerRulesets }
    var advisoriesRequired: Bool { configuration.advisoriesRequired }
    var advisoriesMaxAge: Duration { configuration.advisoriesMaxAge }
    var limits: GatewayConfiguration.Limits { configuration.limits }

    func policy(of registry: RegistryName) -> ScreeningPolicy { configuration.policy(of: registry) }
}
