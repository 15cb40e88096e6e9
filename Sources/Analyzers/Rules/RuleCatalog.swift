import Cryptography
import Registry
public import Screening

/// The one table of rules: findings, documentation and the ruleset's digest are made from it.
public enum RuleCatalog {
    /// Every rule, in the order of the documentation.
    public static let rules: [Rule] =
        installRules + metadataRules + archiveRules + unanalyzedRules + hiddenTextRules + reviewerTextRules
        + executionRules + obfuscationRules + statisticsRules + setupRules + capabilityRules + indicatorRules
        + combinationRules + advisoryRules + differenceRules + historyRules + escalationRules + reviewRules

    /// Every detail's observation, in the order of the documentation.
    static let observations: [Observation] = rules.flatMap(\.details).map { Observation($0.code) }

    /// The version that the `static` analyzer states; grows with every change of what it may answer.
    public static let staticVersion = "1"
    /// The version that the `advisory` analyzer states.
    public static let advisoryVersion = "0"
    /// The version that the `ai-review` analyzer states.
    public static let reviewVersion = "1"
    /// The version that the `diff` analyzer states; grows with every change of what it may answer.
    public static let diffVersion = "1"

    private static let byCode: [String: (rule: Rule, detail: RuleDetail)] = {
        var found: [String: (Rule, RuleDetail)] = [:]
        for rule in rules {
            for detail in rule.details {
                precondition(found[detail.code] == nil, "two rules claim the detail \(detail.code)")
                found[detail.code] = (rule, detail)
            }
        }
        return found
    }()

    /// The rule and detail that a code stands for; nil for a code that no rule has.
    static func entry(code: String) -> (rule: Rule, detail: RuleDetail)? { byCode[code] }

    /// What the evidence of a finding says: a code, and the reach when it is known; nil when it is not ours.
    static func reading(evidence: String) -> (rule: Rule, detail: RuleDetail, reach: Reach?)? {
        let parts = evidence.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let code = parts.first, let entry = byCode[String(code)] else { return nil }
        guard parts.count == 2 else { return (entry.rule, entry.detail, nil) }
        guard let reach = Reach(rawValue: String(parts[1])) else { return nil }
        return (entry.rule, entry.detail, reach)
    }

    /// The evidence of a finding: the code, and the reach when it is known.
    static func evidence(_ observation: Observation, _ reach: Reach?) -> String {
        reach.map { "\(observation.rawValue)@\($0.rawValue)" } ?? observation.rawValue
    }

    /// The rule and detail of an observation.
    static func entry(_ observation: Observation) -> (rule: Rule, detail: RuleDetail) {
        guard let entry = byCode[observation.rawValue] else {
            preconditionFailure("no rule has the detail \(observation.rawValue)")
        }
        return entry
    }

    /// The sentence for a finding of ours; the rule's title when its detail is not known to this version.
    public static func sentence(for finding: Finding) -> String {
        if let evidence = finding.evidence, let read = reading(evidence: evidence), read.rule.id == finding.rule {
            return read.detail.sentence + (read.reach?.clause ?? "")
        }
        if UserRules.isUserRule(finding.rule) { return "a rule of that installation's operator matches" }
        return rules.first { $0.id == finding.rule }?.title ?? "a rule of another version"
    }

    /// The content address of an analyzer's rules: over their table and the analyzer's version.
    static func digest(of analyzer: AnalyzerID, version: String) -> SHA256Digest {
        var lines = ["jurat ruleset", analyzer.text, version]
        for rule in rules where rule.analyzer == analyzer {
            lines += ["rule", rule.id, rule.title, rule.rationale]
            lines += rule.ecosystems.map(\.rawValue)
            for detail in rule.details {
                let severities = [detail.severity, detail.testSeverity, detail.callSeverity, detail.installSeverity]
                    .map(\.rawValue)
                lines += ["detail", detail.code] + severities + [detail.sentence]
            }
        }
        // Each line with its length, so that no two tables have one serialisation.
        let text = lines.map { "\($0.utf8.count) \($0)\n" }.joined()
        return SHA256Digest(hashing: Array(text.utf8))
    }

    /// The page of the manual about rules, in Markdown.
    public static var documentation: String {
        var text = "# Rules\n\nGenerated from the table of rules. Ids and detail codes are stable once released.\n"
        for rule in rules {
            text += "\n## \(rule.id): \(rule.title)\n\n"
            text += "Analyzer `\(rule.analyzer.text)`, for \(rule.ecosystems.map(\.rawValue).joined(separator: ", ")). "
            text += "Gravest severity: \(rule.severity.rawValue).\n\n\(rule.rationale)\n\n"
            text += "| detail | severity | says |\n|---|---|---|\n"
            for detail in rule.details {
                text += "| `\(detail.code)` | \(detail.severity.rawValue) | \(detail.sentence) |\n"
            }
        }
        return text
    }
}
