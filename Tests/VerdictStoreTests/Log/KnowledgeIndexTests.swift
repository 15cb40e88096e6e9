import Cryptography
import Platform
import Screening
import TestSupport
import Testing
import TransparencyLog

@testable import VerdictStore

@Suite("Knowledge index")
struct KnowledgeIndexTests {
    @Test("first clean verdicts leave the listing epoch alone; everything that can change a listing moves it")
    func listingEpoch() async throws {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        func moves(_ envelope: Envelope) async throws -> Bool {
            let before = log.knowledge.listingEpoch
            _ = try await log.append(envelope)
            return log.knowledge.listingEpoch > before
        }
        #expect(try await !moves(fixture.verdictEnvelope("left-pad")))
        #expect(try await !moves(fixture.verdictEnvelope("left-pad", analyzer: .diff)))
        #expect(try await moves(fixture.verdictEnvelope("left-pad", .suspicious)))
        #expect(try await moves(fixture.verdictEnvelope("left-pad", .clean, analyzer: .advisory)))
        #expect(try await moves(fixture.dispositionEnvelope("left-pad", .allow, sequence: 1)))
        #expect(try await moves(fixture.dispositionEnvelope("unseen", .deny, sequence: 1)))
        #expect(try await !moves(fixture.verdictEnvelope("other")))
        let key = Ed25519SigningKey.generate().publicKey
        #expect(try await moves(fixture.keyEventEnvelope(.add, key, .verdict)))
        let epoch = log.knowledge.listingEpoch
        _ = try await log.append(fixture.verdictEnvelope("other"))
        #expect(log.knowledge.listingEpoch == epoch, "a duplicate changes nothing")
        await log.close()
    }

    @Test("a batch answers in its order, also for what is unknown")
    func batch() async throws {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        _ = try await log.append(fixture.verdictEnvelope("a"))
        _ = try await log.append(fixture.verdictEnvelope("b", .malicious))
        let answers = log.knowledge.batch(["b", "unknown", "a"].map(LogFixture.sha512))
        #expect(answers.map { $0.verdicts.map(\.verdict) } == [[.malicious], [], [.clean]])
        #expect(answers[1] == .nothing)
        #expect(log.knowledge.subjectCount == 2)
        await log.close()
    }

    @Test("what a restart loads equals what was there before it")
    func reload() async throws {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        for name in ["a", "b", "c"] {
            _ = try await log.append(fixture.verdictEnvelope(name, .suspicious))
            _ = try await log.append(fixture.verdictEnvelope(name, .clean, analyzer: .advisory))
            _ = try await log.append(fixture.dispositionEnvelope(name, .allow, sequence: 1))
        }
        let subjects = log.knowledge.subjects()
        let before = log.knowledge.batch(subjects)
        await log.close()
        let reopened = try await fixture.open()
        #expect(reopened.knowledge.subjects() == subjects)
        let after = reopened.knowledge.batch(subjects)
        #expect(after.map(\.verdicts) == before.map(\.verdicts))
        #expect(after.map(\.dispositions) == before.map(\.dispositions))
        #expect(reopened.keyring == log.keyring)
        await reopened.close()
    }

    @Test("revoking a verdict key voids its clean verdicts and turns worse ones into a hold")
    func revokedVerdictKey() async throws {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        _ = try await log.append(fixture.verdictEnvelope("early", .malicious))
        let from = try await log.append(fixture.verdictEnvelope("clean")).logIndex
        _ = try await log.append(fixture.verdictEnvelope("bad", .malicious))
        let revision = log.knowledge.about(LogFixture.sha512("clean")).revision
        _ = try await log.append(
            fixture.keyEventEnvelope(.revoke, fixture.verdict.publicKey, .verdict, invalidFrom: from))
        func verdicts(_ name: String) -> [Verdict] {
            log.knowledge.about(LogFixture.sha512(name)).verdicts.map(\.verdict)
        }
        #expect(verdicts("early") == [.malicious])
        #expect(verdicts("clean") == [])
        #expect(verdicts("bad") == [.malicious])
        #expect(log.knowledge.about(LogFixture.sha512("bad")).verdicts.map(\.isVoid) == [true])
        #expect(log.knowledge.about(LogFixture.sha512("early")).verdicts.map(\.isVoid) == [false])
        #expect(log.knowledge.about(LogFixture.sha512("clean")).revision > revision)
        await log.close()
        #expect(try fixture.verify().entries == LogFixture.genesisEntries + 4)
    }

    @Test("revoking an operator's key takes back what it allowed and keeps what it refused")
    func revokedOperatorKey() async throws {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        let allow = try await log.append(fixture.dispositionEnvelope("a", .allow, sequence: 1))
        _ = try await log.append(fixture.dispositionEnvelope("b", .deny, sequence: 1))
        let withdrawn = try await log.append(fixture.dispositionEnvelope("c", .allow, sequence: 1))
        _ = try await log.append(
            fixture.dispositionEnvelope("c", .withdraw, sequence: 2, supersedes: withdrawn.statementID))
        let denied = try await log.append(fixture.dispositionEnvelope("d", .deny, sequence: 1))
        _ = try await log.append(
            fixture.dispositionEnvelope("d", .withdraw, sequence: 2, supersedes: denied.statementID))
        let revocation = KeyEventStatement(
            event: .revoke, publicKey: fixture.operatorKey.publicKey, role: .operator_, holder: "ana",
            scope: .standard(for: .operator_), invalidFromIndex: allow.logIndex, reason: "lost")
        _ = try await log.append(Envelope.signing(.keyEvent(revocation), with: fixture.root))
        func decisions(_ name: String) -> [DispositionDecision] {
            log.knowledge.about(LogFixture.sha512(name)).dispositions.map(\.decision)
        }
        #expect(decisions("a") == [])
        #expect(decisions("b") == [.deny])
        #expect(decisions("c") == [.withdraw])
        #expect(decisions("d") == [.deny])
        await log.close()
    }

    @Test("a waiter wakes when its subject changes, and not for others")
    func waiting() async throws {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        let (target, index) = (LogFixture.sha512("target"), log.knowledge)
        // Taken here: a task that looked for itself after the append would wait for ever.
        let before = index.about(target).revision
        let waiter = Task { await index.waitForChange(of: target, after: before) }
        _ = try await log.append(fixture.verdictEnvelope("other"))
        _ = try await log.append(fixture.verdictEnvelope("target"))
        await waiter.value
        #expect(index.about(target).verdicts.count == 1)
        // A change between the look and the wait is not slept through.
        await index.waitForChange(of: target, after: 0)
        await log.close()
    }

    @Test("a cancelled waiter returns, whenever it is cancelled")
    func cancellation() async throws {
        let index = KnowledgeIndex()
        for _ in 0..<50 {
            let waiter = Task { await index.waitForChange(of: LogFixture.sha512("never"), after: 0) }
            waiter.cancel()
            await waiter.value
        }
        let waiters = (0..<20).map { _ in
            Task { await index.waitForChange(of: LogFixture.sha512("never"), after: 0) }
        }
        for _ in 0..<100 { await Task.yield() }
        for waiter in waiters { waiter.cancel() }
        for waiter in waiters { await waiter.value }
    }
}
