import Cryptography
import Platform
import Registry
import Screening
import TestSupport
import Testing

@testable import VerdictStore

@Suite("Verdicts that stand on others")
struct ChainTests {
    private let chains: ChainFixture
    private var fixture: LogFixture { chains.fixture }

    init() throws { chains = try ChainFixture() }

    /// What can happen to the first of a chain.
    enum Loss: CaseIterable {
        case revoked, ruleset, keyRevoked, keyEnded, malicious

        var fault: ChainFault {
            switch self {
            case .revoked, .ruleset, .keyRevoked: .revokedBase
            case .keyEnded: .voidBase
            case .malicious: .maliciousBase
            }
        }
    }

    @Test("what loses its base counts for nothing, and so does what stands on that", arguments: Loss.allCases)
    func losses(_ loss: Loss) async throws {
        let log = try await fixture.open()
        let other = Ed25519SigningKey.generate()
        _ = try await log.append(fixture.keyEventEnvelope(.add, other.publicKey, .verdict))
        let base = try await log.append(chains.verdict("a", rules: 7, by: other))
        let second = try await log.append(
            chains.verdict("b", .clean, ChainFixture.basis(on: "a", base.statementID)))
        let third = try await log.append(
            chains.verdict(
                "c", .clean,
                ChainFixture.basis(on: "b", second.statementID, anchor: base.statementID, depth: 2)))
        _ = try await log.append(chains.verdict("unrelated"))
        #expect(["a", "b", "c"].map(log.counting) == [[.clean], [.clean], [.clean]])
        #expect(log.knowledge.lapsedSubjects().isEmpty)
        let before = log.knowledge.about(LogFixture.sha512("c")).revision

        let taking =
            switch loss {
            case .revoked: try chains.revocation(.statement(base.statementID))
            case .ruleset:
                try chains.revocation(.ruleset(RulesetReference(name: "x", digest: SHA256Digest(hashing: [7]))))
            case .keyRevoked: try chains.revocation(.key(other.publicKey.keyID))
            case .keyEnded: try fixture.keyEventEnvelope(.revoke, other.publicKey, .verdict, invalidFrom: base.logIndex)
            case .malicious: try chains.verdict("a", .malicious, analyzer: .static_)
            }
        _ = try await log.append(taking)
        #expect(["b", "c", "unrelated"].map(log.counting) == [[], [], [.clean]])
        #expect(log.knowledge.chainFault(of: second.statementID) == loss.fault)
        #expect(log.knowledge.chainFault(of: third.statementID) == .unsoundBase)
        #expect(log.knowledge.about(LogFixture.sha512("c")).revision > before)
        let lost = loss == .malicious ? ["b", "c"] : ["a", "b", "c"]
        #expect(log.knowledge.lapsedSubjects() == lost.map(LogFixture.sha512).sorted())

        await log.close()
        let reopened = try await fixture.open()
        #expect(["b", "c", "unrelated"].map(reopened.counting) == [[], [], [.clean]], "the same after a restart")
        _ = try await reopened.append(chains.verdict("c", at: 1))
        #expect(reopened.counting("c") == [.clean], "a full review takes its place")
        #expect(!reopened.knowledge.lapsedSubjects().contains(LogFixture.sha512("c")))
        await reopened.close()
    }

    @Test("a verdict that never had a base does not count, and its fault has a name")
    func forgeries() async throws {
        let log = try await fixture.open()
        let base = try await log.append(chains.verdict("a"))
        let bad = try await log.append(chains.verdict("bad", .suspicious))
        let foreign = try await log.append(chains.verdict("a", analyzer: .aiReview))
        let late = try chains.verdict("late")
        let unknown = StatementID(digest: SHA256Digest(hashing: [9]))
        let cases: [(String, Basis, ChainFault)] = [
            ("f1", ChainFixture.basis(on: "a", unknown), .missingBase),
            ("f2", ChainFixture.basis(on: "unrelated", base.statementID), .missingBase),
            ("f3", ChainFixture.basis(on: "late", late.statementID), .laterBase),
            ("f4", ChainFixture.basis(on: "a", foreign.statementID), .otherAnalyzer),
            ("f5", ChainFixture.basis(on: "bad", bad.statementID), .uncleanBase),
            ("f6", ChainFixture.basis(on: "a", base.statementID, anchor: bad.statementID), .wrongAnchor),
            ("f7", ChainFixture.basis(on: "a", base.statementID, depth: 2), .wrongDepth),
        ]
        var made: [StatementID] = []
        for (name, basis, _) in cases {
            made.append(try await log.append(chains.verdict(name, .clean, basis)).statementID)
        }
        _ = try await log.append(late)
        for (statement, (name, _, fault)) in zip(made, cases) {
            #expect(log.knowledge.chainFault(of: statement) == fault, "\(name)")
            #expect(log.counting(name) == [], "\(name)")
            #expect(log.knowledge.verifiedBase(by: .diff, about: LogFixture.sha512(name)) == nil)
        }
        #expect(log.knowledge.chainFaultCount == cases.count)
        await log.close()
    }

    @Test("a suspicion whose base is lost holds the artifact until it is judged again")
    func suspicion() async throws {
        let log = try await fixture.open()
        let base = try await log.append(chains.verdict("a"))
        _ = try await log.append(chains.verdict("b", .suspicious, ChainFixture.basis(on: "a", base.statementID)))
        _ = try await log.append(chains.revocation(.statement(base.statementID)))
        let verdicts = log.knowledge.about(LogFixture.sha512("b")).verdicts
        #expect(verdicts.map(\.verdict) == [.suspicious] && verdicts.map(\.isVoid) == [true])
        await log.close()
    }

    @Test("a chain holds again when the accusation of its base was revoked or its analyzer took it back")
    func acquittal() async throws {
        let log = try await fixture.open()
        _ = try await chains.chain(["a", "b", "c"], in: log)
        let accusation = try await log.append(chains.verdict("a", .malicious, analyzer: .static_))
        #expect(log.counting("c") == [])
        _ = try await log.append(chains.revocation(.statement(accusation.statementID)))
        #expect(log.counting("c") == [.clean])
        _ = try await log.append(chains.verdict("b", .malicious, analyzer: .static_))
        #expect(log.counting("b") == [.clean, .malicious])
        #expect(log.counting("c") == [])
        let acquittal = try await log.append(chains.verdict("b", .clean, analyzer: .static_, at: 1))
        #expect(log.counting("c") == [.clean])
        _ = try await log.append(chains.revocation(.statement(acquittal.statementID)))
        #expect(log.counting("c") == [], "the accusation counts again")
        await log.close()
    }

    @Test("the base to stand on is the newest statement that counts, with its anchor and its depth")
    func verifiedBases() async throws {
        let log = try await fixture.open()
        func base(_ name: String) -> VerifiedBase? {
            log.knowledge.verifiedBase(by: .diff, about: LogFixture.sha512(name))
        }
        let logged = try await chains.chain(["a", "b", "c"], in: log)
        let ids = logged.map(\.statementID)
        let anchor = LogFixture.sha512("a")
        #expect(base("a") == VerifiedBase(statement: ids[0], anchorStatement: ids[0], anchor: anchor, depth: 0))
        #expect(base("c") == VerifiedBase(statement: ids[2], anchorStatement: ids[0], anchor: anchor, depth: 2))
        #expect(
            base("c")?.basis(of: LogFixture.sha512("c"))
                == ChainFixture.basis(on: "c", ids[2], anchor: ids[0], depth: 3))
        #expect(base("unknown") == nil)
        #expect(log.knowledge.verifiedBase(by: .static_, about: anchor) == nil)
        let again = try await log.append(chains.verdict("c", at: 1)).statementID
        #expect(base("c")?.statement == again && base("c")?.depth == 0)
        let doubt = try await log.append(chains.verdict("c", .suspicious, at: 2)).statementID
        #expect(base("c") == nil, "the newest says otherwise")
        _ = try await log.append(chains.revocation(.statement(doubt)))
        #expect(base("c")?.statement == again)
        _ = try await log.append(chains.verdict("c", .malicious, analyzer: .advisory))
        #expect(base("c") == nil, "whoever says malicious")
        await log.close()
    }

    @Test("an index of some artifacts says the same as that of the whole log")
    func partialReading() async throws {
        let log = try await fixture.open()
        let ids = try await chains.chain(["a", "b", "c", "d"], in: log).map(\.statementID)
        _ = try await log.append(chains.verdict("b", .malicious, analyzer: .static_))
        let reader = try LogReader(fixture.directory)
        let part = try reader.knowledge(about: [LogFixture.sha512("d")])
        #expect(part.about(LogFixture.sha512("d")).verdicts == [])
        #expect(part.chainFault(of: ids[3]) == .unsoundBase)
        let entries = try reader.statements(matching: StatementFilter(analyzer: .diff), limit: 10)
        let standing = try reader.standing(of: entries)
        #expect(ids.map { standing[$0] } == [.stands, .stands, .unsound, .unsound])
        await log.close()
    }
}
