public import Cryptography
public import Registry

/// The effective policy of one registry: every key has a value.
///
/// Spec: policy, key `screening`.
public struct ScreeningPolicy: Sendable, Equatable {
    /// The analyzers that run, in the order written.
    public let analyzers: [AnalyzerID]
    /// The analyzers whose verdict is required before the first serve.
    public let holdUntil: [AnalyzerID]
    /// The least age of a version that is served; whole seconds.
    public let cooldown: Duration
    public let cooldownWithoutTime: MissingTimeRule
    /// Names that the cooldown does not hold.
    public let cooldownExempt: [PackagePattern]
    /// Whether the cooldown lets a version pass that fixes an advisory affecting an allowed older one.
    public let cooldownLiftForFixes: Bool
    public let onMalicious: MaliciousAction
    public let onSuspicious: SuspiciousAction
    public let onAnalyzerUnavailable: UnavailableAction
    /// Tenths of a CVSS base score (0–100) from which on a version is blocked; nil never blocks.
    public let maxCVSSTenths: Int?
    public let requireRepositoryURL: Bool
    public let denyInstallScripts: Bool
    public let allow: [PolicySelector]
    public let deny: [PolicySelector]
    /// How long an artifact may wait for analysis before the wait ends in a refusal; whole seconds.
    public let pendingMax: Duration
    /// From where on differences are not enough.
    public let diff: DifferenceLimits
    /// SHA-256 of `canonicalJSON`: names the policy in every decision.
    public private(set) var revision: SHA256Digest

    /// The policy when nothing is configured.
    public static let standard = ScreeningPolicy.resolving([])

    /// Lays `layers` over the defaults, later ones over earlier ones, key by key; `allow` and `deny` add up.
    public static func resolving(_ layers: [ScreeningLayer]) -> ScreeningPolicy {
        ScreeningPolicy(layers)
    }

    private init(_ layers: [ScreeningLayer]) {
        func last<Value>(_ key: KeyPath<ScreeningLayer, Value?>, _ standard: Value) -> Value {
            layers.last { $0[keyPath: key] != nil }.flatMap { $0[keyPath: key] } ?? standard
        }
        func sum(_ key: KeyPath<ScreeningLayer, [PolicySelector]?>) -> [PolicySelector] {
            var entries: [PolicySelector] = []
            for entry in layers.flatMap({ $0[keyPath: key] ?? [] }) where !entries.contains(entry) {
                entries.append(entry)
            }
            return entries
        }
        analyzers = last(\.analyzers, [.advisory, .static_, .diff])
        holdUntil = last(\.holdUntil, [.advisory, .static_])
        cooldown = last(\.cooldown, .seconds(72 * 3600))
        cooldownWithoutTime = last(\.cooldownWithoutTime, .hold)
        cooldownExempt = last(\.cooldownExempt, [])
        cooldownLiftForFixes = last(\.cooldownLiftForFixes, true)
        onMalicious = last(\.onMalicious, .block)
        onSuspicious = last(\.onSuspicious, .hold)
        onAnalyzerUnavailable = last(\.onAnalyzerUnavailable, .hold)
        maxCVSSTenths = last(\.maxCVSSTenths, nil)
        requireRepositoryURL = last(\.requireRepositoryURL, false)
        denyInstallScripts = last(\.denyInstallScripts, false)
        allow = sum(\.allow)
        deny = sum(\.deny)
        pendingMax = last(\.pendingMax, .seconds(120))
        let written = layers.map(\.diff)
        diff = DifferenceLimits(
            maxChangedBytes: written.compactMap(\.maxChangedBytes).last ?? DifferenceLimits.standard.maxChangedBytes,
            maxChangedFiles: written.compactMap(\.maxChangedFiles).last ?? DifferenceLimits.standard.maxChangedFiles,
            maxSteps: written.compactMap(\.maxSteps).last ?? DifferenceLimits.standard.maxSteps)
        revision = SHA256Digest(hashing: [UInt8]())
        revision = SHA256Digest(hashing: canonicalJSON)
    }
}
