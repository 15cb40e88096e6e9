import Registry
import TestSupport
import Testing

/// Compares our versions with what pip and npm themselves use, on generated texts.
@Suite("Versions beside other implementations")
struct VersionDifferentialTests {
    private func version(_ text: String, _ ecosystem: Ecosystem) -> PackageVersion? {
        try? PackageVersion(parsing: text, ecosystem: ecosystem)
    }

    private func sign(_ left: PackageVersion, _ right: PackageVersion) -> String {
        left == right ? "0" : left < right ? "-1" : "1"
    }

    @Test("Python versions normalise and compare like packaging's", .enabled(if: OtherImplementation.hasPackaging))
    func python() throws {
        var random = SeededRandom()
        var generator = PythonVersionTexts(random: random)
        let texts = (0..<6_000).map { _ in generator.text() }
        let answers = OtherImplementation.packaging.lines(texts)
        try #require(answers.count == texts.count)
        var valid: [PackageVersion] = []
        for (text, answer) in zip(texts, answers) {
            let ours = version(text, .pypi)
            let shown = ours.map { "\($0.normalized) \($0.canonical) \($0.isPrerelease ? "pre" : "final")" } ?? "-"
            #expect(shown == answer, "\(text)")
            if let ours { valid.append(ours) }
        }
        #expect(valid.count > 2_000 && valid.count < texts.count, "the generator makes both kinds")
        let pairs = (0..<4_000).map { _ in
            (
                valid[Int.random(in: 0..<valid.count, using: &random)],
                valid[Int.random(in: 0..<valid.count, using: &random)]
            )
        }
        let signs = OtherImplementation.packaging.lines(pairs.map { "\($0.text) \($1.text)" })
        try #require(signs.count == pairs.count)
        for (pair, sign) in zip(pairs, signs) { #expect(self.sign(pair.0, pair.1) == sign, "\(pair.0) \(pair.1)") }
        #expect(Set(signs) == ["-1", "0", "1"])
    }

    @Test("npm versions are read and compared like node-semver's", .enabled(if: OtherImplementation.hasNodeSemver))
    func node() throws {
        let other = try #require(OtherImplementation.nodeSemver)
        var random = SeededRandom()
        var generator = SemanticVersionTexts(random: random)
        let texts = (0..<6_000).map { _ in generator.text() }
        let answers = other.lines(texts)
        try #require(answers.count == texts.count)
        var valid: [PackageVersion] = []
        for (text, answer) in zip(texts, answers) {
            let ours = version(text, .npm)
            let shown = ours.map { "\($0.canonical) \($0.isNormalSpelling ? "strict" : "loose")" } ?? "-"
            // node-semver's loose expression backtracks into the patch number: it reads 1.2.34.5 as 1.2.3-4.5. No registry
            // has such a version, and nobody means that by it; we refuse a fourth number.
            let hasFourParts = text.prefixMatch(of: /\d+\.\d+\.\d+\./) != nil
            #expect(shown == (hasFourParts ? "-" : answer), "\(text)")
            if let ours { valid.append(ours) }
        }
        #expect(valid.count > 2_000 && valid.count < texts.count, "the generator makes both kinds")
        let pairs = (0..<4_000).map { _ in
            (
                valid[Int.random(in: 0..<valid.count, using: &random)],
                valid[Int.random(in: 0..<valid.count, using: &random)]
            )
        }
        let signs = other.lines(pairs.map { "\($0.text) \($1.text)" })
        try #require(signs.count == pairs.count)
        for (pair, sign) in zip(pairs, signs) { #expect(self.sign(pair.0, pair.1) == sign, "\(pair.0) \(pair.1)") }
        #expect(Set(signs) == ["-1", "0", "1"])
    }
}

/// Texts that are Python versions or nearly so; few values, so that equal and neighbouring versions are common.
private struct PythonVersionTexts {
    var random: SeededRandom

    private mutating func pick(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }
    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
    private mutating func number() -> String {
        pick(["0", "0", "1", "1", "2", "10", "00", "01", "010", "20240131", "9007199254740993", "18446744073709551615"])
    }
    private mutating func separator() -> String { pick(["", "", ".", "-", "_"]) }

    mutating func text() -> String {
        var text = chance(8) ? pick(["v", "V"]) : ""
        if chance(10) { text += number() + "!" }
        text += number()
        while chance(60) { text += "." + number() }
        if chance(35) {
            text += separator() + pick(["a", "b", "c", "rc", "alpha", "beta", "pre", "preview", "RC", "Alpha"])
            text += separator() + (chance(80) ? number() : "")
        }
        if chance(15) { text += "-" + number() }
        if chance(20) {
            text += separator() + pick(["post", "rev", "r", "POST"]) + separator() + (chance(80) ? number() : "")
        }
        if chance(20) { text += separator() + pick(["dev", "DEV"]) + separator() + (chance(80) ? number() : "") }
        if chance(20) {
            text += "+" + pick(["1", "01", "0", "abc", "ABC", "a1", "ubuntu"])
            while chance(40) { text += pick([".", "-", "_"]) + pick(["1", "2", "10", "b", "00"]) }
        }
        if chance(8) { text += pick([".", "-", "+", "x", "..1", "!", "*", "é", "1.", "a", "+1+2"]) }
        return text
    }
}

/// Texts that are npm versions or nearly so, without the prefixes that only user input has.
private struct SemanticVersionTexts {
    var random: SeededRandom

    private mutating func pick(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }
    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
    private mutating func number() -> String {
        pick(["0", "0", "1", "1", "2", "3", "10", "11", "00", "01", "9007199254740991", "9007199254740992"])
    }
    private mutating func identifier() -> String {
        pick([
            "alpha", "beta", "rc", "0", "1", "2", "10", "01", "00", "x-y", "-", "--", "-1", "1a", "a1", "A", "0a", "1-",
        ])
    }

    mutating func text() -> String {
        var text = number()
        for _ in 0..<(chance(96) ? 2 : Int.random(in: 0...3, using: &random)) { text += "." + number() }
        if chance(60) {
            text += pick(["-", "-", "-", "", "--", "."]) + identifier()
            while chance(45) { text += "." + identifier() }
        }
        if chance(15) {
            text += "+" + pick(["build", "1", "001", "a-b", ""])
            if chance(30) { text += pick([".1", ".x", "..", "+", "."]) }
        }
        if chance(5) { text += pick([".", "-", "+", "_", "*", "é"]) }
        return text
    }
}
