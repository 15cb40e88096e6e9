public import Cryptography
public import Registry
public import Screening

/// One entry as it stands in the log.
public struct LogEntry: Hashable, Sendable {
    /// What the entry says, and where it is.
    public let logged: LoggedStatement
    /// The entry's exact bytes: a DSSE envelope that other programs read too.
    public let leaf: [UInt8]
}

/// The newest signed state of a log.
public struct LogHead: Hashable, Sendable {
    public let origin: String
    public let size: UInt64
    public let root: SHA256Digest
    /// The signed checkpoint, as it is published.
    public let note: String
}

/// Which statements to look up; what is nil does not narrow.
public struct StatementFilter: Hashable, Sendable {
    public var predicateType: PredicateType?
    /// A package, or with a version one version of it.
    public var purl: PackageURL?
    public var sha512: SHA512Digest?
    public var analyzer: AnalyzerID?
    public var verdict: Verdict?
    /// Only statements at this index or after it.
    public var sinceIndex: UInt64

    public init(
        predicateType: PredicateType? = nil, purl: PackageURL? = nil, sha512: SHA512Digest? = nil,
        analyzer: AnalyzerID? = nil, verdict: Verdict? = nil, sinceIndex: UInt64 = 0
    ) {
        self.predicateType = predicateType
        self.purl = purl
        self.sha512 = sha512
        self.analyzer = analyzer
        self.verdict = verdict
        self.sinceIndex = sinceIndex
    }
}

/// What `LogReader.verify` found to hold.
public struct LogVerification: Hashable, Sendable {
    public let origin: String
    public let entries: UInt64
    /// Signatures checked: of every entry and of every checkpoint.
    public let signatures: UInt64
    public let dispositions: UInt64
    /// How many different operator keys made them.
    public let operatorKeys: Int
    public let checkpoints: UInt64
    public let root: SHA256Digest
    /// The size that the anchor had seen, when there is one.
    public let anchoredSize: UInt64?
    public let duration: Duration
    /// What verdicts about differences stand on. A log may hold, and some of its verdicts not.
    public private(set) var chains = ChainReport(verdicts: 0, findings: [])

    func with(_ chains: ChainReport) -> LogVerification {
        var complete = self
        complete.chains = chains
        return complete
    }

    public var seconds: Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}
