import Analyzers
import Configuration
import Gateway
import Screening
import VerdictStore

/// What of the configuration concerns the gateway.
enum ServedConfiguration {
    /// - Parameter staticRuleset: the rules of the static analyzer, those of the operator included.
    static func gateway(
        _ configuration: ServiceConfiguration, staticRuleset: RulesetReference
    ) -> GatewayConfiguration {
        var rulesets = AnalyzerCatalog.rulesets.merging([.static_: staticRuleset]) { _, own in own }
        rulesets[.aiReview] = configuration.aiReview.map { ReviewSettings($0).revision.ruleset }
        var served = GatewayConfiguration(
            topology: configuration.topology, policies: configuration.policies, publicURL: configuration.publicURL,
            trustedProxies: configuration.trustedProxies.compactMap { AddressRange(parsing: $0) },
            analyzerRulesets: rulesets,
            analyzerVersions: AnalyzerCatalog.versions, findingSentence: { RuleCatalog.sentence(for: $0) },
            advisoriesRequired: configuration.advisories.required == .always,
            advisoriesMaxAge: configuration.advisories.maxAge,
            advisoryPlaces: configuration.advisories.sources.mapValues(ConfigurationLoader.masked),
            liveFallback: configuration.advisories.liveFallback.map {
                LiveFallback(url: $0.url, timeout: $0.timeout, cacheFor: $0.cacheFor)
            },
            trust: configuration.trust.map(TrustedLog.init),
            witnessing: WitnessPolicy(
                witnesses: configuration.log.witnesses.map { OwnWitness(url: $0.url, key: $0.key) },
                quorum: configuration.log.quorum),
            warming: WarmSettings(
                interval: configuration.warming.interval, versions: configuration.warming.versions,
                requestsPerSecond: configuration.warming.requestsPerSecond,
                connections: configuration.warming.connections,
                wheels: configuration.warming.wheels.map(WheelPattern.init)))
        if let review = configuration.aiReview { served.reviewsAtOnce = review.concurrency }
        return served
    }
}

extension TrustedLog {
    /// What the configuration says of a foreign log.
    init(_ setting: TrustSetting) {
        self.init(
            verifier: setting.verifier, roots: Set(setting.roots), signers: Set(setting.signers),
            analyzers: setting.analyzers.map { Set($0) }, packages: setting.packages, weights: setting.weights,
            expiresAt: setting.expiresAt,
            quota: ForeignQuota(maxStatements: setting.maxStatements, maxBytes: setting.maxBytes),
            followURL: setting.isFollowed ? setting.url : nil, maxCheckpointAge: setting.maxCheckpointAge)
    }
}
