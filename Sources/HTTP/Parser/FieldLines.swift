/// Reads header field lines out of a block in which every LF has a CR before it and which ends with an empty line.
///
/// Spec: RFC 9112 section 5; no whitespace before the colon, no folding.
struct FieldLines {
    /// The fields found, in order.
    private(set) var entries: [HeaderFields.Entry] = []

    /// Reads every line from `start` to the empty line that ends at `end`.
    init(in bytes: Span<UInt8>, from start: Int, to end: Int, maxCount: Int) throws(RequestRefusal) {
        var position = start
        entries.reserveCapacity(8)
        while bytes[position] != UInt8(ascii: "\r") {
            guard entries.count < maxCount else { throw .tooManyHeaders }
            entries.append(try FieldLines.field(in: bytes, at: &position))
        }
        // A CR that begins a line begins the empty one, or stands alone.
        guard position + 2 == end else { throw .bareCarriageReturn }
    }

    private static func field(in bytes: Span<UInt8>, at position: inout Int) throws(RequestRefusal)
        -> HeaderFields.Entry
    {
        let nameStart = position
        if bytes[position] == UInt8(ascii: " ") || bytes[position] == UInt8(ascii: "\t") { throw .obsoleteFolding }
        while isTokenByte(bytes[position]) { position += 1 }
        guard position > nameStart, bytes[position] == UInt8(ascii: ":") else { throw .malformedFieldName }
        let nameEnd = position
        position += 1
        while isBlank(bytes[position]) { position += 1 }
        let valueStart = position
        position = endOfText(in: bytes, from: position, to: bytes.count - 1)
        guard bytes[position] == UInt8(ascii: "\r") else { throw .controlCharacter }
        guard bytes[position + 1] == UInt8(ascii: "\n") else { throw .bareCarriageReturn }
        var valueEnd = position
        while valueEnd > valueStart, isBlank(bytes[valueEnd - 1]) { valueEnd -= 1 }
        position += 2
        return HeaderFields.Entry(
            nameStart: UInt32(nameStart), nameCount: UInt32(nameEnd - nameStart),
            valueStart: UInt32(valueStart), valueCount: UInt32(valueEnd - valueStart))
    }
}

/// Whether a byte is optional whitespace within a line.
func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
}
