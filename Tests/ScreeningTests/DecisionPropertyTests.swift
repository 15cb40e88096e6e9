import Platform
import Registry
import TestSupport
import Testing

@testable import Screening

/// Random but plausible facts: small domains, so that rules meet.
private struct FactGenerator {
    var random: SeededRandom

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &random)]
    }
    mutating func moment() -> Timestamp {
        Samples.now.adding(.seconds(Int64.random(in: -400_000...400_000, using: &random)))
    }

    mutating func layer() -> ScreeningLayer {
        var layer = ScreeningLayer()
        if chance(50) { layer.cooldown = pick([.zero, .seconds(3600), .seconds(300_000)]) }
        layer.cooldownWithoutTime = pick(MissingTimeRule.allCases)
        layer.onMalicious = pick(MaliciousAction.allCases)
        layer.onSuspicious = pick(SuspiciousAction.allCases)
        layer.onAnalyzerUnavailable = pick(UnavailableAction.allCases)
        layer.requireRepositoryURL = chance(20)
        layer.denyInstallScripts = chance(20)
        if chance(30) { layer.maxCVSSTenths = 70 }
        if chance(15) { layer.allow = [Samples.selector(pick(["demo", "demo@1.1.0", "other"]))] }
        if chance(15) { layer.deny = [Samples.selector(pick(["demo", "demo@1.1.0", "other"]))] }
        layer.holdUntil = pick([[], [.static_], [.advisory, .static_]])
        return layer
    }

    mutating func verdict(at index: UInt64) -> StandingVerdict {
        let analyzer = pick([AnalyzerID.advisory, .static_, .static_, .diff])
        let names = pick(["pkg:npm/demo@1.1.0", "pkg:npm/copy@1.0.0"])
        return Samples.standing(
            pick([.clean, .clean, .suspicious, .malicious]), by: analyzer, at: index,
            appliesTo: analyzer == .advisory ? .coordinates([Samples.purl(names)]) : .bytes,
            isWithoutData: analyzer == .advisory && chance(20), isVoid: chance(10))
    }

    /// What a peer says, at any effect that its verdict may have.
    mutating func foreignVerdict(at index: UInt64) -> StandingVerdict {
        let verdict = pick(Verdict.allCases)
        let own = self.verdict(at: index)
        return StandingVerdict(
            statement: own.statement, logIndex: UInt64.random(in: 0...50, using: &random), signer: own.signer,
            analyzer: own.analyzer, verdict: verdict, appliesTo: own.appliesTo, rules: [],
            isWithoutData: own.isWithoutData,
            source: .foreign(
                origin: pick(["a.example/log", "b.example/log"]),
                effect: pick(ForeignWeights.allowed(for: verdict) + [.ignored])))
    }

    mutating func disposition(at index: UInt64, seen: [UInt64], expires: Bool) -> StandingDisposition {
        Samples.ruling(
            pick(DispositionDecision.allCases), at: index, inViewOf: seen.filter { _ in chance(60) },
            registries: chance(25) ? [Samples.registry(pick(["npmjs", "other"]))] : [],
            purl: chance(25) ? Samples.purl(pick(["pkg:npm/demo", "pkg:npm/copy"])) : nil,
            expiresAt: expires && chance(40) ? moment() : nil,
            supersedes: chance(30) ? UInt64.random(in: 20...24, using: &random) : nil)
    }

    mutating func input(expires: Bool = true) -> DecisionInput {
        var input = Samples.servable()
        input.policy = .resolving([layer()])
        input.isNameReserved = chance(3)
        input.isTampered = chance(5)
        input.publishedAt = chance(80) ? moment() : nil
        input.firstSeenAt = chance(70) ? moment() : nil
        input.isTimeContradicted = chance(15)
        input.hasInstallScript = chance(30)
        input.hasRepositoryURL = chance(70)
        let indices = (0..<UInt64.random(in: 0...4, using: &random)).map { $0 + 10 }
        input.statements = indices.map { chance(30) ? foreignVerdict(at: $0) : verdict(at: $0) }
        input.dispositions = (0..<UInt64.random(in: 0...3, using: &random)).map {
            disposition(at: $0 + 20, seen: indices, expires: expires)
        }
        if chance(15) { input.advisories.append(AdvisoryFact(id: "MAL-1", isMalicious: true)) }
        if chance(25) {
            let tenths = Int.random(in: 0...100, using: &random)
            input.advisories.append(AdvisoryFact(id: "GHSA-1", isMalicious: false, cvssTenths: tenths))
        }
        input.advisoryAvailability = pick([
            .neverLoaded(required: false), .neverLoaded(required: true), .current(snapshot: "s"),
            .current(snapshot: "s"),
            .stale(ageSeconds: 1),
        ])
        input.progress = [.static_: pick([.notRequested, .running(since: Samples.now), .unavailable(cause: "time")])]
        input.fixesAdvisory = chance(15)
        return input
    }
}

@Suite("What no facts can change about the decision")
struct DecisionPropertyTests {
    private let cases = 1200

    @Test("every input has an answer whose parts agree")
    func total() {
        var facts = FactGenerator(random: SeededRandom())
        for _ in 0..<cases {
            let input = facts.input()
            let decision = decide(input)
            #expect((decision.code == nil) == decision.isServed)
            #expect(decision.code.map { $0.outcome == decision.outcome } ?? true)
            #expect(decision.nextChange.map { $0 > input.now } ?? true)
            #expect(decision.standsOn == decision.standsOn.sorted())
            #expect(decision == decide(input))
        }
    }

    @Test("the order in which statements and dispositions are listed changes nothing")
    func orderIsNothing() {
        var facts = FactGenerator(random: SeededRandom())
        for _ in 0..<cases {
            var input = facts.input()
            let decision = decide(input)
            input.statements.shuffle(using: &facts.random)
            input.dispositions.shuffle(using: &facts.random)
            input.advisories.shuffle(using: &facts.random)
            #expect(decide(input) == decision)
        }
    }

    @Test("a deny list entry is never lifted, whatever else is allowed")
    func denyListHolds() {
        var facts = FactGenerator(random: SeededRandom())
        for _ in 0..<cases {
            var input = facts.input()
            var allow = ScreeningLayer()
            allow.allow = [Samples.selector("demo@1.1.0")]
            var deny = ScreeningLayer()
            deny.deny = [Samples.selector(facts.pick(["demo", "demo@1.1.0", "pkg:npm/demo@1.1.0"]))]
            input.policy = .resolving([deny, facts.layer(), allow])
            let code = decide(input).code
            #expect([.blockedDenied, .blockedTampered, .nameReserved].contains(code))
        }
    }

    @Test("no allow beats an operator's deny that acts")
    func operatorDenyHolds() {
        var facts = FactGenerator(random: SeededRandom())
        for _ in 0..<cases {
            var input = facts.input()
            // Nothing above index 30 supersedes it.
            input.dispositions.append(Samples.ruling(.deny, at: 30))
            input.dispositions.append(Samples.ruling(.allow, at: 31, inViewOf: [10, 11, 12, 13]))
            #expect([.blockedDenied, .blockedTampered, .nameReserved].contains(decide(input).code))
        }
    }

    @Test("where no disposition expires, time only turns holds into serves")
    func timeOnlyReleases() {
        var facts = FactGenerator(random: SeededRandom())
        for _ in 0..<cases {
            let input = facts.input(expires: false)
            let before = decide(input)
            var later = input
            later.now = input.now.adding(.seconds(Int64.random(in: 0...900_000, using: &facts.random)))
            let after = decide(later)
            switch before.outcome {
            case .serve: #expect(after.isServed)
            case .block: #expect(after.code == before.code)
            case .hold: #expect(after.outcome != .block)
            }
        }
    }

    @Test("nothing changes before the next change, and something does then")
    func nextChangeIsExact() {
        var facts = FactGenerator(random: SeededRandom())
        var changes = 0
        for _ in 0..<cases {
            let input = facts.input()
            let decision = decide(input)
            let horizon = decision.nextChange ?? Timestamp.latest
            var other = input
            let span = min(900_000, input.now.distance(to: horizon).components.seconds - 1)
            other.now = input.now.adding(.seconds(Int64.random(in: 0...max(0, span), using: &facts.random)))
            let between = decide(other)
            #expect(between.code == decision.code)
            #expect(between.rule == decision.rule)
            guard let moment = decision.nextChange else { continue }
            changes += 1
            other.now = moment
            let after = decide(other)
            #expect(
                (after.code, after.rule, after.wouldRefuse, after.missing, after.standsOn)
                    != (decision.code, decision.rule, decision.wouldRefuse, decision.missing, decision.standsOn))
        }
        #expect(changes > cases / 50)
    }

    @Test("what a peer says serves nothing that was refused, unless it satisfies")
    func foreignNeverOpens() {
        var facts = FactGenerator(random: SeededRandom())
        for _ in 0..<cases {
            let input = facts.input()
            var more = input
            more.statements.append(facts.foreignVerdict(at: 40))
            let isSatisfying = more.statements.last?.source.foreignEffect == .satisfy
            // A peer takes back what it said itself: then the rest decides.
            let said = input.statements.contains { $0.source.origin == more.statements.last?.source.origin }
            if !isSatisfying, !said, !decide(input).isServed { #expect(!decide(more).isServed) }
            if isSatisfying, decide(input).isServed { #expect(decide(more).isServed) }
        }
    }

    @Test("statements that are ignored or only shown change nothing but what an allow was given in view of")
    func shownChangesNothing() {
        var facts = FactGenerator(random: SeededRandom())
        for _ in 0..<cases {
            let input = facts.input()
            let weak = input.statements.filter {
                $0.source.foreignEffect == .ignored || $0.source.foreignEffect == .shown
            }
            let origins = Set(weak.filter { $0.source.foreignEffect == .shown }.compactMap(\.source.origin))
            // A shown statement is the newest of its log all the same, and replaces an older one that acted.
            guard
                !input.statements.contains(where: { verdict in
                    verdict.source.foreignEffect != .shown && verdict.source.origin.map(origins.contains) ?? false
                })
            else { continue }
            var fewer = input
            fewer.statements.removeAll { weak.contains($0) }
            fewer.dispositions = []
            var whole = input
            whole.dispositions = []
            #expect(decide(whole) == decide(fewer))
        }
    }

    @Test("nothing is served while a verdict by a revoked key waits for its analyzer, unless the allow list passes it")
    func doubtHolds() {
        var facts = FactGenerator(random: SeededRandom())
        var held = 0
        for _ in 0..<cases {
            var input = facts.input()
            input.dispositions = []
            input.policy = .resolving([facts.layer(), Samples.allAnalyzers])
            input.statements.append(
                Samples.standing(facts.pick([.suspicious, .malicious]), by: .static_, at: 40, isVoid: true))
            let decision = decide(input)
            // An entry that names the version passes everything.
            guard decision.rule != .allowList else { continue }
            #expect(!decision.isServed)
            if decision.code == .heldPending { held += 1 }
            // A newer verdict by a good key puts the doubt to rest.
            let after = input.statements + [Samples.standing(.clean, by: .static_, at: 41)]
            input.statements.removeLast()
            var without = input
            without.statements.append(Samples.standing(.clean, by: .static_, at: 41))
            input.statements = after
            #expect(decide(input) == decide(without))
        }
        #expect(held > 0)
    }

    @Test("one more malicious verdict never turns a refusal into a serve")
    func worseNeverHelps() {
        var facts = FactGenerator(random: SeededRandom())
        for _ in 0..<cases {
            var input = facts.input()
            // In report mode a bad verdict changes nothing but the missing one that it fills in.
            input.policy = .resolving([facts.layer(), Samples.blockingLayer])
            guard !decide(input).isServed else { continue }
            input.statements.append(Samples.standing(.malicious, by: .static_, at: 40))
            #expect(!decide(input).isServed)
        }
    }
}

extension Samples {
    fileprivate static var allAnalyzers: ScreeningLayer {
        var layer = ScreeningLayer()
        layer.analyzers = [.advisory, .static_, .diff]
        return layer
    }

    fileprivate static var blockingLayer: ScreeningLayer {
        var layer = ScreeningLayer()
        layer.onMalicious = .block
        layer.onSuspicious = .hold
        return layer
    }
}
