import Cryptography
import Platform
import Screening
import TestSupport
import Testing
import TransparencyLog

@testable import VerdictStore

@Suite("Backup and restore")
struct BackupTests {
    private let deployment: DeploymentFixture
    private let outside: TemporaryDirectory
    private var destination: String { outside.path("backup") }

    init() async throws {
        deployment = try await DeploymentFixture()
        outside = try TemporaryDirectory()
        try Files.writeDurably(Array("listen: x\n".utf8), to: deployment.log.temporary.path("jurat.yaml"))
    }

    private func writer(withKeys: Bool = false) -> BackupWriter {
        BackupWriter(
            data: deployment.data, configurationPath: deployment.log.temporary.path("jurat.yaml"), hasKeys: withKeys,
            now: Timestamp(secondsSinceEpoch: 1_767_225_600))
    }

    private func append(_ name: String) async throws {
        let log = try await deployment.log.open()
        _ = try await log.append(deployment.log.verdictEnvelope(name))
        await log.close()
    }

    @Test("what was backed up comes back byte for byte, verified, and the log goes on from it")
    func roundTrip() async throws {
        let manifest = try writer(withKeys: true).write(to: destination)
        #expect(manifest.origin == LogFixture.origin)
        #expect(manifest.files.map(\.path).contains("data/keys/verdict.key"))
        #expect(manifest.files.map(\.path).contains("data/hosted/package.tgz"))
        #expect(manifest.files.map(\.path).contains("data/reviews.db"))
        let backup = try Backup(at: destination)
        #expect(backup.manifest == manifest)
        #expect(try backup.verify().entries == manifest.logSize)
        #expect(try backup.standing(to: deployment.data.anchorPath) == .current)

        let target = DataDirectory(path: outside.path("restored/data"))
        try Files.createDirectory(outside.path("restored"))
        try backup.restore(to: target)
        #expect(try backup.restoreConfiguration(to: outside.path("restored/jurat.yaml")))
        #expect(try Files.readAll(outside.path("restored/jurat.yaml")) == Array("listen: x\n".utf8))
        #expect(try !backup.restoreConfiguration(to: outside.path("restored/jurat.yaml")))
        for part in CheckPart.allCases where part != .artifacts {
            let result = DeploymentCheck(data: target, cacheDirectory: nil, now: SystemWallClock().now()).check(part)
            #expect(result.isSound, "\(result.findings)")
        }
        #expect(try Files.permissions(target.keysDirectory + "/log.key") == 0o600)
        let log = try await VerdictLog.open(target, signingWith: deployment.log.log, logger: .silent)
        _ = try await log.append(deployment.log.verdictEnvelope("after"))
        #expect(log.size.value == manifest.logSize + 1)
        await log.close()
    }

    @Test("keys are left out unless they are asked for")
    func withoutKeys() throws {
        let manifest = try writer().write(to: destination)
        #expect(!manifest.hasKeys)
        #expect(!manifest.files.contains { $0.path.contains("keys") })
        #expect(try FileCopy.tree(destination).filter { $0.contains(".key") }.isEmpty)
    }

    @Test("beside a server that goes on appending, the copy is one state of the log that holds")
    func whileAppending() async throws {
        let log = try await deployment.log.open()
        let fixture = deployment.log
        let stop = Doubts()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var number = 0
                while stop.all.isEmpty {
                    _ = try await log.append(fixture.verdictEnvelope("busy-\(number)"))
                    number += 1
                }
            }
            for round in 0..<3 {
                let path = outside.path("backup-\(round)")
                let manifest = try writer().write(to: path)
                #expect(try Backup(at: path).verify().entries == manifest.logSize)
                #expect(!Files.exists(path + "/data/verdicts.db-wal"))
                switch try Backup(at: path).standing(to: deployment.data.anchorPath) {
                case .current, .behind: break
                case .unknown, .forked, .otherLog: Issue.record("the copy is of no state of this log")
                }
            }
            stop.add("enough")
            try await group.waitForAll()
        }
        await log.close()
    }

    @Test("entries that came after the backup are counted against the anchor, and signing is refused")
    func behindAnchor() async throws {
        _ = try writer(withKeys: true).write(to: destination)
        for number in 0..<3 { try await append("later-\(number)") }
        let backup = try Backup(at: destination)
        _ = try backup.verify()
        let size = backup.manifest.logSize
        #expect(
            try backup.standing(to: deployment.data.anchorPath) == .behind(entries: 3, anchorSize: size + 3))
        #expect(try backup.standing(to: outside.path("nothing")) == .unknown)
        try Files.rename(deployment.data.path, to: deployment.data.path + ".lost")
        try backup.restore(to: deployment.data)
        let error = await #expect(throws: LogError.self) { try await deployment.log.open() }
        guard case .rewound(_, let anchorSize, let logSize)? = error else {
            Issue.record("expected a rewind, got \(String(describing: error))")
            return
        }
        #expect(anchorSize == size + 3 && logSize == size)
    }

    @Test("an anchor of another history or another log is told apart")
    func otherAnchors() async throws {
        let twin = try deployment.log.copied()
        _ = try writer().write(to: destination)
        let log = try await twin.open()
        _ = try await log.append(twin.verdictEnvelope("twin"))
        await log.close()
        try await append("ours")
        _ = try writer().write(to: outside.path("second"))
        #expect(
            try Backup(at: outside.path("second")).standing(to: twin.directory.anchorPath)
                == .forked(anchorSize: Backup(at: destination).manifest.logSize + 1))
        let stranger = try LogFixture()
        let other = try await stranger.open()
        await other.close()
        guard case .otherLog = try Backup(at: destination).standing(to: stranger.directory.anchorPath) else {
            Issue.record("a stranger's anchor was taken for ours")
            return
        }
    }

    @Test("a target that holds anything is left alone, an empty one is filled")
    func target() throws {
        _ = try writer().write(to: destination)
        let backup = try Backup(at: destination)
        let error = #expect(throws: BackupError.self) { try backup.restore(to: deployment.data) }
        guard case .targetNotEmpty? = error else {
            Issue.record("expected a refusal, got \(String(describing: error))")
            return
        }
        let empty = DataDirectory(path: outside.path("empty"))
        try Files.createDirectory(empty.path)
        try backup.restore(to: empty)
        #expect(try LogReader(empty).verify().entries == backup.manifest.logSize)
    }

    @Test("what an interrupted restore left is replaced, somebody else's folder of that name is left alone")
    func drafts() throws {
        _ = try writer().write(to: destination)
        let backup = try Backup(at: destination)
        let target = DataDirectory(path: outside.path("data"))
        let draft = target.path + ".restoring"
        try Files.createDirectory(draft)
        try Files.writeDurably([1], to: draft + "/thesis.txt")
        let error = #expect(throws: BackupError.self) { try backup.restore(to: target) }
        guard case .foreignDraft(draft)? = error else {
            Issue.record("expected a refusal, got \(String(describing: error))")
            return
        }
        #expect(try Files.readAll(draft + "/thesis.txt", maxBytes: 9) == [1] && !Files.exists(target.path))
        try Files.writeDurably([], to: "\(draft)/\(Backup.draftMark)")
        try backup.restore(to: target)
        #expect(!Files.exists(draft) && !Files.exists(target.path + "/thesis.txt"))
        #expect(!Files.exists("\(target.path)/\(Backup.draftMark)"))
        #expect(try LogReader(target).verify().entries == backup.manifest.logSize)
    }

    @Test("a name that is taken is refused; what an interrupted backup left is not in the way, a running one is")
    func destinations() throws {
        try Files.createDirectory(destination + ".partial/data")
        try Files.writeDurably([], to: destination + ".partial/" + BackupWriter.lockName)
        try Files.writeDurably([1], to: destination + ".partial/data/verdicts.db")
        _ = try writer().write(to: destination + "/")
        _ = try Backup(at: destination).verify()
        #expect(throws: BackupError.self) { try writer().write(to: destination) }
        try Files.createDirectory(outside.path("other.partial"))
        let lock = try FileLock.acquire(outside.path("other.partial/") + BackupWriter.lockName)
        let error = #expect(throws: BackupError.self) { try writer().write(to: outside.path("other")) }
        guard case .busy? = error else {
            Issue.record("expected it to be busy, got \(String(describing: error))")
            return
        }
        withExtendedLifetime(lock) {}
    }

    @Test("a log that does not hold is not backed up as if it did")
    func damagedLog() throws {
        let connection = try deployment.log.foreignConnection()
        try connection.run("DROP TRIGGER entriesKeep")
        let error = #expect(throws: BackupError.self) { try writer().write(to: destination) }
        #expect(error?.isFailedVerification == true)
        #expect(!Files.exists(destination))
    }

    @Test("the plan names what the backup then has, and writes nothing")
    func plan() throws {
        let plan = try writer(withKeys: true).plan()
        // Neither may be ahead of what follows it.
        #expect(plan.prefix(2).map(\.path) == ["data/foreign.db", "data/verdicts.db"])
        #expect(try Files.list(outside.path).isEmpty)
        let manifest = try writer(withKeys: true).write(to: destination)
        #expect(plan.map(\.path).sorted() == manifest.files.map(\.path).sorted())
    }

    @Test("a folder that happens to have the draft's name is left alone")
    func foreignDraft() throws {
        let precious = destination + ".partial"
        for name in ["thesis.txt", "data"] {
            try Files.createDirectory(precious)
            try Files.writeDurably(Array("mine".utf8), to: "\(precious)/\(name)")
            #expect(throws: BackupError.self) { try writer().write(to: destination) }
            #expect(try Files.list(precious) == [name])
            try Files.removeTree(precious)
        }
    }
}
