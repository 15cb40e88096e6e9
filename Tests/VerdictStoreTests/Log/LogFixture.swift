import Cryptography
import Platform
import Registry
import Screening
import TestSupport

@testable import VerdictStore

/// A data directory with a fresh log, and the keys that may sign for it.
struct LogFixture {
    let temporary: TemporaryDirectory
    let directory: DataDirectory
    let root: Ed25519SigningKey
    let log: Ed25519SigningKey
    let verdict: Ed25519SigningKey
    let operatorKey: Ed25519SigningKey
    static let origin = "test.example/verdicts"
    /// The key events that every log here begins with.
    static let genesisEntries: UInt64 = 4

    init() throws {
        temporary = try TemporaryDirectory()
        directory = DataDirectory(path: temporary.path("data"))
        (root, log, verdict, operatorKey) = (.generate(), .generate(), .generate(), .generate())
        try VerdictLogGenesis.initialize(directory, origin: Self.origin, keys: keys)
    }

    private init(copying other: LogFixture) throws {
        temporary = try TemporaryDirectory()
        directory = DataDirectory(path: temporary.path("data"))
        (root, log, verdict, operatorKey) = (other.root, other.log, other.verdict, other.operatorKey)
        try directory.create()
        try Files.writeDurably(Files.readAll(other.directory.verdictsPath), to: directory.verdictsPath)
        try Files.writeDurably(Files.readAll(other.directory.anchorPath), to: directory.anchorPath)
    }

    /// The same log, closed before, in a directory of its own.
    func copied() throws -> LogFixture { try LogFixture(copying: self) }

    var keys: VerdictLogGenesis.Keys {
        VerdictLogGenesis.Keys(
            root: root, log: log, verdict: verdict.publicKey,
            operators: [VerdictLogGenesis.Operator(name: "ana", key: operatorKey.publicKey)])
    }

    func open() async throws -> VerdictLog {
        try await VerdictLog.open(directory, signingWith: log, logger: .silent)
    }

    /// Opens the log with faults; what would end the process is recorded instead.
    func open(
        doubts: Doubts, wrapping: @escaping @Sendable (any LogDatabase) -> any LogDatabase
    ) async throws -> VerdictLog {
        let seams = VerdictLog.Seams(onDoubt: { doubts.add($0) }, wrapping: wrapping)
        return try await VerdictLog.open(
            directory, signingWith: [log], logger: .silent, progress: { _, _ in }, seams: seams)
    }

    /// Appends so many verdicts, in few groups.
    func append(_ count: Int, to log: VerdictLog) async throws {
        let envelopes = try (0..<count).map { try verdictEnvelope("filler-\($0)") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for envelope in envelopes { group.addTask { _ = try await log.append(envelope) } }
            try await group.waitForAll()
        }
    }

    func verify() throws -> LogVerification { try LogReader(directory).verify() }

    static func sha512(_ name: String) -> SHA512Digest { SHA512Digest(hashing: Array(name.utf8)) }

    static func subject(_ name: String) throws -> Subject {
        Subject(
            purl: try PackageURL(parsing: "pkg:npm/\(name)@1.0.0"), sha512: sha512(name),
            sha256: SHA256Digest(hashing: Array(name.utf8)))
    }

    static func verdictStatement(
        _ name: String, _ verdict: Verdict = .clean, analyzer: AnalyzerID = .static_
    ) throws -> Statement {
        let findings =
            verdict == .clean
            ? [] : [Finding(rule: "TEST-RULE", severity: verdict == .malicious ? .malicious : .suspicious)]
        let ruleset = RulesetReference(name: "test", digest: SHA256Digest(hashing: [1]))
        return .verdict(
            VerdictStatement(
                subject: try subject(name), analyzer: AnalyzerRevision(id: analyzer, version: "1", ruleset: ruleset),
                verdict: verdict, findings: findings, createdAt: Timestamp(secondsSinceEpoch: 1_767_225_600)))
    }

    func verdictEnvelope(
        _ name: String, _ verdict: Verdict = .clean, analyzer: AnalyzerID = .static_
    ) throws -> Envelope {
        try Envelope.signing(Self.verdictStatement(name, verdict, analyzer: analyzer), with: self.verdict)
    }

    func dispositionEnvelope(
        _ name: String, _ decision: DispositionDecision, sequence: UInt64, supersedes: StatementID? = nil
    ) throws -> Envelope {
        let disposition = DispositionStatement(
            subject: try Self.subject(name), decision: decision, inViewOf: [], overrides: nil, reason: "a test",
            actor: "ana", createdAt: Timestamp(secondsSinceEpoch: 1_767_225_600), sequence: sequence,
            supersedes: supersedes)
        return try Envelope.signing(.disposition(disposition), with: operatorKey)
    }

    func keyEventEnvelope(
        _ event: KeyEventKind, _ key: Ed25519PublicKey, _ role: KeyRole, invalidFrom: UInt64? = nil
    ) throws -> Envelope {
        let statement = KeyEventStatement(
            event: event, publicKey: key, role: role, scope: .standard(for: role), invalidFromIndex: invalidFrom,
            reason: "a test")
        return try Envelope.signing(.keyEvent(statement), with: root)
    }

    /// A connection of somebody who does not know our rules: no authorizer, and triggers that can be dropped.
    func foreignConnection() throws -> Connection { try Connection(directory.verdictsPath, access: .readWrite) }
}

/// Reasons for which the process would have ended.
final class Doubts: Sendable {
    private let reasons = Lock<[String]>([])

    func add(_ reason: String) { reasons.withLock { $0.append(reason) } }
    var all: [String] { reasons.withLock { $0 } }
}
