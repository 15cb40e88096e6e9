public import Registry
public import Screening

/// Everything that `jurat.yaml` says, as checked values; paths are absolute or relative to the process.
public struct ServiceConfiguration: Sendable {
    /// Where clients connect.
    public let listen: HostPort
    /// The address under which clients reach us, without a slash at its end; every rewritten URL begins with it.
    public let publicURL: String
    /// Addresses or networks whose `X-Forwarded-*` headers are believed.
    public let trustedProxies: [String]
    public let dataPath: String
    public let cachePath: String
    public let cacheMaxBytes: Int64
    /// How many analysis workers `serve` starts; 0 when they run elsewhere.
    public let workers: Int
    public let sandbox: SandboxRequirement
    public let topology: RegistryTopology
    /// The effective policy of every registry.
    public let policies: [RegistryName: ScreeningPolicy]
    /// The policy of the `screening` section alone.
    public let defaultPolicy: ScreeningPolicy
    public let advisories: AdvisorySettings
    /// The folder of the operator's own YARA rules; nil when there are none.
    public let userRulesPath: String?
    /// What the static analysis of one artifact may use.
    public let analysisAllowance: AnalysisAllowance
    /// The models that artifacts are shown to; nil when they are shown to none.
    public let aiReview: AIReviewSettings?
    /// The foreign logs whose statements count, in the order of the text; no two of one origin.
    public let trust: [TrustSetting]
    /// Witnesses of our own log.
    public let log: LogSettings
    /// How packages are fetched and analysed ahead of demand.
    public let warming: WarmingSettings
    /// The file that holds the passphrase of encrypted key files; nil when they are not encrypted.
    public let keyPassphrasePath: String?

    /// The settings that differ from `other` and that a running service cannot take over, by key.
    public func changesThatNeedRestart(from other: ServiceConfiguration) -> [String] {
        var keys: [String] = []
        if listen != other.listen { keys.append("listen") }
        if dataPath != other.dataPath { keys.append("data") }
        if cachePath != other.cachePath { keys.append("cache.path") }
        if workers != other.workers { keys.append("workers") }
        if sandbox != other.sandbox { keys.append("sandbox") }
        if analysisAllowance.memoryBytes != other.analysisAllowance.memoryBytes { keys.append("static.memory") }
        if analysisAllowance.seconds != other.analysisAllowance.seconds { keys.append("static.time") }
        if keyPassphrasePath != other.keyPassphrasePath { keys.append("keys.passphraseFile") }
        return keys
    }
}

/// Whether analysis may run with less than the full sandbox.
public enum SandboxRequirement: String, Sendable, CaseIterable {
    /// Refuse to start workers when the kernel cannot confine them fully.
    case required
    /// Run with what the kernel offers, and say so in `doctor` and `/-/readyz`.
    case degraded
}

/// What the static analysis of one artifact may use; past it there is no verdict, and the artifact is held.
public struct AnalysisAllowance: Sendable, Equatable {
    /// Besides the artifact itself.
    public let memoryBytes: Int64
    public let seconds: Int

    /// With less, ordinary packages could not be analysed; more is a mistake.
    public static let memoryRange: ClosedRange<Int64> = 256 << 20...1 << 40
    public static let secondsRange: ClosedRange<Int> = 1...86_400

    public init(memoryBytes: Int64 = 3 << 30, seconds: Int = 300) {
        self.memoryBytes = memoryBytes
        self.seconds = seconds
    }
}

/// Where advisories come from and how fresh they must be.
public struct AdvisorySettings: Sendable, Equatable {
    /// Per ecosystem the address (`https://…`) or path of its bundle.
    public let sources: [Ecosystem: String]
    /// How often the sources are asked for something new.
    public let refresh: Duration
    public let required: AdvisoryRequirement
    /// The age from which advisories no longer count.
    public let maxAge: Duration
    /// The longest silence of a source's server.
    public let timeout: Duration
    /// The largest bundle that is taken.
    public let maxBundleBytes: Int64
    /// The service that is asked about single versions which the bundles say nothing of; nil for none.
    public let liveFallback: LiveFallbackSettings?
}

/// A service with the OSV API that is asked about single versions.
public struct LiveFallbackSettings: Sendable, Equatable {
    /// Its address, without a slash at its end.
    public let url: String
    /// The longest wait for one answer.
    public let timeout: Duration
    /// How long an answer is used before it is asked for again.
    public let cacheFor: Duration
}

/// Whether artifacts may be judged before any advisories were ever loaded.
public enum AdvisoryRequirement: String, Sendable, CaseIterable {
    /// Until a first snapshot has been loaded, loudly; from then on never again.
    case whenLoaded
    case always
}

/// An address to listen on.
public struct HostPort: Hashable, Sendable, CustomStringConvertible {
    /// A name or an address; IPv6 without brackets.
    public let host: String
    public let port: UInt16

    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads `127.0.0.1:7677`, `[::1]:7677` or `localhost:7677`; nil for anything else.
    public init?(parsing text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = Quantity.digits(text[text.index(after: colon)...]).flatMap({ UInt16(exactly: $0) })
        else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
            guard NetworkAddress.isIPv6(host) else { return nil }
        } else {
            guard NetworkAddress.isIPv4(host) || NetworkAddress.isHostName(host) else { return nil }
        }
        self.init(host: host, port: port)
    }

    /// Whether it stands for every address of the machine, so that it cannot be part of a URL.
    public var isEveryAddress: Bool { host == "0.0.0.0" || host == "::" }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
