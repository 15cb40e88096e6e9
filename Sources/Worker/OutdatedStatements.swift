import Advisories
import JSON
import Screening

/// What an earlier advisory verdict of the log says about the subject of a job, and that bytes were served under it.
struct ServedStatement: Sendable, Equatable {
    let statement: StatementID
    /// The advisories that it names, as they stand in the log.
    let findings: Set<String>

    /// Reads one element of a lease's `standing`; nil when it is none.
    init?(reading value: JSONValue) {
        guard let text = value["statement"]?.stringValue, let statement = try? StatementID(hex: text),
            let findings = value["findings"]?.arrayValue
        else { return nil }
        let names = findings.compactMap(\.stringValue)
        guard names.count == findings.count else { return nil }
        self.statement = statement
        self.findings = Set(names)
    }
}

/// A statement that is to be taken back, and why.
struct OutdatedStatement: Sendable, Equatable {
    let statement: StatementID
    /// One sentence of ours; never text of a record.
    let reason: String

    private static let maxNamed = 4

    /// Those of `served` that lack something which is known now.
    ///
    /// Only advisories do this: what they say changes with time while the bytes stay the same. What another analyzer says
    /// of the same bytes by newer rules is a newer verdict and no reason to take back an older one.
    static func among(_ served: [ServedStatement], now matches: [AdvisoryMatch]) -> [OutdatedStatement] {
        served.compactMap { served in
            let news = matches.filter { match in
                Finding.isNews(
                    advisories: [match.id] + match.aliases, isMalicious: match.isMalicious, to: served.findings)
            }
            .map { Finding.evidence(ofAdvisory: $0.id) }
            guard !news.isEmpty else { return nil }
            return OutdatedStatement(statement: served.statement, reason: sentence(news))
        }
    }

    private static func sentence(_ news: [String]) -> String {
        guard news.count > 1 else { return "\(news[0]) became known after this artifact was served" }
        let named = news.prefix(maxNamed).joined(separator: ", ")
        let rest = news.count - maxNamed
        return "\(named)\(rest > 0 ? " and \(rest) more" : "") became known after this artifact was served"
    }
}
