import Screening
import VerdictStore

/// What the verdicts found that a decision stands on: for people who ask why.
struct DecisiveFindings: Sendable {
    let log: LogReader

    /// Gravest first, by one analyzer or all; notes that weigh nothing are none of it. What two of them found is there once.
    ///
    /// A list goes on without what a damaged entry would say; `holds show` reports the damage.
    func findings(of judgement: Judgement, by analyzer: AnalyzerID? = nil) -> [Finding] {
        var found: [Finding] = []
        for standing in judgement.input.statements
        where standing.source == .own && judgement.decision.standsOn.contains(standing.statement)
            && (analyzer == nil || analyzer == standing.analyzer)
        {
            guard let entry = try? log.entry(at: standing.logIndex),
                case .verdict(let verdict) = entry.logged.statement
            else { continue }
            found += verdict.findings.filter { $0.severity > .info }
        }
        var told: Set<Finding> = []
        return found.filter { told.insert($0).inserted }.sorted { $0.severity > $1.severity }
    }
}
