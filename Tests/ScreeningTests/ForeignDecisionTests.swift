import Platform
import Registry
import Testing

@testable import Screening

@Suite("What a peer's statements do")
struct ForeignDecisionTests {
    private static let peer = "peer.example/log"

    private func foreign(
        _ verdict: Verdict, _ effect: ForeignEffect, by analyzer: AnalyzerID = .static_, at index: UInt64 = 50,
        appliesTo: AppliesTo? = nil, origin: String = peer, isWithoutData: Bool = false
    ) -> StandingVerdict {
        Samples.standing(
            verdict, by: analyzer, at: index, appliesTo: appliesTo, isWithoutData: isWithoutData,
            source: .foreign(origin: origin, effect: effect))
    }

    private func decision(_ foreign: [StandingVerdict], _ change: (inout ScreeningLayer) -> Void = { _ in }) -> Decision
    {
        decide(
            Samples.servable {
                $0.statements += foreign
                $0.policy = Samples.policy(change)
            })
    }

    @Test("each weight of each verdict does what the table says")
    func weights() {
        let table: [(Verdict, ForeignEffect, RefusalCode?)] = [
            (.malicious, .ignored, nil), (.malicious, .shown, nil), (.malicious, .hold, .heldReview),
            (.malicious, .block, .blockedMalicious),
            (.suspicious, .ignored, nil), (.suspicious, .shown, nil), (.suspicious, .hold, .heldReview),
            (.clean, .ignored, nil), (.clean, .shown, nil), (.clean, .satisfy, nil),
        ]
        for (verdict, effect, code) in table {
            let statement = foreign(verdict, effect)
            let decision = decision([statement])
            #expect(decision.code == code, "\(verdict) at \(effect)")
            if code != nil {
                #expect(decision.rule == .verdict)
                #expect(decision.standsOn == [statement.statement])
            }
        }
    }

    @Test("weights that a verdict may not have are refused by name, and the defaults only hold")
    func weightBounds() throws {
        for verdict in Verdict.allCases {
            for effect in ForeignEffect.allCases {
                let make: () throws -> ForeignWeights = {
                    switch verdict {
                    case .malicious: try ForeignWeights(malicious: effect)
                    case .suspicious: try ForeignWeights(suspicious: effect)
                    case .clean: try ForeignWeights(clean: effect)
                    }
                }
                if ForeignWeights.allowed(for: verdict).contains(effect) {
                    #expect(try make().effect(of: verdict) == effect)
                } else {
                    #expect(throws: ForeignWeightError(verdict: verdict, effect: effect)) { try make() }
                }
            }
        }
        #expect(try ForeignWeights() == .standard)
        #expect(Verdict.allCases.map(ForeignWeights.standard.effect) == [.shown, .hold, .hold])
        #expect("\(ForeignWeightError(verdict: .clean, effect: .block))".contains("ignore, advisory, satisfy"))
    }

    @Test("a peer never does more than our own verdict would do in that registry")
    func milder() {
        let malicious = foreign(.malicious, .block)
        #expect(decision([malicious]) { $0.onMalicious = .hold }.code == .heldReview)
        let reported = decision([malicious]) { $0.onMalicious = .report }
        #expect(reported.isServed && reported.wouldRefuse == .blockedMalicious)
        let held = decision([foreign(.malicious, .hold)]) { $0.onMalicious = .report }
        #expect(held.isServed && held.wouldRefuse == .heldReview)
        let suspicious = foreign(.suspicious, .hold)
        #expect(decision([suspicious]) { $0.onSuspicious = .block }.code == .heldReview)
        #expect(decision([suspicious]) { $0.onSuspicious = .allow }.isServed)
        let shown = decision([suspicious]) { $0.onSuspicious = .report }
        #expect(shown.isServed && shown.wouldRefuse == .heldReview)
        // What ours blocks, a peer's hold does not soften.
        let own = Samples.standing(.suspicious, by: .static_, at: 9)
        #expect(decision([own, foreign(.malicious, .hold)]) { $0.onSuspicious = .block }.code == .blockedPolicy)
        #expect(decision([own, foreign(.malicious, .hold)]).standsOn.count == 2)
    }

    @Test("newest counts within one log: a peer replaces its own verdict and nobody else's")
    func newest() {
        let old = foreign(.malicious, .block, at: 3)
        #expect(decision([old, foreign(.clean, .shown, at: 4)]).isServed)
        #expect(decision([old, foreign(.clean, .satisfy, at: 4)]).isServed)
        #expect(decision([old, foreign(.clean, .ignored, at: 4)]).code == .blockedMalicious)
        #expect(decision([old, foreign(.clean, .satisfy, at: 2)]).code == .blockedMalicious)
        #expect(
            decision([old, foreign(.clean, .satisfy, at: 99, origin: "other.example/log")]).code == .blockedMalicious)
        // Ours stands whatever index a peer's log has reached, and the other way round.
        let ours = Samples.standing(.malicious, by: .static_, at: 9)
        #expect(decision([ours, foreign(.clean, .satisfy, at: 1_000)]).code == .blockedMalicious)
        #expect(
            decision([foreign(.malicious, .hold, at: 1), Samples.standing(.clean, by: .static_, at: 90)]).code
                == .heldReview)
    }

    @Test("a log that says the same thing thousands of times leaves one verdict to look at")
    func repeated() {
        let facts = DecisionFacts(
            Samples.servable { input in
                input.statements = (0..<20_000).map { foreign(.malicious, .hold, at: $0) }
            })
        #expect(facts.standing.map(\.logIndex) == [19_999])
    }

    @Test("clean satisfies holdUntil only at that weight, with data, and for the names that it is about")
    func satisfies() {
        func pending(_ foreign: StandingVerdict, _ change: (inout DecisionInput) -> Void = { _ in }) -> Decision {
            decide(
                Samples.servable {
                    $0.statements = [Samples.cleanVerdicts[0], foreign]
                    change(&$0)
                })
        }
        #expect(pending(foreign(.clean, .satisfy)).isServed)
        #expect(pending(foreign(.clean, .satisfy)).standsOn.contains(foreign(.clean, .satisfy).statement))
        #expect(pending(foreign(.clean, .shown)).missing == [.static_])
        #expect(pending(foreign(.clean, .satisfy, by: .diff)).missing == [.static_])
        #expect(pending(foreign(.malicious, .satisfy)).missing == [.static_], "no such weight, and no clean verdict")

        func advisory(_ purl: String, isWithoutData: Bool = false) -> Decision {
            decide(
                Samples.servable {
                    $0.statements = [
                        Samples.cleanVerdicts[1],
                        foreign(
                            .clean, .satisfy, by: .advisory, appliesTo: .coordinates([Samples.purl(purl)]),
                            isWithoutData: isWithoutData),
                    ]
                    if isWithoutData { $0.advisoryAvailability = .neverLoaded(required: false) }
                })
        }
        #expect(advisory("pkg:npm/demo@1.1.0").isServed)
        #expect(advisory("pkg:npm/demo").isServed)
        #expect(advisory("pkg:npm/copy@1.1.0").missing == [.advisory])
        #expect(advisory("pkg:npm/demo@1.1.0", isWithoutData: true).missing == [.advisory])
        // A malicious verdict about another name blocks the bytes under every name.
        let other = AppliesTo.coordinates([Samples.purl("pkg:npm/copy@1.1.0")])
        #expect(decision([foreign(.malicious, .block, by: .advisory, appliesTo: other)]).code == .blockedMalicious)
    }

    @Test("deny beats a peer's clean, and an allow covers what it was given in view of, until something worse comes")
    func dispositions() {
        let held = foreign(.suspicious, .hold, at: 5)
        func ruled(_ statements: [StandingVerdict], seen: [StandingVerdict]) -> Decision {
            decide(
                Samples.servable {
                    $0.statements += statements
                    $0.dispositions = [
                        StandingDisposition(
                            statement: Samples.statementID(900), logIndex: 900, signer: held.signer, actor: "ana",
                            decision: .allow, inViewOf: seen.map(\.statement), reason: "read", sequence: 1,
                            createdAt: Samples.now)
                    ]
                })
        }
        #expect(ruled([held], seen: [held]).isServed)
        #expect(ruled([held], seen: []).code == .heldReview)
        let worse = foreign(.malicious, .hold, at: 6)
        #expect(ruled([held, worse], seen: [held]).code == .heldReview)
        #expect(ruled([held, worse], seen: [held, worse]).isServed)
        // What is only shown opens nothing again.
        let shown = foreign(.malicious, .shown, at: 60, origin: "other.example/log")
        #expect(ruled([held, shown], seen: [held]).isServed)
        // A peer's malicious does not cover our own later one.
        let ours = Samples.standing(.malicious, by: .static_, at: 70)
        #expect(ruled([worse, ours], seen: [worse]).code == .blockedMalicious)
        let denied = decide(
            Samples.servable {
                $0.statements.append(foreign(.clean, .satisfy))
                $0.dispositions = [Samples.ruling(.deny, at: 80)]
            })
        #expect(denied.code == .blockedDenied)
    }

    @Test("an allow list entry by name yields to a peer's malicious that acts, one by version does not")
    func allowList() {
        for (entry, effect, code) in [
            ("demo", ForeignEffect.block, RefusalCode.blockedMalicious), ("demo", .hold, .heldReview),
            ("demo", .shown, nil), ("demo@1.1.0", .block, nil),
        ] {
            let decision = decision([foreign(.malicious, effect)]) { $0.allow = [Samples.selector(entry)] }
            #expect(decision.code == code, "\(entry) \(effect)")
        }
    }
}

@Suite("Verdicts by a revoked key")
struct VoidVerdictTests {
    private func void(
        _ verdict: Verdict, by analyzer: AnalyzerID = .static_, at index: UInt64 = 50, appliesTo: AppliesTo? = nil
    ) -> StandingVerdict {
        Samples.standing(verdict, by: analyzer, at: index, appliesTo: appliesTo, isVoid: true)
    }

    private func decision(
        _ statements: [StandingVerdict], _ change: (inout DecisionInput) -> Void = { _ in }
    ) -> Decision {
        decide(
            Samples.servable {
                $0.statements += statements
                change(&$0)
            })
    }

    @Test(
        "they hold, naming the analyzer that must judge again, until it has",
        arguments: [Verdict.suspicious, .malicious])
    func holds(_ verdict: Verdict) {
        let held = decision([void(verdict)])
        #expect((held.code, held.rule) == (.heldPending, .analysis))
        #expect(held.missing == [.static_])
        #expect(held.standsOn == [void(verdict).statement])
        #expect(decision([void(verdict), Samples.standing(.clean, by: .static_, at: 51)]).isServed)
        #expect(
            decision([void(verdict), Samples.standing(.malicious, by: .static_, at: 51)]).code == .blockedMalicious)
        // Neither an older verdict, nor another analyzer's, nor a peer's puts the doubt to rest.
        let peer = Samples.standing(
            .clean, by: .static_, at: 51, source: .foreign(origin: "peer", effect: .satisfy))
        #expect(
            decision([void(verdict), peer, Samples.standing(.clean, by: .diff, at: 52)]).missing == [.static_])
    }

    @Test("they replace nothing, and a new key with another scope replaces them")
    func replacing() {
        let malicious = Samples.standing(.malicious, by: .static_, at: 9)
        #expect(decision([malicious, void(.suspicious)]).code == .blockedMalicious)
        let scope = KeyScope(predicateTypes: [.verdict], analyzers: [.static_])
        #expect(decision([void(.malicious), Samples.standing(.clean, by: .static_, at: 51, scope: scope)]).isServed)
    }

    @Test("an advisory verdict about another name is put to rest by one about this name")
    func coordinates() {
        let about = AppliesTo.coordinates([Samples.purl("pkg:npm/copy@1.0.0")])
        let doubt = void(.malicious, by: .advisory, appliesTo: about)
        #expect(decision([doubt]).missing == [.advisory])
        #expect(decision([doubt, Samples.standing(.clean, by: .advisory, at: 51)]).isServed)
        let elsewhere = Samples.standing(.clean, by: .advisory, at: 51, appliesTo: about)
        #expect(decision([doubt, elsewhere]).missing == [.advisory])
    }

    @Test("an analyzer that cannot answer leaves the hold, also where policy does without it")
    func unavailable() {
        for action in UnavailableAction.allCases {
            let held = decision([void(.malicious)]) {
                $0.policy = Samples.policy { $0.onAnalyzerUnavailable = action }
                $0.progress = [.static_: .unavailable(cause: "crash")]
            }
            #expect(held.code == .heldUnavailable, "\(action)")
            #expect(held.missing == [.static_])
        }
    }

    @Test("an analyzer that no longer runs leaves it to a person")
    func retired() {
        let held = decision([void(.malicious, by: .aiReview)])
        #expect((held.code, held.rule) == (.heldReview, .verdict))
    }

    @Test("a person may allow or deny it, and the allow list only by version")
    func rulings() {
        #expect(
            decision([void(.malicious)]) { $0.dispositions = [Samples.ruling(.allow, at: 60, inViewOf: [50])] }.isServed
        )
        #expect(
            decision([void(.malicious)]) { $0.dispositions = [Samples.ruling(.allow, at: 60)] }.code == .heldPending)
        #expect(
            decision([void(.malicious)]) { $0.dispositions = [Samples.ruling(.deny, at: 60)] }.code == .blockedDenied)
        for (entry, code) in [("demo", RefusalCode.heldPending), ("demo@1.1.0", nil)] {
            let decision = decision([void(.malicious)]) {
                $0.policy = Samples.policy { $0.allow = [Samples.selector(entry)] }
            }
            #expect(decision.code == code, "\(entry)")
        }
    }
}
