/// Percent-encoded text, decoded strictly.
enum PercentText {
    /// The text behind a percent-encoding; nil when an escape is broken or the bytes are not UTF-8.
    static func decoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(value), let low = rest.popFirst().flatMap(value) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// The fields of a query string; of a repeated field the first.
struct QueryFields: Sendable {
    private let fields: [(name: String, value: String)]

    /// Fields whose encoding is broken are left out.
    init(_ query: String?) {
        fields = (query ?? "").split(separator: "&").compactMap { field in
            let pieces = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = pieces.count == 2 ? String(pieces[1]) : ""
            guard let name = PercentText.decoded(String(pieces[0])), let text = PercentText.decoded(value) else {
                return nil
            }
            return (name: name, value: text)
        }
    }

    subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }
}
