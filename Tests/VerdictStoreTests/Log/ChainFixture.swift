import Cryptography
import Platform
import Registry
import Screening

@testable import VerdictStore

/// A log in which verdicts stand on others.
struct ChainFixture {
    let fixture: LogFixture

    init() throws { fixture = try LogFixture() }

    init(_ fixture: LogFixture) { self.fixture = fixture }

    /// A signed verdict about the artifact of a name.
    func verdict(
        _ name: String, _ verdict: Verdict = .clean, _ basis: Basis = .full, analyzer: AnalyzerID = .diff,
        rules: UInt8 = 1, by key: Ed25519SigningKey? = nil, at moment: Int64 = 0
    ) throws -> Envelope {
        let revision = AnalyzerRevision(
            id: analyzer, version: "1",
            ruleset: RulesetReference(name: "test", digest: SHA256Digest(hashing: [rules])))
        let statement = VerdictStatement(
            subject: try LogFixture.subject(name), analyzer: revision, basis: basis, verdict: verdict, findings: [],
            createdAt: Timestamp(secondsSinceEpoch: 1_767_225_600 + moment))
        return try Envelope.signing(.verdict(statement), with: key ?? fixture.verdict)
    }

    /// The basis of a verdict that stands on a logged one.
    static func basis(
        on base: String, _ statement: StatementID, anchor: StatementID? = nil, depth: Int = 1
    ) -> Basis {
        .diff(
            base: LogFixture.sha512(base), baseStatement: statement, anchorStatement: anchor ?? statement, depth: depth)
    }

    /// Appends a full review of `a` and a verdict about the difference to each next one, all clean.
    func chain(_ names: [String], in log: VerdictLog) async throws -> [LoggedStatement] {
        var logged: [LoggedStatement] = []
        for (place, name) in names.enumerated() {
            let basis =
                place == 0
                ? .full
                : Self.basis(
                    on: names[place - 1], logged[place - 1].statementID, anchor: logged[0].statementID, depth: place)
            logged.append(try await log.append(verdict(name, .clean, basis)))
        }
        return logged
    }

    func revocation(_ target: RevocationTarget) throws -> Envelope {
        let statement = RevocationStatement(
            target: target, reason: "a test", createdAt: Timestamp(secondsSinceEpoch: 1_767_225_600))
        return try Envelope.signing(.revocation(statement), with: fixture.root)
    }
}

extension VerdictLog {
    /// The verdicts that count about the artifact of a name.
    func counting(_ name: String) -> [Verdict] {
        knowledge.about(LogFixture.sha512(name)).verdicts.filter { !$0.isVoid }.map(\.verdict)
    }
}
