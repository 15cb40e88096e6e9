import Analyzers
import Cryptography
import Platform
import VerdictStore

/// The operator's rules as a worker has them: the set that a job asks for, read once.
final class UserRuleShelf: Sendable {
    private let store: UserRuleStore
    private let last = Lock<(ruleset: SHA256Digest, rules: UserRules)?>(nil)

    init(_ store: UserRuleStore) { self.store = store }

    /// The rules for a job. Blocking.
    ///
    /// A job that asks for rules which are gone, such as one from before an upgrade, is done by those of now.
    /// - Parameter ruleset: what the job asks for; nil from gateways that do not say.
    /// - Throws: the reason as it is reported to the gateway.
    func rules(for ruleset: SHA256Digest?) throws(AnalysisFailure) -> UserRules? {
        if let ruleset, ruleset == StaticAnalyzer.rulesetDigest(with: nil) { return nil }
        if let ruleset, let last = last.withLock({ $0 }), last.ruleset == ruleset { return last.rules }
        do throws(UserRuleError) {
            let kept = try store.kept()
            let asked = ruleset.flatMap { ruleset in
                kept.first { StaticAnalyzer.rulesetDigest(with: $0) == ruleset }
            }
            var wanted = asked
            if wanted == nil { wanted = try store.current() }
            guard let digest = wanted else { return nil }
            let rules = try store.load(digest)
            last.withLock { $0 = (StaticAnalyzer.rulesetDigest(with: digest), rules) }
            return rules
        } catch {
            throw AnalysisFailure(cause: .crash, detail: "the rules of this installation cannot be used: \(error)")
        }
    }
}
