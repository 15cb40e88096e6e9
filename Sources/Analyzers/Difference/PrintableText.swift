import UnicodeText

/// Text of packages as people may look at it: it can do nothing to a terminal, and hides nothing.
public enum PrintableText {
    /// Bytes with everything that is not seen, or changes what is seen, spelled out: control characters and bytes of no
    /// character as `\x1b`, hidden characters and those that change direction as `\u202e`. Tabs stay.
    public static func bytes(_ text: some RandomAccessCollection<UInt8>, keepsTabs: Bool = true) -> [UInt8] {
        let text = Array(text)
        if text.allSatisfy({ $0 >= 0x20 && $0 < 0x7F || $0 == 0x09 && keepsTabs }) { return text }
        var shown: [UInt8] = []
        shown.reserveCapacity(text.count + 16)
        var index = 0
        while index < text.count {
            let (value, length) = UTF8Scalar.read(text.span, at: index)
            let isControl = value < 0x20 && !(value == 0x09 && keepsTabs) || value == 0x7F
            if value == UTF8Scalar.invalid || isControl {
                shown += Array("\\x".utf8) + hexadecimal(UInt32(text[index]), digits: 2)
            } else if HiddenCharacter(value) != nil {
                shown += Array("\\u".utf8)
                shown +=
                    value > 0xFFFF ? [0x7B] + hexadecimal(value, digits: 5) + [0x7D] : hexadecimal(value, digits: 4)
            } else {
                shown += text[index..<index + length]
            }
            index += length
        }
        return shown
    }

    /// The same as a string; beyond `maxBytes` of the text, how many more there are.
    public static func string(_ text: some RandomAccessCollection<UInt8>, maxBytes: Int = .max) -> String {
        let shown = String(decoding: bytes(text.prefix(maxBytes), keepsTabs: false), as: UTF8.self)
        return text.count > maxBytes ? "\(shown)… (\(text.count - maxBytes) more)" : shown
    }

    private static func hexadecimal(_ value: UInt32, digits: Int) -> [UInt8] {
        let text = Array(String(value, radix: 16).utf8)
        return [UInt8](repeating: 0x30, count: max(0, digits - text.count)) + text
    }
}
