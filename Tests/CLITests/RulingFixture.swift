import Cryptography
import JSON
import Platform
import Registry
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import CLI

/// A deployment without a server: a log with operators ana and bo, and a command line in its folder.
final class RulingFixture: Sendable {
    let directory: TemporaryDirectory
    let data: DataDirectory
    let log: VerdictLog
    let clock = ManualWallClock(Timestamp(secondsSinceEpoch: 1_795_219_200))
    let root = Ed25519SigningKey.generate()
    let verdictKey = Ed25519SigningKey.generate()
    let ana = Ed25519SigningKey.generate()
    let bo = Ed25519SigningKey.generate()
    private let printed = Lock<(results: [String], notes: [String])>(([], []))

    static let bytes = Array("tarball".utf8)
    static var sha512: SHA512Digest { SHA512Digest(hashing: bytes) }

    private init() async throws {
        directory = try TemporaryDirectory()
        data = DataDirectory(path: directory.path("data"))
        let logKey = Ed25519SigningKey.generate()
        try VerdictLogGenesis.initialize(
            data, origin: "jurat.test/log",
            keys: VerdictLogGenesis.Keys(
                root: root, log: logKey, verdict: verdictKey.publicKey,
                operators: [.init(name: "ana", key: ana.publicKey), .init(name: "bo", key: bo.publicKey)]))
        log = try await VerdictLog.open(data, signingWith: logKey, logger: .silent)
        try KeyStore(directory: data.keysDirectory).store(ana, as: .operator(user: "ana"))
        let yaml = """
            listen: 127.0.0.1:7677
            data: \(data.path)
            defaultRegistry: { npm: npmjs }
            registries:
              npmjs: { ecosystem: npm, type: upstream, url: "https://registry.npmjs.org/", public: true }

            """
        try Files.writeDurably(Array(yaml.utf8), to: directory.path("jurat.yaml"))
    }

    static func with(_ body: (RulingFixture) async throws -> Void) async throws {
        let fixture = try await RulingFixture()
        try await body(fixture)
        await fixture.log.close()
    }

    // MARK: The log

    var subject: Subject {
        get throws {
            Subject(
                purl: try PackageURL(parsing: "pkg:npm/demo@1.1.0"), sha512: Self.sha512,
                sha256: SHA256Digest(hashing: Self.bytes))
        }
    }

    @discardableResult
    func judge(_ verdict: Verdict, by analyzer: AnalyzerID = .static_) async throws -> StatementID {
        let statement = VerdictStatement(
            subject: try subject,
            analyzer: AnalyzerRevision(
                id: analyzer, version: "1",
                ruleset: RulesetReference(name: "test", digest: SHA256Digest(hashing: [1]))),
            appliesTo: .bytes, verdict: verdict, findings: [], createdAt: clock.now())
        return try await log.append(Envelope.signing(.verdict(statement), with: verdictKey)).statementID
    }

    /// Logs a ruling of ana's, in view of all that stands.
    @discardableResult
    func rule(
        _ decision: DispositionDecision, until end: Timestamp? = nil, supersedes: StatementID? = nil,
        by key: Ed25519SigningKey? = nil, actor: String = "ana"
    ) async throws -> StatementID {
        let key = key ?? ana
        let known = log.knowledge.about(Self.sha512)
        let ruling = DispositionStatement(
            subject: try subject, decision: decision, scope: DispositionScope(purl: try subject.purl),
            inViewOf: known.verdicts.map(\.statement).sorted(), overrides: .heldReview, reason: "diff read",
            actor: actor, createdAt: clock.now(), expiresAt: end,
            sequence: log.knowledge.lastSequence(of: key.publicKey.keyID, about: Self.sha512) + 1,
            supersedes: supersedes)
        return try await log.append(Envelope.signing(.disposition(ruling), with: key)).statementID
    }

    // MARK: The command line

    struct Outcome: Sendable {
        let code: ExitCode
        let results: String
        let notes: String

        func json() throws -> JSONValue { try JSONText.parse(Array(results.utf8)) }
    }

    func run(_ words: [String], environment: [String: String] = [:]) async throws -> Outcome {
        printed.withLock { $0 = ([], []) }
        let console = Console(
            isTerminal: false, hasColour: false,
            result: { [self] text in printed.withLock { $0.results.append(text) } },
            note: { [self] text in printed.withLock { $0.notes.append(text) } })
        let surroundings = Surroundings(
            environment: ProcessEnvironment(variables: environment), console: console, clock: clock,
            executablePath: "/jurat")
        let all = words + ["--config", directory.path("jurat.yaml")]
        let outcome = ArgumentParser(commands: CommandTable.all).parse(all, surroundings: surroundings)
        guard case .run(let invocation) = outcome else {
            throw CommandFailure(.usage, "\(words) was not understood: \(outcome)")
        }
        var code = ExitCode.success
        do { code = try await invocation.command.run(invocation) } catch {
            code = error.code
            console.note(error.message)
        }
        return printed.withLock { Outcome(code: code, results: $0.results.joined(), notes: $0.notes.joined()) }
    }

    /// The states of all rulings, newest first.
    func states() async throws -> [String] {
        let list = try await run(["exception", "list", "-o", "json"]).json()
        return list.arrayValue?.map { $0["state"]?.stringValue ?? "" } ?? []
    }
}
