extension Timestamp {
    /// Reads an RFC 3339 date and time with any zone offset; a fraction of a second is cut off.
    ///
    /// A leap second (`:60`) is the same moment as the second after it.
    ///
    /// - Throws: `TimestampError` when the text has another shape or names no moment.
    ///
    /// Spec: RFC 3339 section 5.6. The zone is required: a local time is not a moment.
    public init(parsing text: String) throws(TimestampError) {
        var reader = TimestampReader(bytes: Array(text.utf8))
        guard let fields = reader.readAll() else { throw .malformed(text: text) }
        let date = CivilDate(year: fields.year, month: fields.month, day: fields.day)
        guard date.exists, fields.hour < 24, fields.minute < 60, fields.second <= 60,
            fields.offsetHour < 24, fields.offsetMinute < 60
        else { throw .impossible(text: text) }
        let local = date.daysSinceEpoch * 86_400 + Int64(fields.hour * 3600 + fields.minute * 60 + fields.second)
        let offset = Int64(fields.offsetHour * 3600 + fields.offsetMinute * 60)
        let seconds = fields.isOffsetNegative ? local + offset : local - offset
        self.init(secondsSinceEpoch: seconds)
        guard secondsSinceEpoch == seconds else { throw .impossible(text: text) }
    }
}

/// Reads the fixed-width fields of an RFC 3339 text, checking shape and not meaning.
private struct TimestampReader {
    struct Fields {
        var year = 0
        var month = 0
        var day = 0
        var hour = 0
        var minute = 0
        var second = 0
        var isOffsetNegative = false
        var offsetHour = 0
        var offsetMinute = 0
    }

    let bytes: [UInt8]
    var position = 0

    /// The fields, or nil when the text has another shape or anything follows it.
    mutating func readAll() -> Fields? {
        var fields = Fields()
        guard let year = digits(4), skip("-"), let month = digits(2), skip("-"), let day = digits(2),
            skip("T") || skip("t"),
            let hour = digits(2), skip(":"), let minute = digits(2), skip(":"), let second = digits(2)
        else { return nil }
        (fields.year, fields.month, fields.day) = (year, month, day)
        (fields.hour, fields.minute, fields.second) = (hour, minute, second)
        guard readFraction(), readZone(into: &fields), position == bytes.count else { return nil }
        return fields
    }

    private mutating func readFraction() -> Bool {
        guard skip(".") else { return true }
        let start = position
        while digits(1) != nil {}
        return position > start
    }

    private mutating func readZone(into fields: inout Fields) -> Bool {
        if skip("Z") || skip("z") { return true }
        if skip("-") {
            fields.isOffsetNegative = true
        } else if !skip("+") {
            return false
        }
        guard let hour = digits(2), skip(":"), let minute = digits(2) else { return false }
        (fields.offsetHour, fields.offsetMinute) = (hour, minute)
        return true
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func digits(_ count: Int) -> Int? {
        guard bytes.count - position >= count else { return nil }
        var value = 0
        for byte in bytes[position..<position + count] {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        position += count
        return value
    }
}
