import Analyzers
import VerdictStore

/// The words that this installation has for its own rules; statements carry the rules' names only.
struct OwnRuleWords: Sendable {
    private let rules: UserRules?

    init(rules: UserRules?) { self.rules = rules }

    /// Those of the rules in use here. Without them a finding is shown in general words, and doctor says what is wrong.
    init(_ invocation: Invocation) {
        do {
            let store = UserRuleStore(directory: try Deployment(invocation).data.rulesDirectory)
            rules = try store.current().map(store.load)
        } catch {
            rules = nil
        }
    }

    /// A finding with the description of its rule, where it has one.
    func worded(_ finding: ShownFinding) -> ShownFinding {
        guard let description = rules?.entry(ofFinding: finding.rule)?.description else { return finding }
        return ShownFinding(
            rule: finding.rule, severity: finding.severity, path: finding.path, line: finding.line,
            message: description, count: finding.count, code: finding.code)
    }
}
