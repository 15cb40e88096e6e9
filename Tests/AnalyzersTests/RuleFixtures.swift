import Screening
import Testing

@testable import Analyzers

/// The artifacts that one family of rules is tested with: one that every detail is noticed on, and for every rule one
/// that comes near and is honest.
struct RuleFixtures {
    let flagged: [Observation: @Sendable () throws -> Artifact]
    /// By rule id.
    let clean: [String: @Sendable () throws -> Artifact]

    /// Every family; a new one is added here.
    static let all: [RuleFixtures] = [
        archiveFixtures, installFixtures, manifestFixtures, capabilityFixtures, executionFixtures, obfuscationFixtures,
        setupFixtures, indicatorNetworkFixtures, indicatorCredentialFixtures, indicatorCommandFixtures,
        indicatorSystemFixtures,
        hiddenTextFixtures, reviewerTextFixtures, statisticsFixtures,
    ]
}

@Suite("Honest artifacts that come near a rule")
struct CleanFixtureTests {
    @Test("a rule notices nothing on the honest artifact beside it")
    func clean() throws {
        for (rule, make) in RuleFixtures.all.flatMap(\.clean) {
            #expect(RuleCatalog.rules.contains { $0.id == rule }, "\(rule) is no rule")
            let noticed = try make().report().findings.filter { $0.finding.rule == rule }
            #expect(noticed.isEmpty, "\(rule) on its honest artifact: \(noticed.map(\.finding))")
        }
    }
}
