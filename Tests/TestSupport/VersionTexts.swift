/// Texts that are Python versions or nearly so; few values, so that equal and neighbouring versions are common.
public struct PythonVersionTexts {
    private var random: SeededRandom

    public init(random: SeededRandom) {
        self.random = random
    }

    private mutating func pick(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }
    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
    private mutating func number() -> String {
        pick(["0", "0", "1", "1", "2", "10", "00", "01", "010", "20240131", "9007199254740993", "18446744073709551615"])
    }
    private mutating func separator() -> String { pick(["", "", ".", "-", "_"]) }

    public mutating func text() -> String {
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
public struct SemanticVersionTexts {
    private var random: SeededRandom

    public init(random: SeededRandom) {
        self.random = random
    }

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

    public mutating func text() -> String {
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
