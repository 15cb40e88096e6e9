import Screening
import TestSupport
import Testing

@testable import Configuration

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
