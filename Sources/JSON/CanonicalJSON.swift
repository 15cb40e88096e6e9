/// The canonical form that is hashed and signed, and a reader that accepts nothing else.
///
/// A subset of the JSON Canonicalization Scheme: objects, arrays, strings, booleans and integers; no null, no
/// fraction, no exponent. No white space; members ascending and unique by the UTF-8 bytes of their names; the fewest
/// escapes. So for every accepted text `encode(parse(text)) == text`, and two different texts never mean the same.
/// Names beyond U+FFFF would be ordered differently by the full scheme; signed documents name members in ASCII.
///
/// Spec: RFC 8785 §3.2, RFC 7493 §2.2 (integers within ±(2^53 − 1)).
public enum CanonicalJSON {
    /// The largest integer magnitude that every JSON implementation keeps exactly.
    public static let maxInteger: Int64 = (1 << 53) - 1

    /// Writes a value in canonical form, sorting members.
    ///
    /// - Throws: `CanonicalJSONError` for null, numbers that are not small integers, and members named twice.
    public static func encode(_ value: JSONValue) throws(CanonicalJSONError) -> [UInt8] {
        var output: [UInt8] = []
        try append(value, to: &output)
        return output
    }

    /// Reads a text that must be exactly what `encode` would write.
    ///
    /// - Throws: `CanonicalJSONError` naming the first byte that differs from canonical form.
    public static func parse(_ bytes: [UInt8], maxDepth: Int = 32) throws(CanonicalJSONError) -> JSONValue {
        unsafe try bytes.withUnsafeBufferPointer { buffer throws(CanonicalJSONError) in
            var reader = unsafe CanonicalReader(UnsafeRawBufferPointer(buffer), maxDepth: maxDepth)
            let value = try reader.readValue()
            guard reader.isAtEnd else {
                throw CanonicalJSONError.notCanonical(offset: reader.offset, expected: "the end of the text")
            }
            return value
        }
    }

    private static func append(_ value: JSONValue, to output: inout [UInt8]) throws(CanonicalJSONError) {
        switch value {
        case .null: throw .unrepresentable(kind: "null")
        case .bool(let isTrue): output.append(contentsOf: (isTrue ? "true" : "false").utf8)
        case .integer(let integer):
            guard integer.magnitude <= UInt64(maxInteger) else {
                throw .unrepresentable(kind: "an integer beyond 2^53 - 1: \(integer)")
            }
            output.append(contentsOf: String(integer).utf8)
        case .number(let text): throw .unrepresentable(kind: "a number that is not an integer: \(text)")
        case .string(let text): appendQuoted(text.utf8, to: &output)
        case .array(let values):
            output.append(UInt8(ascii: "["))
            for (position, element) in values.enumerated() {
                if position > 0 { output.append(UInt8(ascii: ",")) }
                try append(element, to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let object): try append(object, to: &output)
        }
    }

    private static func append(_ object: JSONObject, to output: inout [UInt8]) throws(CanonicalJSONError) {
        let sorted = object.members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        output.append(UInt8(ascii: "{"))
        for (position, member) in sorted.enumerated() {
            if position > 0 {
                guard !haveEqualBytes(sorted[position - 1].name, member.name) else {
                    throw .duplicateMember(member.name)
                }
                output.append(UInt8(ascii: ","))
            }
            appendQuoted(member.name.utf8, to: &output)
            output.append(UInt8(ascii: ":"))
            try append(member.value, to: &output)
        }
        output.append(UInt8(ascii: "}"))
    }
}

/// Why a value has no canonical form, or a text is not in it.
public enum CanonicalJSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The value holds something canonical texts never hold.
    case unrepresentable(kind: String)
    case duplicateMember(String)
    /// The text differs from canonical form at this byte.
    case notCanonical(offset: Int, expected: String)
    case tooDeep(offset: Int, limit: Int)

    public var description: String {
        switch self {
        case .unrepresentable(let kind): "canonical JSON cannot hold \(kind)"
        case .duplicateMember(let name): "an object names the member \"\(name)\" twice"
        case .notCanonical(let offset, let expected): "not canonical JSON at byte \(offset): expected \(expected)"
        case .tooDeep(let offset, let limit): "nested deeper than \(limit) at byte \(offset)"
        }
    }
}
