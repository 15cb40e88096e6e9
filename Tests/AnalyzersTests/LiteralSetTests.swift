import TestSupport
import Testing

@testable import Analyzers

@Suite("Literal sets")
struct LiteralSetTests {
    private func naive(_ patterns: [[UInt8]], _ text: [UInt8], ignoringCase: Bool) -> [LiteralSet.Match] {
        let searched = ignoringCase ? text.lowercasedASCII() : text
        let wanted = ignoringCase ? patterns.map { $0.lowercasedASCII() } : patterns
        var found: [LiteralSet.Match] = []
        for start in searched.indices {
            for (index, pattern) in wanted.enumerated() where searched[start...].starts(with: pattern) {
                found.append(.init(pattern: index, range: start..<start + pattern.count))
            }
        }
        return found
    }

    @Test("random patterns are found in random texts exactly where a plain search finds them")
    func random() {
        var random = SeededRandom(seed: 0x5EED)
        for round in 0..<200 {
            let alphabet = Array((round % 2 == 0 ? "abAB@`" : "abcdefghXYZ.:/-_0\u{E9}").utf8)
            func bytes(_ range: ClosedRange<Int>) -> [UInt8] {
                (0..<Int.random(in: range, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0x61 }
            }
            let shortest = round % 5 + 1
            let patterns = (0..<Int.random(in: 1...30, using: &random)).map { _ in bytes(shortest...shortest + 6) }
            let text = bytes(0...200)
            for ignoringCase in [false, true] {
                let set = LiteralSet(patterns, ignoringCase: ignoringCase)
                let expected = naive(patterns, text, ignoringCase: ignoringCase)
                #expect(set.matches(in: text) == expected, "round \(round) of seed 0x5EED")
                let present = set.present(in: text)
                for index in patterns.indices {
                    #expect(present.contains(index) == expected.contains { $0.pattern == index }, "round \(round)")
                }
                #expect(set.matchesAny(in: text) == !expected.isEmpty)
            }
        }
    }

    @Test("a pattern is found at both ends, overlapping itself, and in slices by their own indices")
    func places() {
        let set = LiteralSet(["aba", "hooks.slack.com"])
        #expect(set.matches(in: Array("ababa".utf8)).map(\.range) == [0..<3, 2..<5])
        let text = Array("xx hooks.slack.com".utf8)
        #expect(set.matches(in: text[3...]) == [.init(pattern: 1, range: 3..<18)])
        #expect(set.matches(in: text[4...]) == [])
        #expect(set.matches(in: text[..<17]) == [])
        #expect(set.matches(in: Array("ababa".utf8), limit: 1).count == 1)
    }

    @Test("only ASCII letters match in either case")
    func folding() {
        let set = LiteralSet(["~/.AWS", "[x]"], ignoringCase: true)
        #expect(set.matches(in: Array("^/.aws ~/.aWs {x} [X]".utf8)).map(\.pattern) == [0, 1])
        #expect(LiteralSet(["~/.AWS"]).matches(in: Array("~/.aws".utf8)) == [])
    }

    @Test("an empty set and an empty text have no matches")
    func empty() {
        #expect(LiteralSet([String]()).present(in: Array("abc".utf8)).isEmpty)
        #expect(LiteralSet(["abc"]).present(in: []).isEmpty)
    }
}
