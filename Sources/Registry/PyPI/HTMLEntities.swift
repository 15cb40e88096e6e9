/// Character references in HTML: decoding the ones index pages use, encoding the ones our pages need.
///
/// Spec: HTML Living Standard §13.2.5.72 ff. (named references limited to those of XML and `nbsp`), §13.3 (escaping).
enum HTMLEntities {
    private static let named: [(name: String, text: String)] = [
        ("amp", "&"), ("lt", "<"), ("gt", ">"), ("quot", "\""), ("apos", "'"), ("nbsp", "\u{A0}"),
    ]
    /// These may lack their semicolon, by long custom.
    private static let mayLackSemicolon: Set<String> = ["amp", "lt", "gt", "quot", "nbsp"]

    static func decoded(_ bytes: ArraySlice<UInt8>, inAttribute: Bool) -> String {
        guard bytes.contains(UInt8(ascii: "&")) else { return String(decoding: bytes, as: UTF8.self) }
        var decoded: [UInt8] = []
        var rest = bytes
        while let byte = rest.first {
            if byte == UInt8(ascii: "&"), let (text, length) = reference(rest, inAttribute: inAttribute) {
                decoded.append(contentsOf: text.utf8)
                rest = rest.dropFirst(length)
            } else {
                decoded.append(byte)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    /// The reference at the front and its length in bytes; nil when the `&` stands for itself.
    private static func reference(_ bytes: ArraySlice<UInt8>, inAttribute: Bool) -> (text: String, length: Int)? {
        let body = bytes.dropFirst()
        if body.first == UInt8(ascii: "#") { return numeric(body.dropFirst()) }
        for (name, text) in named where body.starts(with: name.utf8) {
            let next = body.dropFirst(name.utf8.count).first
            if next == UInt8(ascii: ";") { return (text, name.utf8.count + 2) }
            // In an address, "&lt=1" is a parameter and not a sign.
            let isParameter = next.map { $0 == UInt8(ascii: "=") || $0.isASCIIAlphanumeric } ?? false
            if mayLackSemicolon.contains(name), !(inAttribute && isParameter) { return (text, name.utf8.count + 1) }
        }
        return nil
    }

    private static func numeric(_ body: ArraySlice<UInt8>) -> (text: String, length: Int)? {
        let isHexadecimal = body.first?.asciiLowercased == UInt8(ascii: "x")
        let digits = body.dropFirst(isHexadecimal ? 1 : 0).prefix {
            isHexadecimal ? $0.hexadecimalValue != nil : $0.isASCIIDigit
        }
        guard !digits.isEmpty else { return nil }
        var length = 2 + (isHexadecimal ? 1 : 0) + digits.count
        if body.dropFirst(length - 2).first == UInt8(ascii: ";") { length += 1 }
        let value = UInt32(String(decoding: digits, as: UTF8.self), radix: isHexadecimal ? 16 : 10)
        // Too large, a surrogate or NUL: the replacement character, by the standard.
        guard let value, value != 0, let scalar = Unicode.Scalar(value) else { return ("\u{FFFD}", length) }
        return (String(scalar), length)
    }

    /// Appends text so that it stands for itself in content and in quoted attributes.
    static func append(_ text: String, to output: inout [UInt8]) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): output.append(contentsOf: "&amp;".utf8)
            case UInt8(ascii: "<"): output.append(contentsOf: "&lt;".utf8)
            case UInt8(ascii: ">"): output.append(contentsOf: "&gt;".utf8)
            case UInt8(ascii: "\""): output.append(contentsOf: "&quot;".utf8)
            case UInt8(ascii: "'"): output.append(contentsOf: "&#39;".utf8)
            default: output.append(byte)
            }
        }
    }
}
