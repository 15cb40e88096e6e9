/// A moment in UTC, in whole seconds, within the years 0000 to 9999.
///
/// This is the only time that leaves the process: records, listings and messages carry it as RFC 3339 text.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX time).
    public let secondsSinceEpoch: Int64

    /// 0000-01-01T00:00:00Z, the earliest moment that this type can hold.
    public static let earliest = Timestamp(secondsSinceEpoch: -62_167_219_200)
    /// 9999-12-31T23:59:59Z, the latest moment that this type can hold.
    public static let latest = Timestamp(secondsSinceEpoch: 253_402_300_799)

    /// Makes a moment from POSIX seconds; values outside the years 0000 to 9999 become the nearest bound.
    public init(secondsSinceEpoch: Int64) {
        self.secondsSinceEpoch = min(max(secondsSinceEpoch, -62_167_219_200), 253_402_300_799)
    }

    /// The moment as `2026-11-24T03:00:00Z`: always UTC, always whole seconds, always twenty characters.
    ///
    /// Spec: RFC 3339 section 5.6, `date-time` with the zone `Z`.
    public var rfc3339: String {
        let date = CivilDate(daysSinceEpoch: secondsSinceEpoch.flooredQuotient(by: 86_400))
        let second = Int(secondsSinceEpoch.flooredRemainder(by: 86_400))
        let fields: [(value: Int, width: Int, separator: UInt8)] = [
            (date.year, 4, UInt8(ascii: "-")), (date.month, 2, UInt8(ascii: "-")), (date.day, 2, UInt8(ascii: "T")),
            (second / 3600, 2, UInt8(ascii: ":")), (second / 60 % 60, 2, UInt8(ascii: ":")),
            (second % 60, 2, UInt8(ascii: "Z")),
        ]
        var text: [UInt8] = []
        text.reserveCapacity(20)
        for field in fields {
            var scale = field.width == 4 ? 1000 : 10
            while scale > 0 {
                text.append(UInt8(ascii: "0") + UInt8(field.value / scale % 10))
                scale /= 10
            }
            text.append(field.separator)
        }
        return String(decoding: text, as: UTF8.self)
    }

    public var description: String { rfc3339 }

    /// The moment `duration` later (earlier when negative), in whole seconds, held within the type's range.
    public func adding(_ duration: Duration) -> Timestamp {
        let (sum, overflow) = secondsSinceEpoch.addingReportingOverflow(duration.components.seconds)
        if overflow { return duration < .zero ? .earliest : .latest }
        return Timestamp(secondsSinceEpoch: sum)
    }

    /// How long from this moment until `other`; negative when `other` is earlier.
    public func distance(to other: Timestamp) -> Duration {
        .seconds(other.secondsSinceEpoch - secondsSinceEpoch)
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.secondsSinceEpoch < right.secondsSinceEpoch
    }
}

/// Why a text is not a moment.
public enum TimestampError: Error, Equatable, CustomStringConvertible {
    /// The text does not have the shape `2026-11-24T03:00:00Z`.
    case malformed(text: String)
    /// The shape is right and the moment does not exist, such as 30 February.
    case impossible(text: String)

    public var description: String {
        switch self {
        case .malformed(let text):
            "\"\(text.prefix(64))\" is not a date and time; expected RFC 3339, for example 2026-11-24T03:00:00Z"
        case .impossible(let text):
            "\"\(text.prefix(64))\" is not a moment that exists in the years 0000 to 9999"
        }
    }
}

/// A day of the proleptic Gregorian calendar.
struct CivilDate: Equatable {
    var year: Int
    var month: Int
    var day: Int

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    // Years are counted from 1 March so that the leap day is the last of its year; 146 097 days are 400 years and
    // 719 468 days lie between 0000-03-01 and 1970-01-01.
    init(daysSinceEpoch: Int64) {
        let shifted = daysSinceEpoch + 719_468
        let era = shifted.flooredQuotient(by: 146_097)
        let dayOfEra = Int(shifted.flooredRemainder(by: 146_097))
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + Int(era) * 400 + (month <= 2 ? 1 : 0)
    }

    var daysSinceEpoch: Int64 {
        let shiftedYear = Int64(month <= 2 ? year - 1 : year)
        let era = shiftedYear.flooredQuotient(by: 400)
        let yearOfEra = shiftedYear - era * 400
        let shiftedMonth = Int64(month > 2 ? month - 3 : month + 9)
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + Int64(day) - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    var exists: Bool {
        guard (0...9999).contains(year), (1...12).contains(month), day >= 1 else { return false }
        return CivilDate(daysSinceEpoch: daysSinceEpoch) == self
    }
}

extension Int64 {
    fileprivate func flooredQuotient(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    fileprivate func flooredRemainder(by divisor: Int64) -> Int64 {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}
