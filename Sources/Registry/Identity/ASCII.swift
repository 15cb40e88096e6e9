/// ASCII classes of single bytes, so that parsers never ask Unicode about a name or a version.
extension UInt8 {
    static let lineFeed = UInt8(ascii: "\n")
    static let space = UInt8(ascii: " ")
    static let hyphen = UInt8(ascii: "-")
    static let dot = UInt8(ascii: ".")
    static let underscore = UInt8(ascii: "_")
    static let slash = UInt8(ascii: "/")
    static let plus = UInt8(ascii: "+")
    static let percent = UInt8(ascii: "%")
    static let at = UInt8(ascii: "@")
    static let tilde = UInt8(ascii: "~")

    var isASCIIDigit: Bool { self >= 0x30 && self <= 0x39 }
    var isASCIILowercase: Bool { self >= 0x61 && self <= 0x7A }
    var isASCIIUppercase: Bool { self >= 0x41 && self <= 0x5A }
    var isASCIILetter: Bool { isASCIILowercase || isASCIIUppercase }
    var isASCIIAlphanumeric: Bool { isASCIILetter || isASCIIDigit }
    var isASCIIWhitespace: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D) }

    /// The lower-case form of an ASCII letter; every other byte unchanged.
    var asciiLowercased: UInt8 { isASCIIUppercase ? self + 0x20 : self }

    /// The value of a hexadecimal digit of either case.
    var hexadecimalValue: UInt8? {
        if isASCIIDigit { return self - 0x30 }
        let lower = asciiLowercased
        return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : nil
    }

    /// How a message shows this byte: the character when it is printable ASCII, else `byte 0x1f`.
    var shown: String {
        if self > 0x20 && self < 0x7F { return "'\(Character(UnicodeScalar(self)))'" }
        return self == .space ? "a space" : "byte 0x\(String(self, radix: 16))"
    }
}

/// Lower-cases the ASCII letters of `text`; other scalars stay as they are.
func asciiLowercased(_ text: String) -> String {
    guard text.utf8.contains(where: \.isASCIIUppercase) else { return text }
    return String(decoding: text.utf8.map(\.asciiLowercased), as: UTF8.self)
}

/// Shortens text that a stranger wrote so that it fits a one-line message, with everything unprintable escaped.
func quoted(_ text: String) -> String {
    var shown = ""
    for scalar in text.unicodeScalars.prefix(80) {
        shown += scalar.value >= 0x20 && scalar.value < 0x7F ? String(scalar) : scalar.escaped(asASCII: true)
    }
    return text.unicodeScalars.count > 80 ? "'\(shown)…'" : "'\(shown)'"
}
