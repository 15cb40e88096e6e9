import JSON
import Platform
import Registry
import TestSupport
import Testing

@testable import Screening

@Suite("Refusals in words")
struct RefusalTextTests {
    private let link = "http://host:7677/-/why/7q3k2f"

    private func refusal(
        _ input: DecisionInput, alternatives: [String] = ["1.0.0"], link: String? = nil
    ) -> Refusal {
        Refusal(
            decision: decide(input), of: input, alternatives: alternatives, whyURL: link ?? self.link, requestID: "r1")
    }

    private func young(_ name: String = "demo", _ version: String = "1.1.0") -> DecisionInput {
        Samples.servable {
            $0.name = Samples.name(name)
            $0.version = Samples.version(version)
            $0.publishedAt = $0.now.adding(.seconds(3 * 3600))
        }
    }

    @Test("the reason phrase of a cooldown names version, end, alternative and link")
    func cooldownPhrase() {
        #expect(
            refusal(young()).reasonPhrase
                == "Held by jurat: demo@1.1.0 in cooldown until 2026-11-24 03:00Z; try 1.0.0; "
                + "http://host:7677/-/why/7q3k2f")
        #expect(
            refusal(young()).sentence == "Held by jurat: demo@1.1.0 is in cooldown until 2026-11-24T03:00:00Z. "
                + "Allowed now: 1.0.0. http://host:7677/-/why/7q3k2f")
    }

    @Test("the minute shown is never before the end")
    func minuteIsRoundedUp() {
        var input = young()
        input.publishedAt = input.publishedAt?.adding(.seconds(1))
        #expect(refusal(input).reasonPhrase.contains("until 2026-11-24 03:01Z"))
        #expect(refusal(input).sentence.contains("until 2026-11-24T03:00:01Z"))
    }

    @Test("a malicious version is named with its advisory, whether the index or a verdict says so")
    func maliciousPhrase() {
        let byIndex = Samples.servable { $0.advisories = [AdvisoryFact(id: "MAL-2025-1234", isMalicious: true)] }
        var byVerdict = byIndex
        byVerdict.statements.append(Samples.standing(.malicious, by: .advisory, at: 9, rules: ["ADV-MAL"]))
        for input in [byIndex, byVerdict] {
            #expect(
                refusal(input).reasonPhrase == "Blocked by jurat: demo@1.1.0 is known malicious (MAL-2025-1234); "
                    + "try 1.0.0; http://host:7677/-/why/7q3k2f")
        }
    }

    @Test("what two analyzers of ours found is said once")
    func saidOnce() {
        func sentence(_ rules: String...) -> String {
            let found = Samples.servable { input in
                input.statements += [
                    Samples.standing(.suspicious, by: .static_, at: 9, rules: ["OBF-0X"]),
                    Samples.standing(.suspicious, by: .diff, at: 10, rules: rules),
                ]
            }
            return refusal(found, alternatives: []).sentence
        }
        #expect(sentence("OBF-0X").contains("needs review (static: OBF-0X)"))
        #expect(sentence("OBF-0X", "D-CAP").contains("needs review (static: OBF-0X, diff: D-CAP)"))
        #expect(sentence().contains("needs review (static: OBF-0X, diff)"))
    }

    @Test("every cause has its own words")
    func everyCause() {
        func phrase(_ change: (inout DecisionInput) -> Void) -> String {
            let whole = refusal(Samples.servable(change), alternatives: []).reasonPhrase
            return whole.replacing("; \(link)", with: "").replacing(" by jurat: demo@1.1.0", with: ":")
        }
        func policy(_ change: (inout ScreeningLayer) -> Void) -> ScreeningPolicy { Samples.policy(change) }
        #expect(phrase { $0.isNameReserved = true } == "Blocked: is a name reserved for another registry here")
        #expect(phrase { $0.isTampered = true } == "Blocked: changed after it was first seen")
        #expect(
            phrase { $0.policy = policy { $0.deny = [Samples.selector("demo")] } } == "Blocked: is on the deny list")
        #expect(phrase { $0.dispositions = [Samples.ruling(.deny, at: 3)] } == "Blocked: was denied by an operator")
        let rules = ["INST-SCRIPT-NET", "OBF-0X", "CAP-NET"]
        func verdict(_ verdict: Verdict) -> StandingVerdict {
            Samples.standing(verdict, by: .static_, at: 9, rules: rules)
        }
        #expect(
            phrase { $0.statements.append(verdict(.malicious)) }
                == "Blocked: was judged malicious (static: INST-SCRIPT-NET OBF-0X)")
        #expect(
            phrase { $0.statements.append(verdict(.suspicious)) }
                == "Held: needs review (static: INST-SCRIPT-NET OBF-0X)")
        #expect(
            phrase {
                $0.statements.append(verdict(.suspicious))
                $0.policy = policy { $0.onSuspicious = .block }
            } == "Blocked: is suspicious (static: INST-SCRIPT-NET OBF-0X)")
        #expect(
            phrase {
                $0.advisories = [AdvisoryFact(id: "GHSA-9h2x", isMalicious: false, cvssTenths: 98)]
                $0.policy = policy { $0.maxCVSSTenths = 90 }
            } == "Blocked: has a known vulnerability rated 9.8 (GHSA-9h2x)")
        #expect(
            phrase {
                $0.hasRepositoryURL = false
                $0.policy = policy { $0.requireRepositoryURL = true }
            } == "Blocked: names no source repository")
        #expect(
            phrase {
                $0.hasInstallScript = true
                $0.policy = policy { $0.denyInstallScripts = true }
            } == "Blocked: runs scripts when it is installed")
        #expect(phrase { $0.publishedAt = nil } == "Held: in cooldown (publish time unknown)")
        #expect(phrase { $0.statements = [] } == "Held: waits for analysis (advisory, static)")
        #expect(
            phrase { $0.advisoryAvailability = .stale(ageSeconds: 1) } == "Held: cannot be analysed now (advisory)")
    }

    @Test("ids that are not ids are not repeated to clients")
    func hostileIDs() {
        let input = Samples.servable {
            $0.advisories = [AdvisoryFact(id: "MAL-1\r\nX-Evil: 1", isMalicious: true)]
            $0.statements.append(Samples.standing(.malicious, by: .static_, at: 9, rules: ["a b<script>"]))
        }
        let refusal = refusal(input)
        #expect(refusal.reasonPhrase.hasPrefix("Blocked by jurat: demo@1.1.0 was judged malicious (static);"))
        #expect(!refusal.sentence.contains("Evil"))
    }

    @Test("a long phrase loses the alternative, then the ids, then the middle of the name, then the link")
    func shortening() {
        let scoped = "@" + String(repeating: "s", count: 40) + "/" + String(repeating: "n", count: 30)
        let without = refusal(young(scoped), alternatives: ["1.0.0-" + String(repeating: "b", count: 40)]).reasonPhrase
        #expect(without == "Held by jurat: \(scoped)@1.1.0 in cooldown until 2026-11-24 03:00Z; \(link)")
        let longest = "@" + String(repeating: "s", count: 100) + "/" + String(repeating: "n", count: 100)
        let shortened = refusal(young(longest)).reasonPhrase
        #expect(shortened.utf8.count == 160)
        #expect(shortened.hasPrefix("Held by jurat: @sss"))
        #expect(shortened.contains("n@1.1.0 in cooldown until 2026-11-24 03:00Z; \(link)"))
        let farAway = "https://" + String(repeating: "h", count: 140) + "/-/why/x"
        #expect(
            refusal(young(), link: farAway).reasonPhrase
                == "Held by jurat: demo@1.1.0 in cooldown until 2026-11-24 03:00Z")
    }

    @Test("whatever the facts, the phrase is one line of printable ASCII within 160 bytes")
    func alwaysPrintable() {
        var random = SeededRandom()
        let causes: [@Sendable (inout DecisionInput) -> Void] = [
            { $0.publishedAt = nil }, { $0.publishedAt = $0.now }, { $0.statements = [] },
            { $0.advisories = [AdvisoryFact(id: "MAL-" + String(repeating: "9", count: 60), isMalicious: true)] },
            { $0.isTampered = true },
        ]
        for _ in 0..<500 {
            let length = Int.random(in: 1...214, using: &random)
            var input = Samples.servable {
                $0.name = Samples.name(String(repeating: "n", count: length))
                $0.version = Samples.version("1.0.0-" + String(repeating: "b", count: length))
            }
            causes.randomElement(using: &random)?(&input)
            let link = "http://h/\u{E9}\r\n" + String(repeating: "l", count: Int.random(in: 0...200, using: &random))
            let refusal = refusal(input, alternatives: ["1.0.0\n", "é"], link: link)
            let phrase = Array(refusal.reasonPhrase.utf8)
            #expect(phrase.count <= 160)
            #expect(phrase.allSatisfy { (0x20...0x7E).contains($0) })
            #expect(refusal.sentence.utf8.allSatisfy { (0x20...0x7E).contains($0) })
            #expect(refusal.problemBody().count < 1024)
        }
    }

    @Test("a rule in report mode is told as if it refused")
    func reportMode() {
        let input = Samples.servable {
            $0.statements.append(Samples.standing(.malicious, by: .static_, at: 9, rules: ["R-1"]))
            $0.policy = Samples.policy { $0.onMalicious = .report }
        }
        #expect(refusal(input).code == .blockedMalicious)
        #expect(refusal(input).reasonPhrase.hasPrefix("Blocked by jurat: demo@1.1.0 is known malicious"))
    }

    @Test("an npm listing's message names at most three versions, newest first, and how many more there are")
    func restrictionMessage() {
        let refusals = ["1.1.0", "1.10.0", "1.2.0", "1.3.0", "1.4.0"].map { refusal(young("demo", $0)) }
        #expect(
            Refusal.restrictionMessage(refusals, allowed: ["1.0.0"], link: link)
                == "refused by jurat: 1.10.0 (in cooldown until 2026-11-24 03:00Z), "
                + "1.4.0 (in cooldown until 2026-11-24 03:00Z), 1.3.0 (in cooldown until 2026-11-24 03:00Z) "
                + "and 2 more; try 1.0.0; http://host:7677/-/why/7q3k2f")
        #expect(
            Refusal.restrictionMessage([refusals[0]], allowed: [], link: link)
                == "refused by jurat: 1.1.0 (in cooldown until 2026-11-24 03:00Z); http://host:7677/-/why/7q3k2f")
    }

    @Test("a client that shows only the address can be sent to one that says why")
    func urlSegment() {
        #expect(refusal(young()).urlSegment == "held-by-jurat-demo-1.1.0-in-cooldown-until-2026-11-24-03-00z")
        let long = refusal(young("@a/" + String(repeating: "n", count: 200))).urlSegment
        #expect(long.utf8.count == 120)
        #expect(long.hasPrefix("held-by-jurat-a-nnn"))
    }

    @Test("a wait that goes on says so")
    func pendingNotice() {
        let notice = PendingNotice(purl: Samples.purl(), missing: [.static_], elapsedSeconds: 12)
        #expect(notice.reasonPhrase == "Analysis of demo@1.1.0 in progress (static, 12s); retry")
        let long = Samples.purl("pkg:npm/" + String(repeating: "n", count: 214) + "@1.1.0")
        let shortened = PendingNotice(purl: long, missing: [.advisory, .static_], elapsedSeconds: 12).reasonPhrase
        #expect(shortened.utf8.count == 160)
        #expect(shortened.hasSuffix("@1.1.0 in progress (advisory, static, 12s); retry"))
        #expect(
            String(decoding: notice.problemBody(), as: UTF8.self)
                == #"{"error":"Analysis of demo@1.1.0 in progress (static, 12s); retry","status":429,"#
                + #""missing":["static"],"elapsedSeconds":12,"retryAfterSeconds":3}"#)
    }
}
