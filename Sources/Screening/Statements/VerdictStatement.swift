public import Cryptography
public import Platform

/// One analyzer's signed result about one artifact, predicate type `urn:jurat:attestation:verdict:v1`.
///
/// Spec: verdict-log, section 1.
public struct VerdictStatement: Sendable, Equatable {
    public let subject: Subject
    public let analyzer: AnalyzerRevision
    public let appliesTo: AppliesTo
    public let basis: Basis
    /// Digest of the unpacked tree (Go `h1` in hexadecimal), only for archives that unpack in one way.
    public let contentDirectoryHash: SHA256Digest?
    /// The verdict word as signed; `verdict` says what it counts as here.
    public let statedVerdict: String
    /// At most 64 findings; `FindingSelection` chooses them.
    public let findings: [Finding]
    /// How many findings were left out of `findings`; 0 when none.
    public let findingsTruncated: Int
    /// A detached report in the artifact store with everything that does not fit here.
    public let report: SHA256Digest?
    public let createdAt: Timestamp
    /// Names of extensions that a reader must understand to rely on this statement. This version knows none.
    public let critical: [String]

    public init(
        subject: Subject, analyzer: AnalyzerRevision, appliesTo: AppliesTo = .bytes, basis: Basis = .full,
        contentDirectoryHash: SHA256Digest? = nil, verdict: Verdict, findings: [Finding], findingsTruncated: Int = 0,
        report: SHA256Digest? = nil, createdAt: Timestamp
    ) {
        self.init(
            subject: subject, analyzer: analyzer, appliesTo: appliesTo, basis: basis,
            contentDirectoryHash: contentDirectoryHash, statedVerdict: verdict.rawValue, findings: findings,
            findingsTruncated: findingsTruncated, report: report, createdAt: createdAt, critical: [])
    }

    init(
        subject: Subject, analyzer: AnalyzerRevision, appliesTo: AppliesTo, basis: Basis,
        contentDirectoryHash: SHA256Digest?, statedVerdict: String, findings: [Finding], findingsTruncated: Int,
        report: SHA256Digest?, createdAt: Timestamp, critical: [String]
    ) {
        self.subject = subject
        self.analyzer = analyzer
        self.appliesTo = appliesTo
        self.basis = basis
        self.contentDirectoryHash = contentDirectoryHash
        self.statedVerdict = statedVerdict
        self.findings = findings
        self.findingsTruncated = findingsTruncated
        self.report = report
        self.createdAt = createdAt
        self.critical = critical
    }

    /// What the verdict counts as: an unknown word is suspicious, and nothing with an unknown critical member is clean.
    public var verdict: Verdict {
        let stated = Verdict(rawValue: statedVerdict) ?? .suspicious
        return critical.isEmpty ? stated : max(stated, .suspicious)
    }

    /// The finding by which the advisory analyzer says that it had no advisories to compare with.
    public static let withoutDataRule = "ADV-NODATA"

    /// Whether this is an advisory verdict that was reached before any advisory snapshot had been loaded.
    public var isWithoutData: Bool {
        analyzer.id == .advisory && findings.contains { $0.rule == Self.withoutDataRule }
    }
}
