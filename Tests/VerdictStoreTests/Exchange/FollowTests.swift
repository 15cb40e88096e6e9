import Cryptography
import Platform
import Registry
import Screening
import TestSupport
import Testing
import TransparencyLog

@testable import VerdictStore

@Suite("Following a log")
struct FollowTests {
    @Test("a log is taken over from its first entry, and later only what is new", arguments: [1, 3, 100])
    func follows(atOnce: Int) async throws {
        let fixture = try ExchangeFixture()
        try await fixture.say("good", "malicious-one")
        try await fixture.withStore { (log, store) async throws in
            #expect(try await fixture.follow(store, atOnce: atOnce).newStatements == 6)
            #expect(try await fixture.follow(store).newStatements == nil)
            try await fixture.say("second", "malicious-two", "third")
            guard case .imported(let logged, 3) = try await fixture.follow(store, atOnce: atOnce),
                case .importReceipt(let receipt) = logged.statement
            else {
                Issue.record("expected three new entries")
                return
            }
            #expect(receipt.source == .followed && receipt.treeSize == 9 && receipt.statementCount == 3)
            #expect(receipt.digest == SHA256Digest(hashing: try fixture.note()))
            #expect(log.size.value == LogFixture.genesisEntries + 2)
            let state = try await store.state(of: LogFixture.origin)
            #expect(state?.isFollowed == true && state?.followedSize == 9 && state?.statements == 9)
            #expect(store.knowledge.about(LogFixture.sha512("malicious-two")).map(\.cameFollowed) == [true])
        }
        let verification = try ForeignStore.verify(fixture.home.directory)
        #expect(verification.imports == 2 && verification.statements == 9 && verification.signatures == 9)
        try await fixture.withStore { (_, store) async throws in
            #expect(try await fixture.follow(store).newStatements == nil)
            #expect(store.knowledge.about(LogFixture.sha512("malicious-one")).map(\.cameFollowed) == [true])
        }
    }

    @Test("the same checkpoint again keeps the log fresh, also over a restart")
    func freshness() async throws {
        let fixture = try ExchangeFixture()
        try await fixture.say("good")
        let start = fixture.clock.now()
        try await fixture.withStore { (_, store) async throws in
            _ = try await fixture.follow(store)
            #expect(store.knowledge.lastVerifiedAt(LogFixture.origin) == start)
            fixture.clock.advance(by: .seconds(600))
            try await store.confirm(fixture.trust(), unchanged: fixture.note())
            #expect(store.knowledge.lastVerifiedAt(LogFixture.origin) == start.adding(.seconds(600)))
            try await fixture.say("more")
            await #expect(throws: ExchangeFailure.self) {
                try await store.confirm(fixture.trust(), unchanged: fixture.note())
            }
        }
        try await fixture.withStore { (_, store) async throws in
            #expect(store.knowledge.lastVerifiedAt(LogFixture.origin) == start.adding(.seconds(600)))
        }
    }

    @Test("a bundle and following the same log add up, and a bundle does not make a followed log fresh")
    func bundleAndFollow() async throws {
        let fixture = try ExchangeFixture()
        try await fixture.say("good", "malicious-one")
        let part = try fixture.verified(try fixture.export(BundleSelection(verdict: .malicious)))
        try await fixture.withStore { (_, store) async throws in
            _ = try await store.importBundle(part, trust: fixture.trust())
            let subject = LogFixture.sha512("malicious-one")
            #expect(store.knowledge.about(subject).map(\.cameFollowed) == [false])
            #expect(try await fixture.follow(store).newStatements == 1)
            #expect(store.knowledge.about(subject).map(\.cameFollowed) == [true])
            #expect(store.knowledge.about(LogFixture.sha512("good")).map(\.cameFollowed) == [true])

            try await fixture.say("malicious-two")
            let before = store.knowledge.lastVerifiedAt(LogFixture.origin)
            fixture.clock.advance(by: .seconds(60))
            let later = try fixture.verified(try fixture.export(BundleSelection(sinceIndex: 6)))
            #expect(try await store.importBundle(later, trust: fixture.trust()).newStatements == 1)
            #expect(store.knowledge.lastVerifiedAt(LogFixture.origin) == before)
            let found = store.knowledge.about(LogFixture.sha512("malicious-two"))
            #expect(found.map(\.cameFollowed) == [false])
            // Everything is held already; following only says that nothing is missing.
            #expect(try await fixture.follow(store).newStatements == 0)
            #expect(store.knowledge.about(LogFixture.sha512("malicious-two")).map(\.cameFollowed) == [true])
            // An older bundle of a followed log can be compared.
            #expect(try await store.importBundle(part, trust: fixture.trust()) == .alreadyImported)
        }
        _ = try ForeignStore.verify(fixture.home.directory)
    }

    @Test("keys that the peer ends and statements that it revokes stop counting")
    func revocations() async throws {
        let fixture = try ExchangeFixture()
        try await fixture.say("good", "malicious-one", "malicious-two", "suspicious-three")
        let taken = try Statement(parsingCanonical: fixture.verdict(about: "malicious-two").payload)
        let takenID = try Envelope.signing(taken, with: fixture.peer.verdict).statementID
        func revocation(_ id: StatementID) -> Statement {
            .revocation(
                RevocationStatement(target: .statement(id), reason: "a mistake", createdAt: fixture.clock.now()))
        }
        let keptID = try fixture.verdict(about: "malicious-one").statementID
        try await fixture.withStore { (_, store) async throws in
            _ = try await fixture.follow(store)
            #expect(store.knowledge.about(LogFixture.sha512("malicious-two")).count == 1)
            try await fixture.append([
                try Envelope.signing(revocation(takenID), with: fixture.peer.root),
                // By a key that is void from an earlier entry on: whoever had it takes nothing back.
                try Envelope.signing(revocation(keptID), with: fixture.peer.verdict),
                try fixture.peer.keyEventEnvelope(
                    .revoke, fixture.peer.verdict.publicKey, .verdict, invalidFrom: 4),
            ])
            let epoch = store.knowledge.epoch
            #expect(try await fixture.follow(store).newStatements == 3)
            #expect(store.knowledge.epoch > epoch)
            #expect(store.knowledge.about(LogFixture.sha512("malicious-two")).isEmpty)
            #expect(store.knowledge.about(LogFixture.sha512("good")).isEmpty)
            #expect(store.knowledge.about(LogFixture.sha512("malicious-one")).map(\.isVoid) == [true])
            #expect(store.knowledge.about(LogFixture.sha512("suspicious-three")).map(\.isVoid) == [true])
        }
        // The peer's revoked key cannot come back: the keys are remembered over a restart.
        try await fixture.withStore { (_, store) async throws in
            #expect(store.knowledge.about(LogFixture.sha512("malicious-one")).map(\.isVoid) == [true])
            #expect(
                store.knowledge.keyring(of: LogFixture.origin).isValidNow(fixture.peer.verdict.publicKey.keyID) == false
            )
        }
    }

    @Test(
        "a key of the peer that speaks for one analyzer takes back no verdict of another")
    func scopedRevocation() async throws {
        let fixture = try ExchangeFixture()
        try await fixture.say("malicious-one")
        let narrow = Ed25519SigningKey.generate()
        let scope = KeyScope(predicateTypes: KeyScope.standard(for: .verdict).predicateTypes, analyzers: [.advisory])
        let add = KeyEventStatement(
            event: .add, publicKey: narrow.publicKey, role: .verdict, scope: scope, reason: "a test")
        let revocation = RevocationStatement(
            target: .statement(try fixture.verdict(about: "malicious-one").statementID), reason: "a test",
            createdAt: fixture.clock.now())
        try await fixture.append([
            try Envelope.signing(.keyEvent(add), with: fixture.peer.root),
            try Envelope.signing(.revocation(revocation), with: narrow),
        ])
        try await fixture.withStore { (_, store) async throws in
            _ = try await fixture.follow(store)
            #expect(store.knowledge.about(LogFixture.sha512("malicious-one")).map(\.isVoid) == [false])
        }
    }

    @Test("a log that goes back is refused, both checkpoints are kept, and the last state stays")
    func rollback() async throws {
        let fixture = try ExchangeFixture()
        try await fixture.say("good")
        let old = try fixture.note()
        try await fixture.say("malicious-one")
        try await fixture.withStore { (log, store) async throws in
            _ = try await fixture.follow(store)
            let size = log.size
            for _ in 0..<3 {
                let error = await #expect(throws: ExchangeFailure.self) {
                    try await store.follow(fixture.trust(), to: old)
                }
                guard case .rolledBack(LogFixture.origin, seen: 6, offered: 5)? = error else {
                    Issue.record("expected a rollback, got \(String(describing: error))")
                    return
                }
            }
            let evidence = try await store.evidence()
            #expect(evidence.count == 1 && evidence[0].kind == .rollback)
            let shown = try fixture.note()
            #expect(evidence[0].seenNote == shown && evidence[0].offeredNote == old)
            let state = try await store.state(of: LogFixture.origin)
            #expect(state?.size == 6 && state?.problem == "it shows 5 entries and had shown 6")
            #expect(store.knowledge.about(LogFixture.sha512("malicious-one")).count == 1)
            #expect(log.size == size)
        }
        try await fixture.withStore { (_, store) async throws in
            #expect(try await store.state(of: LogFixture.origin)?.problem != nil)
            fixture.clock.advance(by: .seconds(1))
            try await store.confirm(fixture.trust(), unchanged: fixture.note())
            #expect(try await store.state(of: LogFixture.origin)?.problem == nil)
            #expect(try await store.evidence().count == 1)
        }
    }

    @Test("a peer that shows another old state at every look does not fill the disk with evidence")
    func evidenceIsBounded() async throws {
        let fixture = try ExchangeFixture()
        var notes: [[UInt8]] = []
        for number in 0..<20 {
            try await fixture.say("one-\(number)")
            notes.append(try fixture.note())
        }
        try await fixture.say("last")
        try await fixture.withStore { (_, store) async throws in
            _ = try await fixture.follow(store)
            for note in notes {
                await #expect(throws: ExchangeFailure.self) { try await store.follow(fixture.trust(), to: note) }
            }
            let evidence = try await store.evidence()
            #expect(evidence.count == 16 && evidence.map(\.offeredNote) == Array(notes.prefix(16)))
        }
    }

    @Test("a rollback is noticed even when foreign.db was moved aside: the receipts remember")
    func rollbackWithoutStore() async throws {
        let fixture = try ExchangeFixture()
        try await fixture.say("good")
        let old = try fixture.note()
        try await fixture.say("malicious-one")
        try await fixture.withStore { (_, store) async throws in _ = try await fixture.follow(store) }
        try Files.remove(fixture.home.directory.foreignPath)
        fixture.clock.advance(by: .seconds(1))
        try await fixture.withStore { (_, store) async throws in
            let state = try await store.state(of: LogFixture.origin)
            #expect(state?.size == 6 && state?.statements == 0 && state?.problem?.contains("log index 4") == true)
            let error = await #expect(throws: ExchangeFailure.self) {
                try await store.follow(fixture.trust(), to: old)
            }
            guard case .rolledBack? = error else {
                Issue.record("expected a rollback, got \(String(describing: error))")
                return
            }
            #expect(try await fixture.follow(store).newStatements == 6)
            #expect(try await store.state(of: LogFixture.origin)?.problem == nil)
        }
        #expect(try ForeignStore.verify(fixture.home.directory).lostReceipts == [4])
    }

    /// What a peer shows that forked its log after some common entries.
    struct Fork {
        let fixture: ExchangeFixture
        let fork: ExchangeFixture

        init() async throws {
            fixture = try ExchangeFixture()
            try await fixture.say("good")
            fork = ExchangeFixture(peer: try fixture.peer.copied(), home: fixture.home)
        }
    }

    @Test("another history of the same size is refused with both checkpoints kept")
    func sameSize() async throws {
        let both = try await Fork()
        try await both.fixture.say("malicious-one")
        try await both.fork.say("innocent-one")
        try await both.fixture.withStore { (_, store) async throws in
            _ = try await both.fixture.follow(store)
            let error = await #expect(throws: ExchangeFailure.self) {
                try await store.follow(both.fixture.trust(), to: both.fork.note())
            }
            try await expectSplitView(error, store, both)
            await #expect(throws: ExchangeFailure.self) {
                try await store.confirm(both.fixture.trust(), unchanged: both.fork.note())
            }
            let forked = try both.fork.verified(both.fork.export())
            await #expect(throws: ExchangeFailure.self) {
                try await store.importBundle(forked, trust: both.fixture.trust())
            }
            #expect(try await store.evidence().count == 1)
        }
    }

    @Test("another history that is longer is refused, by its entries and by a bundle of it")
    func longer() async throws {
        let both = try await Fork()
        try await both.fixture.say("malicious-one")
        try await both.fork.say("innocent-one", "innocent-two")
        try await both.fixture.withStore { (log, store) async throws in
            _ = try await both.fixture.follow(store)
            let size = log.size
            let session = try await store.follow(both.fixture.trust(), to: both.fork.note())
            #expect(session.wanted == 6..<7)
            try await session.add(both.fork.leaves(6..<7))
            let error = await #expect(throws: ExchangeFailure.self) { try await session.finish() }
            try await expectSplitView(error, store, both)
            await #expect(throws: ExchangeFailure.self) { try await session.add([]) }

            let forked = try both.fork.verified(both.fork.export())
            let second = await #expect(throws: ExchangeFailure.self) {
                try await store.importBundle(forked, trust: both.fixture.trust())
            }
            guard case .splitView? = second else {
                Issue.record("expected a split view, got \(String(describing: second))")
                return
            }
            #expect(log.size == size)
            // The log as it was goes on.
            try await both.fixture.say("third")
            #expect(try await both.fixture.follow(store).newStatements == 1)
        }
        _ = try ForeignStore.verify(both.fixture.home.directory)
    }

    @Test("a fork of what only bundles were taken of is found when its entries pass the state seen")
    func forkAfterBundle() async throws {
        let both = try await Fork()
        try await both.fixture.say("malicious-one")
        try await both.fork.say("innocent-one", "innocent-two")
        let part = try both.fixture.verified(
            both.fixture.export(BundleSelection(purl: PackageURL(parsing: "pkg:npm/good"))))
        try await both.fixture.withStore { (_, store) async throws in
            _ = try await store.importBundle(part, trust: both.fixture.trust())
            let session = try await store.follow(both.fixture.trust(), to: both.fork.note())
            let error = await #expect(throws: ExchangeFailure.self) {
                try await session.add(both.fork.leaves(0..<7))
            }
            try await expectSplitView(error, store, both)
            // An older bundle than the state seen, of a log that is not followed, cannot be compared.
            let innocent = try both.fork.verified(both.fork.export(BundleSelection(verdict: .malicious)))
            await #expect(throws: ExchangeFailure.self) {
                try await store.importBundle(innocent, trust: both.fixture.trust())
            }
        }
    }

    private func expectSplitView(_ error: ExchangeFailure?, _ store: ForeignStore, _ both: Fork) async throws {
        guard case .splitView? = error else {
            Issue.record("expected a split view, got \(String(describing: error))")
            return
        }
        let evidence = try await store.evidence()
        #expect(evidence.count == 1 && evidence[0].kind == .splitView)
        let (shown, forked) = (try both.fixture.note(), try both.fork.note())
        #expect(evidence[0].seenNote == shown && evidence[0].offeredNote == forked)
        let state = try await store.state(of: LogFixture.origin)
        #expect(state?.size == 6 && state?.problem?.contains("does not fit") == true)
    }
}
