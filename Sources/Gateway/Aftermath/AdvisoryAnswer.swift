import Advisories
import Registry
import Screening

/// What the advisories say about one version now, in the words that an advisory verdict would use.
struct AdvisoryAnswer: Equatable, Sendable {
    /// One problem by all its names.
    struct Problem: Equatable, Sendable {
        /// As it stands in a finding.
        let name: String
        let aliases: [String]
        let isMalicious: Bool

        init(id: String, aliases: [String], isMalicious: Bool) {
            name = Finding.evidence(ofAdvisory: id)
            self.aliases = aliases
            self.isMalicious = isMalicious
        }
    }

    let problems: [Problem]

    var verdict: Verdict { problems.contains(where: \.isMalicious) ? .malicious : .clean }

    /// Whether a logged verdict says just this: the same problems, by the same names, and that there was data.
    func isSaid(by statement: VerdictStatement) -> Bool {
        let said = SaidFindings(statement)
        let names = Set(problems.map(\.name))
        return statement.verdict == verdict && !said.hasReservations && said.names.isSubset(of: names)
            && said.names.count + statement.findingsTruncated == names.count
    }

    /// Whether a standing verdict, whose findings are not at hand, certainly says just this.
    func isCertainlySaid(by standing: StandingVerdict) -> Bool {
        problems.isEmpty && standing.rules.isEmpty && standing.verdict == .clean
    }

    /// The problems that are news to a statement; that a package is hostile is none to one that said so.
    func news(to statement: VerdictStatement) -> [Problem] {
        let said = SaidFindings(statement).names
        return problems.filter { problem in
            !(problem.isMalicious && statement.verdict == .malicious)
                && Finding.isNews(
                    advisories: [problem.name] + problem.aliases, isMalicious: problem.isMalicious, to: said)
        }
    }
}

/// The findings of an advisory verdict: what it names, and whether it says that data were lacking.
struct SaidFindings: Equatable, Sendable {
    let names: Set<String>
    /// Findings that name no advisory say that there were none to ask.
    let hasReservations: Bool

    init(_ statement: VerdictStatement) {
        names = Set(statement.findings.compactMap(\.evidence))
        hasReservations = statement.findings.contains { $0.evidence == nil }
    }
}

/// About which packages one snapshot may say something else than another.
enum SweepScope: Equatable, Sendable {
    case everything
    /// These packages, and all packages of the ecosystems that the earlier one did not know.
    case packages(Set<PackageName>, ecosystems: Set<Ecosystem>)

    static let nothing = SweepScope.packages([], ecosystems: [])

    func contains(_ name: PackageName) -> Bool {
        switch self {
        case .everything: true
        case .packages(let names, let ecosystems): ecosystems.contains(name.ecosystem) || names.contains(name)
        }
    }
}

extension AdvisorySnapshot {
    /// What an advisory verdict about the version would say now; nil when nothing is known of its ecosystem.
    func answer(about name: PackageName, _ version: PackageVersion) -> AdvisoryAnswer? {
        guard let records, records.recordCounts[name.ecosystem] != nil else { return nil }
        return AdvisoryAnswer(
            problems: records.matches(name, version).map { match in
                AdvisoryAnswer.Problem(id: match.id, aliases: match.aliases, isMalicious: match.isMalicious)
            })
    }

    /// About which packages this may say something else than an earlier one.
    func scope(since earlier: any AdvisorySnapshot) -> SweepScope {
        guard let records, let before = earlier.records else { return .everything }
        let added = Ecosystem.allCases.filter {
            records.recordCounts[$0] != nil && before.recordCounts[$0] == nil
        }
        return .packages(Set(records.changedNames(since: before)), ecosystems: Set(added))
    }
}
