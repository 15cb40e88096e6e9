import UnicodeText

/// The escapes of Python's string literals.
enum PythonEscape {
    /// Appends what one escape stands for and answers where it ends.
    ///
    /// - Parameter start: the place after the backslash, inside `bytes`.
    /// - Parameter isBytes: whether the literal is one of bytes, which knows no `\u`, `\U`, `\N`; a value above 0x7F is
    ///   then one byte.
    ///
    /// Spec: Python language reference, 2.4.1.1 (escape sequences).
    static func append(_ bytes: [UInt8], after start: Int, isBytes: Bool, to writer: inout UTF8Writer) -> Int {
        let byte = bytes[start]
        switch byte {
        case 0x0A: return start + 1
        case 0x0D: return start + 1 < bytes.count && bytes[start + 1] == 0x0A ? start + 2 : start + 1
        case UInt8(ascii: "x"): return number(bytes, start, digits: 2, isBytes, &writer)
        case UInt8(ascii: "u") where !isBytes: return number(bytes, start, digits: 4, false, &writer)
        case UInt8(ascii: "U") where !isBytes: return number(bytes, start, digits: 8, false, &writer)
        case UInt8(ascii: "0")...UInt8(ascii: "7"): return octal(bytes, start, isBytes, &writer)
        case UInt8(ascii: "N") where !isBytes && start + 1 < bytes.count && bytes[start + 1] == UInt8(ascii: "{"):
            // Names of characters are not known here: the character is, as far as anyone can read.
            var end = start + 2
            while end < bytes.count, end < start + 100, bytes[end] != UInt8(ascii: "}") { end += 1 }
            writer.append(0xFFFD)
            return min(end + 1, bytes.count)
        case _:
            guard let plain = simple(byte) else {
                writer.append(raw: UInt8(ascii: "\\"))
                writer.append(raw: byte)
                return start + 1
            }
            writer.append(raw: plain)
            return start + 1
        }
    }

    private static func simple(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): byte
        case UInt8(ascii: "a"): 7
        case UInt8(ascii: "b"): 8
        case UInt8(ascii: "f"): 12
        case UInt8(ascii: "n"): 10
        case UInt8(ascii: "r"): 13
        case UInt8(ascii: "t"): 9
        case UInt8(ascii: "v"): 11
        case _: nil
        }
    }

    /// Python refuses too few digits; they then stay as written.
    private static func number(
        _ bytes: [UInt8], _ start: Int, digits: Int, _ isBytes: Bool, _ writer: inout UTF8Writer
    ) -> Int {
        var value: UInt32 = 0
        var index = start + 1
        while index < bytes.count, index <= start + digits, let digit = HexadecimalDigit.value(bytes[index]) {
            value = value << 4 | UInt32(digit)
            index += 1
        }
        guard index == start + 1 + digits else {
            writer.append(raw: UInt8(ascii: "\\"))
            writer.append(raw: bytes[start])
            return start + 1
        }
        put(value, isBytes, &writer)
        return index
    }

    private static func octal(_ bytes: [UInt8], _ start: Int, _ isBytes: Bool, _ writer: inout UTF8Writer) -> Int {
        var value: UInt32 = 0
        var index = start
        while index < bytes.count, index < start + 3, bytes[index] >= 0x30, bytes[index] <= 0x37 {
            value = value << 3 | UInt32(bytes[index] - 0x30)
            index += 1
        }
        put(value, isBytes, &writer)
        return index
    }

    private static func put(_ value: UInt32, _ isBytes: Bool, _ writer: inout UTF8Writer) {
        if isBytes { writer.append(raw: UInt8(truncatingIfNeeded: value)) } else { writer.append(value) }
    }
}
