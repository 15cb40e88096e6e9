import Platform
import Registry
import Testing

@testable import Screening

@Suite("Cooldown")
struct CooldownTests {
    private func decision(_ change: (inout DecisionInput) -> Void) -> Decision { decide(Samples.servable(change)) }
    private let threeDays = Duration.seconds(72 * 3600)

    @Test("a young version is held until its publish time plus the cooldown, to the second")
    func heldToTheSecond() {
        let published = Samples.now.adding(threeDays * -1)
        let last = decision { $0.publishedAt = published.adding(.seconds(1)) }
        #expect(last.code == .heldCooldown)
        #expect(last.until == Samples.now.adding(.seconds(1)))
        #expect(last.nextChange == last.until)
        #expect(decision { $0.publishedAt = published }.isServed)
    }

    @Test("a publish time in the future is held the longer")
    func futureTimes() {
        let decision = decision { $0.publishedAt = Samples.now.adding(Samples.hour) }
        #expect(decision.until == Samples.now.adding(Samples.hour + threeDays))
    }

    @Test("a missing time counts as now: held, with no end to promise")
    func missingTime() {
        let decision = decision { $0.publishedAt = nil }
        #expect(decision.code == .heldCooldown)
        #expect(decision.until == nil)
        #expect(decision.nextChange == nil)
    }

    @Test("a missing time counts from our first sight where policy says so")
    func firstSeen() {
        let policy = Samples.policy { $0.cooldownWithoutTime = .firstSeen }
        let seen = Samples.now.adding(Samples.hour * -1)
        func decision(firstSeen: Timestamp?) -> Decision {
            self.decision {
                $0.policy = policy
                $0.publishedAt = nil
                $0.firstSeenAt = firstSeen
            }
        }
        #expect(decision(firstSeen: seen).until == seen.adding(threeDays))
        #expect(decision(firstSeen: Samples.now.adding(threeDays * -1)).isServed)
        #expect(decision(firstSeen: nil).until == Samples.now.adding(threeDays))
        #expect(decision(firstSeen: nil).nextChange == nil)
    }

    @Test("a missing time is served where policy says so")
    func servedWithoutTime() {
        let decision = decision {
            $0.policy = Samples.policy { $0.cooldownWithoutTime = .serve }
            $0.publishedAt = nil
        }
        #expect(decision.isServed)
    }

    @Test("a contradicted time counts from our first sight, never earlier")
    func contradictedTime() {
        let seen = Samples.now.adding(Samples.hour * -2)
        let held = decision {
            $0.isTimeContradicted = true
            $0.firstSeenAt = seen
        }
        #expect(held.code == .heldCooldown)
        #expect(held.until == seen.adding(threeDays))
        let unseen = decision { $0.isTimeContradicted = true }
        #expect(unseen.code == .heldCooldown)
        let later = decision {
            $0.isTimeContradicted = true
            $0.firstSeenAt = Samples.now.adding(Samples.hour * -900)
            $0.publishedAt = Samples.now.adding(Samples.hour * -1)
        }
        #expect(later.until == Samples.now.adding(Samples.hour * 71))
    }

    @Test("a cooldown of zero, an exemption and a fix lift it")
    func lifted() {
        func young(fixes: Bool = false, _ change: (inout ScreeningLayer) -> Void = { _ in }) -> Decision {
            decision {
                $0.publishedAt = $0.now
                $0.fixesAdvisory = fixes
                $0.policy = Samples.policy(change)
            }
        }
        #expect(young().code == .heldCooldown)
        #expect(young { $0.cooldown = .zero }.isServed)
        #expect(young { $0.cooldownExempt = [Samples.pattern("demo")] }.isServed)
        #expect(young { $0.cooldownExempt = [Samples.pattern("@acme/*")] }.code == .heldCooldown)
        #expect(young(fixes: true).isServed)
        #expect(young(fixes: true) { $0.cooldownLiftForFixes = false }.code == .heldCooldown)
    }

    @Test("a cooldown that ends behind a block changes nothing, and says so")
    func nextChangeIsReal() {
        let blocked = decision {
            $0.publishedAt = $0.now
            $0.statements.append(Samples.standing(.malicious, by: .static_, at: 9))
        }
        #expect(blocked.code == .blockedMalicious)
        #expect(blocked.nextChange == nil)
        let unanalysed = decision {
            $0.publishedAt = $0.now
            $0.statements = []
        }
        #expect(unanalysed.code == .heldCooldown)
        #expect(unanalysed.nextChange == Samples.now.adding(threeDays))
    }

    @Test("extreme times neither trap nor serve early")
    func extremes() {
        for seconds in [Int64.min, Int64.min / 2, -1, 0, Int64.max / 2, Int64.max] {
            let decision = decision {
                $0.publishedAt = Timestamp(secondsSinceEpoch: seconds)
                $0.policy = Samples.policy { $0.cooldown = .seconds(Int64.max / 4) }
            }
            #expect(decision.code == .heldCooldown)
        }
    }
}
