import Cryptography
import Platform
import Registry
import Screening
import TestSupport
import Testing

@testable import VerdictStore

@Suite("Flagged artifacts by name")
struct FlaggedSubjectTests {
    private let fixture: LogFixture

    init() throws { fixture = try LogFixture() }

    private func name(_ text: String) throws -> PackageName { try PackageName(parsing: text, ecosystem: .npm) }

    private func flagged(_ log: VerdictLog, _ text: String) throws -> [FlaggedSubject] {
        log.knowledge.flagged(try name(text))
    }

    private func revocation(
        _ target: RevocationTarget, by key: Ed25519SigningKey, at moment: Int64 = 1_800_000_000
    ) throws -> Envelope {
        let statement = RevocationStatement(
            target: target, reason: "a test", createdAt: Timestamp(secondsSinceEpoch: moment))
        return try Envelope.signing(.revocation(statement), with: key)
    }

    /// A verdict about the bytes `bytes` as the package `purl`.
    private func verdict(
        _ bytes: String, _ purl: String, _ verdict: Verdict = .clean, _ analyzer: AnalyzerID = .static_,
        at moment: Int64 = 0
    ) throws -> Envelope {
        let purl = try PackageURL(parsing: purl)
        let statement = VerdictStatement(
            subject: Subject(
                purl: purl, sha512: LogFixture.sha512(bytes), sha256: SHA256Digest(hashing: Array(bytes.utf8))),
            analyzer: AnalyzerRevision(
                id: analyzer, version: "1",
                ruleset: RulesetReference(name: "test", digest: SHA256Digest(hashing: [1]))),
            appliesTo: analyzer == .advisory ? .coordinates([purl]) : .bytes, verdict: verdict, findings: [],
            createdAt: Timestamp(secondsSinceEpoch: 1_767_225_600 + moment))
        return try Envelope.signing(.verdict(statement), with: fixture.verdict)
    }

    @Test("only what was ever called malicious is flagged, under every name and version that the log saw the bytes as")
    func malicious() async throws {
        let log = try await fixture.open()
        _ = try await log.append(verdict("x", "pkg:npm/first@1.0.0", .clean, .advisory))
        _ = try await log.append(verdict("y", "pkg:npm/clean@1.0.0"))
        _ = try await log.append(verdict("z", "pkg:npm/odd@1.0.0", .suspicious))
        #expect(try flagged(log, "first").isEmpty)
        let bad = try await log.append(verdict("x", "pkg:npm/second@2.0.0", .malicious))
        _ = try await log.append(verdict("x", "pkg:npm/third@3.0.0", .clean, .advisory))
        for named in ["first", "second", "third"] {
            let subjects = try flagged(log, named)
            try #require(subjects.count == 1, "\(named)")
            #expect(subjects[0].sha512 == LogFixture.sha512("x"))
            #expect(
                subjects[0].purls.map(\.text)
                    == ["pkg:npm/first@1.0.0", "pkg:npm/second@2.0.0", "pkg:npm/third@3.0.0"])
            #expect(subjects[0].moments[bad.statementID] == Timestamp(secondsSinceEpoch: 1_767_225_600))
            #expect(subjects[0].knowledge.verdicts.count == 3)
        }
        #expect(try flagged(log, "clean").isEmpty && flagged(log, "odd").isEmpty)
        let prefix = Array(bad.statementID.digest.bytes.prefix(6))
        #expect(log.knowledge.flagged(statementPrefix: prefix).map(\.sha512) == [LogFixture.sha512("x")])
        #expect(log.knowledge.flagged(statementPrefix: [1, 2, 3, 4, 5, 6]).isEmpty)
        await log.close()
    }

    @Test(
        "a clean verdict that was revoked by name is lost until a clean one takes its place; a restart knows the same")
    func lost() async throws {
        let log = try await fixture.open()
        let first = try await log.append(verdict("x", "pkg:npm/taken@1.0.0"))
        _ = try await log.append(verdict("x", "pkg:npm/taken@1.0.0", .clean, .advisory))
        _ = try await log.append(verdict("y", "pkg:npm/other@1.0.0"))
        _ = try await log.append(revocation(.statement(first.statementID), by: fixture.verdict))
        func lost(_ log: VerdictLog) throws -> [StatementID] {
            try flagged(log, "taken").flatMap(\.lostVerdicts).map(\.statement)
        }
        #expect(try lost(log) == [first.statementID])
        #expect(
            try flagged(log, "taken")[0].moments == [first.statementID: Timestamp(secondsSinceEpoch: 1_800_000_000)])
        #expect(try flagged(log, "other").isEmpty)
        await log.close()
        let reopened = try await fixture.open()
        #expect(try lost(reopened) == [first.statementID])
        _ = try await reopened.append(verdict("x", "pkg:npm/taken@1.0.0", .suspicious, at: 1))
        #expect(try lost(reopened) == [first.statementID], "what is not clean does not take its place")
        _ = try await reopened.append(verdict("x", "pkg:npm/taken@1.0.0", .clean, at: 2))
        #expect(try lost(reopened).isEmpty)
        await reopened.close()
    }

    @Test("a revocation may come before its verdict; one of a worse verdict or of a ruleset loses nothing by name")
    func notLost() async throws {
        let log = try await fixture.open()
        let later = try verdict("late", "pkg:npm/late@1.0.0")
        _ = try await log.append(revocation(.statement(later.statementID), by: fixture.verdict))
        #expect(try flagged(log, "late").isEmpty)
        _ = try await log.append(later)
        #expect(try flagged(log, "late").flatMap(\.lostVerdicts).count == 1, "the order in the log changes nothing")

        let bad = try await log.append(verdict("bad", "pkg:npm/bad@1.0.0", .malicious))
        _ = try await log.append(revocation(.statement(bad.statementID), by: fixture.root))
        let subjects = try flagged(log, "bad")
        #expect(subjects.flatMap(\.lostVerdicts).isEmpty && subjects.flatMap(\.knowledge.verdicts).isEmpty)

        _ = try await log.append(verdict("rules", "pkg:npm/rules@1.0.0"))
        let rules = RulesetReference(name: "test", digest: SHA256Digest(hashing: [1]))
        _ = try await log.append(revocation(.ruleset(rules), by: fixture.root))
        #expect(try flagged(log, "rules").isEmpty)
        await log.close()
    }

    @Test("revocations of what is no verdict here flag nothing")
    func elsewhere() async throws {
        let log = try await fixture.open()
        let ruling = try await log.append(fixture.dispositionEnvelope("a", .deny, sequence: 1))
        _ = try await log.append(fixture.verdictEnvelope("a"))
        _ = try await log.append(revocation(.statement(ruling.statementID), by: fixture.root))
        #expect(try flagged(log, "a").isEmpty)
        #expect(log.knowledge.flagged(statementPrefix: Array(ruling.statementID.digest.bytes.prefix(6))).isEmpty)
        await log.close()
    }
}
