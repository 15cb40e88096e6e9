import Platform
import Registry
import Testing

@testable import Screening

@Suite("Dispositions in the decision")
struct DispositionDecisionTests {
    private func decision(_ change: (inout DecisionInput) -> Void) -> Decision { decide(Samples.servable(change)) }

    /// An artifact that static calls suspicious at index 5.
    private func suspicious(_ dispositions: [StandingDisposition], _ change: (inout DecisionInput) -> Void = { _ in })
        -> Decision
    {
        decision {
            $0.statements.append(Samples.standing(.suspicious, by: .static_, at: 5))
            $0.dispositions = dispositions
            change(&$0)
        }
    }

    @Test("an allow in view of what stands serves, and the decision stands on it")
    func allow() {
        let decision = suspicious([Samples.ruling(.allow, at: 7, inViewOf: [5])])
        #expect(decision.isServed)
        #expect(decision.rule == .disposition)
        #expect(decision.standsOn == [Samples.statementID(7)])
    }

    @Test("an allow also ends a cooldown and the wait for analysis")
    func allowEndsWaiting() {
        let decision = decision {
            $0.publishedAt = $0.now
            $0.statements = []
            $0.dispositions = [Samples.ruling(.allow, at: 7)]
        }
        #expect(decision.isServed)
    }

    @Test("an allow that was not in view of a suspicious verdict does not cover it")
    func allowBefore() {
        #expect(suspicious([Samples.ruling(.allow, at: 3, inViewOf: [1, 2])]).code == .heldReview)
    }

    @Test("a later statement re-opens the hold when it is worse, and not when it is as bad")
    func laterStatements() {
        let allow = Samples.ruling(.allow, at: 7, inViewOf: [5])
        let worse = suspicious([allow]) { $0.statements.append(Samples.standing(.malicious, by: .diff, at: 8)) }
        #expect(worse.code == .blockedMalicious)
        let same = suspicious([allow]) { $0.statements.append(Samples.standing(.suspicious, by: .diff, at: 8)) }
        #expect(same.isServed)
        let rescanned = suspicious([allow]) { $0.statements.append(Samples.standing(.suspicious, by: .static_, at: 9)) }
        #expect(rescanned.isServed)
    }

    @Test("an allow in view of a malicious verdict is a person's to give; one in view of less never silences it")
    func allowOfMalicious() {
        func decision(inViewOf: [UInt64]) -> Decision {
            self.decision {
                $0.statements.append(Samples.standing(.malicious, by: .advisory, at: 5))
                $0.advisories = [AdvisoryFact(id: "MAL-1", isMalicious: true)]
                $0.dispositions = [Samples.ruling(.allow, at: 7, inViewOf: inViewOf)]
            }
        }
        #expect(decision(inViewOf: [1, 2, 5]).isServed)
        #expect(decision(inViewOf: [1, 2]).code == .blockedMalicious)
    }

    @Test("an old allow does not silence a malicious advisory that has no verdict yet")
    func advisoryAheadOfVerdict() {
        let decision = suspicious([Samples.ruling(.allow, at: 7, inViewOf: [5])]) {
            $0.advisories = [AdvisoryFact(id: "MAL-1", isMalicious: true)]
        }
        #expect(!decision.isServed)
    }

    @Test("a disposition ends at its expiry, which is the next change")
    func expiry() {
        let end = Samples.now.adding(Samples.hour)
        let allowed = suspicious([Samples.ruling(.allow, at: 7, inViewOf: [5], expiresAt: end)])
        #expect(allowed.isServed)
        #expect(allowed.nextChange == end)
        let expired = suspicious([Samples.ruling(.allow, at: 7, inViewOf: [5], expiresAt: Samples.now)])
        #expect(expired.code == .heldReview)
        let denied = decision { $0.dispositions = [Samples.ruling(.deny, at: 7, expiresAt: end)] }
        #expect(denied.code == .blockedDenied)
        #expect(denied.nextChange == end)
    }

    @Test("a disposition acts only in its registries and under its name")
    func scope() {
        func decision(registries: [RegistryName] = [], purl: String? = nil) -> Decision {
            suspicious([
                Samples.ruling(
                    .allow, at: 7, inViewOf: [5], registries: registries, purl: purl.map { Samples.purl($0) })
            ])
        }
        #expect(decision(registries: [Samples.registry()]).isServed)
        #expect(!decision(registries: [Samples.registry("other")]).isServed)
        #expect(decision(purl: "pkg:npm/demo@1.1.0").isServed)
        #expect(decision(purl: "pkg:npm/demo").isServed)
        #expect(!decision(purl: "pkg:npm/demo@1.1.1").isServed)
        #expect(!decision(purl: "pkg:npm/other").isServed)
    }

    @Test("deny beats allow, whichever came later")
    func denyBeatsAllow() {
        for (deny, allow) in [(7, 8), (8, 7)] as [(UInt64, UInt64)] {
            let decision = suspicious([
                Samples.ruling(.deny, at: deny), Samples.ruling(.allow, at: allow, inViewOf: [5]),
            ])
            #expect(decision.code == .blockedDenied)
        }
    }

    @Test("withdraw and replacement end the disposition that they name")
    func supersession() {
        let deny = Samples.ruling(.deny, at: 7)
        #expect(decision { $0.dispositions = [deny, Samples.ruling(.withdraw, at: 8, supersedes: 7)] }.isServed)
        let replaced = suspicious([deny, Samples.ruling(.allow, at: 8, inViewOf: [5], supersedes: 7)])
        #expect(replaced.isServed)
        let allow = Samples.ruling(.allow, at: 7, inViewOf: [5])
        #expect(suspicious([allow, Samples.ruling(.withdraw, at: 8, supersedes: 7)]).code == .heldReview)
    }

    @Test("a deny acts again when the allow that lifted it has expired, and beyond its scope nothing is replaced")
    func supersessionIsBounded() {
        let deny = Samples.ruling(.deny, at: 7)
        let past = Samples.now.adding(.seconds(-1))
        let ended = Samples.ruling(.allow, at: 8, inViewOf: [5], expiresAt: past, supersedes: 7)
        #expect(suspicious([deny, ended]).code == .blockedDenied)
        #expect(decision { $0.dispositions = [deny, ended] }.code == .blockedDenied)
        let elsewhere = Samples.ruling(.withdraw, at: 8, registries: [Samples.registry("other")], supersedes: 7)
        #expect(decision { $0.dispositions = [deny, elsewhere] }.code == .blockedDenied)
    }

    @Test("an expired link in a chain of rulings brings an older deny back only when the newest has expired too")
    func supersessionInChains() {
        let past = Samples.now.adding(.seconds(-1))
        let older = [
            Samples.ruling(.deny, at: 7), Samples.ruling(.allow, at: 8, inViewOf: [5], expiresAt: past, supersedes: 7),
            Samples.ruling(.deny, at: 9, expiresAt: past, supersedes: 8),
        ]
        #expect(suspicious(older + [Samples.ruling(.allow, at: 10, inViewOf: [5], supersedes: 9)]).isServed)
        #expect(suspicious(older).code == .blockedDenied)
        let takenBack = [
            Samples.ruling(.deny, at: 7), Samples.ruling(.allow, at: 8, inViewOf: [5], supersedes: 7),
            Samples.ruling(.withdraw, at: 9, supersedes: 8),
        ]
        #expect(suspicious(takenBack).code == .blockedDenied)
    }

    @Test("an allow that a deny replaced does not come back when the deny expires")
    func replacedAllowsEnd() {
        let allow = Samples.ruling(.allow, at: 7, inViewOf: [5])
        let past = Samples.now.adding(.seconds(-1))
        #expect(suspicious([allow, Samples.ruling(.deny, at: 8, expiresAt: past, supersedes: 7)]).code == .heldReview)
    }

    @Test("a withdrawal logged before its target does nothing")
    func supersessionLooksBack() {
        let decision = decision {
            $0.dispositions = [Samples.ruling(.deny, at: 7), Samples.ruling(.withdraw, at: 6, supersedes: 7)]
        }
        #expect(decision.code == .blockedDenied)
    }
}

@Suite("Verdicts in the decision")
struct VerdictDecisionTests {
    private func decision(_ change: (inout DecisionInput) -> Void) -> Decision { decide(Samples.servable(change)) }

    @Test("the newest verdict of an analyzer counts, by log index and not by place")
    func newestCounts() {
        let better = decision {
            $0.statements = [Samples.standing(.clean, by: .static_, at: 6)] + $0.statements
            $0.statements.append(Samples.standing(.suspicious, by: .static_, at: 5))
        }
        #expect(better.isServed)
        let worse = decision { $0.statements.append(Samples.standing(.suspicious, by: .static_, at: 5)) }
        #expect(worse.code == .heldReview)
    }

    @Test("a clean verdict of one analyzer or key scope does not lift a worse one of another")
    func scopesAreSeparate() {
        let narrow = KeyScope(predicateTypes: [.verdict], analyzers: [.static_])
        let otherScope = decision {
            $0.statements.append(Samples.standing(.malicious, by: .static_, at: 5, scope: narrow))
            $0.statements.append(Samples.standing(.clean, by: .static_, at: 6))
        }
        #expect(otherScope.code == .blockedMalicious)
        let otherAnalyzer = decision {
            $0.statements.append(Samples.standing(.malicious, by: .diff, at: 5))
            $0.statements.append(Samples.standing(.clean, by: .static_, at: 6))
        }
        #expect(otherAnalyzer.code == .blockedMalicious)
    }

    @Test("an advisory verdict about another name satisfies nothing when clean and blocks the bytes when malicious")
    func coordinates() {
        let other = AppliesTo.coordinates([Samples.purl("pkg:npm/copy@1.1.0")])
        let clean = decision {
            $0.statements = [
                Samples.standing(.clean, by: .advisory, at: 1, appliesTo: other), Samples.cleanVerdicts[1],
            ]
        }
        #expect(clean.missing == [.advisory])
        let malicious = decision {
            $0.statements.append(Samples.standing(.malicious, by: .advisory, at: 3, appliesTo: other))
        }
        #expect(malicious.code == .blockedMalicious)
    }

    @Test("the same bytes under a clean name never hide a malicious one")
    func cleanNameDoesNotHide() {
        let decision = decision {
            let other = AppliesTo.coordinates([Samples.purl("pkg:npm/copy@1.1.0")])
            $0.statements = [
                Samples.standing(.malicious, by: .advisory, at: 1, appliesTo: other),
                Samples.standing(.clean, by: .advisory, at: 4), Samples.cleanVerdicts[1],
            ]
        }
        #expect(decision.code == .blockedMalicious)
    }

    @Test("a newer advisory verdict about the same names replaces the older one")
    func advisoryReplaced() {
        let decision = decision {
            let both = AppliesTo.coordinates([Samples.purl(), Samples.purl("pkg:npm/copy@1.1.0")])
            $0.statements = [
                Samples.standing(.malicious, by: .advisory, at: 1),
                Samples.standing(.clean, by: .advisory, at: 4, appliesTo: both), Samples.cleanVerdicts[1],
            ]
        }
        #expect(decision.isServed)
    }

    @Test("an advisory verdict without data satisfies only while advisories were never loaded and are not required")
    func withoutData() {
        func decision(_ availability: AdvisoryAvailability) -> Decision {
            self.decision {
                $0.statements = [
                    Samples.standing(.clean, by: .advisory, at: 1, isWithoutData: true), Samples.cleanVerdicts[1],
                ]
                $0.advisoryAvailability = availability
            }
        }
        #expect(decision(.neverLoaded(required: false)).isServed)
        #expect(decision(.neverLoaded(required: true)).code == .heldUnavailable)
        #expect(decision(.current(snapshot: "s")).code == .heldPending)
        #expect(decision(.current(snapshot: "s")).missing == [.advisory])
        #expect(decision(.stale(ageSeconds: 200_000)).code == .heldUnavailable)
    }

    @Test("before advisories were ever loaded the advisory verdict is still wanted")
    func neverLoadedIsStillMissing() {
        let decision = decision {
            $0.statements = [Samples.cleanVerdicts[1]]
            $0.advisoryAvailability = .neverLoaded(required: false)
        }
        #expect(decision.code == .heldPending)
        #expect(decision.missing == [.advisory])
    }

    @Test("advisories that are too old make the advisory analyzer unavailable, whatever it said before")
    func stale() {
        func decision(_ action: UnavailableAction) -> Decision {
            self.decision {
                $0.advisoryAvailability = .stale(ageSeconds: 200_000)
                $0.policy = Samples.policy { $0.onAnalyzerUnavailable = action }
            }
        }
        #expect(decision(.hold).code == .heldUnavailable)
        #expect(decision(.hold).missing == [.advisory])
        #expect(decision(.allow).isServed)
    }

    @Test("a registry that does not require advisories does not care how old they are")
    func staleButNotRequired() {
        let decision = decision {
            $0.advisoryAvailability = .stale(ageSeconds: 200_000)
            $0.policy = Samples.policy { $0.holdUntil = [.static_] }
        }
        #expect(decision.isServed)
    }
}
