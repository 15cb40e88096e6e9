/// The query of a request target as names and values, decoded once, in order.
///
/// Spec: WHATWG URL "application/x-www-form-urlencoded parsing", with malformed escapes and text refused.
public struct RequestQuery: Sendable {
    public let items: [(name: String, value: String)]

    /// - Throws: `RouteError.malformed` for broken escapes, control bytes and text that is not UTF-8.
    public init(target: [UInt8]) throws(RouteError) {
        var items: [(name: String, value: String)] = []
        for pair in (try TargetParts(target).query ?? []).split(separator: UInt8(ascii: "&")) {
            let name = pair.prefix { $0 != UInt8(ascii: "=") }
            items.append((try Self.decode(name), try Self.decode(pair.dropFirst(name.count + 1))))
        }
        self.items = items
    }

    /// The first value of `name`; nil when it is not there.
    public subscript(_ name: String) -> String? { items.first { $0.name == name }?.value }

    private static func decode(_ raw: ArraySlice<UInt8>) throws(RouteError) -> String {
        var decoded: [UInt8] = []
        var rest = raw
        while let byte = rest.popFirst() {
            var value = byte == .plus ? .space : byte
            if byte == .percent {
                guard let high = rest.popFirst()?.hexadecimalValue, let low = rest.popFirst()?.hexadecimalValue else {
                    throw .malformed(reason: "its query has '%' without two hexadecimal digits")
                }
                value = high << 4 | low
            }
            if value < 0x20 || value == 0x7F { throw .malformed(reason: "its query has a control character") }
            decoded.append(value)
        }
        guard let text = String(validating: decoded, as: UTF8.self) else {
            throw .malformed(reason: "its query is not UTF-8")
        }
        return text
    }
}
