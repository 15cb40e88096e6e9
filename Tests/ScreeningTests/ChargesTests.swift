import Platform
import Registry
import Screening
import Testing

@Suite("What our own log holds against an artifact")
struct ChargesTests {
    private let condemned = [
        Samples.standing(.malicious, by: .static_, at: 1), Samples.standing(.suspicious, by: .diff, at: 2),
        Samples.standing(.malicious, by: .advisory, at: 3),
    ]

    @Test("the newest own malicious verdicts count, whatever policy does about them")
    func malicious() {
        let input = Samples.servable {
            $0.policy = Samples.policy { $0.onMalicious = .report }
            $0.statements = condemned
        }
        #expect(Charges(input).malicious.map(\.logIndex) == [1, 3])
        #expect(!Charges(input).isAllowed)
        var later = input
        later.statements.append(Samples.standing(.clean, by: .static_, at: 4))
        #expect(Charges(later).malicious.map(\.logIndex) == [3], "a newer verdict takes the place of an older one")
    }

    @Test("what is void or said by others is no charge of ours")
    func others() {
        let foreign = VerdictSource.foreign(origin: "peer.test/log", effect: .block)
        let input = Samples.servable {
            $0.statements = [
                Samples.standing(.malicious, by: .static_, at: 1, isVoid: true),
                Samples.standing(.malicious, by: .static_, at: 2, source: foreign),
            ]
        }
        #expect(Charges(input).malicious.isEmpty)
    }

    @Test("an allow counts that covers what is known, a list entry that names the version, a denial changes nothing")
    func allowed() {
        func isAllowed(_ change: (inout DecisionInput) -> Void) -> Bool {
            Charges(
                Samples.servable {
                    $0.statements = condemned
                    change(&$0)
                }
            ).isAllowed
        }
        #expect(isAllowed { $0.dispositions = [Samples.ruling(.allow, at: 4, inViewOf: [1, 3])] })
        #expect(!isAllowed { $0.dispositions = [Samples.ruling(.allow, at: 4)] })
        #expect(
            !isAllowed {
                $0.dispositions = [
                    Samples.ruling(
                        .allow, at: 4, inViewOf: [1, 3], expiresAt: Samples.now.adding(.zero - Samples.hour))
                ]
            })
        #expect(!isAllowed { $0.dispositions = [Samples.ruling(.deny, at: 4, inViewOf: [1, 3])] })
        #expect(isAllowed { $0.policy = Samples.policy { $0.allow = [Samples.selector("demo@1.1.0")] } })
        #expect(!isAllowed { $0.policy = Samples.policy { $0.allow = [Samples.selector("demo")] } })
    }
}
