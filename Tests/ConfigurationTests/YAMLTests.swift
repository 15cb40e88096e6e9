import Screening
import TestSupport
import Testing

@testable import Configuration

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
        #expect(problem(String(repeating: "#", count: YAMLDocument.maxBytes + 1))?.message.contains("limit") == true)
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

@Suite("References to the environment and to files")
struct SubstitutionTests {
    private func data(_ value: String, environment: [String: String] = [:], files: [String: [UInt8]] = [:]) throws
        -> String
    {
        try Loading.configuration(Loading.minimal("data: '\(value)'"), environment: environment, files: files).dataPath
    }

    @Test("variables and files are put in, anywhere in a single value")
    func replaced() throws {
        #expect(try data("${DATA}", environment: ["DATA": "/srv/a"]) == "/srv/a")
        #expect(try data("/srv/${A}/${B}", environment: ["A": "1", "B": "2"]) == "/srv/1/2")
        #expect(try data("${file:/run/path}", files: ["/run/path": Array("/srv/b\n".utf8)]) == "/srv/b")
        #expect(try data("${file:secrets/path}", files: ["/etc/jurat/secrets/path": Array("/srv/c".utf8)]) == "/srv/c")
    }

    @Test("what was put in is not looked at again, and an escaped reference stays")
    func notTwice() throws {
        #expect(try data("/${A}", environment: ["A": "${B}", "B": "x"]) == "/${B}")
        #expect(try data("/$${A}") == "/${A}")
        #expect(try data("/$A") == "/$A")
    }

    @Test("a reference that leads nowhere is a problem with its place")
    func broken() {
        func one(_ value: String, files: [String: [UInt8]] = [:]) -> String? {
            Loading.problems(Loading.minimal("data: '\(value)'"), files: files).first
        }
        #expect(one("${NOTHING}") == "line 3: data: the environment variable NOTHING is not set")
        #expect(one("${file:/no}")?.hasPrefix("line 3: data: cannot open /no") == true)
        #expect(one("${open")?.contains("without a closing") == true)
        #expect(one("${1A}")?.contains("neither") == true)
        #expect(one("${}")?.contains("neither") == true)
        #expect(one("${file:}")?.contains("no file") == true)
        #expect(one("${file:/b}", files: ["/b": [0xFF]])?.contains("not text") == true)
    }

    @Test("what a reference puts in is not repeated in a problem, nor is a password in an address")
    func secretsStayInside() {
        let environment = ["T": "hunter2"]
        for line in [
            "publicUrl: 'https://u:${T}@h/'", "workers: ${T}", "sandbox: ${T}", "screening: { analyzers: ['${T}'] }",
        ] {
            let problems = Loading.problems(Loading.minimal(line), environment: environment)
            #expect(problems.count == 1 && !problems[0].contains("hunter2"), "\(problems)")
        }
        let literal = Loading.problems(Loading.minimal("publicUrl: 'https://u:hunter2@h/'"))
        #expect(literal.count == 1 && !literal[0].contains("hunter2"), "\(literal)")
    }

    @Test("a variable may hold any kind of value")
    func typed() throws {
        let configuration = try Loading.configuration(
            Loading.minimal("workers: ${N}\nscreening: { cooldown: '${C}' }"), environment: ["N": "7", "C": "3h"])
        #expect(configuration.workers == 7)
        #expect(configuration.defaultPolicy.cooldown == .seconds(10_800))
    }
}

@Suite("Quantities and suggestions")
struct QuantityTests {
    @Test("durations and sizes are one number and one unit")
    func units() {
        let durations: [(String, Int64?)] = [
            ("90s", 90), ("15m", 900), ("72h", 259_200), ("7d", 604_800), ("2w", 1_209_600), ("0s", 0), ("1", nil),
            ("", nil), ("h", nil), ("1.5h", nil), ("1h30m", nil), (" 1h", nil), ("1 h", nil), ("1H", nil), ("+1h", nil),
            ("99999999999999999999h", nil), ("9999999999999999w", nil),
        ]
        for (text, seconds) in durations { #expect(Quantity.duration(text)?.components.seconds == seconds, "\(text)") }
        let sizes: [(String, Int64?)] = [
            ("64MiB", 64 << 20), ("1B", 1), ("3KiB", 3072), ("20GiB", 20 << 30), ("1TiB", 1 << 40), ("1MB", nil),
            ("1", nil), ("MiB", nil), ("99999999999TiB", nil),
        ]
        for (text, bytes) in sizes { #expect(Quantity.sizeBytes(text) == bytes, "\(text)") }
    }

    @Test("quantities are written in the largest unit that is exact, and read back")
    func written() {
        for seconds in [0, 1, 59, 60, 90, 3600, 86_400, 604_800, 604_801] as [Int64] {
            let text = Quantity.text(.seconds(seconds))
            #expect(Quantity.duration(text)?.components.seconds == seconds, "\(text)")
        }
        for bytes in [0, 1, 1024, 1025, 64 << 20, 20 << 30] as [Int64] {
            #expect(Quantity.sizeBytes(Quantity.text(sizeBytes: bytes)) == bytes)
        }
        #expect(Quantity.text(.seconds(72 * 3600)) == "3d")
    }

    @Test("scores have at most one digit after the point")
    func scores() {
        let scores: [(String, Int?)] = [
            ("0", 0), ("9.8", 98), ("10", 100), ("10.0", 100), ("10.1", nil), ("11", nil), ("9.", nil), (".5", nil),
            ("9.85", nil), ("-1", nil), ("", nil), ("1.2.3", nil),
        ]
        for (text, tenths) in scores { #expect(Quantity.tenths(text) == tenths, "\(text)") }
    }

    @Test("only a near word is suggested")
    func suggestions() {
        let known = ["listen", "publicUrl", "maxAge", "data"]
        #expect(Suggestion.nearest(to: "lisetn", among: known) == "listen")
        #expect(Suggestion.nearest(to: "publicURL", among: known) == "publicUrl")
        #expect(Suggestion.nearest(to: "maxage", among: known) == "maxAge")
        #expect(Suggestion.nearest(to: "date", among: known) == "data")
        #expect(Suggestion.nearest(to: "registries", among: known) == nil)
        #expect(Suggestion.nearest(to: String(repeating: "x", count: 100_000), among: known) == nil)
        #expect(Suggestion.distance(from: Array("abcd".utf8), to: Array("badc".utf8)) == 2)
        #expect(Suggestion.distance(from: [], to: Array("abc".utf8)) == 3)
    }
}
