import Cryptography
import Platform
import Screening
import TestSupport
import Testing
import TransparencyLog

@testable import VerdictStore

/// What somebody with write access to the file, and no key, does to the log behind our back.
struct Tampering: Sendable, CustomTestStringConvertible {
    let name: String
    let statements: [StaticString]
    /// Whether start-up finds it too, which checks no signatures and not the statement index.
    var isSeenAtStart = true
    var testDescription: String { name }

    static let all = [
        Tampering(name: "a dropped trigger", statements: ["DROP TRIGGER entriesKeep"]),
        Tampering(
            name: "an added trigger", statements: ["CREATE TRIGGER t AFTER INSERT ON entries BEGIN SELECT 1; END"]),
        Tampering(name: "an added table", statements: ["CREATE TABLE more(x)"]),
        Tampering(name: "the last entry is removed", statements: ["DELETE FROM entries WHERE logIndex = 299"]),
        Tampering(name: "an entry in the middle is removed", statements: ["DELETE FROM entries WHERE logIndex = 100"]),
        Tampering(
            name: "two entries change places",
            statements: [
                "UPDATE entries SET logIndex = 1000 WHERE logIndex = 100",
                "UPDATE entries SET logIndex = 100 WHERE logIndex = 101",
                "UPDATE entries SET logIndex = 101 WHERE logIndex = 1000",
            ]),
        Tampering(
            name: "an entry is replaced by another, hash and all",
            statements: [
                """
                UPDATE entries SET (leaf, leafHash) = (SELECT leaf, leafHash FROM entries WHERE logIndex = 20)
                WHERE logIndex = 21
                """
            ]),
        Tampering(
            name: "one bit of an entry",
            statements: [
                "UPDATE entries SET leaf = CAST(replace(CAST(leaf AS TEXT), 'keyid', 'keyie') AS BLOB) WHERE logIndex = 50"
            ]),
        Tampering(
            name: "a stored leaf hash", statements: ["UPDATE entries SET leafHash = zeroblob(32) WHERE logIndex = 7"]),
        Tampering(
            name: "history is cut to an earlier checkpoint, all tables consistent",
            statements: [
                "DELETE FROM checkpoints WHERE size > 280", "DELETE FROM entries WHERE logIndex >= 280",
                "DELETE FROM statements WHERE logIndex >= 280",
            ]),
        Tampering(name: "a tile", statements: ["UPDATE tiles SET hashes = zeroblob(8192)"]),
        Tampering(name: "a missing tile", statements: ["DELETE FROM tiles"]),
        Tampering(name: "a tile too many", statements: ["INSERT INTO tiles VALUES (3, 0, zeroblob(8192))"]),
        Tampering(name: "the last checkpoint is removed", statements: ["DELETE FROM checkpoints WHERE size = 300"]),
        Tampering(name: "all checkpoints are removed", statements: ["DELETE FROM checkpoints"]),
        Tampering(
            name: "the root in the last checkpoint's note",
            statements: ["UPDATE checkpoints SET note = replace(note, '300', '299') WHERE size = 300"]),
        Tampering(
            name: "an earlier checkpoint's note",
            statements: ["UPDATE checkpoints SET note = replace(note, '290', '291') WHERE size = 290"],
            isSeenAtStart: false),
        Tampering(
            name: "a checkpoint's frontier",
            statements: ["UPDATE checkpoints SET frontier = zeroblob(length(frontier)) WHERE size = 300"]),
        Tampering(
            name: "a checkpoint of a tree that never was",
            statements: ["INSERT INTO checkpoints SELECT 301, frontier, note FROM checkpoints WHERE size = 300"]),
        Tampering(name: "the origin", statements: ["UPDATE log SET origin = 'other.example/log'"]),
        Tampering(name: "the log's name is gone", statements: ["DELETE FROM log"]),
        Tampering(
            name: "the statement index says clean",
            statements: ["UPDATE statements SET verdict = 'clean' WHERE logIndex = 299"], isSeenAtStart: false),
        Tampering(
            name: "a row of the statement index is missing",
            statements: ["DELETE FROM statements WHERE logIndex = 299"],
            isSeenAtStart: false),
        Tampering(
            name: "a row of the statement index is invented",
            statements: [
                """
                INSERT INTO statements(logIndex, statement, signer, predicate)
                VALUES (300, zeroblob(32), zeroblob(32), 'x')
                """
            ], isSeenAtStart: false),
    ]

    /// Does it without the triggers, and puts these back exactly as they were.
    func apply(to fixture: LogFixture) throws {
        let connection = try fixture.foreignConnection()
        try connection.run("PRAGMA foreign_keys=OFF")
        let triggers = try VerdictLogSchema.definitions(in: connection)
        for drop: StaticString in Self.drops { try connection.run(drop) }
        for statement in statements where !"\(statement)".contains("TRIGGER") { try connection.run(statement) }
        for create in VerdictLogSchema.triggers { try connection.run(create) }
        for statement in statements where "\(statement)".contains("TRIGGER") { try connection.run(statement) }
        let isSchemaChange = statements.contains { "\($0)".contains("TRIGGER") || "\($0)".contains("TABLE") }
        #expect((try VerdictLogSchema.definitions(in: connection) == triggers) == !isSchemaChange)
    }

    private static let drops: [StaticString] = [
        "DROP TRIGGER entriesAreDense", "DROP TRIGGER entriesStay", "DROP TRIGGER entriesKeep",
        "DROP TRIGGER statementsAreNew", "DROP TRIGGER statementsStay", "DROP TRIGGER statementsKeep",
        "DROP TRIGGER tilesAreDense", "DROP TRIGGER tilesStay", "DROP TRIGGER tilesKeep",
        "DROP TRIGGER checkpointsGrow", "DROP TRIGGER checkpointsStay", "DROP TRIGGER checkpointsKeep",
        "DROP TRIGGER logIsNamedOnce", "DROP TRIGGER logStays", "DROP TRIGGER logKeeps",
    ]
}

@Suite("Tampering behind the service's back", .serialized)
struct TamperingTests {
    /// A log of 300 entries: 280 in few checkpoints, then one for each. Made once; every test damages a copy.
    private static let template = Template()

    private final class Template: Sendable {
        private let made = Lock<LogFixture?>(nil)

        func copy() async throws -> LogFixture {
            if let fixture = made.withLock({ $0 }) { return try fixture.copied() }
            let fixture = try LogFixture()
            let log = try await fixture.open()
            let names = (Int(LogFixture.genesisEntries)..<280).map { "package-\($0)" }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for name in names { group.addTask { _ = try await log.append(fixture.verdictEnvelope(name)) } }
                try await group.waitForAll()
            }
            for number in 280..<299 { _ = try await log.append(fixture.verdictEnvelope("package-\(number)")) }
            _ = try await log.append(fixture.verdictEnvelope("evil", .malicious))
            await log.close()
            made.withLock { $0 = fixture }
            return try fixture.copied()
        }
    }

    @Test("an untouched copy verifies")
    func untouched() async throws {
        let fixture = try await Self.template.copy()
        let verification = try fixture.verify()
        #expect(verification.entries == 300)
        #expect(verification.signatures == 300 + verification.checkpoints)
    }

    @Test("verify finds it", arguments: Tampering.all)
    func foundByVerify(tampering: Tampering) async throws {
        let fixture = try await Self.template.copy()
        try tampering.apply(to: fixture)
        let found = #expect(throws: LogError.self) { try LogReader(fixture.directory).verify(threads: 0) }
        // Several threads find the same fault, and the same one first.
        for threads in [1, 2, 5] {
            let again = #expect(throws: LogError.self) { try LogReader(fixture.directory).verify(threads: threads) }
            #expect(again?.description == found?.description, "\(threads) threads")
        }
    }

    @Test("several faults: the first in log order is reported, whatever the number of threads")
    func firstFault() async throws {
        let fixture = try await Self.template.copy()
        let connection = try fixture.foreignConnection()
        for trigger: StaticString in ["DROP TRIGGER entriesKeep", "DROP TRIGGER statementsKeep"] {
            try connection.run(trigger)
        }
        try connection.run("UPDATE entries SET leafHash = zeroblob(32) WHERE logIndex IN (290, 40, 270)")
        try connection.run("UPDATE statements SET verdict = 'malicious' WHERE logIndex IN (31, 5, 299)")
        for trigger in VerdictLogSchema.triggers
        where ["entriesKeep", "statementsKeep"].contains(where: {
            trigger.description.contains("TRIGGER \($0) ")
        }) {
            try connection.run(trigger)
        }
        for threads in [0, 1, 2, 5] {
            let error = #expect(throws: LogError.self) { try LogReader(fixture.directory).verify(threads: threads) }
            guard case .damaged(.statementRow(index: 5))? = error else {
                Issue.record("with \(threads) threads: \(String(describing: error))")
                continue
            }
        }
    }

    @Test("start-up finds it and signs nothing", arguments: Tampering.all.filter(\.isSeenAtStart))
    func foundAtStart(tampering: Tampering) async throws {
        let fixture = try await Self.template.copy()
        try tampering.apply(to: fixture)
        let anchor = try Files.readAll(fixture.directory.anchorPath)
        await #expect(throws: LogError.self) { try await fixture.open() }
        #expect(try Files.readAll(fixture.directory.anchorPath) == anchor)
    }

    @Test("a forged signature inside a consistent tree is found, even when the tree is signed")
    func forgedSignature() async throws {
        // Whoever holds the log key alone can sign any tree, but not verdicts.
        let fixture = try LogFixture()
        let forged = Ed25519SigningKey.generate()
        let connection = try fixture.foreignConnection()
        let database = try SQLiteLogDatabase(restricting: connection)
        let opening = LogOpening(
            directory: fixture.directory, keys: [fixture.log], logger: .silent, progress: { _, _ in })
        var tip = try opening.run(filling: KnowledgeIndex()).tip
        let real = try Envelope.signing(LogFixture.verdictStatement("left-pad"), with: forged)
        let envelope = try Envelope(
            payload: real.payload,
            signatures: [
                EnvelopeSignature(
                    keyID: fixture.verdict.publicKey.keyID, signature: real.signatures[0].signature)
            ])
        let statement = try Statement(parsingCanonical: envelope.payload)
        let logged = LoggedStatement(
            logIndex: tip.size, statementID: envelope.statementID, statement: statement,
            signer: envelope.signatures[0].keyID, leafHash: MerkleTree.leafHash(envelope.leafBytes))
        _ = try tip.append(statement, signers: [logged.signer], leafHash: logged.leafHash)
        let signer = try CheckpointSigner(origin: LogFixture.origin, keys: [fixture.log])
        try database.begin()
        try database.insert(PendingEntry(logged: logged, leaf: envelope.leafBytes))
        try database.insert(signer.sign(tip))
        try database.commit()

        let error = #expect(throws: LogError.self) { try fixture.verify() }
        guard case .damaged(.entry(let index, _))? = error else {
            Issue.record("expected a damaged entry, got \(String(describing: error))")
            return
        }
        #expect(index == LogFixture.genesisEntries)
    }
}
