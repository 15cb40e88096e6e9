/// A place in a text that is not acceptable JSON, and why.
///
/// Offsets count bytes from zero; lines and columns count from one, columns in bytes.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was wrong at the place.
    public enum Reason: Hashable, Sendable {
        case unexpectedEnd(expected: String)
        case unexpectedByte(UInt8, expected: String)
        case invalidUTF8
        case controlCharacterInString(UInt8)
        case invalidEscape
        case unpairedSurrogate
        case invalidNumber
        case integerOutOfRange
        case tooDeep(limit: Int)
        case tooLong(bytes: Int, limit: Int)
        case duplicateMember(String)
        case bytesAfterValue
        case wrongKind(expected: String, found: String)
    }

    public let offset: Int
    public let line: Int
    public let column: Int
    public let reason: Reason

    public init(offset: Int, line: Int, column: Int, reason: Reason) {
        self.offset = offset
        self.line = line
        self.column = column
        self.reason = reason
    }

    public var description: String {
        "invalid JSON at line \(line), column \(column) (byte \(offset)): \(reason.description)"
    }
}

extension JSONError.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unexpectedEnd(let expected): "the text ends where \(expected) was expected"
        case .unexpectedByte(let byte, let expected): "found \(Self.name(of: byte)) where \(expected) was expected"
        case .invalidUTF8: "the bytes are not valid UTF-8"
        case .controlCharacterInString(let byte): "a string holds the bare control character \(Self.name(of: byte))"
        case .invalidEscape: "a string holds an unknown escape sequence"
        case .unpairedSurrogate: "a string escapes half of a surrogate pair"
        case .invalidNumber: "a number is not written as JSON wants it"
        case .integerOutOfRange: "a number is not an integer that fits 64 bits"
        case .tooDeep(let limit): "arrays and objects are nested deeper than \(limit)"
        case .tooLong(let bytes, let limit): "the text has \(bytes) bytes, the limit is \(limit)"
        case .duplicateMember(let name): "an object names the member \"\(name)\" twice"
        case .bytesAfterValue: "there are bytes after the value"
        case .wrongKind(let expected, let found): "found \(found) where \(expected) was expected"
        }
    }

    private static func name(of byte: UInt8) -> String {
        if byte > 0x20 && byte < 0x7F {
            return "'\(Character(Unicode.Scalar(byte)))'"
        }
        let digits = String(byte, radix: 16)
        return "byte 0x\(digits.count == 1 ? "0" : "")\(digits)"
    }
}

/// Bounds on what a JSON reader accepts.
public struct JSONLimits: Sendable, Hashable {
    /// What happens when one object names a member twice. Names are compared after unescaping, byte by byte.
    public enum Duplicates: Sendable, Hashable {
        /// The text is refused.
        case reject
        /// The last one counts, in the place of the first.
        case keepLast
        /// All are kept in order.
        case keepAll
    }

    /// How many arrays and objects may enclose a value; at most `JSONScanner.depthCeiling`.
    public var maxDepth: Int
    /// The longest text accepted.
    public var maxBytes: Int
    public var duplicates: Duplicates

    public init(maxDepth: Int = 128, maxBytes: Int = 64 << 20, duplicates: Duplicates = .reject) {
        self.maxDepth = maxDepth
        self.maxBytes = maxBytes
        self.duplicates = duplicates
    }

    public static let `default` = JSONLimits()
}
