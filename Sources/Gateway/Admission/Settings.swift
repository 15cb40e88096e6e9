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
        value.withLock { current in
            let isOtherTrust = current.configuration.trust != configuration.trust
            current = ConfigurationInForce(
                configuration, trustGeneration: current.trust.generation + (isOtherTrust ? 1 : 0))
        }
    }
}

/// One configuration behind one reference, so that handing it to a request copies nothing.
final class ConfigurationInForce: Sendable {
    let configuration: GatewayConfiguration
    /// `publicURL` without a slash at its end.
    let publicBase: String
    let trust: TrustInForce

    init(_ configuration: GatewayConfiguration, trustGeneration: UInt64 = 0) {
        self.configuration = configuration
        publicBase = configuration.publicBase
        trust = TrustInForce(configuration.trust, generation: trustGeneration)
    }

    var topology: RegistryTopology { configuration.topology }
    var trustedProxies: [AddressRange] { configuration.trustedProxies }
    var analyzerRulesets: [AnalyzerID: RulesetReference] { configuration.analyzerRulesets }
    var analyzerVersions: [AnalyzerID: String] { configuration.analyzerVersions }
    var witnessing: WitnessPolicy { configuration.witnessing }
    var advisoriesRequired: Bool { configuration.advisoriesRequired }
    var advisoriesMaxAge: Duration { configuration.advisoriesMaxAge }
    var limits: GatewayConfiguration.Limits { configuration.limits }
    var reviewsAtOnce: Int { configuration.reviewsAtOnce }

    func policy(of registry: RegistryName) -> ScreeningPolicy { configuration.policy(of: registry) }
}
