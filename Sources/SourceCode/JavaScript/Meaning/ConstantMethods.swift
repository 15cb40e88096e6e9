/// Methods of known texts and lists.
enum ConstantMethods {
    /// Characters of a text by their places; nil when it has not so many.
    static func characters(_ text: [UInt8], _ range: Range<Int>) -> [UInt8]? {
        guard !text.isEmpty else { return nil }
        if text.allSatisfy({ $0 < 0x80 }) {
            return range.upperBound <= text.count ? Array(text[range]) : nil
        }
        let scalars = UTF8Text.scalars(text)
        guard range.upperBound <= scalars.count else { return nil }
        return encoded(scalars[range])
    }

    private static func encoded(_ scalars: some Sequence<UInt32>) -> [UInt8] {
        var bytes: [UInt8] = []
        for scalar in scalars { UTF8Text.append(scalar, to: &bytes) }
        return bytes
    }

    /// What places in a text count: characters, which are UTF-16 units for all texts that matter here.
    private static func units(_ text: [UInt8]) -> [UInt32] {
        text.allSatisfy { $0 < 0x80 } ? text.map(UInt32.init) : UTF8Text.scalars(text)
    }

    /// The value of `text.method(arguments)`; nil where that is not known.
    static func apply(_ method: JavaScriptWord, to text: [UInt8], _ arguments: [Constant]) -> Constant? {
        switch method {
        case .slice, .substring, .substr:
            guard let range = range(method, units(text).count, arguments) else { return nil }
            return .text(encoded(units(text)[range]))
        case .charAt, .at:
            let units = units(text)
            guard var place = integer(arguments.first ?? .number(0)) else { return nil }
            if place < 0, method == .at { place += units.count }
            guard units.indices.contains(place) else { return method == .at ? ConstantText.undefined : .text([]) }
            return .text(encoded([units[place]]))
        case .charCodeAt, .codePointAt:
            let units = units(text)
            guard let place = integer(arguments.first ?? .number(0)) else { return nil }
            return .number(units.indices.contains(place) ? Double(units[place]) : .nan)
        case .concat:
            var result = text
            for argument in arguments {
                guard let part = ConstantText.text(argument) else { return nil }
                result += part
            }
            return .text(result)
        case .repeat:
            guard let count = integer(arguments.first ?? .number(0)), count >= 0,
                text.isEmpty || count <= JavaScriptProgram.textLimit / text.count
            else { return nil }
            return .text(Array(repeatElement(text, count: text.isEmpty ? 0 : count).joined()))
        case .toLowerCase, .toLocaleLowerCase: return .text(text.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 })
        case .toUpperCase, .toLocaleUpperCase: return .text(text.map { $0 &- 0x61 < 26 ? $0 & 0xDF : $0 })
        case .trim, .trimStart, .trimEnd:
            var rest = text[...]
            if method != .trimEnd { rest = rest.drop { $0 <= 0x20 } }
            while method != .trimStart, let last = rest.last, last <= 0x20 { rest.removeLast() }
            return .text(Array(rest))
        case .split: return split(text, arguments)
        case .replace, .replaceAll: return replace(text, arguments, all: method == .replaceAll)
        case .toString, .valueOf, .normalize: return .text(text)
        default: return nil
        }
    }

    /// The value of `list.method(arguments)`; nil where that is not known.
    static func apply(_ method: JavaScriptWord, to list: [Constant], _ arguments: [Constant]) -> Constant? {
        switch method {
        case .join, .toString:
            let separator = method == .join ? arguments.first ?? .text([0x2C]) : .text([0x2C])
            guard let glue = ConstantText.text(separator) else { return nil }
            var result: [UInt8] = []
            for (index, value) in list.enumerated() {
                if index > 0 { result += glue }
                if value == ConstantText.undefined || value == ConstantText.null { continue }
                guard let part = ConstantText.text(value), result.count + part.count <= JavaScriptProgram.textLimit
                else { return nil }
                result += part
            }
            return .text(result)
        case .reverse: return .list(list.reversed())
        case .slice:
            guard let range = range(.slice, list.count, arguments) else { return nil }
            return .list(Array(list[range]))
        case .concat:
            var result = list
            for argument in arguments {
                if case .list(let more) = argument { result += more } else { result.append(argument) }
            }
            return result.count <= JavaScriptProgram.listLimit ? .list(result) : nil
        case .at:
            guard let place = integer(arguments.first ?? .number(0)) else { return nil }
            let index = place < 0 ? place + list.count : place
            return list.indices.contains(index) ? list[index] : ConstantText.undefined
        case .flat, .valueOf: return .list(list)
        case .pop: return list.last
        case .shift: return list.first
        default: return nil
        }
    }

    /// A number as a place in a text or list, cut to what fits.
    static func integer(_ value: Constant) -> Int? {
        guard let number = ConstantText.number(value) else { return nil }
        if number.isNaN { return 0 }
        return Int(max(-1e9, min(1e9, number)))
    }

    /// The part that `slice`, `substring` and `substr` take: negative places count from the end for two of them.
    private static func range(_ method: JavaScriptWord, _ count: Int, _ arguments: [Constant]) -> Range<Int>? {
        guard let first = integer(arguments.first ?? .number(0)) else { return nil }
        let given = arguments.count > 1 && arguments[1] != ConstantText.undefined ? integer(arguments[1]) : nil
        if arguments.count > 1, arguments[1] != ConstantText.undefined, given == nil { return nil }
        let clamp = { (place: Int, fromEnd: Bool) in max(0, min(count, place < 0 && fromEnd ? place + count : place)) }
        switch method {
        case .substr:
            let start = clamp(first, true)
            return start..<max(start, min(count, start + (given ?? count)))
        case .substring:
            let (start, end) = (clamp(first, false), clamp(given ?? count, false))
            return min(start, end)..<max(start, end)
        default:
            let (start, end) = (clamp(first, true), clamp(given ?? count, true))
            return start..<max(start, end)
        }
    }

    /// The parts of a text between the marks; for an empty mark its characters.
    private static func split(_ text: [UInt8], _ arguments: [Constant]) -> Constant? {
        guard let separator = arguments.first, case .text(let mark) = separator else { return nil }
        if mark.isEmpty {
            let units = units(text)
            guard units.count <= JavaScriptProgram.listLimit else { return nil }
            return .list(units.map { .text(encoded([$0])) })
        }
        var (parts, start) = ([Constant](), 0)
        while let place = find(mark, in: text, from: start) {
            parts.append(.text(Array(text[start..<place])))
            start = place + mark.count
            guard parts.count < JavaScriptProgram.listLimit else { return nil }
        }
        parts.append(.text(Array(text[start...])))
        return .list(parts)
    }

    /// The text with one or all of the old parts replaced; a `$` in the new one has a meaning of its own.
    static func replace(_ text: [UInt8], _ arguments: [Constant], all: Bool) -> Constant? {
        guard arguments.count >= 2, case .text(let old) = arguments[0], case .text(let new) = arguments[1],
            !old.isEmpty, !new.contains(UInt8(ascii: "$"))
        else { return nil }
        var (result, start) = ([UInt8](), 0)
        while let place = find(old, in: text, from: start) {
            result += text[start..<place]
            result += new
            start = place + old.count
            guard result.count <= JavaScriptProgram.textLimit else { return nil }
            if !all { break }
        }
        return .text(result + text[start...])
    }

    /// The first place of a pattern; the callers pay for the search before.
    static func find(_ pattern: [UInt8], in text: [UInt8], from start: Int) -> Int? {
        guard let first = pattern.first, pattern.count <= text.count else { return nil }
        var place = start
        while place + pattern.count <= text.count {
            if text[place] == first, text[place..<place + pattern.count].elementsEqual(pattern) { return place }
            place += 1
        }
        return nil
    }
}
