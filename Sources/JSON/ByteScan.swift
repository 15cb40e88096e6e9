// Scanning primitives over raw bytes. Each checks its own bounds; none reads outside the buffer.

/// The first index at or after `start` whose byte is a quote, a backslash, a control character or not ASCII.
@inline(__always)
@unsafe
func skipPlain(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var at = start
    let count = bytes.count
    while count - at >= 8 {
        let word = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        // A byte that is zero, or smaller than 0x20, underflows into its top bit; a byte beyond ASCII has it anyway.
        // Borrows spoil only bytes above a true hit, so the lowest mark is exact.
        let quotes = (word ^ 0x2222_2222_2222_2222) &- 0x0101_0101_0101_0101
        let backslashes = (word ^ 0x5C5C_5C5C_5C5C_5C5C) &- 0x0101_0101_0101_0101
        let controls = word &- 0x2020_2020_2020_2020
        let stops = (quotes | backslashes | controls | word) & 0x8080_8080_8080_8080
        if stops != 0 { return at + stops.trailingZeroBitCount >> 3 }
        at += 8
    }
    while at < count {
        let byte = unsafe bytes[at]
        if byte < 0x20 || byte >= 0x80 || byte == 0x22 || byte == 0x5C { return at }
        at += 1
    }
    return at
}

@inline(__always)
@unsafe
func skipDigits(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var at = start
    while at < bytes.count, unsafe bytes[at] &- 0x30 < 10 { at += 1 }
    return at
}

/// The length of the valid multi-byte UTF-8 sequence at `at`, or zero.
///
/// Spec: Unicode 15.0 table 3-7 (no overlong forms, no surrogates, nothing above U+10FFFF).
@unsafe
func utf8SequenceLength(_ bytes: UnsafeRawBufferPointer, at: Int) -> Int {
    let left = bytes.count - at
    let first = unsafe bytes[at]
    guard first >= 0xC2, first <= 0xF4, left >= 2 else { return 0 }
    let second = unsafe bytes[at + 1]
    guard second & 0xC0 == 0x80 else { return 0 }
    if first < 0xE0 { return 2 }
    guard left >= 3, unsafe bytes[at + 2] & 0xC0 == 0x80 else { return 0 }
    if first < 0xF0 {
        if first == 0xE0 && second < 0xA0 { return 0 }
        if first == 0xED && second >= 0xA0 { return 0 }
        return 3
    }
    guard left >= 4, unsafe bytes[at + 3] & 0xC0 == 0x80 else { return 0 }
    if first == 0xF0 && second < 0x90 { return 0 }
    if first == 0xF4 && second >= 0x90 { return 0 }
    return 4
}

/// The value of the four hexadecimal digits at `at`, or nil.
@unsafe
func hexQuad(_ bytes: UnsafeRawBufferPointer, at: Int) -> UInt32? {
    guard bytes.count - at >= 4 else { return nil }
    var value: UInt32 = 0
    for index in at..<(at + 4) {
        let byte = unsafe bytes[index]
        let digit: UInt8
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
        default: return nil
        }
        value = value << 4 | UInt32(digit)
    }
    return value
}

/// The low surrogate escaped as `\uDC00`…`\uDFFF` at `at`, or nil.
@unsafe
func lowSurrogate(_ bytes: UnsafeRawBufferPointer, at: Int) -> UInt32? {
    guard bytes.count - at >= 6, unsafe bytes[at] == UInt8(ascii: "\\"), unsafe bytes[at + 1] == UInt8(ascii: "u"),
        let unit = unsafe hexQuad(bytes, at: at + 2), unit & 0xFC00 == 0xDC00
    else { return nil }
    return unit
}
