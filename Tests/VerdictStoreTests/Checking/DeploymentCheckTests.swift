import Cryptography
import Platform
import Registry
import Screening
import TestSupport
import Testing
import TransparencyLog

@testable import VerdictStore

@Suite("Checking a whole deployment")
struct DeploymentCheckTests {
    private let deployment: DeploymentFixture

    init() async throws {
        deployment = try await DeploymentFixture()
    }

    private func findings(_ part: CheckPart, isQuick: Bool = false) -> [CheckFinding] {
        deployment.checker(isQuick: isQuick).check(part).findings
    }

    private func expectDamage(_ part: CheckPart, at place: String, isQuick: Bool = false) {
        let result = deployment.checker(isQuick: isQuick).check(part)
        #expect(!result.isSound)
        let found = result.findings.contains { $0.weight == .damage && $0.place == place && !$0.advice.isEmpty }
        #expect(found, "expected damage at \(place), found \(result.findings)")
        for other in CheckPart.allCases where other != part {
            #expect(deployment.checker(isQuick: isQuick).check(other).isSound, "\(other)")
        }
    }

    @Test("a sound one has no findings", arguments: CheckPart.allCases)
    func sound(part: CheckPart) {
        let result = deployment.checker().check(part)
        #expect(result.findings.isEmpty, "\(result.findings)")
        #expect(result.isSound)
    }

    @Test("checking is safe beside a running server, and changes nothing")
    func besideServer() async throws {
        let log = try await deployment.log.open()
        let store = try ArtifactStore(cacheDirectory: deployment.cache, maxBytes: .max)
        for part in CheckPart.allCases { #expect(deployment.checker().check(part).findings.isEmpty, "\(part)") }
        _ = try await log.append(deployment.log.verdictEnvelope("later"))
        for part in CheckPart.allCases { #expect(deployment.checker().check(part).findings.isEmpty, "\(part)") }
        await log.close()
        await store.close()
    }

    @Test("a log that does not hold, whatever is wrong with it")
    func log() async throws {
        let connection = try deployment.log.foreignConnection()
        try connection.run("DROP TRIGGER statementsKeep")
        try connection.run("UPDATE statements SET verdict = 'clean' WHERE verdict = 'malicious'")
        expectDamage(.log, at: deployment.data.verdictsPath)
    }

    @Test("a history that an earlier version made is sound as it is")
    func earlierHistory() throws {
        let connection = try Connection(deployment.data.historyPath, access: .readWrite)
        try connection.run("DROP TABLE releases")
        #expect(findings(.databases).count == 1, "half of what this version makes is not")
        try connection.run("DROP TABLE releaseClaims")
        #expect(findings(.databases).isEmpty)
    }

    @Test("a verdict that stands on nothing is damage, one that lost its base a note")
    func chains() async throws {
        let chains = ChainFixture(deployment.log)
        let log = try await deployment.log.open()
        let ids = try await chains.chain(["chain-1", "chain-2"], in: log).map(\.statementID)
        _ = try await log.append(chains.revocation(.statement(ids[0])))
        #expect(findings(.log).map(\.weight) == [.note])
        let unknown = StatementID(digest: SHA256Digest(hashing: [9]))
        _ = try await log.append(chains.verdict("chain-3", .clean, ChainFixture.basis(on: "chain-1", unknown)))
        await log.close()
        expectDamage(.log, at: deployment.data.verdictsPath)
        #expect(findings(.log).first?.problem.contains("missingBase") == true)
    }

    @Test("a log behind its anchor is damage, a log without anchor a warning")
    func anchor() async throws {
        let old = try Files.readAll(deployment.data.verdictsPath)
        let log = try await deployment.log.open()
        _ = try await log.append(deployment.log.verdictEnvelope("later"))
        await log.close()
        try Files.writeDurably(old, to: deployment.data.verdictsPath)
        expectDamage(.log, at: deployment.data.anchorPath)
        try Files.remove(deployment.data.anchorPath)
        #expect(findings(.log).map(\.weight) == [.warning])
    }

    @Test("a missing log is said so")
    func noLog() throws {
        try Files.remove(deployment.data.verdictsPath)
        #expect(findings(.log).first?.problem == "there is no verdict log")
    }

    @Test("damaged pages of any database", arguments: ["history", "access", "refusals", "jobs", "foreign", "reviews"])
    func pages(name: String) throws {
        let path = "\(deployment.data.path)/\(name).db"
        try deployment.change(path) { $0.replaceSubrange(4096..<4200, with: Array(repeating: 0xEE, count: 104)) }
        expectDamage(.databases, at: path)
    }

    @Test("a database with another definition, and a history that is gone or was given up")
    func definitions() throws {
        try Connection(deployment.data.accessPath, access: .readWrite).run("DROP INDEX accessesByTime")
        expectDamage(.databases, at: deployment.data.accessPath)
        try Connection(deployment.data.accessPath, access: .readWrite)
            .run("CREATE INDEX IF NOT EXISTS accessesByTime ON accesses(at)")
        try Files.remove(deployment.data.historyPath)
        #expect(findings(.databases).map(\.place).contains(deployment.data.historyPath))
        try HistoryLoss(deployment.data)
            .notice(artifactsWereJudged: true, now: Timestamp(secondsSinceEpoch: 0), logger: .silent)
        #expect(findings(.databases).contains { $0.weight == .warning && $0.place == deployment.data.historyLossPath })
    }

    @Test("an artifact with other bytes is damage, quickly only when its size shows it, and repair removes it")
    func artifact() throws {
        let path = deployment.path(of: 2)
        try deployment.change(path) { $0[100] ^= 1 }
        #expect(findings(.artifacts, isQuick: true).isEmpty)
        expectDamage(.artifacts, at: path)
        try deployment.change(path) { $0.removeLast() }
        expectDamage(.artifacts, at: path, isQuick: true)
        let repaired = deployment.checker().repair(.artifacts)
        #expect(repaired.isSound)
        #expect(!repaired.findings.contains { !$0.isRepaired })
        #expect(!Files.exists(path))
        #expect(findings(.artifacts).isEmpty)
    }

    @Test("a damaged artifact is removed beside a running server; the index of the cache only without one")
    func repairBesideServer() async throws {
        let index = deployment.cache + "/artifacts/index.db"
        try Connection(index, access: .readWrite).run("UPDATE artifacts SET md5 = zeroblob(16)")
        try deployment.change(deployment.path(of: 0)) { $0[0] ^= 1 }
        let log = try await deployment.log.open()
        #expect(!deployment.checker().repair(.artifacts).isSound)
        #expect(!Files.exists(deployment.path(of: 0)))
        #expect(Files.exists(index))
        await log.close()
        #expect(deployment.checker().repair(.artifacts).isSound)
        #expect(!Files.exists(index))
        let store = try ArtifactStore(cacheDirectory: deployment.cache, maxBytes: .max)
        #expect(store.usage().artifacts == deployment.artifacts.count - 1)
        await store.close()
        #expect(findings(.artifacts).isEmpty)
    }

    @Test("files that are no artifacts, and artifacts that the index does not know, are warnings")
    func strangeFiles() throws {
        try Files.writeDurably([1], to: deployment.cache + "/artifacts/sha512/readme")
        let bytes: [UInt8] = [1, 2, 3]
        let digest = SHA512Digest(hashing: bytes)
        let directory = ArtifactFiles.directory(of: digest, below: deployment.cache + "/artifacts")
        try Files.createDirectory(directory)
        try Files.writeDurably(bytes, to: "\(directory)/\(digest.hex)")
        #expect(findings(.artifacts).map(\.weight) == [.warning, .warning])
    }

    @Test("keys that others can read, that are broken, unknown to the log, ended or missing")
    func keys() async throws {
        let path = deployment.keys.path(of: .verdict)
        try Files.setPermissions(0o644, of: path)
        expectDamage(.keys, at: path)
        try Files.setPermissions(0o600, of: path)
        try deployment.change(path) { $0[40] ^= 1 }
        expectDamage(.keys, at: path)
        try Files.remove(path)
        expectDamage(.keys, at: deployment.data.keysDirectory)
        _ = try deployment.keys.create(.verdict)
        #expect(findings(.keys).contains { $0.place == path && $0.problem.contains("knows no key") })
        try Files.remove(path)
        try deployment.keys.store(deployment.log.verdict, as: .verdict)
        #expect(findings(.keys).isEmpty)

        let log = try await deployment.log.open()
        _ = try await log.append(
            deployment.log.keyEventEnvelope(
                .retire, deployment.log.verdict.publicKey, .verdict, invalidFrom: log.size.value))
        await log.close()
        #expect(findings(.keys).contains { $0.place == path && $0.problem.contains("retired") })
        try deployment.keys.store(deployment.log.root, as: .root)
        #expect(findings(.keys).contains { $0.weight == .note && $0.place == deployment.keys.path(of: .root) })
        try Files.setPermissions(0o755, of: deployment.data.keysDirectory)
        expectDamage(.keys, at: deployment.data.keysDirectory)
    }

    @Test("leftovers count once they are old, and go with repair; what is fresh may be under way")
    func leftovers() throws {
        let temporary = deployment.data.keysDirectory + "/" + TemporaryFile.namePrefix + "0123"
        try Files.writeDurably([1], to: temporary)
        let draft = deployment.data.verdictsPath + ".new"
        try Files.writeDurably([1], to: draft)
        #expect(findings(.leftovers).map(\.place) == [draft])
        let later = SystemWallClock().now().adding(.seconds(7200))
        let repaired = deployment.checker(now: later).repair(.leftovers)
        #expect(repaired.findings.map(\.place) == [temporary, draft])
        #expect(!repaired.findings.contains { !$0.isRepaired })
        #expect(!Files.exists(temporary) && !Files.exists(draft))
    }
}
