public import Cryptography
public import Platform
public import Registry

/// A verdict of the log that is still valid, as the decision sees it.
public struct StandingVerdict: Sendable, Equatable {
    public let statement: StatementID
    public let logIndex: UInt64
    public let signer: KeyID
    /// What the signer may speak about. A later verdict of the same analyzer replaces an earlier one when the signers
    /// have the same scope, so that a rotated key's verdicts do not stand for ever.
    public let signerScope: KeyScope
    public let analyzer: AnalyzerID
    public let verdict: Verdict
    public let appliesTo: AppliesTo
    /// The rules that weigh, heaviest first, each once; of advisories those that weigh nothing too.
    public let rules: [String]
    /// Whether this is an advisory verdict that was reached before any advisory snapshot had been loaded.
    public let isWithoutData: Bool
    /// Whose log it stands in, and for a foreign one what trust gives it.
    public let source: VerdictSource
    /// Whether its key was revoked: it says nothing any more, but its analyzer must judge again before the artifact is
    /// served. Only for our own verdicts that were not clean.
    public let isVoid: Bool

    public init(
        statement: StatementID, logIndex: UInt64, signer: KeyID, signerScope: KeyScope = .standard(for: .verdict),
        analyzer: AnalyzerID, verdict: Verdict, appliesTo: AppliesTo, rules: [String], isWithoutData: Bool = false,
        source: VerdictSource = .own, isVoid: Bool = false
    ) {
        self.statement = statement
        self.logIndex = logIndex
        self.signer = signer
        self.signerScope = signerScope
        self.analyzer = analyzer
        self.verdict = verdict
        self.appliesTo = appliesTo
        self.rules = rules
        self.isWithoutData = isWithoutData
        self.source = source
        self.isVoid = isVoid
    }

    /// The same verdict by a key that was revoked since.
    public var voided: StandingVerdict {
        StandingVerdict(
            statement: statement, logIndex: logIndex, signer: signer, signerScope: signerScope, analyzer: analyzer,
            verdict: verdict, appliesTo: appliesTo, rules: rules, isWithoutData: isWithoutData, source: source,
            isVoid: true)
    }

    /// The standing form of a logged verdict.
    public init(
        _ logged: VerdictStatement, statement: StatementID, logIndex: UInt64, signer: KeyID,
        signerScope: KeyScope = .standard(for: .verdict), source: VerdictSource = .own
    ) {
        var rules: [String] = []
        // What an artifact can do is noted about nearly all of them, and the reason for nothing.
        let findings =
            logged.analyzer.id == .advisory ? logged.findings : logged.findings.filter { $0.severity > .info }
        for finding in findings.sorted(by: { $0.severity > $1.severity }) where !rules.contains(finding.rule) {
            rules.append(finding.rule)
        }
        self.init(
            statement: statement, logIndex: logIndex, signer: signer, signerScope: signerScope,
            analyzer: logged.analyzer.id, verdict: logged.verdict, appliesTo: logged.appliesTo, rules: rules,
            isWithoutData: logged.isWithoutData, source: source)
    }
}

/// A disposition of the log by a key that is still valid, as the decision sees it. The decision itself looks at expiry,
/// scope and supersession.
public struct StandingDisposition: Sendable, Equatable {
    public let statement: StatementID
    public let logIndex: UInt64
    public let signer: KeyID
    public let actor: String
    public let decision: DispositionDecision
    /// Empty means all.
    public let registries: [RegistryName]
    public let purl: PackageURL?
    public let inViewOf: [StatementID]
    public let reason: String
    public let expiresAt: Timestamp?
    public let sequence: UInt64
    public let supersedes: StatementID?
    public let createdAt: Timestamp

    public init(
        statement: StatementID, logIndex: UInt64, signer: KeyID, actor: String, decision: DispositionDecision,
        registries: [RegistryName] = [], purl: PackageURL? = nil, inViewOf: [StatementID], reason: String,
        expiresAt: Timestamp? = nil, sequence: UInt64, supersedes: StatementID? = nil, createdAt: Timestamp
    ) {
        self.statement = statement
        self.logIndex = logIndex
        self.signer = signer
        self.actor = actor
        self.decision = decision
        self.registries = registries
        self.purl = purl
        self.inViewOf = inViewOf
        self.reason = reason
        self.expiresAt = expiresAt
        self.sequence = sequence
        self.supersedes = supersedes
        self.createdAt = createdAt
    }

    /// The standing form of a logged disposition.
    public init(_ logged: DispositionStatement, statement: StatementID, logIndex: UInt64, signer: KeyID) {
        self.init(
            statement: statement, logIndex: logIndex, signer: signer, actor: logged.actor, decision: logged.decision,
            registries: logged.scope.registries, purl: logged.scope.purl, inViewOf: logged.inViewOf,
            reason: logged.reason, expiresAt: logged.expiresAt, sequence: logged.sequence,
            supersedes: logged.supersedes, createdAt: logged.createdAt)
    }
}

/// One advisory that matches a name and version in the index as it is now.
public struct AdvisoryFact: Sendable, Hashable {
    /// The advisory's id, such as `MAL-2025-1234`.
    public let id: String
    public let isMalicious: Bool
    /// Tenths of the highest CVSS base score, 0–100; nil when the record has none.
    public let cvssTenths: Int?
    /// The versions that fix it, as the record spells them.
    public let fixedVersions: [String]
    /// Whether a service said so that was asked about this version, and not the bundles.
    public let isLive: Bool

    public init(
        id: String, isMalicious: Bool, cvssTenths: Int? = nil, fixedVersions: [String] = [], isLive: Bool = false
    ) {
        self.id = id
        self.isMalicious = isMalicious
        self.cvssTenths = cvssTenths
        self.fixedVersions = fixedVersions
        self.isLive = isLive
    }
}

/// Whether advisories can be asked.
public enum AdvisoryAvailability: Sendable, Hashable {
    /// No snapshot has ever been loaded; `required` is policy's `advisories.required: always`.
    case neverLoaded(required: Bool)
    case current(snapshot: String)
    /// The newest snapshot is older than `advisories.maxAge`; negative when its last confirmation lies in the future.
    case stale(ageSeconds: Int64)
}

/// How far an analyzer has got with an artifact that it has not judged.
public enum AnalysisProgress: Sendable, Hashable {
    case notRequested
    case running(since: Timestamp)
    /// Given up after all attempts, until the ruleset changes; `cause` is a word of the job queue, such as `crash`.
    case unavailable(cause: String)

    /// Why it was given up; nil as long as it was not.
    public var failureCause: String? {
        switch self {
        case .notRequested, .running: nil
        case .unavailable(let cause): cause
        }
    }
}
