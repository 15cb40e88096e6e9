import HTTP
import Platform
import Registry
import TestSupport
import Testing

@testable import Gateway

@Suite("Politeness towards upstreams")
struct WarmPaceTests {
    private let limits = WarmPace.Limits(requestsPerSecond: 3, atOnce: 2)

    private func at(_ second: Int64) -> Timestamp { Timestamp(secondsSinceEpoch: second) }

    @Test("no more at a time and in a second than the limits say")
    func limited() {
        var pace = WarmPace()
        #expect(pace.turn(at: at(0), limits) == .go)
        #expect(pace.turn(at: at(0), limits) == .go)
        #expect(pace.turn(at: at(0), limits) == .afterOthers)
        pace.ended(.answered, at: at(0))
        #expect(pace.turn(at: at(0), limits) == .go)
        pace.ended(.answered, at: at(0))
        #expect(pace.turn(at: at(0), limits) == .later(at(1)))
        #expect(pace.turn(at: at(1), limits) == .go)
    }

    @Test("failures make pauses longer and longer, and one request alone tries whether they are over")
    func backOff() {
        var pace = WarmPace()
        var now = at(0)
        for minutes in [1, 2, 4, 8, 16, 32, 60, 60] as [Int64] {
            #expect(pace.turn(at: now, limits) == .go)
            #expect(pace.turn(at: now, limits) == (minutes == 1 ? .go : .afterOthers))
            pace.ended(.failed(retryAfter: nil), at: now)
            if minutes == 1 { pace.ended(.failed(retryAfter: nil), at: now) }
            let until = now.adding(.seconds(minutes * 60))
            #expect(pace.turn(at: now, limits) == .resting(until: until), "two failures at once count as one")
            now = until
        }
        #expect(pace.turn(at: now, limits) == .go)
        pace.ended(.answered, at: now)
        #expect(pace.restsUntil == nil)
        #expect(pace.turn(at: now, limits) == .go && pace.turn(at: now, limits) == .go)
    }

    @Test("a source that says when to come back is believed, within reason")
    func retryAfter() {
        var pace = WarmPace()
        #expect(pace.turn(at: at(0), limits) == .go)
        pace.ended(.failed(retryAfter: at(600)), at: at(0))
        #expect(pace.turn(at: at(599), limits) == .resting(until: at(600)))
        #expect(pace.turn(at: at(600), limits) == .go)
        pace.ended(.failed(retryAfter: at(601)), at: at(600))
        #expect(pace.turn(at: at(602), limits) == .resting(until: at(720)), "sooner than we would have come is not now")
        #expect(pace.turn(at: at(720), limits) == .go)
        pace.ended(.failed(retryAfter: at(1 << 40)), at: at(720))
        #expect(pace.restsUntil == at(720).adding(WarmPace.longestWish))
    }

    @Test("what we ended ourselves says nothing of the upstream")
    func cancelled() {
        var pace = WarmPace()
        #expect(pace.turn(at: at(0), limits) == .go)
        pace.ended(.cancelled, at: at(0))
        #expect(pace.restsUntil == nil)
        pace.rest(until: at(50))
        pace.rest(until: at(20))
        #expect(pace.turn(at: at(49), limits) == .resting(until: at(50)))
    }

    @Test(
        "Retry-After is read as seconds and as a date",
        arguments: [
            ("120", 120), ("0", 0), ("Thu, 01 Jan 1970 00:10:00 GMT", 600), ("", nil), ("soon", nil), ("-5", nil),
            ("1.5", nil), ("Thu, 01 Foo 1970 00:10:00 GMT", nil), ("99999999999999999999999", 366 * 86_400),
        ] as [(String, Int64?)])
    func moments(text: String, seconds: Int64?) {
        #expect(RetryAdvice.moment(text, at: at(0)) == seconds.map(at))
    }

    @Test("advice is taken from answers of overload alone, and ends with its time")
    func advice() throws {
        let advice = RetryAdvice()
        let source = try RegistryName(parsing: "npmjs")
        advice.note(404, ["Retry-After": "60"], from: source, at: at(0))
        advice.note(429, [:], from: source, at: at(0))
        #expect(advice.until(source, at: at(0)) == nil)
        advice.note(429, ["retry-after": "60"], from: source, at: at(0))
        #expect(advice.until(source, at: at(59)) == at(60))
        #expect(advice.until(source, at: at(60)) == nil)
        advice.note(503, ["Retry-After": "60"], from: source, at: at(100))
        #expect(advice.until(source, at: at(100)) == at(160))
    }
}
