import Advisories
import Cryptography
import HTTP
import JSON
import Platform
import Registry
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import Gateway

/// A gateway on real stores in a temporary directory, with a scripted upstream and time that the test moves.
final class GatewayFixture: Sendable {
    let directory: TemporaryDirectory
    let upstream = ScriptedUpstream()
    let clock = ManualWallClock()
    let pause = ManualPause()
    let service: GatewayService
    let stores: GatewayStores
    let advisories: AdvisoryDirectory
    let keys: Keys
    /// The lines that the gateway logged.
    let logged = LoggedLines()
    private let configuration: GatewayConfiguration

    static let rulesets: [AnalyzerID: RulesetReference] = Dictionary(
        uniqueKeysWithValues: [AnalyzerID.advisory, .static_].map {
            ($0, RulesetReference(name: $0.text, digest: SHA256Digest(hashing: Array($0.text.utf8))))
        })

    /// Who signs; a test that starts a gateway twice on one directory gives both the same.
    struct Keys: Sendable {
        let root = Ed25519SigningKey.generate()
        let log = Ed25519SigningKey.generate()
        let verdict = Ed25519SigningKey.generate()
        let ana = Ed25519SigningKey.generate()
    }

    private init(
        configuration: GatewayConfiguration, capacity: Int, directory: TemporaryDirectory, keys: Keys
    ) async throws {
        self.directory = directory
        self.configuration = configuration
        self.keys = keys
        let data = DataDirectory(path: directory.path("data"))
        if !Files.exists(data.verdictsPath) {
            try VerdictLogGenesis.initialize(
                data, origin: "jurat.test/log",
                keys: VerdictLogGenesis.Keys(
                    root: keys.root, log: keys.log, verdict: keys.verdict.publicKey,
                    operators: [.init(name: "ana", key: keys.ana.publicKey)]))
        }
        let log = try await VerdictLog.open(data, signingWith: keys.log, logger: .silent)
        stores = GatewayStores(
            log: log,
            logReader: try LogReader(data),
            jobs: try SQLiteJobQueue(
                path: data.jobsPath, clock: clock, limits: .init(capacity: capacity, maxAttempts: 1)),
            artifacts: try ArtifactStore(
                cacheDirectory: directory.path("cache"), maxBytes: 1 << 30, logger: logged.logger),
            history: try ListingHistory(path: data.historyPath), access: try AccessLog(path: data.accessPath),
            audit: try AuditLog(path: data.auditPath), refusals: try RefusalRegister(path: data.refusalsPath),
            foreign: try await ForeignStore.open(data, log: log, clock: clock, logger: .silent),
            differences: try DifferenceBook(path: data.differencesPath),
            watch: try WatchBook(path: data.watchPath))
        advisories = AdvisoryDirectory(directory: data.advisoriesDirectory)
        service = GatewayService(
            configuration: configuration, log: stores.log, logReader: stores.logReader, jobs: stores.jobs,
            artifacts: stores.artifacts,
            history: stores.history, access: stores.access, audit: stores.audit, refusals: stores.refusals,
            foreign: stores.foreign, differences: stores.differences, watch: stores.watch, advisories: advisories,
            upstream: upstream,
            cacheDirectory: directory.path("cache"), clock: clock,
            pausing: pause, logger: logged.logger)
    }

    /// Runs `body` with a gateway, and a worker unless `judge` is nil; ends everything afterwards.
    static func with(
        policy: ScreeningLayer = ScreeningLayer(), capacity: Int = 1000,
        limits: GatewayConfiguration.Limits = .init(), directory: TemporaryDirectory? = nil, keys: Keys = Keys(),
        topology: RegistryTopology? = nil, advisoriesRequired: Bool = false,
        judge: (@Sendable (JobRequest) -> FakeWorker.Result)? = { _ in .clean },
        _ body: @Sendable (GatewayFixture) async throws -> Void
    ) async throws {
        let fixture = try await GatewayFixture(
            configuration: try configuration(policy, limits, topology, advisoriesRequired), capacity: capacity,
            directory: try directory ?? TemporaryDirectory(), keys: keys)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await fixture.service.run() }
            if let judge {
                let worker = fixture.worker(judge)
                group.addTask { await worker.run() }
            }
            do { try await body(fixture) } catch {
                fixture.upstream.release()
                group.cancelAll()
                throw error
            }
            fixture.upstream.release()
            group.cancelAll()
        }
        await fixture.stores.log.close()
        await fixture.stores.history.close()
        await fixture.stores.artifacts.close()
    }

    func worker(_ judge: @escaping @Sendable (JobRequest) -> FakeWorker.Result) -> FakeWorker {
        FakeWorker(
            jobs: service.parts.desk.jobs, log: stores.log, key: keys.verdict, clock: clock,
            judge: judge)
    }

    static func registry(_ name: String) throws -> RegistryName { try RegistryName(parsing: name) }

    private static func configuration(
        _ policy: ScreeningLayer, _ limits: GatewayConfiguration.Limits, _ topology: RegistryTopology?,
        _ advisoriesRequired: Bool
    ) throws -> GatewayConfiguration {
        let names = (npm: try registry("npmjs"), pypi: try registry("pypi"))
        let standard = try RegistryTopology(
            definitions: [
                RegistryDefinition(
                    name: names.npm, ecosystem: .npm,
                    kind: .upstream(UpstreamDefinition(url: NPMFixture.base, isPublic: true))),
                RegistryDefinition(
                    name: names.pypi, ecosystem: .pypi,
                    kind: .upstream(UpstreamDefinition(url: PyPIFixture.base, isPublic: true))),
            ], defaultRegistry: [.npm: names.npm, .pypi: names.pypi])
        let effective = ScreeningPolicy.resolving([policy])
        let used = topology ?? standard
        return GatewayConfiguration(
            topology: used,
            policies: Dictionary(uniqueKeysWithValues: used.definitions.map { ($0.name, effective) }),
            publicURL: "http://gateway.test:7677/", analyzerRulesets: rulesets,
            advisoriesRequired: advisoriesRequired, limits: limits,
            // Tests move no clock for the sake of politeness, except where they are about it.
            warming: WarmSettings(requestsPerSecond: 1_000))
    }

    /// Applies another policy to every registry.
    func apply(_ policy: ScreeningLayer, trust: [TrustedLog] = []) {
        var changed = configuration
        changed.trust = trust
        let effective = ScreeningPolicy.resolving([policy])
        for name in changed.policies.keys { changed.policies[name] = effective }
        service.reload(changed)
    }

    /// Applies a configuration that differs in some points from the first one.
    func reload(_ change: (inout GatewayConfiguration) -> Void) {
        var changed = configuration
        change(&changed)
        service.reload(changed)
    }

    static let publicBase = "http://gateway.test:7677"
}

/// What a gateway logged, from warnings on.
final class LoggedLines: Sendable {
    private let lines = Lock<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    var logger: Logger {
        Logger(minimum: .warning) { [self] line in lines.withLock { $0.append(line) } }
    }
}

// MARK: Requests

extension GatewayFixture {
    func send(
        _ method: HTTP.Method = .get, _ target: String, _ headers: HeaderFields = [:], body: [UInt8] = []
    ) async -> ServerResponse {
        await service.publicHandler.respond(
            to: ServerRequest(
                head: RequestHead(method: method, target: target, headers: headers), body: RequestBody(bytes: body)))
    }

    func get(_ target: String, _ headers: HeaderFields = [:]) async -> ServerResponse {
        await send(.get, target, headers)
    }

    /// Asks for one of our own absolute addresses.
    func follow(_ url: String, _ headers: HeaderFields = [:]) async throws -> ServerResponse {
        try #require(url.hasPrefix(Self.publicBase))
        return await get(String(url.dropFirst(Self.publicBase.count)), headers)
    }
}

extension ServerResponse {
    /// The body's bytes, read from the file where it is one.
    func bytes() throws -> [UInt8] {
        switch body {
        case .none: []
        case .bytes(let bytes): bytes
        case .file(let file, let offset, let count): try file.read(at: offset, count: Int(count))
        case .stream: throw UnexpectedBody()
        }
    }

    func json() throws -> JSONValue { try JSONText.parse(try bytes()) }

    func text() throws -> String { String(decoding: try bytes(), as: UTF8.self) }

    private struct UnexpectedBody: Error {}
}

/// Waits, without a clock, until a condition that another task brings about holds.
func eventually(_ condition: () async throws -> Bool, sourceLocation: SourceLocation = #_sourceLocation) async rethrows
{
    for _ in 0..<200_000 {
        if try await condition() { return }
        await Task.yield()
    }
    Issue.record("the condition never came true", sourceLocation: sourceLocation)
}
