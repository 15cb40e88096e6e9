import TestSupport
import Testing

@testable import YAML

@Suite("YAML as configurations may use it")
struct YAMLTests {
    private func problem(_ text: String) -> YAMLProblem? {
        #expect(throws: YAMLProblem.self) { try YAMLDocument.parse(Array(text.utf8)) }
    }

    @Test("mappings, lists and single values keep their order and lines")
    func structure() throws {
        let root = try YAMLDocument.parse(Array("# note\na: 1\nb:\n  - x\n  - 'null'\n  - ~\nc: {d: [e]}\n".utf8))
        guard case .mapping(let members) = root.value else {
            Issue.record("not a mapping")
            return
        }
        #expect(members.map(\.key) == ["a", "b", "c"])
        #expect(members.map(\.line) == [2, 3, 7])
        guard case .sequence(let elements) = members[1].node.value else {
            Issue.record("not a list")
            return
        }
        #expect(elements.map(\.line) == [4, 5, 6])
        #expect(elements.map(\.isNull) == [false, false, true])
    }

    @Test("a syntax error is told with its line")
    func syntax() {
        #expect(problem("a: 1\nb: [1, 2\nc: 3\n")?.line ?? 0 >= 2)
        #expect(problem("a: 'open")?.message.hasPrefix("not readable as YAML") == true)
        #expect(problem("\ta: 1") != nil)
        #expect(problem("a: b: c") != nil)
    }

    @Test("anchors, aliases, merge keys, tags and second documents are refused")
    func refused() {
        #expect(problem("a: &x 1\nb: *x\n")?.message.contains("anchors") == true)
        #expect(problem("a: *x\n")?.message.contains("aliases") == true)
        #expect(problem("a:\n  <<: {b: 1}\n")?.message.contains("merge keys") == true)
        #expect(problem("a: !!str 1\n")?.message.contains("tags") == true)
        #expect(problem("a: 1\n---\nb: 2\n")?.message.contains("second document") == true)
        #expect(problem("? [a]\n: 1\n")?.message.contains("key") == true)
    }

    @Test("an alias bomb is refused at its first anchor")
    func aliasBomb() {
        var text = "a0: &a0 [x]\n"
        for level in 1...30 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        #expect(problem(text)?.line == 1)
    }

    @Test("depth, size and number of values are bounded")
    func bounds() {
        let deep = String(repeating: "[", count: 30) + String(repeating: "]", count: 30)
        #expect(problem("a: \(deep)")?.message.contains("levels deep") == true)
        #expect(problem(String(repeating: "#", count: YAMLLimits().maxBytes + 1))?.message.contains("limit") == true)
        #expect(problem("a: [\(String(repeating: "1,", count: 60_000))]")?.message == "too many values")
        #expect(throws: YAMLProblem.self) { try YAMLDocument.parse([0x61, 0x3A, 0x20, 0xFF, 0xFE]) }
    }

    @Test("random damage never traps the reader")
    func damage() {
        var random = SeededRandom()
        let text = Array("a: {b: [1, \"x\\u00e9\", 'y'], c: |\n  text\n}\nd:\n  - &x e\n  - >-\n    f\n".utf8)
        for _ in 0..<3000 {
            var bytes = text
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let position = Int.random(in: bytes.indices, using: &random)
                bytes[position] = Bool.random(using: &random) ? UInt8.random(in: 0...255, using: &random) : 0x0A
            }
            _ = try? YAMLDocument.parse(bytes)
        }
        for end in text.indices { _ = try? YAMLDocument.parse(Array(text[..<end])) }
    }
}
