import Cryptography
import Platform
import Screening
import TestSupport
import Testing
import TransparencyLog

@testable import VerdictStore

/// The writes of the sequencer outside its database: the anchor, and the key files that it starts with.
@Suite("Anchor and key files under faults")
struct AnchorFaultTests {
    /// Which of the anchor's writes fail, counted from the first.
    private final class FailingWrites: Sendable {
        private let state: Lock<(passed: Int, failing: ClosedRange<Int>)>
        private let fault: LogFault

        init(_ failing: ClosedRange<Int>, _ fault: LogFault) {
            state = Lock((passed: 0, failing: failing))
            self.fault = fault
        }

        func write(_ bytes: [UInt8], _ path: String) throws(FileError) {
            let isFailing = state.withLock { state in
                state.passed += 1
                return state.failing.contains(state.passed)
            }
            if !isFailing || fault == .failedButPersisted { try Files.writeDurably(bytes, to: path, mode: 0o644) }
            if isFailing { throw FileError(operation: "double", path: path, code: 5) }
        }
    }

    private func open(_ fixture: LogFixture, _ writes: FailingWrites, _ doubts: Doubts) async throws -> VerdictLog {
        let seams = VerdictLog.Seams(
            onDoubt: { doubts.add($0) }, wrapping: { $0 },
            anchoring: { anchor in
                var anchor = anchor
                anchor.write = { (bytes, path) throws(FileError) in try writes.write(bytes, path) }
                return anchor
            })
        return try await VerdictLog.open(
            fixture.directory, signingWith: [fixture.log], logger: .silent, progress: { _, _ in }, seams: seams)
    }

    @Test(
        "an anchor that cannot be written makes nobody wait and lags at most, never leads",
        arguments: [1...1, 2...2, 3...3, 1...100], LogFault.allCases)
    func failingAnchor(failing: ClosedRange<Int>, fault: LogFault) async throws {
        let fixture = try LogFixture()
        let doubts = Doubts()
        let log = try await open(fixture, FailingWrites(failing, fault), doubts)
        for number in 0..<4 {
            _ = try await log.append(fixture.verdictEnvelope("package-\(number)"))
            let verification = try fixture.verify()
            #expect(verification.entries == log.size.value)
            #expect(verification.anchoredSize ?? 0 <= log.size.value)
        }
        await log.close()
        #expect(doubts.all.isEmpty)
        let isAlwaysLost = failing == 1...100 && fault == .failedAndLost
        #expect(try fixture.verify().anchoredSize == (isAlwaysLost ? nil : log.size.value))
        // The next start catches up, and goes on.
        let reopened = try await fixture.open()
        #expect(try fixture.verify().anchoredSize == log.size.value)
        _ = try await reopened.append(fixture.verdictEnvelope("after"))
        await reopened.close()
        #expect(try fixture.verify().entries == log.size.value + 1)
    }

    @Test("a key file whose writing was interrupted is not there; one that was written counts, whatever was reported")
    func keyFiles() throws {
        let fixture = try LogFixture()
        let store = KeyStore(directory: fixture.directory.keysDirectory)
        // Lost: only the temporary file of an interrupted write.
        try Files.createDirectory(store.directory)
        try Files.writeDurably(Array("jurat private".utf8), to: "\(store.directory)/\(TemporaryFile.namePrefix)00ff")
        #expect(!store.contains(.verdict))
        #expect(try store.list().isEmpty)
        // Persisted: whoever was told of a failure finds the key when trying again, and it is never replaced.
        let key = try store.create(.verdict)
        #expect(throws: KeyFileError.self) { try store.create(.verdict) }
        #expect(try store.load(.verdict).publicKey == key.publicKey)
        #expect(try store.list().map(\.publicKey) == [key.publicKey])
    }
}
