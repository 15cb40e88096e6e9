import Cryptography
import Glibc
import Platform
import Screening
import TestSupport
import Testing
import TransparencyLog

@testable import VerdictStore

/// Ends the process as a crash does: nothing is flushed, closed or rolled back.
func killThisProcess() { kill(getpid(), SIGKILL) }

@Suite("Keys of a log's successor")
struct SuccessionKeyTests {
    private func refusal(_ body: () throws -> LogSuccession.Report) -> LogError? {
        #expect(throws: LogError.self) { _ = try body() }
    }

    @Test("keys that are not good root keys, or too few, declare nothing")
    func wrongKeys() async throws {
        let fixture = try await SuccessionFixture()
        let stranger = Ed25519SigningKey.generate()
        for roots in [[stranger], [fixture.log.verdict], [fixture.log.root, stranger], []] {
            let error = refusal { try fixture.succession(roots: roots).run() }
            guard case .noSuccession? = error else {
                Issue.record("expected a refusal, got \(String(describing: error))")
                return
            }
        }
        #expect(try fixture.log.verify().origin == LogFixture.origin)
    }

    @Test("a log is not its own successor, and one that was promised to another is not given away")
    func origins() async throws {
        let fixture = try await SuccessionFixture()
        _ = refusal { try fixture.succession(origin: LogFixture.origin).run() }
        #expect(throws: LogError.self) { try fixture.succession(origin: "no name+") }
        let log = try await fixture.log.open()
        let ends = LogSuccessionStatement(
            event: .ends, origin: "elsewhere.example/log", logKey: fixture.log.verdict.publicKey, reason: "moved",
            createdAt: Timestamp(secondsSinceEpoch: 0))
        _ = try await log.append(Envelope.signing(.logSuccession(ends), with: fixture.log.root))
        await #expect(throws: LogError.self) { try await log.append(fixture.log.verdictEnvelope("late")) }
        await log.close()
        let error = refusal { try fixture.succession().run() }
        guard case .succeeded("elsewhere.example/log")? = error else {
            Issue.record("expected the promised name, got \(String(describing: error))")
            return
        }
    }

    @Test("what a retired key said is taken over and the key ends again; what a revoked one said is left as void")
    func endedKeys() async throws {
        let fixture = try await SuccessionFixture()
        let (second, third) = (Ed25519SigningKey.generate(), Ed25519SigningKey.generate())
        let log = try await fixture.log.open()
        for key in [second, third] {
            _ = try await log.append(fixture.log.keyEventEnvelope(.add, key.publicKey, .verdict))
        }
        _ = try await log.append(Envelope.signing(LogFixture.verdictStatement("by-second"), with: second))
        _ = try await log.append(Envelope.signing(LogFixture.verdictStatement("good-by-third"), with: third))
        let cut = log.size.value
        _ = try await log.append(Envelope.signing(LogFixture.verdictStatement("bad-by-third", .clean), with: third))
        _ = try await log.append(
            fixture.log.keyEventEnvelope(.retire, second.publicKey, .verdict, invalidFrom: log.size.value))
        _ = try await log.append(fixture.log.keyEventEnvelope(.revoke, third.publicKey, .verdict, invalidFrom: cut))
        await log.close()

        let report = try fixture.succession().run()
        #expect(report.void == 1)
        _ = try fixture.log.verify()
        let after = try await fixture.log.open()
        #expect(after.knowledge.about(LogFixture.sha512("by-second")).verdicts.count == 1)
        #expect(after.knowledge.about(LogFixture.sha512("good-by-third")).verdicts.count == 1)
        #expect(after.knowledge.about(LogFixture.sha512("bad-by-third")) == .nothing)
        #expect(!after.keyring.isValidNow(second.publicKey.keyID) && !after.keyring.isValidNow(third.publicKey.keyID))
        #expect(after.keyring.key(third.publicKey.keyID)?.isRevoked == true)
        #expect(after.keyring.key(second.publicKey.keyID)?.isRevoked == false)
        for key in [second, third] {
            await #expect(throws: LogError.self) {
                try await after.append(Envelope.signing(LogFixture.verdictStatement("later"), with: key))
            }
        }
        await after.close()
    }

    @Test("a root threshold holds for the succession and in the new log; revocations by fewer keys are signed again")
    func threshold() async throws {
        let fixture = try await SuccessionFixture()
        let second = Ed25519SigningKey.generate()
        let log = try await fixture.log.open()
        let revoked = try fixture.log.verdictEnvelope("package-7")
        let revocation = RevocationStatement(
            target: .statement(revoked.statementID), reason: "wrong", createdAt: Timestamp(secondsSinceEpoch: 0))
        let alone = try Envelope.signing(.revocation(revocation), with: fixture.log.root)
        _ = try await log.append(alone)
        let add = KeyEventStatement(
            event: .add, publicKey: second.publicKey, role: .root, scope: .standard(for: .root), reason: "a test",
            threshold: 2)
        _ = try await log.append(Envelope.signing(.keyEvent(add), with: fixture.log.root))
        await log.close()
        _ = refusal { try fixture.succession().run() }
        let report = try fixture.succession(roots: [second, fixture.log.root]).run()
        #expect(report.void == 0)
        let verified = try fixture.log.verify()
        #expect(verified.origin == SuccessionFixture.successor)
        let entries = try fixture.entries()
        let again = try #require(entries.first { $0.logged.statementID == alone.statementID })
        #expect(try Envelope(parsingLeaf: again.leaf).signatures.count == 2)
        let after = try await fixture.log.open()
        #expect(after.keyring.requiredRootSignatures == 2)
        await after.close()
    }
}
