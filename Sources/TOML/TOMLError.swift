/// A place in a text that is not acceptable TOML, and why.
public struct TOMLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was wrong at the place.
    public enum Reason: Hashable, Sendable {
        case unexpectedEnd(expected: String)
        case unexpectedByte(UInt8, expected: String)
        case invalidUTF8
        case controlCharacter(UInt8)
        case invalidEscape
        /// An escape names no Unicode scalar value.
        case notAScalar
        case invalidNumber(String)
        /// The number does not fit 64 bits.
        case integerOutOfRange(String)
        case invalidDate(String)
        case duplicateKey(String, firstLine: Int)
        /// A table is defined a second time.
        case duplicateTable(String, firstLine: Int)
        /// Something that is complete (an inline table, an array, a single value) would be added to.
        case notExtensible(String, firstLine: Int)
        case tooDeep(limit: Int)
        case tooLong(bytes: Int, limit: Int)
    }

    /// From 1.
    public let line: Int
    public let reason: Reason

    public init(line: Int, reason: Reason) {
        self.line = line
        self.reason = reason
    }

    public var description: String { "invalid TOML at line \(line): \(reason.description)" }
}

extension TOMLError.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unexpectedEnd(let expected): "the text ends where \(expected) was expected"
        case .unexpectedByte(let byte, let expected): "found \(Self.name(of: byte)) where \(expected) was expected"
        case .invalidUTF8: "the bytes are not valid UTF-8"
        case .controlCharacter(let byte): "the bare control character \(Self.name(of: byte)) is not allowed here"
        case .invalidEscape: "a string holds an unknown escape sequence"
        case .notAScalar: "an escape names no Unicode character"
        case .invalidNumber(let text): "\(Self.shown(text)) is not a value; texts need quotes"
        case .integerOutOfRange(let text): "the integer \(Self.shown(text)) does not fit 64 bits"
        case .invalidDate(let text): "\(Self.shown(text)) is not a date or time that exists"
        case .duplicateKey(let key, let line): "the key \(Self.shown(key)) is given twice; first in line \(line)"
        case .duplicateTable(let key, let line): "the table \(Self.shown(key)) is defined twice; first in line \(line)"
        case .notExtensible(let key, let line):
            "\(Self.shown(key)), complete since line \(line), cannot be added to"
        case .tooDeep(let limit): "tables and arrays are nested deeper than \(limit)"
        case .tooLong(let bytes, let limit): "the text has \(bytes) bytes, the limit is \(limit)"
        }
    }

    private static func name(of byte: UInt8) -> String {
        if byte > 0x20 && byte < 0x7F { return "'\(Character(Unicode.Scalar(byte)))'" }
        if byte == 0x0A { return "the end of the line" }
        let digits = String(byte, radix: 16)
        return "byte 0x\(digits.count == 1 ? "0" : "")\(digits)"
    }

    /// Text of the document, short and printable.
    private static func shown(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars.prefix(60) {
            shown += scalar.value >= 0x20 && scalar.value < 0x7F ? String(scalar) : scalar.escaped(asASCII: true)
        }
        return text.unicodeScalars.count > 60 ? "'\(shown)…'" : "'\(shown)'"
    }
}
