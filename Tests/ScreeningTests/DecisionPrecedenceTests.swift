import Platform
import Registry
import Testing

@testable import Screening

/// One way to make one rule match, in the order of the policy document.
private struct Trigger: Sendable {
    let rule: PolicyRule
    let code: RefusalCode?
    let apply: @Sendable (inout DecisionInput, inout ScreeningLayer) -> Void
}

private let triggers: [Trigger] = [
    Trigger(rule: .namespace, code: .nameReserved) { input, _ in input.isNameReserved = true },
    Trigger(rule: .tampered, code: .blockedTampered) { input, _ in input.isTampered = true },
    Trigger(rule: .denyList, code: .blockedDenied) { _, layer in layer.deny = [Samples.selector("demo")] },
    Trigger(rule: .disposition, code: .blockedDenied) { input, _ in
        input.dispositions.append(Samples.ruling(.deny, at: 20))
    },
    Trigger(rule: .disposition, code: nil) { input, _ in
        // In view of the malicious verdict that the trigger below may add as well.
        input.dispositions.append(Samples.ruling(.allow, at: 21, inViewOf: [10]))
        input.statements.append(Samples.standing(.malicious, by: .diff, at: 10))
    },
    Trigger(rule: .allowList, code: nil) { _, layer in layer.allow = [Samples.selector("demo@1.1.0")] },
    Trigger(rule: .verdict, code: .blockedMalicious) { input, _ in
        input.statements.append(Samples.standing(.malicious, by: .diff, at: 10))
    },
    Trigger(rule: .verdict, code: .heldReview) { input, _ in
        input.statements.append(Samples.standing(.suspicious, by: .aiReview, at: 11))
    },
    Trigger(rule: .advisory, code: .blockedMalicious) { input, _ in
        input.advisories.append(AdvisoryFact(id: "MAL-2025-1", isMalicious: true))
    },
    Trigger(rule: .advisory, code: .blockedPolicy) { input, layer in
        input.advisories.append(AdvisoryFact(id: "GHSA-1", isMalicious: false, cvssTenths: 98))
        layer.maxCVSSTenths = 90
    },
    Trigger(rule: .repositoryURL, code: .blockedPolicy) { input, layer in
        input.hasRepositoryURL = false
        layer.requireRepositoryURL = true
    },
    Trigger(rule: .installScripts, code: .blockedPolicy) { input, layer in
        input.hasInstallScript = true
        layer.denyInstallScripts = true
    },
    Trigger(rule: .cooldown, code: .heldCooldown) { input, _ in input.publishedAt = input.now.adding(.seconds(-60)) },
    Trigger(rule: .analysis, code: .heldPending) { input, _ in
        input.statements.removeAll { $0.analyzer == .static_ || $0.analyzer == .advisory }
    },
]

@Suite("Which rule wins")
struct DecisionPrecedenceTests {
    private func decide(with chosen: [Trigger]) -> Decision {
        var layer = ScreeningLayer()
        var input = Samples.servable()
        for trigger in chosen { trigger.apply(&input, &layer) }
        input.policy = .resolving([layer])
        return Screening.decide(input)
    }

    @Test("every rule matches alone")
    func alone() {
        for trigger in triggers {
            let decision = decide(with: [trigger])
            #expect(decision.rule == trigger.rule)
            #expect(decision.code == trigger.code)
        }
    }

    @Test("a model that calls an artifact clean changes no decision")
    func modelsLiftNothing() {
        for trigger in triggers {
            for index in [UInt64(5), 40] {
                // Of two verdicts of one analyzer the newer counts: that is another question.
                var (input, layer) = (Samples.servable(), ScreeningLayer())
                trigger.apply(&input, &layer)
                guard index == 5 || !input.statements.contains(where: { $0.analyzer == .aiReview }) else { continue }
                input.policy = .resolving([layer])
                let before = Screening.decide(input)
                input.statements.append(Samples.standing(.clean, by: .aiReview, at: index))
                let after = Screening.decide(input)
                #expect(after.rule == before.rule && after.code == before.code, "\(trigger.rule) at \(index)")
            }
        }
    }

    @Test("of two rules that match, the earlier one of the policy document decides")
    func pairs() {
        for (position, first) in triggers.enumerated() {
            for second in triggers[(position + 1)...] {
                let decision = decide(with: [first, second])
                #expect(decision.rule == first.rule, "\(first.rule) before \(second.rule)")
                #expect(decision.code == first.code, "\(first.rule) before \(second.rule)")
            }
        }
    }

    @Test("when every rule matches, removing the winner lets the next one win")
    func ladder() {
        for position in triggers.indices {
            let decision = decide(with: Array(triggers[position...]))
            #expect(decision.rule == triggers[position].rule)
            #expect(decision.code == triggers[position].code)
        }
    }

    @Test("a rule in report mode is remembered and the next rules still act")
    func reportGoesOn() {
        let input = Samples.servable {
            $0.policy = Samples.policy {
                $0.onMalicious = .report
                $0.onSuspicious = .report
            }
            $0.statements.append(Samples.standing(.malicious, by: .diff, at: 10))
            $0.statements.append(Samples.standing(.suspicious, by: .aiReview, at: 11))
            $0.publishedAt = $0.now
        }
        let young = Screening.decide(input)
        #expect(young.code == .heldCooldown)
        #expect(young.wouldRefuse == .blockedMalicious)
        var old = input
        old.publishedAt = Timestamp(secondsSinceEpoch: 0)
        #expect(Screening.decide(old).isServed)
        #expect(Screening.decide(old).wouldRefuse == .blockedMalicious)
    }

    @Test("a reported malicious verdict does not hide a suspicious one that is held")
    func reportDoesNotHide() {
        let input = Samples.servable {
            $0.policy = Samples.policy { $0.onMalicious = .report }
            $0.statements.append(Samples.standing(.malicious, by: .diff, at: 10))
            $0.statements.append(Samples.standing(.suspicious, by: .aiReview, at: 11))
        }
        #expect(Screening.decide(input).code == .heldReview)
    }

    @Test("an allow list entry without the version does not pass a malicious verdict or advisory")
    func allowListNeedsTheVersion() {
        func decision(_ entry: String, _ change: (inout DecisionInput) -> Void) -> Decision {
            Screening.decide(
                Samples.servable {
                    $0.policy = Samples.policy { $0.allow = [Samples.selector(entry)] }
                    change(&$0)
                })
        }
        func verdict(_ input: inout DecisionInput) {
            input.statements.append(Samples.standing(.malicious, by: .static_, at: 10))
        }
        func advisory(_ input: inout DecisionInput) {
            input.advisories = [AdvisoryFact(id: "MAL-1", isMalicious: true)]
        }
        #expect(decision("demo", verdict).code == .blockedMalicious)
        #expect(decision("demo", advisory).code == .blockedMalicious)
        #expect(decision("pkg:npm/demo", verdict).code == .blockedMalicious)
        #expect(decision("demo@1.1.0", verdict).rule == .allowList)
        #expect(decision("pkg:npm/demo@1.1.0", advisory).rule == .allowList)
        #expect(decision("demo") { $0.statements.append(Samples.standing(.suspicious, by: .diff, at: 10)) }.isServed)
        #expect(decision("demo") { $0.statements = [] }.isServed)
        #expect(decision("demo@1.0.0", verdict).code == .blockedMalicious)
    }
}
