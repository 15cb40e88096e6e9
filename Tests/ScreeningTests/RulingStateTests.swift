import Platform
import Registry
import Testing

@testable import Screening

@Suite("What has become of a ruling")
struct RulingStateTests {
    /// The state of the ruling at `index`, about an artifact that static calls suspicious at index 5.
    private func state(
        of index: UInt64, _ dispositions: [StandingDisposition], _ change: (inout DecisionInput) -> Void = { _ in }
    ) throws -> RulingState {
        let input = Samples.servable {
            $0.statements.append(Samples.standing(.suspicious, by: .static_, at: 5))
            $0.dispositions = dispositions
            change(&$0)
        }
        return RulingState(of: try #require(dispositions.first { $0.logIndex == index }), in: input)
    }

    private let allow = Samples.ruling(.allow, at: 7, inViewOf: [5])

    @Test("a ruling that acts is active, and so is the decision's")
    func active() throws {
        #expect(try state(of: 7, [allow]) == .active)
        #expect(try state(of: 7, [Samples.ruling(.deny, at: 7)]) == .active)
    }

    @Test("an allow that does not cover a worse verdict names it; one as bad leaves it active")
    func reopenedByVerdict() throws {
        let worse = try state(of: 7, [allow]) { $0.statements.append(Samples.standing(.malicious, by: .diff, at: 8)) }
        #expect(worse == .reopened(by: [Samples.statementID(8)], advisories: []))
        let same = try state(of: 7, [allow]) { $0.statements.append(Samples.standing(.suspicious, by: .diff, at: 8)) }
        #expect(same == .active)
    }

    @Test("an allow that does not cover a malicious advisory names it")
    func reopenedByAdvisory() throws {
        let advisory = AdvisoryFact(id: "MAL-1", isMalicious: true)
        #expect(
            try state(of: 7, [allow]) { $0.advisories = [advisory, AdvisoryFact(id: "GHSA-1", isMalicious: false)] }
                == .reopened(by: [], advisories: ["MAL-1"]))
    }

    @Test("a ruling whose end is reached is expired, one second earlier it is not")
    func expired() throws {
        let ending = Samples.ruling(.allow, at: 7, inViewOf: [5], expiresAt: Samples.now)
        #expect(try state(of: 7, [ending]) == .expired(at: Samples.now))
        #expect(try state(of: 7, [ending]) { $0.now = $0.now.adding(.seconds(-1)) } == .active)
    }

    @Test("what replaced a ruling is named: a withdrawal or a successor, the newest of them")
    func replaced() throws {
        let withdraw = Samples.ruling(.withdraw, at: 8, supersedes: 7)
        #expect(try state(of: 7, [allow, withdraw]) == .withdrawn(by: Samples.statementID(8)))
        let successor = Samples.ruling(.allow, at: 9, inViewOf: [5], supersedes: 7)
        #expect(try state(of: 7, [allow, successor]) == .superseded(by: Samples.statementID(9)))
        #expect(try state(of: 9, [allow, successor]) == .active)
        #expect(try state(of: 7, [allow, withdraw, successor]) == .superseded(by: Samples.statementID(9)))
    }

    @Test("a deny is active again when the allow that lifted it has expired")
    func liftedForAWhile() throws {
        let deny = Samples.ruling(.deny, at: 7)
        let end = Samples.now.adding(Samples.hour)
        let lift = Samples.ruling(.allow, at: 8, inViewOf: [5], expiresAt: end, supersedes: 7)
        #expect(try state(of: 7, [deny, lift]) == .superseded(by: Samples.statementID(8)))
        #expect(try state(of: 7, [deny, lift]) { $0.now = end } == .active)
    }

    @Test("an allow beside a deny is overruled and says by what")
    func overruled() throws {
        let deny = Samples.ruling(.deny, at: 6)
        #expect(try state(of: 7, [deny, allow]) == .overruled(by: [Samples.statementID(6)]))
        #expect(try state(of: 6, [deny, allow]) == .active)
    }

    @Test("a ruling that is not among what counts is void")
    func void() {
        #expect(RulingState(of: allow, in: Samples.servable()) == .void)
    }

    @Test("a ruling for several registries has the state of the one where it acts most")
    func registries() throws {
        let (here, there) = (Samples.registry(), Samples.registry("other"))
        let wide = Samples.ruling(.allow, at: 7, inViewOf: [5])
        let narrow = Samples.ruling(.withdraw, at: 8, registries: [there], supersedes: 7)
        #expect(try state(of: 7, [wide, narrow]) == .active)
        let both = Samples.ruling(.allow, at: 7, inViewOf: [5], registries: [here, there])
        #expect(try state(of: 7, [both, narrow]) == .active)
        let only = Samples.ruling(.allow, at: 7, inViewOf: [5], registries: [there])
        #expect(try state(of: 7, [only, narrow]) == .withdrawn(by: Samples.statementID(8)))
    }

    @Test("every active allow serves and every allow that serves is active, whatever else was ruled")
    func agreesWithTheDecision() throws {
        let past = Samples.now.adding(.seconds(-1))
        let others: [StandingDisposition] = [
            Samples.ruling(.deny, at: 6), Samples.ruling(.deny, at: 8, expiresAt: past),
            Samples.ruling(.withdraw, at: 9, supersedes: 7), Samples.ruling(.withdraw, at: 10, supersedes: 6),
            Samples.ruling(.deny, at: 11, registries: [Samples.registry("other")]),
        ]
        for choice in 0..<(1 << others.count) {
            let chosen = others.enumerated().filter { choice >> $0.offset & 1 == 1 }.map(\.element)
            let input = Samples.servable {
                $0.statements.append(Samples.standing(.suspicious, by: .static_, at: 5))
                $0.dispositions = [allow] + chosen
            }
            let isActive = RulingState(of: allow, in: input).isActive
            // The ruling is for every registry, so it may be active where no deny is, and then the decision there serves.
            let isServed = [Samples.registry(), Samples.registry("other")].contains { place in
                var local = input
                local.registry = place
                return decide(local).isServed
            }
            #expect(isActive == isServed, "combination \(choice)")
        }
    }
}
