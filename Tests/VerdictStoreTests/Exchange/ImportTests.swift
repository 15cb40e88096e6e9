import Cryptography
import Platform
import Registry
import Screening
import TestSupport
import Testing
import TransparencyLog

@testable import VerdictStore

@Suite("Importing bundles")
struct ImportTests {
    @Test("an import is receipted in the own log, known at once, and known again after a restart")
    func imports() async throws {
        let fixture = try ExchangeFixture()
        try await fixture.say("good", "malicious-one")
        let bundle = try fixture.verified(try fixture.export())
        let subject = LogFixture.sha512("malicious-one")
        try await fixture.withStore { (log, store) async throws in
            #expect(try await store.outlook(of: bundle, trust: fixture.trust()).newStatements == 6)
            guard case .imported(let logged, 6) = try await store.importBundle(bundle, trust: fixture.trust()),
                case .importReceipt(let receipt) = logged.statement
            else {
                Issue.record("expected an import of 6 entries")
                return
            }
            #expect(receipt.origin == LogFixture.origin && receipt.source == .bundle)
            #expect(receipt.digest == bundle.received.digest && receipt.treeSize == 6)
            let leaves = try fixture.leaves(0..<6).map { MerkleTree.leafHash($0) }
            #expect(receipt.statementsRoot == MerkleTree.root(ofLeafHashes: leaves) && receipt.statementCount == 6)
            #expect(log.size == TreeSize(LogFixture.genesisEntries + 1))
            let found = store.knowledge.about(subject)
            #expect(found.count == 1 && found[0].logIndex == 5 && !found[0].cameFollowed && !found[0].isVoid)
            let trust = try fixture.trust()
            #expect(trust.accepts(found[0]))
            let nobody = try fixture.trust { $0.roots = [] }
            #expect(!nobody.accepts(found[0]))
        }
        _ = try fixture.home.verify()
        try await fixture.withStore { (_, store) async throws in
            let found = store.knowledge.about(subject)
            #expect(found.map(\.logIndex) == [5])
            let state = try await store.state(of: LogFixture.origin)
            #expect(state?.size == 6 && state?.statements == 6 && state?.isFollowed == false && state?.problem == nil)
            #expect(store.knowledge.about(LogFixture.sha512("unknown")).isEmpty)
        }
        #expect(try ForeignStore.verify(fixture.home.directory).statements == 6)
    }

    @Test("the same bundle a second time, and one that adds nothing, change nothing")
    func idempotent() async throws {
        let fixture = try ExchangeFixture()
        try await fixture.say("good", "malicious-one")
        let bundle = try fixture.verified(try fixture.export())
        let part = try fixture.verified(try fixture.export(BundleSelection(verdict: .malicious)))
        try await fixture.withStore { (log, store) async throws in
            _ = try await store.importBundle(bundle, trust: fixture.trust())
            let (size, epoch) = (log.size, store.knowledge.epoch)
            #expect(try await store.importBundle(bundle, trust: fixture.trust()) == .alreadyImported)
            #expect(try await store.importBundle(part, trust: fixture.trust()) == .alreadyImported)
            #expect(log.size == size && store.knowledge.epoch == epoch)
        }
        try await fixture.withStore { (_, store) async throws in
            #expect(try await store.importBundle(bundle, trust: fixture.trust()) == .alreadyImported)
        }
    }

    @Test("a later bundle of the whole log continues the earlier one, and brings only what is new")
    func continues() async throws {
        let fixture = try ExchangeFixture()
        try await fixture.say("good")
        let early = try fixture.verified(try fixture.export())
        try await fixture.say("malicious-one", "second")
        let late = try fixture.verified(try fixture.export())
        try await fixture.withStore { (_, store) async throws in
            #expect(try await store.importBundle(early, trust: fixture.trust()).newStatements == 5)
            #expect(try await store.importBundle(late, trust: fixture.trust()).newStatements == 2)
            #expect(try await store.state(of: LogFixture.origin)?.size == 7)
        }
        #expect(try ForeignStore.verify(fixture.home.directory).imports == 2)
    }

    @Test("a part of a later state needs the proof from what was seen, and says how to get it")
    func needsProof() async throws {
        let fixture = try ExchangeFixture()
        try await fixture.say("good")
        let early = try fixture.verified(try fixture.export(BundleSelection(verdict: .clean)))
        try await fixture.say("second", "malicious-one")
        let bare = try fixture.verified(try fixture.export(BundleSelection(verdict: .malicious)))
        let proved = try fixture.verified(try fixture.export(BundleSelection(verdict: .malicious), since: 5))
        let since = try fixture.verified(try fixture.export(BundleSelection(sinceIndex: 5)))
        let wrongSize = try fixture.verified(try fixture.export(BundleSelection(verdict: .malicious), since: 4))
        try await fixture.withStore { (_, store) async throws in
            _ = try await store.importBundle(early, trust: fixture.trust())
            for bundle in [bare, wrongSize] {
                let error = await #expect(throws: ExchangeFailure.self) {
                    try await store.importBundle(bundle, trust: fixture.trust())
                }
                #expect(error.map { "\($0)" }?.hasSuffix("export it again with --since-checkpoint 5") == true)
            }
            #expect(try await store.outlook(of: proved, trust: fixture.trust()).newStatements == 1)
            #expect(try await store.importBundle(proved, trust: fixture.trust()).newStatements == 1)
            // Now of the same size as what was seen: nothing is left to prove.
            #expect(try await store.importBundle(since, trust: fixture.trust()).newStatements == 1)
            let older = await #expect(throws: ExchangeFailure.self) {
                try await store.importBundle(early, trust: fixture.trust())
            }
            #expect(older.map { "\($0)" }?.contains("an older state cannot be shown") == true)
        }
    }

    @Test("a wrong consistency proof refuses the file and accuses nobody")
    func wrongProof() async throws {
        let fixture = try ExchangeFixture()
        try await fixture.say("good")
        let early = try fixture.verified(try fixture.export(BundleSelection(verdict: .clean)))
        try await fixture.say("second", "malicious-one")
        var text = BundleText(try fixture.export(BundleSelection(verdict: .malicious), since: 5))
        let header = String(decoding: text.lines[text.headerLine], as: UTF8.self)
        let hash = try #require(header.split(separator: #""hashes":[""#).last?.prefix(44))
        text.replace(text.headerLine, String(hash), SHA256Digest(hashing: [7]).base64)
        let altered = try fixture.verified(text.bytes)
        try await fixture.withStore { (_, store) async throws in
            _ = try await store.importBundle(early, trust: fixture.trust())
            let error = await #expect(throws: ExchangeFailure.self) {
                try await store.importBundle(altered, trust: fixture.trust())
            }
            #expect(error.map { "\($0)" }?.hasPrefix("line \(text.headerLine + 1): the consistency proof") == true)
            #expect(try await store.evidence().isEmpty)
            #expect(try await store.state(of: LogFixture.origin)?.problem == nil)
        }
    }

    @Test("quotas hold for statements and for bytes, and nothing is taken beyond them")
    func quotas() async throws {
        let fixture = try ExchangeFixture()
        try await fixture.say("good", "malicious-one")
        let bundle = try fixture.verified(try fixture.export())
        let size = try fixture.leaves(0..<6).reduce(0) { $0 + $1.count }
        try await fixture.withStore { (log, store) async throws in
            let narrow = [
                ForeignQuota(maxStatements: 5), ForeignQuota(maxBytes: UInt64(size - 1)),
            ]
            for quota in narrow {
                let error = await #expect(throws: ExchangeFailure.self) {
                    try await store.importBundle(bundle, trust: fixture.trust { $0.quota = quota })
                }
                guard case .overQuota? = error else {
                    Issue.record("expected the quota to refuse, got \(String(describing: error))")
                    return
                }
            }
            #expect(store.knowledge.about(LogFixture.sha512("malicious-one")).isEmpty)
            #expect(log.size.value == LogFixture.genesisEntries)
            let exact = ForeignQuota(maxStatements: 6, maxBytes: UInt64(size))
            #expect(
                try await store.importBundle(bundle, trust: fixture.trust { $0.quota = exact }).newStatements == 6)
        }
    }

    @Test("trust that changed since the bundle was verified, or ended, imports nothing")
    func changedTrust() async throws {
        let fixture = try ExchangeFixture()
        try await fixture.say("good")
        let trust = try fixture.trust { $0.expiresAt = fixture.clock.now().adding(.seconds(60)) }
        let bundle = try fixture.verified(try fixture.export(), trust)
        try await fixture.withStore { (_, store) async throws in
            await #expect(throws: ExchangeFailure.self) {
                try await store.importBundle(bundle, trust: fixture.trust { $0.roots = [] })
            }
            fixture.clock.advance(by: .seconds(60))
            await #expect(throws: ExchangeFailure.self) { try await store.importBundle(bundle, trust: trust) }
            #expect(try await store.states().isEmpty)
        }
    }
}
