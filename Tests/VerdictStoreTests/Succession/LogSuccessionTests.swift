import Cryptography
import Platform
import Registry
import Screening
import TestSupport
import Testing
import TransparencyLog

@testable import VerdictStore

/// A log with some life behind it, and the succession of it.
struct SuccessionFixture {
    static let successor = "new.example/verdicts"
    let log: LogFixture

    init() async throws {
        log = try LogFixture()
        let open = try await log.open()
        try await withThrowingTaskGroup(of: Void.self) { [log] group in
            for number in 0..<60 {
                group.addTask { _ = try await open.append(log.verdictEnvelope("package-\(number)")) }
            }
            try await group.waitForAll()
        }
        _ = try await open.append(log.verdictEnvelope("evil", .malicious))
        _ = try await open.append(log.dispositionEnvelope("evil", .deny, sequence: 1))
        await open.close()
    }

    func succession(
        origin: String = successor, roots: [Ed25519SigningKey]? = nil
    ) throws -> LogSuccession {
        try LogSuccession(
            log.directory, origin: origin, logKeys: [log.log], rootKeys: roots ?? [log.root], reason: "a test",
            now: Timestamp(secondsSinceEpoch: 1_767_225_600), logger: .silent)
    }

    func entries(_ path: String? = nil) throws -> [LogEntry] {
        try reader(path).entries(from: 0, count: 10_000)
    }

    /// Reads a database by another name, as an investigator would.
    func reader(_ path: String? = nil) throws -> LogReader {
        guard let path else { return try LogReader(log.directory) }
        let folder = log.temporary.path("kept-\(path.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF })")
        try Files.createDirectory(folder)
        try Files.writeDurably(try Files.readAll(path), to: folder + "/verdicts.db")
        return try LogReader(DataDirectory(path: folder))
    }

    func rewind(byAppending count: Int = 3) async throws {
        let old = try Files.readAll(log.directory.verdictsPath)
        let open = try await log.open()
        for number in 0..<count { _ = try await open.append(log.verdictEnvelope("lost-\(number)")) }
        await open.close()
        try Files.writeDurably(old, to: log.directory.verdictsPath)
    }
}

@Suite("Log succession")
struct LogSuccessionTests {
    @Test("a log that is renamed ends in order, and the new one has every statement, leaf by leaf")
    func renamed() async throws {
        let fixture = try await SuccessionFixture()
        let before = try fixture.entries().filter { $0.logged.statement.predicateType != .keyEvent }
        let report = try fixture.succession().run()
        #expect(report.endsInOrder)
        #expect(report.carried == UInt64(before.count) && report.void == 0)

        let after = try fixture.entries()
        #expect(try fixture.log.verify().origin == SuccessionFixture.successor)
        let keyEvents = after.prefix(4).map(\.logged.statement.predicateType)
        #expect(keyEvents == Array(repeating: .keyEvent, count: 4))
        guard case .logSuccession(let begins) = after[4].logged.statement else {
            Issue.record("the fifth entry is \(after[4])")
            return
        }
        #expect(begins.event == .begins && begins.origin == LogFixture.origin)
        #expect(begins.logKey == fixture.log.log.publicKey)
        #expect(begins.treeSize == report.predecessorSize && begins.root == report.predecessorRoot)
        #expect(after.dropFirst(5).map(\.leaf) == before.map(\.leaf))

        let kept = try fixture.reader(report.keptLog)
        #expect(try kept.verify().root == report.predecessorRoot)
        guard case .logSuccession(let ends)? = try kept.entry(at: report.predecessorSize - 1)?.logged.statement else {
            Issue.record("the old log does not say that it ended")
            return
        }
        #expect(ends.event == .ends && ends.origin == SuccessionFixture.successor)

        let log = try await fixture.log.open()
        #expect(log.origin == SuccessionFixture.successor)
        // What was ruled goes on where it was.
        _ = try await log.append(fixture.log.dispositionEnvelope("evil", .allow, sequence: 2))
        #expect(log.knowledge.about(LogFixture.sha512("evil")).dispositions.count == 2)
        await log.close()
        _ = try fixture.log.verify()
    }

    @Test("a log that was ended takes nothing more, and names its successor")
    func ended() async throws {
        let fixture = try await SuccessionFixture()
        let report = try fixture.succession().run()
        let old = DataDirectory(path: fixture.log.temporary.path("old"))
        try old.create()
        try Files.writeDurably(try Files.readAll(try #require(report.keptLog)), to: old.verdictsPath)
        let error = await #expect(throws: LogError.self) {
            try await VerdictLog.open(old, signingWith: fixture.log.log, logger: .silent)
        }
        guard case .succeeded(SuccessionFixture.successor)? = error else {
            Issue.record("expected the successor's name, got \(String(describing: error))")
            return
        }
        let opened = try LogOpening(directory: old, keys: [fixture.log.log], logger: .silent) { _, _ in }
            .run(filling: KnowledgeIndex())
        let sequencer = Sequencer(
            continuing: opened.tip, checkpoint: opened.checkpoint,
            database: try SQLiteLogDatabase(restricting: opened.connection), signer: opened.signer,
            knowledge: KnowledgeIndex(), onDoubt: { _ in })
        #expect(throws: LogError.self) {
            try sequencer.commit([fixture.log.verdictEnvelope("more")])[0].get()
        }
        // What it has, it still answers.
        #expect(try sequencer.commit([fixture.log.verdictEnvelope("package-0")])[0].get().logIndex < 64)
    }

    @Test("a log that went back cannot end in order; its successor begins all the same, and keeps both proofs")
    func rewound() async throws {
        let fixture = try await SuccessionFixture()
        let size = try fixture.log.verify().entries
        try await fixture.rewind()
        await #expect(throws: LogError.self) { try await fixture.log.open() }
        let report = try fixture.succession().run()
        #expect(!report.endsInOrder && report.predecessorSize == size)
        let (keptAnchor, keptLog) = (try #require(report.keptAnchor), try #require(report.keptLog))
        #expect(Files.exists(keptAnchor) && Files.exists(keptLog))
        let log = try await fixture.log.open()
        #expect(log.knowledge.about(LogFixture.sha512("evil")).verdicts.count == 1)
        #expect(log.knowledge.about(LogFixture.sha512("lost-0")) == .nothing)
        _ = try await log.append(fixture.log.verdictEnvelope("lost-0"))
        await log.close()
        #expect(try fixture.log.verify().anchoredSize == log.size.value)
    }

    @Test("a log whose anchor has seen another history gets a successor without signing its end")
    func forked() async throws {
        let fixture = try await SuccessionFixture()
        let twin = try fixture.log.copied()
        let one = try await twin.open()
        _ = try await one.append(twin.verdictEnvelope("twin"))
        await one.close()
        let other = try await fixture.log.open()
        _ = try await other.append(twin.verdictEnvelope("ours"))
        await other.close()
        try Files.writeDurably(
            try Files.readAll(twin.directory.anchorPath), to: fixture.log.directory.anchorPath)
        #expect(try !fixture.succession().run().endsInOrder)
        await (try await fixture.log.open()).close()
    }

    @Test("a rehearsal says the same and changes nothing")
    func rehearsal() async throws {
        let fixture = try await SuccessionFixture()
        let before = try Files.readAll(fixture.log.directory.verdictsPath)
        let rehearsed = try fixture.succession().rehearse()
        #expect(rehearsed.keptLog == nil)
        #expect(try Files.readAll(fixture.log.directory.verdictsPath) == before)
        #expect(try LogReader(fixture.log.directory).origin == LogFixture.origin)
        let report = try fixture.succession().run()
        #expect(report.carried == rehearsed.carried && report.keys == rehearsed.keys)
    }

    @Test("whatever the moment of the end, the old log or the new is in force, and the command finishes the work")
    func interrupted() async throws {
        for step in LogSuccession.Step.allCases {
            let fixture = try await SuccessionFixture()
            let path = fixture.log.directory.path
            let (log, root) = unsafe (
                fixture.log.log.withSeed { unsafe Array($0) }, fixture.log.root.withSeed { unsafe Array($0) }
            )
            let name = step.rawValue
            await #expect(processExitsWith: .signal(9)) {
                [path = path as String, log = log as [UInt8], root = root as [UInt8], name = name as String] in
                try interruptedSuccession(path, log: log, root: root, at: name)
            }
            do {
                // Closed again before the command runs: it wants to be alone.
                let left = try LogReader(DataDirectory(path: path, anchorPath: path + "/none"))
                _ = try left.verify()
                #expect((left.origin == SuccessionFixture.successor) == (step == .renamed), "\(step)")
            }
            // Nothing is signed meanwhile.
            let error = await #expect(throws: LogError.self, "\(step)") { try await fixture.log.open() }
            switch error {
            case .succeeded?: #expect(step != .renamed)
            case .unusableAnchor?: #expect(step == .renamed)
            default: Issue.record("after \(step): \(String(describing: error))")
            }
            _ = try fixture.succession().run()
            await (try await fixture.log.open()).close()
            #expect(try fixture.log.verify().origin == SuccessionFixture.successor, "\(step)")
            #expect(try fixture.log.verify().entries == 4 + 1 + 62, "\(step)")
        }
    }
}

/// Runs in a process of its own.
private func interruptedSuccession(_ path: String, log: [UInt8], root: [UInt8], at name: String) throws {
    var succession = try LogSuccession(
        DataDirectory(path: path), origin: SuccessionFixture.successor, logKeys: [Ed25519SigningKey(seed: log)],
        rootKeys: [Ed25519SigningKey(seed: root)], reason: "a test", now: Timestamp(secondsSinceEpoch: 0),
        logger: .silent)
    succession.onStep = { step in if step.rawValue == name { killThisProcess() } }
    _ = try succession.run()
}
