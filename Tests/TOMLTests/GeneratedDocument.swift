import TestSupport

/// Documents made up of the grammar's pieces, with few different keys, so that the rules of redefinition are met often.
struct GeneratedDocument {
    var random: SeededRandom

    mutating func text() -> String {
        let breaks = ["\n", "\n", "\n", "\r\n"]
        return (0..<Int.random(in: 1...9, using: &random)).map { _ in line() + pick(breaks) }.joined()
    }

    mutating func damaged() -> [UInt8] {
        var bytes = Array(text().utf8)
        let marks =
            Array("\"'[]{}=,.#\\\n\r\t -+_:TZtz0123456789abeExinfu\u{7F}".utf8) + [0x00, 0x1F, 0x80, 0xC3, 0xFF]
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
            let place = bytes.indices.randomElement(using: &random) ?? 0
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes.remove(at: place)
            case 1: bytes.insert(pick(marks), at: place)
            case 2: bytes[place] = pick(marks)
            default: bytes.insert(contentsOf: bytes[place...].prefix(Int.random(in: 1...9, using: &random)), at: place)
            }
        }
        return bytes
    }

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: choices.indices, using: &random)]
    }

    private mutating func line() -> String {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<4: "[\(path())]\(comment())"
        case 4..<7: "[[\(path())]]\(comment())"
        case 7: comment()
        case 8: ""
        default: "\(path()) = \(value(depth: 0))\(comment())"
        }
    }

    private mutating func comment() -> String { pick(["", "", "", " # note", "#\té", "  "]) }

    private mutating func path() -> String {
        (0..<pick([1, 1, 1, 2, 2, 3])).map { _ in key() }.joined(separator: pick([".", ".", " . ", "\t."]))
    }

    private mutating func key() -> String {
        pick([
            "a", "b", "c", "d", "a", "b", "\"a\"", "'b'", "\"\"", "\"é\"", "\"e\\u0301\"", "1", "-", "x_y", "\"a.b\"",
        ])
    }

    private mutating func value(depth: Int) -> String {
        switch Int.random(in: 0..<(depth > 3 ? 16 : 20), using: &random) {
        case 0..<4: string()
        case 4..<8: number()
        case 8..<11: moment()
        case 11: pick(["true", "false", "inf", "-inf", "+inf", "nan", "-nan"])
        case 12..<16: pick(["0", "1", "'x'", "\"\""])
        case 16, 17:
            "["
                + (0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth: depth + 1) }
                .joined(separator: pick([",", ", ", " ,\n", ", # c\n"])) + pick(["]", "]", " ]", "\n]"])
        default:
            "{"
                + (0..<Int.random(in: 0...3, using: &random)).map { _ in "\(path()) = \(value(depth: depth + 1))" }
                .joined(separator: ", ") + "}"
        }
    }

    private mutating func string() -> String {
        let inside = (0..<Int.random(in: 0...4, using: &random)).map { _ in
            pick([
                "a", " ", "é", "😀", "\\n", "\\\"", "\\\\", "\\u00e9", "\\U0001F600", "\\b\\t\\f\\r", "#", "=", "\t",
                "'",
            ])
        }.joined()
        let lines = (0..<Int.random(in: 0...4, using: &random)).map { _ in
            pick(["a", "\n", "\r\n", "\"", "\"\"", "\\\n  ", "\\  \r\n\n ", "\\t", " ", "''"])
        }.joined()
        let plain = (0..<Int.random(in: 0...4, using: &random)).map { _ in pick(["a", "\\", "\"", "é", " ", "#"]) }
            .joined()
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return "\"\(inside)\""
        case 1: return "'\(plain)'"
        case 2: return "\"\"\"\(lines)\"\"\""
        default: return "'''\(plain)\(pick(["", "\n", "'", "''"]))\(plain)'''"
        }
    }

    private mutating func number() -> String {
        let digits = (0..<pick([1, 1, 2, 3, 18, 19, 20])).map { _ in pick(Array("0123456789").map(String.init)) }
            .joined()
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return pick(["", "+", "-"]) + digits
        case 1: return pick(["0x", "0o", "0b"]) + digits.prefix(8)
        case 2: return pick(["1_000", "1__0", "_1", "1_", "0x_1", "0xdead_BEEF", "00", "+0", "-0", "0b1_0", "0o17"])
        case 3: return pick(["", "-"]) + "\(digits.prefix(3)).\(digits)"
        case 4: return "\(pick(["1", "2.5", "-0.0"]))\(pick(["e", "E"]))\(pick(["", "+", "-"]))\(digits.prefix(3))"
        case 5:
            return pick(["9223372036854775807", "-9223372036854775808", "9223372036854775808", "0x8000000000000000"])
        case 6: return pick(["1.", ".1", "1.e3", "1e", "1e_1", "1._1", "1.0_0", "6.626e-34", "5e+22", "1_0.0_1e0_1"])
        default: return digits
        }
    }

    private mutating func moment() -> String {
        func two(_ range: ClosedRange<Int>) -> String {
            let number = Int.random(in: range, using: &random)
            return number < 10 ? "0\(number)" : "\(number)"
        }
        let date = "\(pick(["1979", "2000", "1900", "2024", "0001", "9999"]))-\(two(0...13))-\(two(0...32))"
        let time = "\(two(0...24)):\(two(0...60)):\(two(0...59))\(pick(["", "", ".5", ".123456789", "."]))"
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return date
        case 1: return time
        case 2: return date + pick(["T", " ", "  "]) + time
        default: return date + pick(["T", " "]) + time + pick(["Z", "+00:00", "-07:30", "+23:59", "+24:00", "+1:00"])
        }
    }
}
