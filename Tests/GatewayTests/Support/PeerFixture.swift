import Cryptography
import HTTP
import Platform
import Registry
import Screening
import TestSupport
import Testing
import TransparencyLog
import VerdictStore

@testable import Gateway

/// Another team's log: real, with keys of its own, shown at an address of the scripted upstream as the test wants.
final class PeerFixture: Sendable {
    static let origin = "peer.test/log"
    static let url = "https://peer.test/-/log"

    /// Who signs; two peers with the same keys and origin are two histories of one log.
    struct Keys: Sendable {
        let root = Ed25519SigningKey.generate()
        let log = Ed25519SigningKey.generate()
        let verdict = Ed25519SigningKey.generate()
    }

    let keys: Keys
    let log: VerdictLog
    private let directory: TemporaryDirectory
    private let reader: LogReader
    private let serial = Lock(0)

    init(keys: Keys = Keys()) async throws {
        self.keys = keys
        directory = try TemporaryDirectory()
        let data = DataDirectory(path: directory.path("data"))
        try VerdictLogGenesis.initialize(
            data, origin: Self.origin,
            keys: VerdictLogGenesis.Keys(root: keys.root, log: keys.log, verdict: keys.verdict.publicKey, operators: [])
        )
        log = try await VerdictLog.open(data, signingWith: keys.log, logger: .silent)
        reader = try LogReader(data)
    }

    /// Logs a verdict about bytes.
    @discardableResult
    func say(
        _ verdict: Verdict, of bytes: [UInt8], _ purl: String, by analyzer: AnalyzerID = .static_,
        basis: Basis = .full
    ) async throws -> LoggedStatement {
        let parsed = try PackageURL(parsing: purl)
        let findings =
            verdict == .clean
            ? [] : [Finding(rule: "PEER-RULE", severity: .suspicious, path: nil, line: nil, count: 1)]
        let statement = VerdictStatement(
            subject: Subject(
                purl: parsed, sha512: SHA512Digest(hashing: bytes), sha256: SHA256Digest(hashing: bytes)),
            analyzer: AnalyzerRevision(
                id: analyzer, version: "1",
                ruleset: RulesetReference(name: "peer", digest: SHA256Digest(hashing: Array("peer".utf8)))),
            appliesTo: analyzer == .advisory ? .coordinates([parsed]) : .bytes, basis: basis, verdict: verdict,
            findings: findings,
            createdAt: Timestamp(secondsSinceEpoch: 1_767_225_000))
        return try await log.append(try Envelope.signing(.verdict(statement), with: keys.verdict))
    }

    /// Logs verdicts about bytes that nobody asks for.
    func grow(by count: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<count {
                let number = serial.withLock { serial in
                    serial += 1
                    return serial
                }
                // All at once, so that they share commits.
                group.addTask {
                    try await self.say(.clean, of: Array("filler \(number)".utf8), "pkg:npm/filler@1.0.\(number)")
                }
            }
            try await group.waitForAll()
        }
    }

    var note: [UInt8] { get throws { Array(try reader.head().note.utf8) } }
    var size: UInt64 { log.size.value }

    /// Shows the log as it is now: its checkpoint and every bundle of entries.
    func publish(on upstream: ScriptedUpstream) throws {
        upstream.put(try note, at: Self.url + "/checkpoint", contentType: "text/plain")
        for path in TilePath.entryBundles(to: log.size) {
            upstream.put(
                try reader.resource(path) ?? [], at: "\(Self.url)/\(path)", contentType: "application/octet-stream")
        }
    }

    /// The path of the bundle at the log's end.
    var lastBundle: TilePath { TilePath.entryBundles(to: log.size).last ?? TilePath(.entries, index: 0) }

    func bytes(_ path: TilePath) throws -> [UInt8] { try reader.resource(path) ?? [] }

    /// The whole log as a file.
    func bundle() throws -> [UInt8] {
        var bytes: [UInt8] = []
        _ = try BundleExport(reader).write { (piece) throws(ExchangeFailure) in bytes += piece }
        return bytes
    }

    /// The trust that a configuration would say.
    func trust(
        weights: ForeignWeights = .standard, isFollowed: Bool = true, expiresAt: Timestamp? = nil,
        analyzers: Set<AnalyzerID>? = nil, packages: [PackagePattern] = [], quota: ForeignQuota = ForeignQuota(),
        witnesses: [NoteVerifier] = []
    ) throws -> TrustedLog {
        TrustedLog(
            verifier: try CheckpointVerifier(
                logKeys: [try NoteVerifier(name: Self.origin, publicKey: keys.log.publicKey)], witnesses: witnesses,
                quorum: witnesses.count),
            roots: [keys.root.publicKey.keyID], analyzers: analyzers, packages: packages, weights: weights,
            expiresAt: expiresAt, quota: quota, followURL: isFollowed ? Self.url : nil)
    }
}

extension GatewayFixture {
    /// Trusts these logs from now on, as a reload of the configuration would.
    func trust(_ logs: TrustedLog...) { apply(ScreeningLayer(), trust: logs) }

    /// Looks at the peer once, and answers with how following stands then.
    @discardableResult
    func look(at origin: String = PeerFixture.origin) async -> FollowStatus {
        let book = service.parts.following.book
        let rounds = book.request(origin)
        func isOver() -> Bool { book.status(of: origin).rounds >= rounds && !book.status(of: origin).isRunning }
        // Hundreds of entries take a while in a debug build.
        for _ in 0..<2_000_000 where !isOver() { await Task.yield() }
        await eventually(isOver)
        return book.status(of: origin)
    }

    /// What is held of the peer.
    func held(_ origin: String = PeerFixture.origin) async throws -> ForeignLogState? {
        try await stores.foreign.state(of: origin)
    }
}
