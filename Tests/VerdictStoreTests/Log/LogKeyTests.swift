import Cryptography
import Platform
import Screening
import Testing
import TransparencyLog

@testable import VerdictStore

@Suite("Several log keys")
struct LogKeyTests {
    /// Which of these keys signed a note, by their place in the list.
    private func signers(of note: SignedNote, among keys: [Ed25519SigningKey]) throws -> [Int] {
        try keys.indices.filter { index in
            let verifier = try NoteVerifier(name: LogFixture.origin, publicKey: keys[index].publicKey)
            do throws(NoteError) {
                try note.verify(by: verifier)
                return true
            } catch .noTrustedSignature {
                return false
            }
        }
    }

    private func receipt(_ number: UInt64) -> ImportReceiptStatement {
        ImportReceiptStatement(
            origin: "peer.example/verdicts", source: .bundle, digest: SHA256Digest(hashing: [UInt8(number)]),
            treeSize: number, root: SHA256Digest(hashing: [2]), statementCount: 1,
            statementsRoot: SHA256Digest(hashing: [3]), createdAt: Timestamp(secondsSinceEpoch: 1_767_225_600))
    }

    @Test("both keys sign from the event that adds the second to the event that retires the first")
    func overlap() async throws {
        let fixture = try LogFixture()
        let next = Ed25519SigningKey.generate()
        let keys = [fixture.log, next]
        let log = try await VerdictLog.open(fixture.directory, signingWith: keys, logger: .silent)
        _ = try await log.append(fixture.verdictEnvelope("before"))
        #expect(try signers(of: log.checkpoint, among: keys) == [0])
        _ = try await log.append(fixture.keyEventEnvelope(.add, next.publicKey, .log))
        #expect(try signers(of: log.checkpoint, among: keys) == [0, 1])
        _ = try await log.append(fixture.verdictEnvelope("between"))
        #expect(try signers(of: log.checkpoint, among: keys) == [0, 1])
        let end = try fixture.keyEventEnvelope(.retire, fixture.log.publicKey, .log, invalidFrom: log.size.value)
        _ = try await log.append(end)
        #expect(try signers(of: log.checkpoint, among: keys) == [1])
        await log.close()
        #expect(try fixture.verify().entries == LogFixture.genesisEntries + 4)
    }

    @Test("a key that is given to an open log signs from the next entry on")
    func replaced() async throws {
        let fixture = try LogFixture()
        let next = Ed25519SigningKey.generate()
        let keys = [fixture.log, next]
        let log = try await fixture.open()
        _ = try await log.append(fixture.keyEventEnvelope(.add, next.publicKey, .log))
        #expect(try signers(of: log.checkpoint, among: keys) == [0])
        try await log.replaceLogKeys(keys)
        _ = try await log.append(fixture.verdictEnvelope("between"))
        #expect(try signers(of: log.checkpoint, among: keys) == [0, 1])
        try await log.replaceLogKeys([next])
        _ = try await log.append(fixture.verdictEnvelope("after"))
        #expect(try signers(of: log.checkpoint, among: keys) == [1])
        await log.close()
        _ = try fixture.verify()
    }

    @Test("keys that are all unknown or ended replace nothing")
    func replacedByStrangers() async throws {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        for keys in [[], [Ed25519SigningKey.generate()], [fixture.verdict]] {
            let error = await #expect(throws: LogError.self) { try await log.replaceLogKeys(keys) }
            guard case .notTheLogKey? = error else {
                Issue.record("expected a refusal of the keys, got \(String(describing: error))")
                return
            }
        }
        _ = try await log.append(fixture.verdictEnvelope("still-signed"))
        #expect(try signers(of: log.checkpoint, among: [fixture.log]) == [0])
        await log.close()
    }

    @Test("an event that would end the last key at hand is refused, alone or in a group", arguments: [false, true])
    func lastKey(inGroup: Bool) async throws {
        let fixture = try LogFixture()
        let elsewhere = Ed25519SigningKey.generate()
        let log = try await fixture.open()
        // Good, but not here: it cannot sign in the place of the last one that is.
        _ = try await log.append(fixture.keyEventEnvelope(.add, elsewhere.publicKey, .log))
        let size = log.size.value
        let retire = try fixture.keyEventEnvelope(.retire, fixture.log.publicKey, .log, invalidFrom: size)
        let verdict = try fixture.verdictEnvelope("beside-it")
        async let beside = inGroup ? log.append(verdict) : nil
        let error = await #expect(throws: LogError.self) { try await log.append(retire) }
        #expect(error?.description.contains("rotate the log key first") == true)
        _ = try await beside
        #expect(log.size.value == size + (inGroup ? 1 : 0))
        await log.close()
    }

    @Test("a head that only an ended key signed does not open, and does not pass verification")
    func headByEndedKey() async throws {
        let fixture = try LogFixture()
        let next = Ed25519SigningKey.generate()
        let log = try await VerdictLog.open(fixture.directory, signingWith: [fixture.log, next], logger: .silent)
        _ = try await log.append(fixture.keyEventEnvelope(.add, next.publicKey, .log))
        let end = try fixture.keyEventEnvelope(.revoke, fixture.log.publicKey, .log, invalidFrom: log.size.value)
        _ = try await log.append(end)
        let checkpoint = try Checkpoint(origin: LogFixture.origin, size: log.size, root: log.root)
        await log.close()
        let old = try NoteSigner(name: LogFixture.origin, key: fixture.log)
        let note = try SignedNote.sign(checkpoint.text, by: old)
        let connection = try fixture.foreignConnection()
        try connection.run("DROP TRIGGER checkpointsKeep")
        try connection.run(
            "UPDATE checkpoints SET note = ? WHERE size = ?", .text(String(decoding: note.bytes, as: UTF8.self)),
            .index(checkpoint.size.value))
        let trigger = VerdictLogSchema.triggers.first { "\($0)".contains("checkpointsKeep") }
        try connection.run(try #require(trigger))
        let error = await #expect(throws: LogError.self) {
            try await VerdictLog.open(fixture.directory, signingWith: [fixture.log, next], logger: .silent)
        }
        guard case .damaged(.checkpoint(size: checkpoint.size.value, _))? = error else {
            Issue.record("expected a refusal of the checkpoint, got \(String(describing: error))")
            return
        }
        let finding = #expect(throws: LogError.self) { try fixture.verify() }
        guard case .damaged(.checkpoint(size: checkpoint.size.value, _))? = finding else {
            Issue.record("expected verification to refuse the checkpoint, got \(String(describing: finding))")
            return
        }
    }

    @Test("a log whose first key was retired opens with the second alone, and not with the first")
    func opensWithTheGood() async throws {
        let fixture = try LogFixture()
        let next = Ed25519SigningKey.generate()
        let log = try await VerdictLog.open(fixture.directory, signingWith: [fixture.log, next], logger: .silent)
        _ = try await log.append(fixture.keyEventEnvelope(.add, next.publicKey, .log))
        let end = try fixture.keyEventEnvelope(.retire, fixture.log.publicKey, .log, invalidFrom: log.size.value)
        _ = try await log.append(end)
        await log.close()
        await #expect(throws: LogError.self) { try await fixture.open() }
        let again = try await VerdictLog.open(fixture.directory, signingWith: next, logger: .silent)
        await again.close()
    }

    @Test("a receipt is signed with the oldest good log key")
    func receipts() async throws {
        let fixture = try LogFixture()
        let next = Ed25519SigningKey.generate()
        let log = try await VerdictLog.open(fixture.directory, signingWith: [next, fixture.log], logger: .silent)
        #expect(try await log.append(receipt: receipt(1)).signer == fixture.log.publicKey.keyID)
        _ = try await log.append(fixture.keyEventEnvelope(.add, next.publicKey, .log))
        #expect(try await log.append(receipt: receipt(2)).signer == fixture.log.publicKey.keyID)
        let end = try fixture.keyEventEnvelope(.retire, fixture.log.publicKey, .log, invalidFrom: log.size.value)
        _ = try await log.append(end)
        #expect(try await log.append(receipt: receipt(3)).signer == next.publicKey.keyID)
        await log.close()
        _ = try fixture.verify()
    }
}
