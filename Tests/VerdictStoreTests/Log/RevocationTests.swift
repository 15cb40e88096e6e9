import Cryptography
import Platform
import Registry
import Screening
import TestSupport
import Testing
import TransparencyLog

@testable import VerdictStore

@Suite("Revocations in the log")
struct RevocationTests {
    private let fixture: LogFixture

    init() throws { fixture = try LogFixture() }

    private func revocation(_ target: RevocationTarget, by keys: [Ed25519SigningKey]? = nil) throws -> Envelope {
        let statement = RevocationStatement(
            target: target, reason: "a test", createdAt: Timestamp(secondsSinceEpoch: 1_767_225_600))
        return try Envelope.signing(.revocation(statement), withAll: keys ?? [fixture.root])
    }

    /// A verdict of a revision of its own.
    private func verdict(
        _ name: String, _ verdict: Verdict = .clean, analyzer: AnalyzerID = .static_, version: String = "1",
        rules: UInt8 = 1, by key: Ed25519SigningKey? = nil, at moment: Int64 = 0
    ) throws -> Envelope {
        let revision = AnalyzerRevision(
            id: analyzer, version: version,
            ruleset: RulesetReference(name: "test", digest: SHA256Digest(hashing: [rules])))
        let statement = VerdictStatement(
            subject: try LogFixture.subject(name), analyzer: revision, verdict: verdict, findings: [],
            createdAt: Timestamp(secondsSinceEpoch: 1_767_225_600 + moment))
        return try Envelope.signing(.verdict(statement), with: key ?? fixture.verdict)
    }

    private func verdicts(_ log: VerdictLog, _ name: String) -> [Verdict] {
        log.knowledge.about(LogFixture.sha512(name)).verdicts.map(\.verdict)
    }

    @Test("each kind takes back what it matches and nothing else, before and after it")
    func targets() async throws {
        let log = try await fixture.open()
        let other = Ed25519SigningKey.generate()
        _ = try await log.append(fixture.keyEventEnvelope(.add, other.publicKey, .verdict))
        let single = try await log.append(verdict("single", .malicious))
        for name in ["ruleset", "version", "key"] { _ = try await log.append(verdict(name, .malicious)) }
        _ = try await log.append(verdict("rules-2", .malicious, rules: 2))
        _ = try await log.append(verdict("version-2", .malicious, version: "2"))
        _ = try await log.append(verdict("key-2", .malicious, version: "9", rules: 9, by: other))

        _ = try await log.append(revocation(.statement(single.statementID)))
        #expect(verdicts(log, "single") == [])
        #expect(verdicts(log, "ruleset") == [.malicious])
        _ = try await log.append(verdict("single", .malicious, at: 1))
        #expect(verdicts(log, "single") == [.malicious], "the same analyzer may say it again")

        let rules = RulesetReference(name: "other name", digest: SHA256Digest(hashing: [2]))
        _ = try await log.append(revocation(.ruleset(rules)))
        #expect(verdicts(log, "rules-2") == [])
        _ = try await log.append(verdict("rules-2", rules: 2, at: 1))
        #expect(verdicts(log, "rules-2") == [], "what comes later counts for nothing too")
        _ = try await log.append(verdict("rules-2", rules: 3, at: 1))
        #expect(verdicts(log, "rules-2") == [.clean])
        #expect(log.knowledge.isRevoked(ruleset: rules.digest))
        #expect(!log.knowledge.isRevoked(ruleset: SHA256Digest(hashing: [1])))

        _ = try await log.append(revocation(.analyzer(.static_, version: "2")))
        #expect(verdicts(log, "version-2") == [])
        _ = try await log.append(verdict("version-2", analyzer: .diff, version: "2"))
        #expect(verdicts(log, "version-2") == [.clean], "another analyzer with the same version")
        #expect(log.knowledge.isRevoked(analyzer: .static_, version: "2"))
        #expect(!log.knowledge.isRevoked(analyzer: .static_, version: "1"))

        _ = try await log.append(revocation(.key(other.publicKey.keyID)))
        #expect(verdicts(log, "key-2") == [])
        #expect(["ruleset", "version", "key"].allSatisfy { verdicts(log, $0) == [.malicious] })
        await log.close()
        #expect(try fixture.verify().entries == log.size.value)
    }

    @Test("a revocation that comes before its statement takes it back all the same")
    func earlier() async throws {
        let log = try await fixture.open()
        let envelope = try verdict("late", .suspicious)
        _ = try await log.append(revocation(.statement(envelope.statementID)))
        _ = try await log.append(envelope)
        #expect(verdicts(log, "late") == [])
        await log.close()
    }

    @Test("what a restart loads equals what was there before it")
    func reload() async throws {
        let log = try await fixture.open()
        let named = try await log.append(verdict("a", .malicious))
        _ = try await log.append(verdict("b", rules: 2))
        _ = try await log.append(verdict("c", .suspicious, version: "2"))
        _ = try await log.append(fixture.dispositionEnvelope("a", .allow, sequence: 1))
        for target in [
            RevocationTarget.statement(named.statementID),
            .ruleset(RulesetReference(name: "test", digest: SHA256Digest(hashing: [2]))),
            .analyzer(.static_, version: "2"),
        ] { _ = try await log.append(revocation(target)) }
        let subjects = log.knowledge.subjects()
        let (before, lapsed) = (log.knowledge.batch(subjects), log.knowledge.lapsedSubjects())
        #expect(before.allSatisfy { $0.verdicts.isEmpty })
        #expect(lapsed == subjects)
        await log.close()
        let reopened = try await fixture.open()
        #expect(reopened.knowledge.batch(subjects).map(\.verdicts) == before.map(\.verdicts))
        #expect(reopened.knowledge.batch(subjects).map(\.dispositions) == before.map(\.dispositions))
        #expect(reopened.knowledge.lapsedSubjects() == lapsed)
        #expect(reopened.knowledge.isRevoked(analyzer: .static_, version: "2"))
        await reopened.close()
    }

    @Test("waiters wake, revisions grow and listings are derived anew; receipts and successions touch none of it")
    func waking() async throws {
        let log = try await fixture.open()
        let entry = try await log.append(verdict("a", .malicious))
        let (target, index) = (LogFixture.sha512("a"), log.knowledge)
        let (revision, epoch) = (index.about(target).revision, index.listingEpoch)
        let receipt = ImportReceiptStatement(
            origin: "peer.example/log", source: .bundle, digest: SHA256Digest(hashing: [1]), treeSize: 9,
            root: SHA256Digest(hashing: [2]), statementCount: 3, statementsRoot: SHA256Digest(hashing: [3]),
            createdAt: Timestamp(secondsSinceEpoch: 1_767_225_600))
        _ = try await log.append(Envelope.signing(.importReceipt(receipt), with: fixture.log))
        let succession = LogSuccessionStatement(
            event: .begins, origin: "earlier.example/log", logKey: Ed25519SigningKey.generate().publicKey,
            reason: "a test", createdAt: Timestamp(secondsSinceEpoch: 1_767_225_600))
        _ = try await log.append(Envelope.signing(.logSuccession(succession), with: fixture.root))
        #expect(index.about(target).revision == revision)
        #expect(index.listingEpoch == epoch)
        let waiter = Task { await index.waitForChange(of: target, after: revision) }
        _ = try await log.append(revocation(.statement(entry.statementID)))
        await waiter.value
        #expect(index.about(target).revision > revision)
        #expect(index.listingEpoch > epoch)
        await log.close()
        #expect(try fixture.verify().entries == LogFixture.genesisEntries + 4)
    }

    @Test("a verdict key takes back single verdicts within its scope, and no ruling of a person")
    func verdictKeys() async throws {
        let log = try await fixture.open()
        let narrow = Ed25519SigningKey.generate()
        let scope = KeyScope(predicateTypes: [.verdict, .revocation], analyzers: [.diff])
        let event = KeyEventStatement(
            event: .add, publicKey: narrow.publicKey, role: .verdict, scope: scope, reason: "a test")
        _ = try await log.append(Envelope.signing(.keyEvent(event), with: fixture.root))
        let entry = try await log.append(verdict("a", .malicious))
        let ruling = try await log.append(fixture.dispositionEnvelope("a", .deny, sequence: 1))
        _ = try await log.append(revocation(.statement(entry.statementID), by: [narrow]))
        #expect(verdicts(log, "a") == [.malicious], "outside its scope")
        _ = try await log.append(revocation(.statement(ruling.statementID), by: [fixture.verdict]))
        #expect(log.knowledge.about(LogFixture.sha512("a")).dispositions.count == 1)
        _ = try await log.append(revocation(.statement(entry.statementID), by: [fixture.verdict]))
        #expect(verdicts(log, "a") == [])
        _ = try await log.append(revocation(.statement(ruling.statementID)))
        #expect(log.knowledge.about(LogFixture.sha512("a")).dispositions.isEmpty)
        // Its place in the sequence stays taken.
        #expect(
            log.knowledge.lastSequence(of: fixture.operatorKey.publicKey.keyID, about: LogFixture.sha512("a")) == 1)
        await log.close()
    }

    @Test("a revoked operator key's rulings count only where they refuse")
    func operatorKey() async throws {
        let log = try await fixture.open()
        _ = try await log.append(fixture.dispositionEnvelope("a", .allow, sequence: 1))
        _ = try await log.append(fixture.dispositionEnvelope("b", .deny, sequence: 1))
        _ = try await log.append(revocation(.key(fixture.operatorKey.publicKey.keyID)))
        #expect(log.knowledge.about(LogFixture.sha512("a")).dispositions.isEmpty)
        #expect(log.knowledge.about(LogFixture.sha512("b")).dispositions.map(\.decision) == [.deny])
        await log.close()
    }

    @Test("a revocation by a key that turns out to be void takes nothing back any more, also after a restart")
    func voidRevocation() async throws {
        let log = try await fixture.open()
        let other = Ed25519SigningKey.generate()
        _ = try await log.append(fixture.keyEventEnvelope(.add, other.publicKey, .verdict))
        let entry = try await log.append(verdict("a", .malicious))
        let taken = try await log.append(revocation(.statement(entry.statementID), by: [other]))
        #expect(verdicts(log, "a") == [])
        _ = try await log.append(
            fixture.keyEventEnvelope(.revoke, other.publicKey, .verdict, invalidFrom: taken.logIndex))
        #expect(verdicts(log, "a") == [.malicious])
        #expect(log.knowledge.lapsedSubjects() == [])
        await log.close()
        let reopened = try await fixture.open()
        #expect(verdicts(reopened, "a") == [.malicious])
        await reopened.close()
    }

    @Test("two root keys that must sign together are both remembered as its signers")
    func rootThreshold() async throws {
        let log = try await fixture.open()
        let second = Ed25519SigningKey.generate()
        let third = Ed25519SigningKey.generate()
        for (key, threshold) in [(second, nil), (third, 2)] {
            let event = KeyEventStatement(
                event: .add, publicKey: key.publicKey, role: .root, scope: .standard(for: .root), reason: "a test",
                threshold: threshold)
            _ = try await log.append(Envelope.signing(.keyEvent(event), with: fixture.root))
        }
        let entry = try await log.append(verdict("a", .malicious))
        await #expect(throws: LogError.self) { try await log.append(revocation(.statement(entry.statementID))) }
        let logged = try await log.append(revocation(.statement(entry.statementID), by: [fixture.root, second]))
        #expect(Set(logged.signers) == [fixture.root.publicKey.keyID, second.publicKey.keyID])
        #expect(verdicts(log, "a") == [])
        // With the second void from then on, one signature of two is left.
        let event = KeyEventStatement(
            event: .revoke, publicKey: second.publicKey, role: .root, scope: .standard(for: .root),
            invalidFromIndex: logged.logIndex, reason: "a test", threshold: nil)
        _ = try await log.append(Envelope.signing(.keyEvent(event), withAll: [fixture.root, third]))
        #expect(verdicts(log, "a") == [.malicious])
        await log.close()
        let reopened = try await fixture.open()
        #expect(verdicts(reopened, "a") == [.malicious])
        #expect(reopened.keyring.requiredRootSignatures == 2)
        await reopened.close()
    }

    @Test("an artifact has lapsed while its analyzer has not judged again, and only then")
    func lapsed() async throws {
        let log = try await fixture.open()
        let entry = try await log.append(verdict("a"))
        _ = try await log.append(verdict("b", .malicious))
        #expect(log.knowledge.lapsedSubjects() == [])
        _ = try await log.append(revocation(.statement(entry.statementID)))
        #expect(log.knowledge.lapsedSubjects() == [LogFixture.sha512("a")])
        _ = try await log.append(verdict("a", analyzer: .diff))
        #expect(log.knowledge.lapsedSubjects() == [LogFixture.sha512("a")])
        _ = try await log.append(verdict("a", at: 1))
        #expect(log.knowledge.lapsedSubjects() == [])
        _ = try await log.append(
            fixture.keyEventEnvelope(.revoke, fixture.verdict.publicKey, .verdict, invalidFrom: 0))
        #expect(log.knowledge.lapsedSubjects() == ["a", "b"].map(LogFixture.sha512).sorted())
        await log.close()
    }
}
