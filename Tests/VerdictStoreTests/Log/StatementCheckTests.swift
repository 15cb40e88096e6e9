import Cryptography
import Platform
import Screening
import Testing
import TransparencyLog

@testable import VerdictStore

@Suite("Checking one statement")
struct StatementCheckTests {
    private struct Made {
        let fixture: LogFixture
        let reader: LogReader
        let proof: LogProof
        let keys: StatementCheck.Keys
    }

    /// A log with some verdicts and the proof of one of them; `more` is appended before the proof is made.
    private func make(_ more: (LogFixture) throws -> [Envelope] = { _ in [] }) async throws -> Made {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        let logged = try await log.append(fixture.verdictEnvelope("good", .malicious))
        for number in 0..<20 { _ = try await log.append(fixture.verdictEnvelope("n\(number)")) }
        for envelope in try more(fixture) { _ = try await log.append(envelope) }
        await log.close()
        let reader = try LogReader(fixture.directory)
        let entry = try reader.statement(withPrefix: logged.statementID.hex)
        let proof = try #require(try reader.proof(of: entry, under: reader.headNote()))
        let keyring = try reader.keyring()
        return Made(
            fixture: fixture, reader: reader, proof: proof,
            keys: StatementCheck.Keys(log: keyring.logVerifiers(origin: LogFixture.origin), keyring: keyring))
    }

    private func states(_ check: StatementCheck) -> [StatementFinding.State] {
        // Without the log at hand nobody can say whether something later takes the statement back.
        #expect(check.findings.map(\.part) == [.signature, .signer, .inclusion, .checkpoint])
        return check.findings.map(\.state)
    }

    @Test("a good statement holds in every part, and so does its proof after a journey as text")
    func good() async throws {
        let made = try await make()
        let check = StatementCheck(made.proof, leaf: made.proof.extra, believing: made.keys)
        #expect(check.holds && states(check) == [.holds, .holds, .holds, .holds])
        let received = try LogProof(parsing: made.proof.bytes)
        #expect(StatementCheck(received, leaf: received.extra, believing: made.keys).holds)
    }

    @Test("no byte of the proof file can be changed without a part that fails, or the file being no proof")
    func everyByte() async throws {
        let made = try await make()
        let bytes = made.proof.bytes
        for offset in bytes.indices {
            var changed = bytes
            changed[offset] ^= 0x01
            guard let proof = try? LogProof(parsing: changed) else { continue }
            let check = StatementCheck(proof, leaf: proof.extra, believing: made.keys)
            #expect(!check.holds, "byte \(offset) of \(bytes.count)")
        }
    }

    @Test("each fault is found in its own part")
    func faults() async throws {
        let made = try await make()
        let (proof, leaf) = (made.proof, made.proof.extra)
        let other = try made.reader.entry(at: 10)?.leaf ?? []
        #expect(states(StatementCheck(proof, leaf: other, believing: made.keys)) == [.holds, .holds, .fails, .holds])
        let elsewhere = LogProof(index: LogIndex(11), hashes: proof.hashes, note: proof.note)
        #expect(
            states(StatementCheck(elsewhere, leaf: leaf, believing: made.keys)) == [.holds, .holds, .fails, .holds])
        var envelope = try Envelope(parsingLeaf: leaf)
        var signature = envelope.signatures[0].signature
        signature[5] ^= 1
        envelope = try Envelope(
            payload: envelope.payload,
            signatures: [EnvelopeSignature(keyID: envelope.signatures[0].keyID, signature: signature)])
        let forged = StatementCheck(proof, leaf: envelope.leafBytes, believing: made.keys)
        #expect(states(forged) == [.fails, .unknown, .fails, .holds])
        var stranger = made.keys
        stranger.log = [try NoteVerifier(name: LogFixture.origin, publicKey: Ed25519SigningKey.generate().publicKey)]
        #expect(states(StatementCheck(proof, leaf: leaf, believing: stranger)) == [.holds, .holds, .holds, .fails])
        #expect(
            states(StatementCheck(proof, leaf: [0x7B], believing: made.keys)) == [.fails, .unknown, .fails, .holds])
    }

    @Test("a signer that was revoked from before the entry no longer stands, one that was retired later does")
    func standing() async throws {
        let revoked = try await make { fixture in
            [try fixture.keyEventEnvelope(.revoke, fixture.verdict.publicKey, .verdict, invalidFrom: 4)]
        }
        let check = StatementCheck(revoked.proof, leaf: revoked.proof.extra, believing: revoked.keys)
        #expect(states(check) == [.holds, .fails, .holds, .holds])
        let retired = try await make { fixture in
            [try fixture.keyEventEnvelope(.retire, fixture.verdict.publicKey, .verdict, invalidFrom: 10)]
        }
        #expect(StatementCheck(retired.proof, leaf: retired.proof.extra, believing: retired.keys).holds)
    }

    @Test("a statement that the log takes back does not hold, where the log is at hand", arguments: [false, true])
    func takenBack(byKey: Bool) async throws {
        let made = try await make { fixture in
            let target = try fixture.verdictEnvelope("good", .malicious).statementID
            let revocation = RevocationStatement(
                target: .statement(target), reason: "a test", createdAt: Timestamp(secondsSinceEpoch: 1_767_225_600))
            return [
                try byKey
                    ? fixture.keyEventEnvelope(.revoke, fixture.verdict.publicKey, .verdict, invalidFrom: 4)
                    : Envelope.signing(.revocation(revocation), withAll: [fixture.root])
            ]
        }
        let entries = try made.reader.statements(matching: StatementFilter(predicateType: .verdict), limit: 100)
        let standing = try made.reader.standing(of: entries)
        let own = try #require(entries.first { $0.leaf == made.proof.extra }).logged.statementID
        #expect(standing.values.count { $0 == .stands } == (byKey ? 0 : 20))
        #expect(standing[own] == (byKey ? .void : .revoked))
        var keys = made.keys
        keys.standing = standing[own]
        let check = StatementCheck(made.proof, leaf: made.proof.extra, believing: keys)
        #expect(!check.holds && check.findings.last?.part == .standing && check.findings.last?.state == .fails)
        keys.standing = .stands
        #expect(StatementCheck(made.proof, leaf: made.proof.extra, believing: keys).holds == !byKey)
    }

    @Test("without the log's keys nothing is assumed; named keys are enough")
    func withoutLog() async throws {
        let made = try await make()
        let nobody = StatementCheck.Keys(log: [])
        let blind = StatementCheck(made.proof, leaf: made.proof.extra, believing: nobody)
        #expect(!blind.holds && states(blind) == [.unknown, .unknown, .holds, .unknown])
        let named = StatementCheck.Keys(log: made.keys.log, signers: [made.fixture.verdict.publicKey])
        #expect(StatementCheck(made.proof, leaf: made.proof.extra, believing: named).holds)
        let wrong = StatementCheck.Keys(log: made.keys.log, signers: [made.fixture.operatorKey.publicKey])
        #expect(!StatementCheck(made.proof, leaf: made.proof.extra, believing: wrong).holds)
    }
}
