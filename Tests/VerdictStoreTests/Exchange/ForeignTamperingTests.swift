import Cryptography
import Platform
import Registry
import Screening
import TestSupport
import Testing
import TransparencyLog

@testable import VerdictStore

/// Whoever can write foreign.db can do what they like with it, and is found by the receipts in the own log.
@Suite("Tampering with what was taken over")
struct ForeignTamperingTests {
    /// A change that somebody without our rules makes, after dropping the triggers that forbid it.
    struct Tampering: Sendable, CustomTestStringConvertible {
        let name: String
        let change: @Sendable (Connection) throws -> Void
        var testDescription: String { name }

        static let all: [Tampering] = [
            Tampering(name: "an entry is changed") {
                try $0.run("DROP TRIGGER leavesKeep")
                try $0.run("UPDATE leaves SET leaf = (SELECT leaf FROM leaves WHERE logIndex = 4) WHERE logIndex = 5")
            },
            Tampering(name: "an entry is removed") {
                try $0.run("DROP TRIGGER leavesStay")
                try $0.run("DELETE FROM leaves WHERE logIndex = 5")
            },
            Tampering(name: "an entry is moved to another place") {
                try $0.run("DROP TRIGGER leavesKeep")
                try $0.run("UPDATE leaves SET logIndex = 900 WHERE logIndex = 4")
            },
            Tampering(name: "an entry is added") {
                try $0.run("DROP TRIGGER leavesAreNew")
                try $0.run("INSERT INTO leaves SELECT log, 77, import, leaf FROM leaves WHERE logIndex = 5")
            },
            Tampering(name: "an import says another size") {
                try $0.run("DROP TRIGGER importsKeep")
                try $0.run("UPDATE imports SET treeSize = 5")
            },
            Tampering(name: "an import says another root") {
                try $0.run("DROP TRIGGER importsKeep")
                try $0.run("UPDATE imports SET root = statementsRoot, statementsRoot = root, statements = 5")
            },
            Tampering(name: "a receipt points elsewhere") {
                try $0.run("DROP TRIGGER receiptsKeep")
                try $0.run("UPDATE receipts SET statement = zeroblob(32)")
            },
            Tampering(name: "an import without receipt is made to count") {
                try $0.run(
                    """
                    INSERT INTO imports SELECT 9, log, source, digest, treeSize, root, 0, statementsRoot, createdAt, note,
                        frontier FROM imports
                    """)
                try $0.run("INSERT INTO receipts VALUES (9, ?, 2)", .blob(Array(repeating: 1, count: 32)))
            },
            Tampering(name: "a table is added") { try $0.run("CREATE TABLE extra(a)") },
        ]
    }

    @Test("a change is found at the next start and by verify", arguments: Tampering.all)
    func found(tampering: Tampering) async throws {
        let fixture = try ExchangeFixture()
        try await fixture.say("good", "malicious-one")
        try await fixture.withStore { (_, store) async throws in _ = try await fixture.follow(store) }
        #expect(try ForeignStore.verify(fixture.home.directory).statements == 6)

        do {
            let connection = try Connection(fixture.home.directory.foreignPath, access: .readWrite)
            try tampering.change(connection)
            // A careful attacker puts the triggers back.
            for trigger in ForeignSchema.triggers { _ = try? connection.run(trigger) }
        }
        let error = #expect(throws: ExchangeFailure.self) { try ForeignStore.verify(fixture.home.directory) }
        guard case .damaged? = error else {
            Issue.record("expected damage, got \(String(describing: error))")
            return
        }
        let opening = await #expect(throws: ExchangeFailure.self) {
            try await fixture.withStore { (_, _) async throws in }
        }
        guard case .damaged? = opening else {
            Issue.record("expected damage, got \(String(describing: opening))")
            return
        }
    }

    @Test("the schema itself refuses to change or remove what has a receipt")
    func schema() async throws {
        let fixture = try ExchangeFixture()
        try await fixture.say("good", "malicious-one")
        try await fixture.withStore { (_, store) async throws in _ = try await fixture.follow(store) }
        let connection = try Connection(fixture.home.directory.foreignPath, access: .readWrite)
        let attempts: [StaticString] = [
            "DELETE FROM leaves", "UPDATE leaves SET logIndex = logIndex + 100", "DELETE FROM imports",
            "UPDATE imports SET treeSize = 1", "DELETE FROM receipts", "UPDATE receipts SET logIndex = 1",
            "INSERT OR REPLACE INTO leaves SELECT * FROM leaves",
            "INSERT OR REPLACE INTO imports SELECT * FROM imports",
            "INSERT OR REPLACE INTO receipts SELECT * FROM receipts", "DELETE FROM logs",
            "UPDATE logs SET origin = 'x'",
        ]
        for attempt in attempts {
            #expect(throws: DatabaseError.self, "\(attempt)") { try connection.run(attempt) }
        }
        #expect(try ForeignStore.verify(fixture.home.directory).statements == 6)
    }
}
