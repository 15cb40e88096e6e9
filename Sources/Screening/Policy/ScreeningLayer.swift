public import Registry

/// One level of the screening policy as written: of all registries, of an ecosystem or of one registry. Nil means unset.
public struct ScreeningLayer: Sendable, Equatable {
    public var analyzers: [AnalyzerID]?
    public var holdUntil: [AnalyzerID]?
    public var cooldown: Duration?
    public var cooldownWithoutTime: MissingTimeRule?
    public var cooldownExempt: [PackagePattern]?
    public var cooldownLiftForFixes: Bool?
    public var onMalicious: MaliciousAction?
    public var onSuspicious: SuspiciousAction?
    public var onAnalyzerUnavailable: UnavailableAction?
    /// Outer nil: unset. Inner nil: set to `null`, which lifts a limit of an outer level.
    public var maxCVSSTenths: Int??
    public var requireRepositoryURL: Bool?
    public var denyInstallScripts: Bool?
    public var allow: [PolicySelector]?
    public var deny: [PolicySelector]?
    public var pendingMax: Duration?
    public var diff = DifferenceLayer()

    public init() {}
}
