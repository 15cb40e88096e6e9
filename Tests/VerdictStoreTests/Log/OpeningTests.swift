import Cryptography
import Platform
import Screening
import TestSupport
import Testing
import TransparencyLog

@testable import VerdictStore

@Suite("Opening a log")
struct OpeningTests {
    @Test("a new log begins with the events of its keys, by the root key")
    func genesis() throws {
        let fixture = try LogFixture()
        #expect(try Files.list(fixture.directory.path).filter { $0.contains("new") || $0.contains("-wal") }.isEmpty)
        let entries = try LogReader(fixture.directory).entries(from: 0, count: 10)
        let events = entries.compactMap { entry -> KeyEventStatement? in
            guard case .keyEvent(let event) = entry.logged.statement else { return nil }
            return event
        }
        #expect(events.map(\.role) == [.root, .log, .verdict, .operator_])
        #expect(events.map(\.holder) == [nil, nil, nil, "ana"])
        #expect(Set(entries.map(\.logged.signer)) == [fixture.root.publicKey.keyID])
        let verification = try fixture.verify()
        #expect(verification.origin == LogFixture.origin)
        #expect(verification.entries == LogFixture.genesisEntries)
    }

    @Test("an existing log is never replaced")
    func genesisTwice() throws {
        let fixture = try LogFixture()
        let head = try LogReader(fixture.directory).head()
        let error = #expect(throws: LogError.self) {
            try VerdictLogGenesis.initialize(fixture.directory, origin: "other.example/log", keys: fixture.keys)
        }
        guard case .alreadyInitialized? = error else {
            Issue.record("expected a refusal, got \(String(describing: error))")
            return
        }
        #expect(try LogReader(fixture.directory).head() == head)
    }

    @Test("a genesis that was interrupted can be repeated")
    func genesisAfterCrash() throws {
        let temporary = try TemporaryDirectory()
        let directory = DataDirectory(path: temporary.path("data"))
        try directory.create()
        try Files.writeDurably([1, 2, 3], to: directory.verdictsPath + ".new")
        try Files.writeDurably([4], to: directory.verdictsPath + ".new-wal")
        let fixture = try LogFixture()
        try VerdictLogGenesis.initialize(directory, origin: LogFixture.origin, keys: fixture.keys)
        #expect(try LogReader(directory).verify().entries == LogFixture.genesisEntries)
    }

    @Test(
        "a text that cannot name a log is refused before anything is created",
        arguments: ["", "a b", "a+b", "log\n", "lög.example"])
    func badOrigin(origin: String) throws {
        let temporary = try TemporaryDirectory()
        let directory = DataDirectory(path: temporary.path("data"))
        let fixture = try LogFixture()
        #expect(throws: LogError.self) {
            try VerdictLogGenesis.initialize(directory, origin: origin, keys: fixture.keys)
        }
        #expect(!Files.exists(directory.path))
    }

    @Test("a second writer is refused while the first one lives")
    func locked() async throws {
        let fixture = try LogFixture()
        let first = try await fixture.open()
        let error = await #expect(throws: LogError.self) { try await fixture.open() }
        guard case .locked? = error else {
            Issue.record("expected locked, got \(String(describing: error))")
            return
        }
        await first.close()
        let second = try await fixture.open()
        await second.close()
    }

    @Test("without a log there is nothing to open or to read")
    func notInitialized() async throws {
        let temporary = try TemporaryDirectory()
        let directory = DataDirectory(path: temporary.path("data"))
        try directory.create()
        let error = await #expect(throws: LogError.self) {
            try await VerdictLog.open(directory, signingWith: .generate(), logger: .silent)
        }
        #expect(error?.description.contains("jurat init") == true)
        #expect(throws: LogError.self) { try LogReader(directory) }
    }

    @Test("another key than the log's does not sign, whatever its role", arguments: [0, 1, 2])
    func wrongKey(which: Int) async throws {
        let fixture = try LogFixture()
        let key = [fixture.root, fixture.verdict, .generate()][which]
        let error = await #expect(throws: LogError.self) {
            try await VerdictLog.open(fixture.directory, signingWith: key, logger: .silent)
        }
        guard case .notTheLogKey? = error else {
            Issue.record("expected a refusal of the key, got \(String(describing: error))")
            return
        }
    }

    @Test("the log key can change: the old key's checkpoints still verify")
    func logKeyRotation() async throws {
        let fixture = try LogFixture()
        let next = Ed25519SigningKey.generate()
        let log = try await fixture.open()
        _ = try await log.append(fixture.verdictEnvelope("before"))
        _ = try await log.append(fixture.keyEventEnvelope(.add, next.publicKey, .log))
        await log.close()
        let rotated = try await VerdictLog.open(fixture.directory, signingWith: next, logger: .silent)
        _ = try await rotated.append(fixture.verdictEnvelope("after"))
        await rotated.close()
        #expect(try fixture.verify().entries == LogFixture.genesisEntries + 3)
    }

    @Test("opening tells how far it has read")
    func progress() async throws {
        let fixture = try LogFixture()
        let reports = Lock<[UInt64]>([])
        let log = try await VerdictLog.open(fixture.directory, signingWith: fixture.log, logger: .silent) { read, _ in
            reports.withLock { $0.append(read) }
        }
        #expect(reports.withLock { $0.last } == LogFixture.genesisEntries)
        await log.close()
    }
}

@Suite("The anchor")
struct AnchorTests {
    /// Copies the log's files, as a backup would.
    private func copyLog(_ fixture: LogFixture, to name: String) throws {
        try Files.writeDurably(
            Files.readAll(fixture.directory.verdictsPath), to: fixture.temporary.path(name))
    }

    private func restoreLog(_ fixture: LogFixture, from name: String) throws {
        for suffix in ["-wal", "-shm"] where Files.exists(fixture.directory.verdictsPath + suffix) {
            try Files.remove(fixture.directory.verdictsPath + suffix)
        }
        try Files.writeDurably(
            Files.readAll(fixture.temporary.path(name)), to: fixture.directory.verdictsPath)
    }

    @Test("it is outside the data directory and follows the log")
    func follows() async throws {
        let fixture = try LogFixture()
        #expect(!fixture.directory.anchorPath.hasPrefix(fixture.directory.path + "/"))
        let log = try await fixture.open()
        _ = try await log.append(fixture.verdictEnvelope("left-pad"))
        await log.close()
        #expect(try Files.readAll(fixture.directory.anchorPath) == log.checkpoint.bytes)
        #expect(try fixture.verify().anchoredSize == LogFixture.genesisEntries + 1)
    }

    @Test("it follows a log that stays open, within moments and without another statement")
    func followsWhileOpen() async throws {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        for round in 0..<3 {
            _ = try await log.append(fixture.verdictEnvelope("n\(round)"))
            while try Files.readAll(fixture.directory.anchorPath) != log.checkpoint.bytes { await Task.yield() }
        }
        await log.close()
    }

    @Test("a restored old copy is refused with instructions, and nothing is signed")
    func rewind() async throws {
        let fixture = try LogFixture()
        try copyLog(fixture, to: "backup")
        let log = try await fixture.open()
        _ = try await log.append(fixture.verdictEnvelope("left-pad"))
        await log.close()
        let anchor = try Files.readAll(fixture.directory.anchorPath)
        try restoreLog(fixture, from: "backup")

        let error = await #expect(throws: LogError.self) { try await fixture.open() }
        guard case .rewound(_, let anchorSize, let logSize)? = error else {
            Issue.record("expected a rewind, got \(String(describing: error))")
            return
        }
        #expect((anchorSize, logSize) == (LogFixture.genesisEntries + 1, LogFixture.genesisEntries))
        #expect(error?.description.contains("jurat log succeed") == true)
        #expect(try Files.readAll(fixture.directory.anchorPath) == anchor)
        #expect(throws: LogError.self) { try fixture.verify() }
    }

    @Test("another history of the same length is refused")
    func fork() async throws {
        let fixture = try LogFixture()
        try copyLog(fixture, to: "backup")
        let log = try await fixture.open()
        _ = try await log.append(fixture.verdictEnvelope("left-pad"))
        await log.close()
        let anchor = try Files.readAll(fixture.directory.anchorPath)
        // The same log key signs another entry at the same place, as a restored standby would.
        try restoreLog(fixture, from: "backup")
        try Files.remove(fixture.directory.anchorPath)
        let fork = try await fixture.open()
        _ = try await fork.append(fixture.verdictEnvelope("right-pad"))
        await fork.close()
        try Files.writeDurably(anchor, to: fixture.directory.anchorPath)

        let error = await #expect(throws: LogError.self) { try await fixture.open() }
        guard case .forked? = error else {
            Issue.record("expected a fork, got \(String(describing: error))")
            return
        }
    }

    @Test("an anchor that lags is accepted and caught up")
    func lagging() async throws {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        let early = try Files.readAll(fixture.directory.anchorPath)
        _ = try await log.append(fixture.verdictEnvelope("left-pad"))
        await log.close()
        try Files.writeDurably(early, to: fixture.directory.anchorPath)
        let reopened = try await fixture.open()
        #expect(try Files.readAll(fixture.directory.anchorPath) == reopened.checkpoint.bytes)
        await reopened.close()
    }

    @Test("a damaged anchor is not taken for a missing one", arguments: ["", "nonsense\n", "a\n1\nb\n\n— a b\n"])
    func damaged(text: String) async throws {
        let fixture = try LogFixture()
        try Files.writeDurably(Array(text.utf8), to: fixture.directory.anchorPath)
        let error = await #expect(throws: LogError.self) { try await fixture.open() }
        guard case .unusableAnchor? = error else {
            Issue.record("expected an unusable anchor, got \(String(describing: error))")
            return
        }
    }

    @Test("an anchor that cannot be written does not stop the log")
    func unwritable() async throws {
        let fixture = try LogFixture()
        let directory = DataDirectory(
            path: fixture.directory.path, anchorPath: fixture.temporary.path("missing/anchor"))
        let log = try await VerdictLog.open(directory, signingWith: fixture.log, logger: .silent)
        _ = try await log.append(fixture.verdictEnvelope("left-pad"))
        await log.close()
        #expect(try fixture.verify().entries == LogFixture.genesisEntries + 1)
    }

    @Test("a new log does not overwrite what the anchor proves")
    func genesisKeepsAnchor() async throws {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        await log.close()
        let anchor = try Files.readAll(fixture.directory.anchorPath)
        try Files.removeTree(fixture.directory.path)

        let same = #expect(throws: LogError.self) {
            try VerdictLogGenesis.initialize(fixture.directory, origin: LogFixture.origin, keys: fixture.keys)
        }
        guard case .rewound? = same else {
            Issue.record("expected a rewind, got \(String(describing: same))")
            return
        }
        var keys = fixture.keys
        keys.log = .generate()
        try VerdictLogGenesis.initialize(fixture.directory, origin: LogFixture.origin, keys: keys)
        let aside = try Files.list(fixture.temporary.path).filter { $0.hasPrefix("data.anchor.") }
        #expect(try aside.map { try Files.readAll(fixture.temporary.path($0)) } == [anchor])
    }
}
