import Cryptography
import Platform
import Screening
import TestSupport
import Testing
import TransparencyLog

@testable import VerdictStore

/// Every step of the sequencer fails once, in both ways; after each the whole log must verify, what was acknowledged
/// must be there, and what was refused must not.
@Suite("The sequencer under faults")
struct SequencerFaultTests {
    /// Enough entries that the next append completes a tile.
    private static let almostFull = 255 - Int(LogFixture.genesisEntries)

    /// Makes the log as long as the step needs to be reached at all.
    private func fill(_ fixture: LogFixture, for step: LogStep) async throws {
        guard step == .insertTile else { return }
        let log = try await fixture.open()
        try await fixture.append(Self.almostFull, to: log)
        await log.close()
    }

    @Test(
        "a step before COMMIT that fails takes the group back, and the next one succeeds",
        arguments: LogStep.beforeCommit, LogFault.allCases)
    func failsBeforeCommit(step: LogStep, fault: LogFault) async throws {
        let fixture = try LogFixture()
        try await fill(fixture, for: step)
        let doubts = Doubts()
        let plan = FaultPlan(step, fault)
        let log = try await fixture.open(doubts: doubts) { FaultyLogDatabase($0, plan: plan) }
        let size = log.size
        let envelope = try fixture.verdictEnvelope("victim", .malicious)
        let error = await #expect(throws: LogError.self) { try await log.append(envelope) }
        guard case .database? = error else {
            Issue.record("expected a database error, got \(String(describing: error))")
            return
        }
        #expect(log.size == size)
        #expect(log.knowledge.about(LogFixture.sha512("victim")) == .nothing)
        #expect(doubts.all.isEmpty)
        #expect(try fixture.verify().entries == size.value)

        #expect(try await log.append(envelope).logIndex == size.value)
        #expect(log.knowledge.about(LogFixture.sha512("victim")).verdicts.count == 1)
        await log.close()
        #expect(try fixture.verify().entries == size.value + 1)
    }

    @Test("a COMMIT in doubt ends the process, and the next start finds all or nothing", arguments: LogFault.allCases)
    func doubtfulCommit(fault: LogFault) async throws {
        let fixture = try LogFixture()
        try await fill(fixture, for: .commit)
        let doubts = Doubts()
        let plan = FaultPlan(.commit, fault, kind: .inputOutput)
        let log = try await fixture.open(doubts: doubts) { FaultyLogDatabase($0, plan: plan) }
        let size = log.size
        let envelope = try fixture.verdictEnvelope("victim", .malicious)
        let error = await #expect(throws: LogError.self) { try await log.append(envelope) }
        guard case .ended? = error else {
            Issue.record("expected the end, got \(String(describing: error))")
            return
        }
        #expect(doubts.all.count == 1)
        // Nobody was told, and nothing more is signed by this process.
        #expect(log.size == size)
        #expect(log.knowledge.about(LogFixture.sha512("victim")) == .nothing)
        await #expect(throws: LogError.self) { try await log.append(fixture.verdictEnvelope("later")) }
        #expect(doubts.all.count == 1)
        await log.close()

        let isPersisted = fault == .failedButPersisted
        #expect(try fixture.verify().entries == size.value + (isPersisted ? 1 : 0))
        let reopened = try await fixture.open()
        #expect(reopened.knowledge.about(LogFixture.sha512("victim")).verdicts.count == (isPersisted ? 1 : 0))
        #expect(try await reopened.append(envelope).logIndex == size.value)
        await reopened.close()
        #expect(try fixture.verify().entries == size.value + 1)
    }

    @Test(
        "a disk that fails in the middle of a transaction ends the process",
        arguments: LogStep.beforeCommit,
        [DatabaseError.Kind.inputOutput, .corrupt])
    func failingDisk(step: LogStep, kind: DatabaseError.Kind) async throws {
        let fixture = try LogFixture()
        try await fill(fixture, for: step)
        let doubts = Doubts()
        let plan = FaultPlan(step, .failedAndLost, kind: kind)
        let log = try await fixture.open(doubts: doubts) { FaultyLogDatabase($0, plan: plan) }
        let size = log.size
        await #expect(throws: LogError.self) { try await log.append(fixture.verdictEnvelope("victim")) }
        #expect(doubts.all.count == 1)
        await log.close()
        #expect(try fixture.verify().entries == size.value)
    }

    @Test(
        "a rollback that fails ends the process, and the next start finds nothing of the group",
        arguments: LogFault.allCases)
    func failingRollback(fault: LogFault) async throws {
        let fixture = try LogFixture()
        let doubts = Doubts()
        let (first, second) = (FaultPlan(.insertCheckpoint, .failedButPersisted), FaultPlan(.rollBack, fault))
        let log = try await fixture.open(doubts: doubts) {
            FaultyLogDatabase(FaultyLogDatabase($0, plan: first), plan: second)
        }
        let size = log.size.value
        let envelope = try fixture.verdictEnvelope("victim")
        let error = await #expect(throws: LogError.self) { try await log.append(envelope) }
        guard case .ended? = error else {
            Issue.record("expected the end, got \(String(describing: error))")
            return
        }
        await #expect(throws: LogError.self) { try await log.append(envelope) }
        #expect(doubts.all.count == 1)
        await log.close()
        #expect(try fixture.verify().entries == size)
        let reopened = try await fixture.open()
        #expect(try await reopened.append(envelope).logIndex == size)
        await reopened.close()
        #expect(try fixture.verify().entries == size + 1)
    }

    @Test("a failing move of the write-ahead log ends the process and loses nothing", arguments: LogFault.allCases)
    func failingWalCheckpoint(fault: LogFault) async throws {
        let fixture = try LogFixture()
        let doubts = Doubts()
        let plan = FaultPlan(.walCheckpoint, fault, kind: .inputOutput)
        let log = try await fixture.open(doubts: doubts) { FaultyLogDatabase($0, plan: plan) }
        let logged = try await log.append(fixture.verdictEnvelope("kept"))
        #expect(try fixture.verify().entries == logged.logIndex + 1)
        // Closing in good order moves it.
        await log.close()
        #expect(doubts.all.count == 1)
        #expect(try fixture.verify().entries == logged.logIndex + 1)
        let reopened = try await fixture.open()
        #expect(try await reopened.append(fixture.verdictEnvelope("kept")).logIndex == logged.logIndex)
        _ = try await reopened.append(fixture.verdictEnvelope("after"))
        await reopened.close()
        #expect(try fixture.verify().entries == logged.logIndex + 2)
    }

    @Test("of a group that fails, what the log had before keeps its place")
    func knownInFailedGroup() async throws {
        let fixture = try LogFixture()
        let doubts = Doubts()
        let connection = try fixture.foreignConnection()
        let database = try SQLiteLogDatabase(restricting: connection)
        let knowledge = KnowledgeIndex()
        let opening = LogOpening(
            directory: fixture.directory, keys: [fixture.log], logger: .silent, progress: { _, _ in })
        let opened = try opening.run(filling: knowledge)
        let plan = FaultPlan(.insertCheckpoint, .failedButPersisted, atPass: 2)
        let sequencer = Sequencer(
            continuing: opened.tip, checkpoint: opened.checkpoint, database: FaultyLogDatabase(database, plan: plan),
            signer: opened.signer, knowledge: knowledge, onDoubt: { doubts.add($0) })
        let old = try fixture.verdictEnvelope("old")
        let new = try fixture.verdictEnvelope("new")
        #expect(try sequencer.commit([old])[0].get().logIndex == LogFixture.genesisEntries)
        let outcomes = sequencer.commit([old, new, new])
        #expect(try outcomes[0].get().logIndex == LogFixture.genesisEntries)
        #expect(throws: LogError.self) { try outcomes[1].get() }
        #expect(throws: LogError.self) { try outcomes[2].get() }
        #expect(doubts.all.isEmpty)
        #expect(try fixture.verify().entries == LogFixture.genesisEntries + 1)
    }

    @Test("random faults over a long life never lose what was acknowledged")
    func randomLife() async throws {
        var random = SeededRandom()
        let fixture = try LogFixture()
        var acknowledged: [UInt64: StatementID] = [:]
        for round in 0..<12 {
            let step = LogStep.allCases.randomElement(using: &random) ?? .commit
            let fault = LogFault.allCases.randomElement(using: &random) ?? .failedAndLost
            let kinds = [DatabaseError.Kind.full, .busy, .inputOutput]
            let kind = kinds.randomElement(using: &random) ?? .full
            let plan = FaultPlan(step, fault, kind: kind, atPass: Int.random(in: 1...4, using: &random))
            let doubts = Doubts()
            let log = try await fixture.open(doubts: doubts) { FaultyLogDatabase($0, plan: plan) }
            for number in 0..<Int.random(in: 1...6, using: &random) {
                guard let logged = try? await log.append(fixture.verdictEnvelope("package-\(round)-\(number)")) else {
                    continue
                }
                acknowledged[logged.logIndex] = logged.statementID
            }
            await log.close()
            _ = try fixture.verify()
        }
        let entries = try LogReader(fixture.directory).entries(from: 0, count: 1000)
        for (index, statement) in acknowledged {
            #expect(entries[Int(index)].logged.statementID == statement, "entry \(index)")
        }
    }
}
