import Cryptography
import Platform
import Registry
import Screening
import TestSupport
import Testing

@testable import VerdictStore

@Suite("Chains in log verify")
struct ChainVerificationTests {
    private let chains: ChainFixture
    private var fixture: LogFixture { chains.fixture }

    init() throws { chains = try ChainFixture() }

    private func findings(_ log: VerdictLog) async throws -> ChainReport {
        await log.close()
        return try fixture.verify().chains
    }

    @Test("a log whose chains hold is reported without findings")
    func sound() async throws {
        let log = try await fixture.open()
        _ = try await chains.chain(["a", "b", "c"], in: log)
        let report = try await findings(log)
        #expect(report == ChainReport(verdicts: 2, findings: []))
    }

    @Test("each way to forge a base is reported by its name")
    func forgeries() async throws {
        let log = try await fixture.open()
        let base = try await log.append(chains.verdict("a"))
        let bad = try await log.append(chains.verdict("bad", .suspicious))
        let foreign = try await log.append(chains.verdict("a", analyzer: .aiReview))
        let late = try chains.verdict("late")
        let unknown = StatementID(digest: SHA256Digest(hashing: [9]))
        let cases: [(Basis, ChainFault)] = [
            (ChainFixture.basis(on: "a", unknown), .missingBase),
            (ChainFixture.basis(on: "b", base.statementID), .otherBytes),
            (ChainFixture.basis(on: "late", late.statementID), .laterBase),
            (ChainFixture.basis(on: "a", foreign.statementID), .otherAnalyzer),
            (ChainFixture.basis(on: "bad", bad.statementID), .uncleanBase),
            (ChainFixture.basis(on: "a", base.statementID, anchor: bad.statementID), .wrongAnchor),
            (ChainFixture.basis(on: "a", base.statementID, depth: 3), .wrongDepth),
        ]
        for (number, (basis, _)) in cases.enumerated() {
            _ = try await log.append(chains.verdict("forged-\(number)", .clean, basis))
        }
        _ = try await log.append(late)
        let report = try await findings(log)
        #expect(report.verdicts == cases.count)
        #expect(report.findings.map(\.fault) == cases.map(\.1))
        #expect(report.findings.map(\.purl.text) == cases.indices.map { "pkg:npm/forged-\($0)@1.0.0" })
        #expect(report.broken == report.findings && report.lapsed.isEmpty)
        for finding in report.findings { #expect("\(finding)".contains(finding.fault.rawValue)) }
    }

    @Test("what lost its base in good order is reported and breaks nothing")
    func lapses() async throws {
        let log = try await fixture.open()
        let ids = try await chains.chain(["a", "b", "c"], in: log).map(\.statementID)
        _ = try await chains.chain(["x", "y"], in: log)
        _ = try await log.append(chains.revocation(.statement(ids[0])))
        _ = try await log.append(chains.verdict("x", .malicious, analyzer: .advisory))
        let report = try await findings(log)
        #expect(report.findings.map(\.fault) == [.revokedBase, .unsoundBase, .maliciousBase])
        #expect(report.broken.isEmpty && report.lapsed.count == 3)
    }

    @Test("a base whose key was ended from before it on is reported as void")
    func voidBase() async throws {
        let log = try await fixture.open()
        let other = Ed25519SigningKey.generate()
        _ = try await log.append(fixture.keyEventEnvelope(.add, other.publicKey, .verdict))
        let base = try await log.append(chains.verdict("a", by: other))
        _ = try await log.append(chains.verdict("b", .clean, ChainFixture.basis(on: "a", base.statementID)))
        _ = try await log.append(
            fixture.keyEventEnvelope(.revoke, other.publicKey, .verdict, invalidFrom: base.logIndex))
        let report = try await findings(log)
        #expect(report.findings.map(\.fault) == [.voidBase] && report.broken.isEmpty)
    }

    @Test("a forged verdict that was taken back is dealt with")
    func takenBack() async throws {
        let log = try await fixture.open()
        let unknown = StatementID(digest: SHA256Digest(hashing: [9]))
        let forged = try await log.append(chains.verdict("b", .clean, ChainFixture.basis(on: "a", unknown)))
        _ = try await log.append(chains.revocation(.statement(forged.statementID)))
        let report = try await findings(log)
        #expect(report.findings.map(\.fault) == [.missingBase])
        #expect(report.broken.isEmpty && report.lapsed.count == 1)
    }
}
