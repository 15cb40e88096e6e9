import Cryptography
import Glibc
import Platform
import Screening
import TestSupport
import Testing
import TransparencyLog

@testable import VerdictStore

/// Ends the process with SIGKILL at a step: nothing is flushed, closed or rolled back.
final class KillingLogDatabase: LogDatabase {
    private let real: any LogDatabase
    private let step: LogStep
    private let isAfter: Bool

    init(_ real: any LogDatabase, step: LogStep, isAfter: Bool) {
        self.real = real
        self.step = step
        self.isAfter = isAfter
    }

    private func perform(_ step: LogStep, _ work: () throws(DatabaseError) -> Void) throws(DatabaseError) {
        if step == self.step, !isAfter { kill(getpid(), SIGKILL) }
        try work()
        if step == self.step, isAfter { kill(getpid(), SIGKILL) }
    }

    func entry(of statement: StatementID, signer: KeyID) throws(DatabaseError) -> (logIndex: UInt64, leaf: [UInt8])? {
        try real.entry(of: statement, signer: signer)
    }

    func begin() throws(DatabaseError) {
        try perform(.begin) { () throws(DatabaseError) in try real.begin() }
    }

    func insert(_ entry: PendingEntry) throws(DatabaseError) {
        try perform(.insertEntry) { () throws(DatabaseError) in try real.insert(entry) }
    }

    func insert(_ tile: FullTile) throws(DatabaseError) {
        try perform(.insertTile) { () throws(DatabaseError) in try real.insert(tile) }
    }

    func insert(_ checkpoint: StoredCheckpoint) throws(DatabaseError) {
        try perform(.insertCheckpoint) { () throws(DatabaseError) in try real.insert(checkpoint) }
    }

    func commit() throws(DatabaseError) {
        try perform(.commit) { () throws(DatabaseError) in try real.commit() }
    }

    func rollBack() throws(DatabaseError) { try real.rollBack() }

    func walCheckpoint() throws(DatabaseError) {
        try perform(.walCheckpoint) { () throws(DatabaseError) in try real.walCheckpoint() }
    }
}

@Suite("The sequencer killed between steps")
struct SequencerKillTests {
    /// Opens a log in a process of its own and is killed while appending.
    private static func beKilled(
        _ path: String, seed: [UInt8], leaf: [UInt8], step: String, isAfter: Bool
    ) async throws {
        let step = LogStep(rawValue: step) ?? .commit
        let seams = VerdictLog.Seams(
            onDoubt: { _ in }, wrapping: { KillingLogDatabase($0, step: step, isAfter: isAfter) })
        let log = try await VerdictLog.open(
            DataDirectory(path: path), signingWith: [Ed25519SigningKey(seed: seed)], logger: .silent,
            progress: { _, _ in }, seams: seams)
        _ = try await log.append(Envelope(parsingLeaf: leaf))
        await log.close()
    }

    @Test(
        "whatever the moment, the log verifies afterwards, holds all or nothing, and goes on",
        arguments: [LogStep.begin, .insertEntry, .insertTile, .insertCheckpoint, .commit, .walCheckpoint],
        [false, true])
    func killed(step: LogStep, isAfter: Bool) async throws {
        let fixture = try LogFixture()
        let log = try await fixture.open()
        _ = try await log.append(fixture.verdictEnvelope("before"))
        // Long enough that the step is reached at all.
        if step == .insertTile { try await fixture.append(255 - Int(log.size.value), to: log) }
        let size = log.size.value
        await log.close()

        let envelope = try fixture.verdictEnvelope("victim")
        let path = fixture.directory.path
        let seed = unsafe fixture.log.withSeed { unsafe Array($0) }
        let (leaf, name) = (envelope.leafBytes, step.rawValue)
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = path as String, seed = seed as [UInt8], leaf = leaf as [UInt8], name = name as String, isAfter] in
            try await Self.beKilled(path, seed: seed, leaf: leaf, step: name, isAfter: isAfter)
        }

        let isThere = step == .walCheckpoint || step == .commit && isAfter
        #expect(try fixture.verify().entries == size + (isThere ? 1 : 0))
        let reopened = try await fixture.open()
        #expect(try await reopened.append(envelope).logIndex == size)
        _ = try await reopened.append(fixture.verdictEnvelope("after"))
        await reopened.close()
        #expect(try fixture.verify().entries == size + 2)
    }
}
