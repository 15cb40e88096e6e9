public import Cryptography
public import Platform
public import Registry
public import Screening
public import TransparencyLog

/// What an entry of `trust` says of one foreign log.
public struct TrustSetting: Hashable, Sendable {
    /// The log's keys and witnesses, under its name.
    public let verifier: CheckpointVerifier
    /// Where its read path is, below which `/checkpoint` is found; without a slash at its end.
    public let url: String?
    public let isFollowed: Bool
    /// Root keys whose introductions count, in the order of the text.
    public let roots: [KeyID]
    /// Keys that may speak whoever introduced them, in the order of the text.
    public let signers: [KeyID]
    /// The analyzers whose verdicts count; nil for all.
    public let analyzers: [AnalyzerID]?
    /// The packages that verdicts count for; empty for all.
    public let packages: [PackagePattern]
    public let weights: ForeignWeights
    /// From this moment on nothing of the log counts.
    public let expiresAt: Timestamp?
    /// How long ago a followed log may have been seen last for its clean verdicts to satisfy anything.
    public let maxCheckpointAge: Duration
    public let maxStatements: UInt64
    public let maxBytes: UInt64
    /// The line at which the entry begins.
    public let line: Int

    public var origin: String { verifier.origin }

    static let standardMaxCheckpointAge = Duration.seconds(86_400)
    static let standardMaxStatements: UInt64 = 1_000_000
    static let standardMaxBytes: UInt64 = 1 << 30

    /// Equal entries mean the same, wherever they stand.
    public static func == (left: TrustSetting, right: TrustSetting) -> Bool {
        left.verifier == right.verifier && left.url == right.url && left.isFollowed == right.isFollowed
            && left.roots == right.roots && left.signers == right.signers && left.analyzers == right.analyzers
            && left.packages == right.packages && left.weights == right.weights && left.expiresAt == right.expiresAt
            && left.maxCheckpointAge == right.maxCheckpointAge && left.maxStatements == right.maxStatements
            && left.maxBytes == right.maxBytes
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(verifier)
        hasher.combine(url)
        hasher.combine(weights)
    }
}

extension ServiceConfiguration {
    /// What is allowed and yet probably not meant, at this moment: trust that has ended or never acts.
    public func warnings(at now: Timestamp) -> [ConfigurationProblem] {
        trust.enumerated().flatMap { position, entry in
            entry.warnings(at: now).map { key, message in
                ConfigurationProblem(
                    keyPath: "trust[\(position)]\(key.map { ".\($0)" } ?? "")", line: entry.line, message: message)
            }
        }
    }
}

extension TrustSetting {
    /// A month: long enough to agree with the peer's operators on new keys.
    private static let expiryNotice = Duration.seconds(30 * 86_400)

    fileprivate func warnings(at now: Timestamp) -> [(key: String?, message: String)] {
        var found: [(key: String?, message: String)] = []
        if let expiresAt {
            if expiresAt <= now {
                found.append(("expires", "the trust in \(origin) ended at \(expiresAt.rfc3339); nothing of it counts"))
            } else if now.distance(to: expiresAt) <= Self.expiryNotice {
                found.append(("expires", "the trust in \(origin) ends at \(expiresAt.rfc3339)"))
            }
        }
        if !verifier.witnesses.isEmpty, verifier.quorum == 0 {
            found.append(("quorum", "witnesses of \(origin) are named and none of them is asked for"))
        }
        if isFollowed, let url, url.hasPrefix("http://") {
            found.append(
                (
                    "url",
                    "\(origin) is followed over plain http: nobody on the way can forge its log, but anybody can keep "
                        + "news from you"
                ))
        }
        return found
    }
}
