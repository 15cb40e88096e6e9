/// How Python puts values into texts.
enum PythonFormat {
    /// A value as `str` shows it; nil for lists and fractions.
    static func shown(_ value: PythonConstant) -> [UInt8]? {
        switch value {
        case .text(let content): content
        case .integer(let number): Array(String(number).utf8)
        case .boolean(let flag): Array((flag ? "True" : "False").utf8)
        case .none: Array("None".utf8)
        case .float, .bytes, .list: nil
        }
    }

    /// `'…' % value`.
    static func percent(_ pattern: [UInt8], _ value: PythonConstant) -> [UInt8]? {
        var arguments = [value]
        if case .list(let items) = value { arguments = items }
        var result: [UInt8] = []
        var (index, next) = (0, 0)
        while index < pattern.count {
            let byte = pattern[index]
            index += 1
            guard byte == UInt8(ascii: "%") else {
                result.append(byte)
                continue
            }
            guard index < pattern.count else { return nil }
            let letter = pattern[index]
            index += 1
            if letter == UInt8(ascii: "%") {
                result.append(letter)
                continue
            }
            guard next < arguments.count, let piece = converted(letter, arguments[next]) else { return nil }
            next += 1
            result += piece
            guard result.count <= PythonEvaluator.constantLimit else { return nil }
        }
        return next == arguments.count ? result : nil
    }

    private static func converted(_ letter: UInt8, _ value: PythonConstant) -> [UInt8]? {
        switch letter {
        case UInt8(ascii: "s"): return value.content ?? shown(value)
        case UInt8(ascii: "d"), UInt8(ascii: "i"), UInt8(ascii: "u"):
            return value.integer.map { Array(String($0).utf8) }
        case UInt8(ascii: "x"): return value.integer.map { Array(String($0, radix: 16).utf8) }
        case UInt8(ascii: "o"): return value.integer.map { Array(String($0, radix: 8).utf8) }
        case UInt8(ascii: "c"):
            if let content = value.content { return content }
            return PythonFunction.result(.chr, nil, [value])?.content
        case _: return nil
        }
    }

    /// `'…'.format(…)` with fields that are empty or a number.
    static func braces(_ pattern: [UInt8], _ arguments: [PythonConstant]) -> [UInt8]? {
        var result: [UInt8] = []
        var (index, next) = (0, 0)
        while index < pattern.count {
            let byte = pattern[index]
            index += 1
            guard byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") else {
                result.append(byte)
                continue
            }
            if index < pattern.count, pattern[index] == byte {
                result.append(byte)
                index += 1
                continue
            }
            guard byte == UInt8(ascii: "{") else { return nil }
            var place: Int?
            while index < pattern.count, pattern[index] >= 0x30, pattern[index] <= 0x39, (place ?? 0) < 10_000 {
                place = (place ?? 0) * 10 + Int(pattern[index] - 0x30)
                index += 1
            }
            guard index < pattern.count, pattern[index] == UInt8(ascii: "}") else { return nil }
            index += 1
            let position = place ?? next
            next += 1
            guard position < arguments.count, let piece = shown(arguments[position]) else { return nil }
            result += piece
            guard result.count <= PythonEvaluator.constantLimit else { return nil }
        }
        return result
    }
}
