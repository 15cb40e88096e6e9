/// Bounds on what the reader accepts.
public struct TOMLLimits: Sendable, Hashable {
    /// The longest text accepted.
    public var maxBytes: Int
    /// How many tables and arrays may enclose a value; at most `depthCeiling`.
    public var maxDepth: Int

    /// The deepest nesting any reader follows.
    public static let depthCeiling = 256

    public init(maxBytes: Int = 64 << 20, maxDepth: Int = 128) {
        precondition(maxDepth > 0 && maxDepth <= Self.depthCeiling, "nesting limit out of range")
        self.maxBytes = maxBytes
        self.maxDepth = maxDepth
    }
}

/// Reads TOML.
///
/// Strict: TOML 1.0.0 to the letter, valid UTF-8, no byte order mark, no key and no table defined twice. Line ends inside
/// multi-line strings are read as line feeds, whichever way they are written.
/// Spec: TOML 1.0.0, and its ABNF.
public enum TOMLDocument {
    /// The root table.
    ///
    /// - Throws: `TOMLError` with the line of the first thing that is wrong.
    public static func parse(_ bytes: [UInt8], limits: TOMLLimits = TOMLLimits()) throws(TOMLError) -> TOMLTable {
        guard bytes.count <= limits.maxBytes else {
            throw TOMLError(line: 1, reason: .tooLong(bytes: bytes.count, limit: limits.maxBytes))
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw TOMLError(line: lineOfInvalidUTF8(bytes), reason: .invalidUTF8)
        }
        var parser = TOMLParser(bytes, maxDepth: limits.maxDepth)
        return try parser.document()
    }

    /// The first line that is not UTF-8 by itself: no sequence may contain a line feed.
    private static func lineOfInvalidUTF8(_ bytes: [UInt8]) -> Int {
        var line = 1
        for piece in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            if String(validating: piece, as: UTF8.self) == nil { return line }
            line += 1
        }
        return line
    }
}
