/// Values without quotes or brackets: booleans, numbers, dates and times.
///
/// Spec: TOML 1.0.0, "Integer", "Float", "Boolean", "Offset Date-Time" and the following.
extension TOMLParser {
    mutating func word() throws(TOMLError) -> TOMLValue {
        let start = at
        while let byte = next, byte.isWordByte { at += 1 }
        // A date and a time may be one value with a space between them.
        if at - start == 10, bytes[start + 4] == UInt8(ascii: "-"), next == UInt8(ascii: " "), at + 1 < bytes.count,
            bytes[at + 1].isTOMLDigit
        {
            at += 1
            while let byte = next, byte.isWordByte { at += 1 }
        }
        guard at > start else { throw unexpected("a value") }
        let word = bytes[start..<at]
        let text = String(decoding: word, as: UTF8.self)
        switch text {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        case "inf", "+inf": return .float(.infinity)
        case "-inf": return .float(-.infinity)
        case "nan", "+nan", "-nan": return .float(.nan)
        default: break
        }
        if Self.looksLikeDate(word) {
            guard let value = TOMLDateReader(word).value() else { throw fail(.invalidDate(text)) }
            return value
        }
        return try number(word, text)
    }

    private static func looksLikeDate(_ word: ArraySlice<UInt8>) -> Bool {
        let isTime = word.count > 2 && word[word.startIndex + 2] == UInt8(ascii: ":")
        let isDate = word.count > 4 && word[word.startIndex + 4] == UInt8(ascii: "-")
        return (isTime || isDate) && word.first?.isTOMLDigit == true && word[word.startIndex + 1].isTOMLDigit
            && !(isDate && word[(word.startIndex + 2)..<(word.startIndex + 4)].contains { !$0.isTOMLDigit })
    }

    private func number(_ word: ArraySlice<UInt8>, _ text: String) throws(TOMLError) -> TOMLValue {
        if let prefix = word.dropFirst().first, word.first == UInt8(ascii: "0"),
            let radix = [UInt8(ascii: "x"): 16, UInt8(ascii: "o"): 8, UInt8(ascii: "b"): 2][prefix]
        {
            guard let digits = Self.digits(word.dropFirst(2), radix: radix) else { throw fail(.invalidNumber(text)) }
            guard let value = Int64(digits, radix: radix) else { throw fail(.integerOutOfRange(text)) }
            return .integer(value)
        }
        var rest = word
        if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest.removeFirst() }
        let whole = rest.prefix { $0.isTOMLDigit || $0 == UInt8(ascii: "_") }
        guard let digits = Self.digits(whole, radix: 10), digits == "0" || digits.utf8.first != UInt8(ascii: "0") else {
            throw fail(.invalidNumber(text))
        }
        let tail = rest.dropFirst(whole.count)
        guard !tail.isEmpty else {
            let sign = word.first == UInt8(ascii: "-") ? "-" : ""
            guard let value = Int64(sign + digits) else { throw fail(.integerOutOfRange(text)) }
            return .integer(value)
        }
        guard Self.isFloatTail(tail),
            let value = Double(String(decoding: word.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self))
        else { throw fail(.invalidNumber(text)) }
        return .float(value)
    }

    /// What follows the whole part of a float: a fraction, an exponent, or both.
    private static func isFloatTail(_ tail: ArraySlice<UInt8>) -> Bool {
        var rest = tail
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix { $0.isTOMLDigit || $0 == UInt8(ascii: "_") }
            guard digits(fraction, radix: 10) != nil else { return false }
            rest = rest.dropFirst(fraction.count + 1)
        }
        guard let mark = rest.first else { return true }
        guard mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") else { return false }
        var exponent = rest.dropFirst()
        if let sign = exponent.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { exponent.removeFirst() }
        return digits(exponent, radix: 10) != nil
    }

    /// The digits without underscores; nil when there is none, or an underscore does not stand between two of them.
    private static func digits(_ word: ArraySlice<UInt8>, radix: Int) -> String? {
        guard word.first != UInt8(ascii: "_"), word.last != UInt8(ascii: "_"), !word.isEmpty else { return nil }
        var digits: [UInt8] = []
        var isBehindUnderscore = false
        for byte in word {
            if byte == UInt8(ascii: "_") {
                if isBehindUnderscore { return nil }
                isBehindUnderscore = true
                continue
            }
            guard let value = hexadecimalValue(byte), Int(value) < radix else { return nil }
            isBehindUnderscore = false
            digits.append(byte)
        }
        return String(decoding: digits, as: UTF8.self)
    }
}

extension UInt8 {
    /// What numbers, dates and bare words are made of.
    fileprivate var isWordByte: Bool {
        isBareKeyByte || self == UInt8(ascii: "+") || self == UInt8(ascii: ".") || self == UInt8(ascii: ":")
    }
}

/// A date, a time or both, read from the start of a word to its end.
struct TOMLDateReader {
    private let bytes: [UInt8]
    private var at = 0

    init(_ word: ArraySlice<UInt8>) {
        bytes = Array(word)
    }

    /// Nil when the word is none, or one that does not exist.
    func value() -> TOMLValue? {
        var reader = self
        return reader.read()
    }

    private mutating func read() -> TOMLValue? {
        guard bytes.count > 2 else { return nil }
        if bytes[2] == UInt8(ascii: ":") {
            guard let time = time(), at == bytes.count else { return nil }
            return .localTime(time)
        }
        guard let date = date() else { return nil }
        if at == bytes.count { return .localDate(date) }
        guard take([UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " ")]), let time = time() else { return nil }
        let local = TOMLLocalDateTime(date: date, time: time)
        if at == bytes.count { return .localDateTime(local) }
        guard let offset = offset(), at == bytes.count else { return nil }
        return .offsetDateTime(TOMLOffsetDateTime(local: local, offsetMinutes: offset))
    }

    private mutating func date() -> TOMLLocalDate? {
        guard let year = number(digits: 4), take([UInt8(ascii: "-")]), let month = number(digits: 2),
            take([UInt8(ascii: "-")]), let day = number(digits: 2), (1...12).contains(month)
        else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...days[month - 1]).contains(day) else { return nil }
        return TOMLLocalDate(year: year, month: month, day: day)
    }

    private mutating func time() -> TOMLLocalTime? {
        guard let hour = number(digits: 2), take([UInt8(ascii: ":")]), let minute = number(digits: 2),
            take([UInt8(ascii: ":")]), let second = number(digits: 2), hour < 24, minute < 60, second <= 60
        else { return nil }
        var nanosecond = 0
        if take([UInt8(ascii: ".")]) {
            let start = at
            while at < bytes.count, bytes[at].isTOMLDigit {
                if at - start < 9 { nanosecond = nanosecond * 10 + Int(bytes[at] - 0x30) }
                at += 1
            }
            guard at > start else { return nil }
            for _ in 0..<max(0, 9 - (at - start)) { nanosecond *= 10 }
        }
        return TOMLLocalTime(hour: hour, minute: minute, second: second, nanosecond: nanosecond)
    }

    private mutating func offset() -> Int? {
        if take([UInt8(ascii: "Z"), UInt8(ascii: "z")]) { return 0 }
        let isWest = at < bytes.count && bytes[at] == UInt8(ascii: "-")
        guard take([UInt8(ascii: "+"), UInt8(ascii: "-")]), let hours = number(digits: 2), take([UInt8(ascii: ":")]),
            let minutes = number(digits: 2), hours < 24, minutes < 60
        else { return nil }
        return (hours * 60 + minutes) * (isWest ? -1 : 1)
    }

    private mutating func number(digits: Int) -> Int? {
        guard at + digits <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[at..<(at + digits)] {
            guard byte.isTOMLDigit else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        at += digits
        return value
    }

    private mutating func take(_ allowed: [UInt8]) -> Bool {
        guard at < bytes.count, allowed.contains(bytes[at]) else { return false }
        at += 1
        return true
    }
}
