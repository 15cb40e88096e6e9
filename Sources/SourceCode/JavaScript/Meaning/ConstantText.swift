/// Values as JavaScript turns them into text and numbers.
enum ConstantText {
    static let undefined = Constant.reference("undefined")
    static let null = Constant.reference("null")

    /// What `'' + value` gives; nil where that is not known.
    static func text(_ value: Constant, depth: Int = 0) -> [UInt8]? {
        switch value {
        case .text(let text): return text
        case .number(let number): return Array(text(number).utf8)
        case .boolean(let boolean): return Array((boolean ? "true" : "false").utf8)
        case .list(let values):
            guard depth < 4 else { return nil }
            var result: [UInt8] = []
            for (index, value) in values.enumerated() {
                if index > 0 { result.append(UInt8(ascii: ",")) }
                if value == undefined || value == null { continue }
                guard let part = text(value, depth: depth + 1) else { return nil }
                result += part
            }
            return result
        case .reference(let name): return name == "undefined" || name == "null" ? Array(name.utf8) : nil
        case .members: return Array("[object Object]".utf8)
        }
    }

    static func text(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        if number == number.rounded(), abs(number) < 1e15 { return "\(Int64(number))" }
        return "\(number)"
    }

    /// What `+value` gives; nil where that is not known.
    static func number(_ value: Constant) -> Double? {
        switch value {
        case .number(let number): return number
        case .boolean(let boolean): return boolean ? 1 : 0
        case .reference(let name): return name == "null" ? 0 : name == "undefined" ? .nan : nil
        case .text, .list:
            guard let text = text(value) else { return nil }
            return number(text[...])
        case .members: return .nan
        }
    }

    /// A number as text, written as in a program.
    static func number(_ text: ArraySlice<UInt8>) -> Double? {
        if let plain = plainNumber(text) { return plain }
        var digits = text.drop { $0 <= 0x20 }
        while let last = digits.last, last <= 0x20 { digits.removeLast() }
        guard !digits.isEmpty else { return 0 }
        digits = ArraySlice(digits.filter { $0 != UInt8(ascii: "_") })
        if digits.last == UInt8(ascii: "n"), digits.first != UInt8(ascii: "n") { digits.removeLast() }
        guard digits.count <= 400 else { return .nan }
        if digits.count > 2, digits.first == UInt8(ascii: "0"), let radix = radix(digits[digits.startIndex + 1]) {
            return integer(digits.dropFirst(2), radix: radix) ?? .nan
        }
        if digits.count > 1, digits.first == UInt8(ascii: "0"), digits.allSatisfy({ $0 & 0xF8 == 0x30 }) {
            return integer(digits.dropFirst(), radix: 8)
        }
        return Double(String(decoding: digits, as: UTF8.self)) ?? .nan
    }

    /// A whole number of few digits, as most are.
    private static func plainNumber(_ text: ArraySlice<UInt8>) -> Double? {
        guard let first = text.first, text.count <= 15, first != UInt8(ascii: "0") || text.count == 1 else {
            return nil
        }
        var value = 0
        for byte in text {
            guard byte &- 0x30 < 10 else { return nil }
            value = value * 10 + Int(byte &- 0x30)
        }
        return Double(value)
    }

    private static func radix(_ byte: UInt8) -> Int? {
        switch byte | 0x20 {
        case UInt8(ascii: "x"): 16
        case UInt8(ascii: "b"): 2
        case UInt8(ascii: "o"): 8
        default: nil
        }
    }

    /// A whole number; nil when there is another byte in it.
    static func integer(_ digits: ArraySlice<UInt8>, radix: Int) -> Double? {
        guard !digits.isEmpty else { return nil }
        var value = 0.0
        for byte in digits {
            guard let digit = digit(byte), digit < radix else { return nil }
            value = value * Double(radix) + Double(digit)
        }
        return value
    }

    static func digit(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte) - 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte) - 0x57
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte) - 0x37
        default: nil
        }
    }

    /// Whether a condition takes it as true; nil where that is not known.
    static func truth(_ value: Constant) -> Bool? {
        switch value {
        case .text(let text): !text.isEmpty
        case .number(let number): number != 0 && !number.isNaN
        case .boolean(let boolean): boolean
        case .list, .members: true
        case .reference(let name): name != "undefined" && name != "null"
        }
    }

    /// A whole number as `|` and `^` see it.
    static func word(_ number: Double) -> Int32 {
        guard number.isFinite else { return 0 }
        return Int32(truncatingIfNeeded: Int64(number.truncatingRemainder(dividingBy: 4_294_967_296)))
    }
}
