/// A value bound to a parameter of a statement. There is no other way for a value to reach SQL.
enum SQLValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    /// An unsigned count or index.
    ///
    /// SQLite has signed integers only; what does not fit is a broken invariant, since indices come from row counts.
    static func index(_ value: UInt64) -> SQLValue { .integer(Int64(value)) }

    static func optional(_ value: Int64?) -> SQLValue { value.map(SQLValue.integer) ?? .null }
    static func optional(_ value: String?) -> SQLValue { value.map(SQLValue.text) ?? .null }
    static func optional(_ value: [UInt8]?) -> SQLValue { value.map(SQLValue.blob) ?? .null }
    static func flag(_ value: Bool) -> SQLValue { .integer(value ? 1 : 0) }
}
