import Cryptography
import Platform
import Registry
import Screening
import TestSupport
import Testing
import TransparencyLog

@testable import VerdictStore

/// A write of an import: the store's own steps, and the receipt in the own log.
enum ExchangeWrite: Hashable, Sendable, CustomTestStringConvertible {
    case step(ForeignStore.Step)
    case receipt

    static let ofAnImport: [ExchangeWrite] = [.step(.stage), .receipt, .step(.confirm)]

    var testDescription: String {
        switch self {
        case .step(let step): step.rawValue
        case .receipt: "receipt"
        }
    }
}

/// When writes fail, and whether anything works after the first failure.
final class ExchangeFaults: Sendable {
    private struct State {
        var remaining: Int
        var isCrashed = false
    }

    private let target: ExchangeWrite
    private let fault: LogFault
    /// After the fault nothing is written any more, as when the process ended there.
    private let crashes: Bool
    private let state: Lock<State>

    init(_ target: ExchangeWrite, _ fault: LogFault, crashes: Bool, atPass pass: Int = 1) {
        self.target = target
        self.fault = fault
        self.crashes = crashes
        state = Lock(State(remaining: pass))
    }

    /// What happens at a write: nil when it works.
    func fault(at write: ExchangeWrite) -> LogFault? {
        state.withLock { state in
            if state.isCrashed { return .failedAndLost }
            guard write == target, state.remaining > 0 else { return nil }
            state.remaining -= 1
            guard state.remaining == 0 else { return nil }
            state.isCrashed = crashes
            return fault
        }
    }

    static let error = DatabaseError(kind: .inputOutput, path: "double", operation: "write", detail: "a fault")

    var seams: ForeignStore.Seams {
        ForeignStore.Seams { step, work throws(ExchangeFailure) in
            let fault = self.fault(at: .step(step))
            if fault != .failedAndLost { try work() }
            if fault != nil { throw .database(ExchangeFaults.error) }
        }
    }

    func book(_ real: any ReceiptBook) -> any ReceiptBook { FaultyReceiptBook(real: real, faults: self) }
}

private struct FaultyReceiptBook: ReceiptBook {
    let real: any ReceiptBook
    let faults: ExchangeFaults

    func append(_ receipt: ImportReceiptStatement) async throws(LogError) -> LoggedStatement {
        let fault = faults.fault(at: .receipt)
        if fault == .failedAndLost { throw .database(ExchangeFaults.error) }
        let logged = try await real.append(receipt)
        if fault != nil { throw .database(ExchangeFaults.error) }
        return logged
    }

    func find(_ receipt: ImportReceiptStatement) throws(LogError) -> LoggedStatement? { try real.find(receipt) }
    func all() throws(LogError) -> [LoggedStatement] { try real.all() }
}

/// Every write of an import fails once, in both ways, with and without the process ending there. After each, the log and
/// the store must verify against each other, either all or nothing counts, and a repetition ends with all of it.
@Suite("Imports under faults")
struct ExchangeFaultTests {
    private static let subject = LogFixture.sha512("malicious-one")

    private func prepared() async throws -> ExchangeFixture {
        let fixture = try ExchangeFixture()
        try await fixture.say("good", "malicious-one")
        return fixture
    }

    /// Opens anew, takes the bundle again and checks everything.
    private func expectWhole(_ fixture: ExchangeFixture, following: Bool) async throws {
        try await fixture.withStore { (_, store) async throws in
            // All of it or nothing, whatever came before.
            #expect([0, 6].contains(try await store.state(of: LogFixture.origin)?.statements ?? 0))
            if following {
                _ = try await fixture.follow(store)
            } else {
                _ = try await store.importBundle(fixture.verified(fixture.export()), trust: fixture.trust())
            }
            #expect(store.knowledge.about(Self.subject).count == 1)
            let state = try await store.state(of: LogFixture.origin)
            #expect(state?.statements == 6 && state?.problem == nil)
        }
        _ = try fixture.home.verify()
        let verification = try ForeignStore.verify(fixture.home.directory)
        #expect(verification.statements == 6 && verification.imports == 1 && verification.lostReceipts.isEmpty)
    }

    @Test(
        "a bundle whose import ends at any write is all there or not at all after the next start",
        arguments: ExchangeWrite.ofAnImport, LogFault.allCases)
    func crashes(write: ExchangeWrite, fault: LogFault) async throws {
        let fixture = try await prepared()
        let bundle = try fixture.verified(try fixture.export())
        let faults = ExchangeFaults(write, fault, crashes: true)
        let (log, store) = try await fixture.open(seams: faults.seams, book: faults.book)
        await #expect(throws: ExchangeFailure.self) {
            try await store.importBundle(bundle, trust: fixture.trust())
        }
        #expect(store.knowledge.about(Self.subject).isEmpty)
        await store.close()
        await log.close()
        try await expectWhole(fixture, following: false)
    }

    @Test(
        "a bundle whose import fails at any write can be imported again at once",
        arguments: ExchangeWrite.ofAnImport, LogFault.allCases)
    func failures(write: ExchangeWrite, fault: LogFault) async throws {
        let fixture = try await prepared()
        let bundle = try fixture.verified(try fixture.export())
        let faults = ExchangeFaults(write, fault, crashes: false)
        let (log, store) = try await fixture.open(seams: faults.seams, book: faults.book)
        if write == .receipt, fault == .failedButPersisted {
            // The log itself says that the receipt is there, so the import counts.
            #expect(try await store.importBundle(bundle, trust: fixture.trust()).newStatements == 6)
        } else {
            await #expect(throws: ExchangeFailure.self) {
                try await store.importBundle(bundle, trust: fixture.trust())
            }
            #expect(store.knowledge.about(Self.subject).isEmpty)
            _ = try await store.importBundle(bundle, trust: fixture.trust())
        }
        #expect(store.knowledge.about(Self.subject).count == 1)
        #expect(try await store.importBundle(bundle, trust: fixture.trust()) == .alreadyImported)
        await store.close()
        await log.close()
        try await expectWhole(fixture, following: false)
    }

    @Test(
        "a followed log whose session ends at any write is all there or not at all after the next start",
        arguments: ExchangeWrite.ofAnImport, LogFault.allCases)
    func followedCrashes(write: ExchangeWrite, fault: LogFault) async throws {
        // With three entries at once, six are staged in two writes, and a third says what they are.
        for pass in 1...(write == .step(.stage) ? 3 : 1) {
            let fixture = try await prepared()
            let faults = ExchangeFaults(write, fault, crashes: true, atPass: pass)
            let (log, store) = try await fixture.open(seams: faults.seams, book: faults.book)
            await #expect(throws: ExchangeFailure.self) { try await fixture.follow(store) }
            #expect(store.knowledge.about(Self.subject).isEmpty)
            await store.close()
            await log.close()
            try await expectWhole(fixture, following: true)
        }
    }

    @Test(
        "a followed log whose session fails at any write can be followed again at once",
        arguments: ExchangeWrite.ofAnImport, LogFault.allCases)
    func followedFailures(write: ExchangeWrite, fault: LogFault) async throws {
        for pass in 1...(write == .step(.stage) ? 3 : 1) {
            let fixture = try await prepared()
            let faults = ExchangeFaults(write, fault, crashes: false, atPass: pass)
            let (log, store) = try await fixture.open(seams: faults.seams, book: faults.book)
            _ = try? await fixture.follow(store)
            _ = try await fixture.follow(store)
            #expect(store.knowledge.about(Self.subject).map(\.cameFollowed) == [true])
            await store.close()
            await log.close()
            try await expectWhole(fixture, following: true)
        }
    }

    @Test("what cannot be dropped after a failure is dropped by the next attempt", arguments: LogFault.allCases)
    func failedDiscard(fault: LogFault) async throws {
        let fixture = try await prepared()
        let bundle = try fixture.verified(try fixture.export())
        let first = ExchangeFaults(.receipt, .failedAndLost, crashes: false)
        let second = ExchangeFaults(.step(.discard), fault, crashes: false)
        let (log, store) = try await fixture.open(seams: second.seams, book: first.book)
        await #expect(throws: ExchangeFailure.self) {
            try await store.importBundle(bundle, trust: fixture.trust())
        }
        #expect(try await store.importBundle(bundle, trust: fixture.trust()).newStatements == 6)
        await store.close()
        await log.close()
        try await expectWhole(fixture, following: false)
    }

    @Test("evidence or a sighting that cannot be written refuses, and is there at the next attempt")
    func sideWrites() async throws {
        let fixture = try await prepared()
        let fork = ExchangeFixture(peer: try fixture.peer.copied(), home: fixture.home)
        try await fixture.say("malicious-two")
        try await fork.say("innocent-two")
        for fault in LogFault.allCases {
            let evidence = ExchangeFaults(.step(.evidence), fault, crashes: false)
            let (log, store) = try await fixture.open(seams: evidence.seams)
            _ = try await fixture.follow(store)
            for _ in 0..<2 {
                await #expect(throws: ExchangeFailure.self) {
                    try await store.follow(fixture.trust(), to: fork.note())
                }
            }
            #expect(try await store.evidence().count == 1)
            await store.close()
            await log.close()

            fixture.clock.advance(by: .seconds(60))
            let sighting = ExchangeFaults(.step(.sighting), fault, crashes: false)
            let (again, other) = try await fixture.open(seams: sighting.seams)
            await #expect(throws: ExchangeFailure.self) {
                try await other.confirm(fixture.trust(), unchanged: fixture.note())
            }
            try await other.confirm(fixture.trust(), unchanged: fixture.note())
            #expect(other.knowledge.lastVerifiedAt(LogFixture.origin) == fixture.clock.now())
            await other.close()
            await again.close()
        }
    }

    @Test("a second taker of the same log is told to wait, and a dropped session frees it")
    func oneAtATime() async throws {
        let fixture = try await prepared()
        let bundle = try fixture.verified(try fixture.export())
        try await fixture.withStore { (_, store) async throws in
            do {
                let session = try await store.follow(fixture.trust(), to: fixture.note())
                try await session.add(fixture.leaves(0..<3))
                let error = await #expect(throws: ExchangeFailure.self) {
                    try await store.importBundle(bundle, trust: fixture.trust())
                }
                guard case .busy? = error else {
                    Issue.record("expected to be told to wait, got \(String(describing: error))")
                    return
                }
                withExtendedLifetime(session) {}
            }
            #expect(try await store.importBundle(bundle, trust: fixture.trust()).newStatements == 6)
        }
        #expect(try ForeignStore.verify(fixture.home.directory).imports == 1)
    }
}
