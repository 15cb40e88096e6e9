/// Reads and writes JSON text.
public enum JSONText {
    /// Reads one value that fills the whole text.
    ///
    /// Strict: RFC 8259 to the letter, valid UTF-8, no byte order mark, no unpaired surrogates, and by default no
    /// member named twice.
    /// - Throws: `JSONError` with the place and the reason.
    public static func parse(_ bytes: [UInt8], limits: JSONLimits = .default) throws(JSONError) -> JSONValue {
        guard bytes.count <= limits.maxBytes else {
            throw JSONError(
                offset: limits.maxBytes, line: 1, column: 1,
                reason: .tooLong(bytes: bytes.count, limit: limits.maxBytes))
        }
        return unsafe try bytes.withUnsafeBufferPointer { buffer throws(JSONError) in
            unsafe try parse(UnsafeRawBufferPointer(buffer), limits: limits)
        }
    }

    /// Reads one value that fills the whole buffer, like `parse` for arrays; the length limit does not apply.
    @unsafe
    public static func parse(
        _ bytes: UnsafeRawBufferPointer, limits: JSONLimits = .default
    ) throws(JSONError) -> JSONValue {
        var scanner = unsafe JSONScanner(bytes, maxDepth: limits.maxDepth)
        let value = try scanner.readValue(duplicates: limits.duplicates)
        try scanner.finish()
        return value
    }

    /// Writes a value in UTF-8, members in their order, with the fewest escapes JSON allows.
    ///
    /// - Parameter pretty: two spaces of indentation, one entry a line.
    public static func serialize(_ value: JSONValue, pretty: Bool = false) -> [UInt8] {
        var writer = JSONWriter(pretty: pretty)
        writer.write(value)
        return writer.output
    }

    /// Like `serialize`, as a string.
    public static func string(_ value: JSONValue, pretty: Bool = false) -> String {
        String(decoding: serialize(value, pretty: pretty), as: UTF8.self)
    }

    /// Appends the string as a JSON string with its quotes.
    public static func appendString(_ text: String, to output: inout [UInt8]) {
        appendQuoted(text.utf8, to: &output)
    }

    /// Says whether the text is a number by RFC 8259 §6.
    static func isNumber(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return unsafe bytes.withUnsafeBytes { buffer in
            guard let first = unsafe buffer.first, first == UInt8(ascii: "-") || first &- 0x30 < 10 else {
                return false
            }
            var scanner = unsafe JSONScanner(buffer)
            do {
                _ = try scanner.skipNumber()
                return scanner.offset == buffer.count
            } catch {
                return false
            }
        }
    }
}

struct JSONWriter {
    let pretty: Bool
    var output: [UInt8] = []
    private var level = 0

    init(pretty: Bool) {
        self.pretty = pretty
    }

    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: output.append(contentsOf: "null".utf8)
        case .bool(let isTrue): output.append(contentsOf: (isTrue ? "true" : "false").utf8)
        case .integer(let integer): output.append(contentsOf: String(integer).utf8)
        case .number(let text):
            precondition(JSONText.isNumber(text), "not a JSON number: \(text)")
            output.append(contentsOf: text.utf8)
        case .string(let text): appendQuoted(text.utf8, to: &output)
        case .array(let values):
            writeContainer("[", "]", values) { writer, value in writer.write(value) }
        case .object(let object):
            writeContainer("{", "}", object.members) { writer, member in
                appendQuoted(member.name.utf8, to: &writer.output)
                writer.output.append(UInt8(ascii: ":"))
                if writer.pretty { writer.output.append(UInt8(ascii: " ")) }
                writer.write(member.value)
            }
        }
    }

    private mutating func writeContainer<Entry>(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ entries: [Entry],
        _ writeEntry: (inout JSONWriter, Entry) -> Void
    ) {
        output.append(UInt8(ascii: open))
        level += 1
        for (position, entry) in entries.enumerated() {
            if position > 0 { output.append(UInt8(ascii: ",")) }
            breakLine()
            writeEntry(&self, entry)
        }
        level -= 1
        if !entries.isEmpty { breakLine() }
        output.append(UInt8(ascii: close))
    }

    private mutating func breakLine() {
        guard pretty else { return }
        output.append(0x0A)
        output.append(contentsOf: repeatElement(0x20, count: 2 * level))
    }
}

/// Appends UTF-8 as a JSON string with its quotes, escaping only what must be.
///
/// Spec: RFC 8785 §3.2.2.2.
func appendQuoted(_ text: String.UTF8View, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    for byte in text {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): output.append(contentsOf: [UInt8(ascii: "\\"), byte])
        case 0x08: output.append(contentsOf: "\\b".utf8)
        case 0x09: output.append(contentsOf: "\\t".utf8)
        case 0x0A: output.append(contentsOf: "\\n".utf8)
        case 0x0C: output.append(contentsOf: "\\f".utf8)
        case 0x0D: output.append(contentsOf: "\\r".utf8)
        case 0..<0x20:
            let digits = Array("0123456789abcdef".utf8)
            output.append(contentsOf: "\\u00".utf8)
            output.append(digits[Int(byte >> 4)])
            output.append(digits[Int(byte & 15)])
        default: output.append(byte)
        }
    }
    output.append(UInt8(ascii: "\""))
}
