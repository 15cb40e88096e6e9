import JSON

extension JSONValue {
    /// A member as text for people: strings as they are, numbers in digits, nothing for anything else.
    func text(_ name: String) -> String {
        switch self[name] {
        case .string(let text): text
        case .integer(let number): String(number)
        case .bool(let flag): flag ? "yes" : "no"
        case .number(let text): text
        case .null, .array, .object, nil: ""
        }
    }
}
