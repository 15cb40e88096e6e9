/// One TOML value in memory.
///
/// Spec: TOML 1.0.0.
public indirect enum TOMLValue: Sendable, Equatable {
    case string(String)
    case integer(Int64)
    case float(Double)
    case boolean(Bool)
    case offsetDateTime(TOMLOffsetDateTime)
    case localDateTime(TOMLLocalDateTime)
    case localDate(TOMLLocalDate)
    case localTime(TOMLLocalTime)
    case array([TOMLValue])
    case table(TOMLTable)
}

extension TOMLValue {
    /// The text, when this is a string.
    public var stringValue: String? {
        if case .string(let text) = self { text } else { nil }
    }

    public var integerValue: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    public var booleanValue: Bool? {
        if case .boolean(let value) = self { value } else { nil }
    }

    public var arrayValue: [TOMLValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    public var tableValue: TOMLTable? {
        if case .table(let table) = self { table } else { nil }
    }

    /// The member's value, when this is a table that has it.
    public subscript(_ key: String) -> TOMLValue? { tableValue?[key] }

    /// The kind of value in words, for messages.
    public var kindName: String {
        switch self {
        case .string: "a string"
        case .integer: "an integer"
        case .float: "a float"
        case .boolean: "a boolean"
        case .offsetDateTime: "an offset date-time"
        case .localDateTime: "a local date-time"
        case .localDate: "a local date"
        case .localTime: "a local time"
        case .array: "an array"
        case .table: "a table"
        }
    }
}

/// The members of a table in the order in which their keys appear first.
///
/// Keys are unique and compared byte by byte; look-up is by hash once there are more than a few.
public struct TOMLTable: Sendable, Equatable {
    public struct Member: Sendable, Equatable {
        public let key: String
        /// The line on which the key appears first, from 1.
        public let line: Int
        public let value: TOMLValue
    }

    private static let indexThreshold = 12

    public let members: [Member]
    /// The line of the header or brace that begins the table, from 1; the line of the first key below it when the table
    /// is only named by what is in it.
    public let line: Int
    private let index: [[UInt8]: Int]

    init(members: [Member], line: Int) {
        self.members = members
        self.line = line
        guard members.count >= Self.indexThreshold else {
            index = [:]
            return
        }
        index = Dictionary(
            members.enumerated().map { (Array($0.element.key.utf8), $0.offset) },
            uniquingKeysWith: { first, _ in first })
    }

    /// The member of that key.
    public func member(_ key: String) -> Member? {
        if members.count >= Self.indexThreshold { return index[Array(key.utf8)].map { members[$0] } }
        return members.first { $0.key.utf8.elementsEqual(key.utf8) }
    }

    public subscript(_ key: String) -> TOMLValue? { member(key)?.value }

    /// Two tables are equal when they have equal members in one order, wherever they stand.
    public static func == (left: TOMLTable, right: TOMLTable) -> Bool {
        left.members.count == right.members.count
            && zip(left.members, right.members).allSatisfy {
                $0.key.utf8.elementsEqual($1.key.utf8) && $0.value == $1.value
            }
    }
}

/// A day of the proleptic Gregorian calendar that exists.
public struct TOMLLocalDate: Sendable, Hashable {
    /// 0 to 9999.
    public let year: Int
    public let month: Int
    public let day: Int
}

/// A time of day; the second 60 of leap seconds is allowed, as RFC 3339 has it.
public struct TOMLLocalTime: Sendable, Hashable {
    public let hour: Int
    public let minute: Int
    public let second: Int
    /// What is below a second; digits beyond the ninth are cut off.
    public let nanosecond: Int
}

public struct TOMLLocalDateTime: Sendable, Hashable {
    public let date: TOMLLocalDate
    public let time: TOMLLocalTime
}

public struct TOMLOffsetDateTime: Sendable, Hashable {
    public let local: TOMLLocalDateTime
    /// Minutes east of UTC.
    public let offsetMinutes: Int
}
