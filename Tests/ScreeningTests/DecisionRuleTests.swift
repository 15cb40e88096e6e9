import Platform
import Registry
import Testing

@testable import Screening

@Suite("Each rule of the decision")
struct DecisionRuleTests {
    private func decision(_ change: (inout DecisionInput) -> Void) -> Decision { decide(Samples.servable(change)) }

    @Test("an old version that every required analyzer calls clean is served")
    func servesWhatNothingObjectsTo() {
        let decision = decision { _ in }
        #expect(decision.outcome == .serve)
        #expect(decision.code == nil)
        #expect(decision.rule == .none)
        #expect(decision.standsOn == [Samples.statementID(1), Samples.statementID(2)].sorted())
        #expect(decision.nextChange == nil)
        #expect(decision.policyRevision == ScreeningPolicy.standard.revision)
    }

    @Test("a reserved name is refused")
    func reservedName() {
        let decision = decision { $0.isNameReserved = true }
        #expect(decision.code == .nameReserved)
        #expect(decision.outcome == .block)
        #expect(decision.rule == .namespace)
    }

    @Test("changed bytes are blocked")
    func tampered() {
        let decision = decision { $0.isTampered = true }
        #expect(decision.code == .blockedTampered)
        #expect(decision.outcome == .block)
        #expect(decision.rule == .tampered)
    }

    @Test(
        "a deny list entry by name, by version or as a purl blocks", arguments: ["demo", "demo@1.1.0", "pkg:npm/demo"])
    func denyList(entry: String) {
        let decision = decision { $0.policy = Samples.policy { $0.deny = [Samples.selector(entry)] } }
        #expect(decision.code == .blockedDenied)
        #expect(decision.rule == .denyList)
    }

    @Test(
        "a deny list entry of another version or ecosystem does not block", arguments: ["demo@1.1.1", "pkg:pypi/demo"])
    func denyListMisses(entry: String) {
        #expect(decision { $0.policy = Samples.policy { $0.deny = [Samples.selector(entry)] } }.isServed)
    }

    @Test("an operator's deny blocks and is what the decision stands on")
    func operatorDeny() {
        let decision = decision { $0.dispositions = [Samples.ruling(.deny, at: 7)] }
        #expect(decision.code == .blockedDenied)
        #expect(decision.rule == .disposition)
        #expect(decision.standsOn == [Samples.statementID(7)])
    }

    @Test("a malicious verdict blocks, holds or is only reported, as the policy says")
    func maliciousVerdict() {
        func decision(_ action: MaliciousAction) -> Decision {
            self.decision {
                $0.statements.append(Samples.standing(.malicious, by: .static_, at: 5))
                $0.policy = Samples.policy { $0.onMalicious = action }
            }
        }
        #expect(decision(.block).code == .blockedMalicious)
        #expect(decision(.block).standsOn == [Samples.statementID(5)])
        #expect(decision(.block).rule == .verdict)
        #expect(decision(.hold).code == .heldReview)
        #expect(decision(.report).isServed)
        #expect(decision(.report).wouldRefuse == .blockedMalicious)
    }

    @Test("a suspicious verdict is held, blocked, reported or allowed, as the policy says")
    func suspiciousVerdict() {
        func decision(_ action: SuspiciousAction) -> Decision {
            self.decision {
                $0.statements.append(Samples.standing(.suspicious, by: .static_, at: 5))
                $0.policy = Samples.policy { $0.onSuspicious = action }
            }
        }
        #expect(decision(.hold).code == .heldReview)
        #expect(decision(.hold).standsOn == [Samples.statementID(5)])
        #expect(decision(.block).code == .blockedPolicy)
        #expect(decision(.block).outcome == .block)
        #expect(decision(.report).isServed)
        #expect(decision(.report).wouldRefuse == .heldReview)
        #expect(decision(.allow).isServed)
        #expect(decision(.allow).wouldRefuse == nil)
    }

    @Test("a verdict by an analyzer that the policy does not run still counts")
    func foreignAnalyzersCount() {
        let decision = decision { $0.statements.append(Samples.standing(.malicious, by: .diff, at: 9)) }
        #expect(decision.code == .blockedMalicious)
    }

    @Test("a malicious advisory in the index blocks before any verdict says so")
    func maliciousAdvisory() {
        let decision = decision { $0.advisories = [AdvisoryFact(id: "MAL-2025-1", isMalicious: true)] }
        #expect(decision.code == .blockedMalicious)
        #expect(decision.rule == .advisory)
    }

    @Test("a score at the limit blocks, one below or unknown does not")
    func vulnerabilityScore() {
        for (tenths, isBlocked) in [(90, true), (100, true), (89, false), (nil, false)] as [(Int?, Bool)] {
            let decision = decision {
                $0.advisories = [AdvisoryFact(id: "GHSA-1", isMalicious: false, cvssTenths: tenths)]
                $0.policy = Samples.policy { $0.maxCVSSTenths = 90 }
            }
            #expect(decision.code == (isBlocked ? .blockedPolicy : nil))
        }
    }

    @Test("without a limit no score blocks")
    func noScoreLimit() {
        let advisory = AdvisoryFact(id: "GHSA-1", isMalicious: false, cvssTenths: 100)
        #expect(decision { $0.advisories = [advisory] }.isServed)
    }

    @Test("a missing repository and install scripts block only where policy says so")
    func manifestRules() {
        let strict = Samples.policy {
            $0.requireRepositoryURL = true
            $0.denyInstallScripts = true
        }
        func decision(_ policy: ScreeningPolicy, repository: Bool, script: Bool) -> Decision {
            self.decision {
                $0.policy = policy
                $0.hasRepositoryURL = repository
                $0.hasInstallScript = script
            }
        }
        #expect(decision(.standard, repository: false, script: true).isServed)
        #expect(decision(strict, repository: true, script: false).isServed)
        #expect(decision(strict, repository: false, script: false).rule == .repositoryURL)
        #expect(decision(strict, repository: true, script: true).rule == .installScripts)
        #expect(decision(strict, repository: true, script: true).code == .blockedPolicy)
    }

    @Test("the rules about npm manifests do not touch Python projects")
    func manifestRulesAreForNPM() {
        let python = decision {
            $0.policy = Samples.policy {
                $0.requireRepositoryURL = true
                $0.denyInstallScripts = true
            }
            $0.hasRepositoryURL = false
            $0.hasInstallScript = true
            $0.name = Samples.name("demo", .pypi)
            $0.version = Samples.version("1.1.0", .pypi)
            $0.statements = [
                Samples.standing(.clean, by: .advisory, at: 1, appliesTo: .bytes),
                Samples.standing(.clean, by: .static_, at: 2),
            ]
        }
        #expect(python.isServed)
    }

    @Test("every analyzer that is lacking is named, in the policy's order")
    func missingVerdicts() {
        let decision = decision {
            $0.statements = []
            $0.progress = [.static_: .running(since: Samples.now)]
        }
        #expect(decision.code == .heldPending)
        #expect(decision.outcome == .hold)
        #expect(decision.rule == .analysis)
        #expect(decision.missing == [.advisory, .static_])
        let one = self.decision { $0.statements = [Samples.cleanVerdicts[0]] }
        #expect(one.missing == [.static_])
        #expect(one.standsOn == [Samples.statementID(1)])
    }

    @Test("an analyzer that gave up holds, unless the policy lets it pass")
    func unavailableAnalyzer() {
        func decision(_ action: UnavailableAction, statements: [StandingVerdict]) -> Decision {
            self.decision {
                $0.statements = statements
                $0.progress = [.static_: .unavailable(cause: "crash")]
                $0.policy = Samples.policy { $0.onAnalyzerUnavailable = action }
            }
        }
        let held = decision(.hold, statements: [Samples.cleanVerdicts[0]])
        #expect(held.code == .heldUnavailable)
        #expect(held.missing == [.static_])
        #expect(decision(.allow, statements: [Samples.cleanVerdicts[0]]).isServed)
        #expect(decision(.allow, statements: []).missing == [.advisory])
        #expect(decision(.hold, statements: []).code == .heldUnavailable)
        // A verdict that exists is not made worse by a later attempt that failed.
        #expect(decision(.hold, statements: Samples.cleanVerdicts).isServed)
    }

    @Test("an analyzer that is not required is not waited for")
    func optionalAnalyzers() {
        let decision = decision {
            $0.statements = [Samples.cleanVerdicts[0]]
            $0.policy = Samples.policy { $0.holdUntil = [.advisory] }
        }
        #expect(decision.isServed)
    }
}
