import Cryptography
import Platform
import Screening
import TestSupport
import Testing
import TransparencyLog

@testable import VerdictStore

@Suite("Verdict log")
struct VerdictLogTests {
    @Test("an appended statement has a place, a checkpoint over it, and is known at once")
    func appendIsKnown() async throws {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        let before = log.knowledge.about(LogFixture.sha512("left-pad"))
        #expect(before == .nothing)

        let logged = try await log.append(fixture.verdictEnvelope("left-pad", .suspicious))
        #expect(logged.logIndex == LogFixture.genesisEntries)
        #expect(log.size == TreeSize(LogFixture.genesisEntries + 1))
        let known = log.knowledge.about(LogFixture.sha512("left-pad"))
        #expect(known.verdicts.map(\.statement) == [logged.statementID])
        #expect(known.verdicts.map(\.verdict) == [.suspicious])
        #expect(known.verdicts.map(\.rules) == [["TEST-RULE"]])
        #expect(known.revision > 0)

        let verifier = try NoteVerifier(name: LogFixture.origin, publicKey: fixture.log.publicKey)
        let checkpoint = try CheckpointVerifier(logKeys: [verifier]).verify(log.checkpoint).checkpoint
        #expect(checkpoint.size == log.size)
        #expect(checkpoint.root == log.root)
        await log.close()
    }

    @Test("several hundred concurrent appends get dense places, and all are there after a restart")
    func concurrentAppends() async throws {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        let count = 400
        let envelopes = try (0..<count).map { try fixture.verdictEnvelope("package-\($0)") }
        let logged = try await withThrowingTaskGroup(of: LoggedStatement.self) { group in
            for envelope in envelopes { group.addTask { try await log.append(envelope) } }
            return try await group.reduce(into: [LoggedStatement]()) { $0.append($1) }
        }
        let first = LogFixture.genesisEntries
        #expect(logged.map(\.logIndex).sorted() == Array(first..<first + UInt64(count)))
        #expect(Set(logged.map(\.statementID)) == Set(envelopes.map(\.statementID)))
        let root = log.root
        await log.close()

        let reopened = try await fixture.open()
        #expect(reopened.size == TreeSize(first + UInt64(count)))
        #expect(reopened.root == root)
        let reader = try LogReader(fixture.directory)
        for acknowledged in logged {
            #expect(try reader.entry(at: acknowledged.logIndex)?.logged == acknowledged)
        }
        let leaves = try reader.entries(from: 0, count: 1000).map(\.leaf)
        #expect(MerkleTree.root(ofLeafHashes: leaves.map(MerkleTree.leafHash)) == root)
        for name in (0..<count).map({ "package-\($0)" }) {
            #expect(reopened.knowledge.about(LogFixture.sha512(name)).verdicts.count == 1)
        }
        await reopened.close()
        #expect(try fixture.verify().entries == first + UInt64(count))
    }

    @Test("statements that arrive together share commits")
    func groupCommit() async throws {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        let envelopes = try (0..<300).map { try fixture.verdictEnvelope("package-\($0)") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for envelope in envelopes { group.addTask { _ = try await log.append(envelope) } }
            try await group.waitForAll()
        }
        await log.close()
        let verification = try fixture.verify()
        #expect(verification.entries == LogFixture.genesisEntries + 300)
        #expect(verification.checkpoints < 150)
    }

    @Test("the same statement again gets its first place, within one group and after a restart")
    func duplicates() async throws {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        let envelope = try fixture.verdictEnvelope("left-pad")
        let places = try await withThrowingTaskGroup(of: UInt64.self) { group in
            for _ in 0..<20 { group.addTask { try await log.append(envelope).logIndex } }
            return try await group.reduce(into: Set<UInt64>()) { $0.insert($1) }
        }
        #expect(places == [LogFixture.genesisEntries])
        await log.close()
        let reopened = try await fixture.open()
        #expect(try await reopened.append(envelope).logIndex == LogFixture.genesisEntries)
        #expect(reopened.size == TreeSize(LogFixture.genesisEntries + 1))
        await reopened.close()
    }

    @Test("a statement keeps its place after its key was retired, and a new one is refused")
    func duplicateOfRetiredKey() async throws {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        let old = try fixture.verdictEnvelope("old")
        let place = try await log.append(old).logIndex
        let retirement = try fixture.keyEventEnvelope(
            .retire, fixture.verdict.publicKey, .verdict, invalidFrom: place + 1)
        _ = try await log.append(retirement)
        #expect(try await log.append(old).logIndex == place)
        let error = await #expect(throws: LogError.self) { try await log.append(fixture.verdictEnvelope("new")) }
        guard case .refused(.keyNotValid)? = error else {
            Issue.record("expected a refusal for the retired key, got \(String(describing: error))")
            return
        }
        await log.close()
        #expect(try fixture.verify().entries == place + 2)
    }

    @Test("a statement by a stranger is refused and leaves nothing")
    func strangerIsRefused() async throws {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        let stranger = Ed25519SigningKey.generate()
        let envelope = try Envelope.signing(LogFixture.verdictStatement("left-pad"), with: stranger)
        let error = await #expect(throws: LogError.self) { try await log.append(envelope) }
        guard case .refused(.unknownKey)? = error else {
            Issue.record("expected a refusal for the unknown key, got \(String(describing: error))")
            return
        }
        #expect(log.size == TreeSize(LogFixture.genesisEntries))
        await log.close()
    }

    @Test("one bad statement in a group does not harm the others")
    func badOneAmongGood() async throws {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        let stranger = Ed25519SigningKey.generate()
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<60 {
                group.addTask {
                    do {
                        let key = number % 3 == 0 ? stranger : fixture.verdict
                        let statement = try LogFixture.verdictStatement("package-\(number)")
                        _ = try await log.append(Envelope.signing(statement, with: key))
                        return true
                    } catch {
                        return false
                    }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(outcomes == 40)
        await log.close()
        #expect(try fixture.verify().entries == LogFixture.genesisEntries + 40)
    }

    @Test("a disposition that is not the next of its operator about its subject is refused")
    func sequences() async throws {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        _ = try await log.append(fixture.dispositionEnvelope("left-pad", .allow, sequence: 1))
        let error = await #expect(throws: LogError.self) {
            try await log.append(fixture.dispositionEnvelope("left-pad", .deny, sequence: 3))
        }
        guard case .wrongSequence(let expected, let found)? = error else {
            Issue.record("expected a wrong sequence, got \(String(describing: error))")
            return
        }
        #expect((expected, found) == (2, 3))
        _ = try await log.append(fixture.dispositionEnvelope("left-pad", .deny, sequence: 2))
        _ = try await log.append(fixture.dispositionEnvelope("other", .deny, sequence: 1))
        await log.close()

        let reopened = try await fixture.open()
        await #expect(throws: LogError.self) {
            try await reopened.append(fixture.dispositionEnvelope("left-pad", .allow, sequence: 2))
        }
        _ = try await reopened.append(fixture.dispositionEnvelope("left-pad", .allow, sequence: 3))
        await reopened.close()
        let verification = try fixture.verify()
        #expect(verification.dispositions == 4)
        #expect(verification.operatorKeys == 1)
    }

    @Test("of two dispositions with one sequence that arrive together only one enters")
    func sequenceWithinGroup() async throws {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        let rivals = [
            try fixture.dispositionEnvelope("left-pad", .allow, sequence: 1),
            try fixture.dispositionEnvelope("left-pad", .deny, sequence: 1),
        ]
        let entered = await withTaskGroup(of: Bool.self) { group in
            for rival in rivals { group.addTask { (try? await log.append(rival)) != nil } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(entered == 1)
        await log.close()
    }

    @Test("after close the log answers that it is closed")
    func closed() async throws {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        await log.close()
        let error = await #expect(throws: LogError.self) { try await log.append(fixture.verdictEnvelope("left-pad")) }
        guard case .closed? = error else {
            Issue.record("expected closed, got \(String(describing: error))")
            return
        }
    }
}
