import Analyzers
import Cryptography
import HTTP
import JSON
import Platform
import Registry
import Screening
import TestSupport
import Testing
import VerdictStore

@testable import Worker

/// A supervisor over a scripted gateway, with a cache directory of its own.
final class WorkerFixture {
    let directory: TemporaryDirectory
    let admin = ScriptedAdmin()
    let key = Ed25519SigningKey.generate()
    let clock = ManualWallClock()
    var configuration: WorkerConfiguration
    /// What models are reached by.
    var models: ModelClients?

    init() throws {
        directory = try TemporaryDirectory()
        configuration = WorkerConfiguration(
            adminSocketPath: "unused", dataDirectory: DataDirectory(path: directory.path("data")),
            executablePath: try probePath(), name: "w1", sandbox: .degraded)
        configuration.heartbeatInterval = .milliseconds(20)
        configuration.childArguments = []
    }

    /// Children run this shell text instead of an analysis.
    func script(_ text: String) {
        configuration.executablePath = "/bin/sh"
        configuration.childArguments = ["-c", text]
        configuration.childStart = .fresh
    }

    func supervisor() throws -> WorkerSupervisor {
        try WorkerSupervisor(configuration, key: key, client: admin, models: models, clock: clock, logger: .silent)
    }

    /// Runs a supervisor while `body` does, and stops it.
    func whileRunning(_ body: () async throws -> Void) async throws {
        let supervisor = try supervisor()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await supervisor.run() }
            do {
                try await body()
            } catch {
                supervisor.stop()
                throw error
            }
            supervisor.stop()
            try await group.waitForAll()
        }
    }

    /// Puts bytes into the cache and describes a job about them.
    func job(
        _ bytes: [UInt8], id: String = "1", analyzer: String = "static", purl: String = "pkg:npm/acme-box@1.2.3"
    ) throws -> JSONValue {
        let digests = ComputedDigests(of: bytes)
        let path = try directory.write(bytes, to: "artifact-\(id)")
        return [
            "id": .string(id), "lease": "secret", "sha512": .string(digests.sha512.hex),
            "sha256": .string(digests.sha256.hex), "sizeBytes": .integer(Int64(bytes.count)), "path": .string(path),
            "purl": .string(purl), "filename": "acme-box-1.2.3.tgz", "ecosystem": "npm",
            "analyzer": .string(analyzer), "deadline": "2026-01-01T00:01:00Z", "attempt": 1,
        ]
    }
}

/// The executable that is nothing but an analysis child, which the build puts beside the tests.
func probePath() throws -> String {
    let tests = try #require(CommandLine.arguments.first)
    let folder = tests.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    return "\(folder)/AnalysisChildProbe"
}

/// A tarball of `acme-box` 1.2.3 whose install script is `script`.
func tarball(script: String? = nil) -> [UInt8] {
    var tar = TarBuilder()
    let scripts = script.map { #","scripts":{"postinstall":"\#($0)"}"# } ?? ""
    tar.addFile("package/package.json", #"{"name":"acme-box","version":"1.2.3"\#(scripts)}"#)
    return StoredGzip.member(tar.finished())
}

/// The verdict that a `complete` request hands in, its signature checked.
func verdict(in call: ScriptedAdmin.Call, key: Ed25519SigningKey) throws -> VerdictStatement {
    let leaf = try #require(call.body["leaf"]?.stringValue)
    let envelope = try Envelope(parsingLeaf: Array(leaf.utf8))
    let signature = try #require(envelope.signatures.first)
    let message = Envelope.preAuthenticationEncoding(of: envelope.payload)
    #expect(signature.keyID == key.publicKey.keyID)
    #expect(key.publicKey.isValid(signature: signature.signature, for: message))
    guard case .verdict(let statement) = try Statement(parsingCanonical: envelope.payload) else {
        throw UnexpectedStatement()
    }
    return statement
}

struct UnexpectedStatement: Error {}
