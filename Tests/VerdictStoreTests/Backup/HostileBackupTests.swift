import Cryptography
import Platform
import TestSupport
import Testing

@testable import VerdictStore

/// Something that happened to a backup between writing and use.
private struct Mishap: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let happen: @Sendable (_ backup: String) throws -> Void

    static let all = [
        Mishap(testDescription: "a file is missing") { try Files.remove($0 + "/data/history.db") },
        Mishap(testDescription: "a byte of a file") { try flip($0 + "/data/audit.jsonl") },
        Mishap(testDescription: "a byte of the log") { try flip($0 + "/data/verdicts.db") },
        Mishap(testDescription: "a file too many") { try Files.writeDurably([1], to: $0 + "/data/keys.txt") },
        Mishap(testDescription: "a file beside the data") { try Files.writeDurably([1], to: $0 + "/notes") },
        Mishap(testDescription: "no manifest") { try Files.remove($0 + "/manifest.json") },
        Mishap(testDescription: "half a manifest") { backup in
            let bytes = try Files.readAll(backup + "/manifest.json")
            try Files.writeDurably(Array(bytes.prefix(bytes.count / 2)), to: backup + "/manifest.json")
        },
        Mishap(testDescription: "a manifest of another format") { try replace($0, "jurat-backup/1", "jurat-backup/2") },
        Mishap(testDescription: "a path out of the backup") {
            try replace($0, "data/audit.jsonl", "data/../../x.jsonl")
        },
        Mishap(testDescription: "an absolute path") { try replace($0, "data/audit.jsonl", "/data/audit.jsonl") },
        Mishap(testDescription: "an empty part of a path") { try replace($0, "data/audit.jsonl", "data//audit.jsonl") },
        Mishap(testDescription: "another size of the log") { try replace($0, "\"logSize\": ", "\"logSize\": 1") },
        Mishap(testDescription: "another origin") { try replace($0, "\"test.example/verdicts\"", "\"other.example\"") },
        Mishap(testDescription: "another checkpoint") { try replace($0, "\"checkpoint\": \"", "\"checkpoint\": \"x") },
        Mishap(testDescription: "a negative size") { try replace($0, "\"size\": ", "\"size\": -") },
    ]

    private static func flip(_ path: String) throws {
        var bytes = try Files.readAll(path)
        bytes[bytes.count / 2] ^= 1
        try Files.writeDurably(bytes, to: path)
    }

    private static func replace(_ backup: String, _ old: String, _ new: String) throws {
        let path = backup + "/manifest.json"
        let text = String(decoding: try Files.readAll(path), as: UTF8.self)
        try #require(text.contains(old), "\(text)")
        try Files.writeDurably(Array(text.replacing(old, with: new).utf8), to: path)
    }
}

@Suite("A backup that is not what it was")
struct HostileBackupTests {
    @Test("does not verify", arguments: Mishap.all)
    private func mishaps(mishap: Mishap) async throws {
        let deployment = try await DeploymentFixture()
        let outside = try TemporaryDirectory()
        let writer = BackupWriter(
            data: deployment.data, configurationPath: nil, hasKeys: true, now: Timestamp(secondsSinceEpoch: 0))
        _ = try writer.write(to: outside.path("backup"))
        _ = try Backup(at: outside.path("backup")).verify()
        try mishap.happen(outside.path("backup"))
        let error = #expect(throws: BackupError.self) { try Backup(at: outside.path("backup")).verify() }
        #expect(error?.isFailedVerification == true, "\(String(describing: error))")
    }

    @Test("a file that changes between verifying and restoring is noticed, and nothing appears")
    func changesMeanwhile() async throws {
        let deployment = try await DeploymentFixture()
        let outside = try TemporaryDirectory()
        let writer = BackupWriter(
            data: deployment.data, configurationPath: nil, hasKeys: false, now: Timestamp(secondsSinceEpoch: 0))
        _ = try writer.write(to: outside.path("backup"))
        let backup = try Backup(at: outside.path("backup"))
        _ = try backup.verify()
        try Files.writeDurably([7], to: outside.path("backup/data/hosted/package.tgz"))
        let target = DataDirectory(path: outside.path("data"))
        #expect(throws: BackupError.self) { try backup.restore(to: target) }
        #expect(!Files.exists(target.path))
    }
}
