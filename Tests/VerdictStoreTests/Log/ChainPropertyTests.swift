import Cryptography
import Platform
import Registry
import Screening
import TestSupport
import Testing

@testable import VerdictStore

/// What counts by the definition, worked out from nothing for each question.
private struct ChainModel {
    var verdicts: [LoggedStatement] = []
    var revoked: Set<StatementID> = []

    private func statement(_ logged: LoggedStatement) -> VerdictStatement? {
        if case .verdict(let verdict) = logged.statement { verdict } else { nil }
    }

    func counts(_ logged: LoggedStatement) -> Bool {
        guard let verdict = statement(logged), !revoked.contains(logged.statementID) else { return false }
        guard case .diff(let digest, let id, let anchor, let depth) = verdict.basis else { return true }
        guard let base = verdicts.first(where: { $0.statementID == id }), let said = statement(base),
            base.logIndex < logged.logIndex, said.subject.sha512 == digest, said.analyzer.id == verdict.analyzer.id,
            said.verdict == .clean, counts(base), !isAccused(digest)
        else { return false }
        guard case .diff(_, _, let first, let steps) = said.basis else { return anchor == id && depth == 1 }
        return anchor == first && depth == steps + 1
    }

    private func isAccused(_ digest: SHA512Digest) -> Bool {
        let about = verdicts.filter { statement($0)?.subject.sha512 == digest && !revoked.contains($0.statementID) }
        return about.contains { accusing in
            statement(accusing)?.verdict == .malicious
                && !about.contains { later in
                    later.logIndex > accusing.logIndex && statement(later)?.basis == .full
                        && statement(later)?.verdict != .malicious
                        && statement(later)?.analyzer.id == statement(accusing)?.analyzer.id
                }
        }
    }
}

@Suite("Chains, whatever happens")
struct ChainPropertyTests {
    private static let names = ["a", "b", "c", "d", "e"]

    @Test("what is kept up to date is what the definition says, and what a restart works out", arguments: 0..<6)
    func randomLogs(_ number: Int) async throws {
        let seed = UInt64(20_261_122 + number)
        var random = SeededRandom(seed: seed)
        let chains = try ChainFixture()
        let log = try await chains.fixture.open()
        var model = ChainModel()
        for moment in 0..<60 {
            if !model.verdicts.isEmpty, Int.random(in: 0..<5, using: &random) == 0 {
                let target = model.verdicts[Int.random(in: 0..<model.verdicts.count, using: &random)].statementID
                _ = try await log.append(chains.revocation(.statement(target)))
                model.revoked.insert(target)
            } else {
                let envelope = try verdict(chains, model, Int64(moment), &random)
                model.verdicts.append(try await log.append(envelope))
            }
            compare(log.knowledge, model, "seed \(seed), step \(moment)")
        }
        let lapsed = log.knowledge.lapsedSubjects()
        await log.close()
        let reopened = try await chains.fixture.open()
        compare(reopened.knowledge, model, "seed \(seed), after a restart")
        #expect(reopened.knowledge.lapsedSubjects() == lapsed)
        await reopened.close()
        let reader = try LogReader(chains.fixture.directory)
        for name in Self.names {
            let part = try reader.knowledge(about: [LogFixture.sha512(name)])
            let whole = reopened.knowledge.about(LogFixture.sha512(name)).verdicts
            #expect(part.about(LogFixture.sha512(name)).verdicts == whole, "seed \(seed), \(name)")
        }
    }

    /// A verdict of any kind; most that stand on another one name it rightly.
    private func verdict(
        _ chains: ChainFixture, _ model: ChainModel, _ moment: Int64, _ random: inout SeededRandom
    ) throws -> Envelope {
        let name = Self.names.randomElement(using: &random) ?? "a"
        let analyzer: AnalyzerID = Int.random(in: 0..<4, using: &random) == 0 ? .static_ : .diff
        let kinds: [Verdict] = [.clean, .clean, .clean, .clean, .suspicious, .malicious]
        let verdict = kinds.randomElement(using: &random) ?? .clean
        var basis = Basis.full
        if analyzer == .diff, Int.random(in: 0..<3, using: &random) > 0,
            let base = model.verdicts.randomElement(using: &random), case .verdict(let said) = base.statement
        {
            var (anchor, depth) = (base.statementID, 1)
            if case .diff(_, _, let first, let steps) = said.basis { (anchor, depth) = (first, steps + 1) }
            if Int.random(in: 0..<12, using: &random) == 0 { depth += 1 }
            basis = .diff(
                base: said.subject.sha512, baseStatement: base.statementID, anchorStatement: anchor, depth: depth)
        }
        return try chains.verdict(name, verdict, basis, analyzer: analyzer, at: moment)
    }

    private func compare(_ knowledge: KnowledgeIndex, _ model: ChainModel, _ place: String) {
        for name in Self.names {
            let digest = LogFixture.sha512(name)
            let kept = knowledge.about(digest).verdicts.filter { !$0.isVoid }.map(\.statement)
            let counting = model.verdicts.filter { logged in
                logged.statement.subject?.sha512 == digest && model.counts(logged)
            }
            #expect(kept == counting.map(\.statementID), "\(place), \(name)")
        }
    }
}
