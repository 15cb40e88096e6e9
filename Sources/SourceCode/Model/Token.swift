/// The languages that are read.
public enum SourceLanguage: Sendable, Equatable {
    /// JavaScript with JSX.
    case javaScript
    /// TypeScript; JSX only in `.tsx`.
    case typeScript
    case python
}

/// What a lexical element is.
public enum TokenKind: UInt8, Sendable {
    /// A name or a keyword, escapes and all; JavaScript's private names begin with `#`.
    case identifier
    case number
    /// A whole string literal with its prefix and quotes; also a template or f-string without substitutions.
    case string
    /// The pieces of a template literal or f-string around its substitutions, whose tokens stand between them.
    case templateHead, templateMiddle, templateTail
    case regularExpression
    case punctuator
    /// Text between JSX tags.
    case markupText
    /// Python: the end of a logical line, and the change of its indentation (empty ranges).
    case newline, indent, dedent
}

/// One lexical element; comments and blanks are none.
///
/// Eight bytes, for a file has millions of them.
public struct Token: Sendable, Equatable {
    /// The first byte in the source text.
    public let start: Int32
    /// The kind in the four lowest bits, above it the length.
    @usableFromInline let packed: UInt32

    /// - Parameter end: the byte after the last; of a token beyond 256 MiB only so much is told.
    @inlinable
    public init(_ kind: TokenKind, _ start: Int32, _ end: Int32) {
        self.start = start
        packed = UInt32(max(0, min(end &- start, 1 << 28 - 1))) << 4 | UInt32(kind.rawValue)
    }

    @inlinable
    public var kind: TokenKind { TokenKind(rawValue: UInt8(truncatingIfNeeded: packed & 15)) ?? .punctuator }
    /// The byte after the last.
    @inlinable
    public var end: Int32 { start &+ Int32(truncatingIfNeeded: packed >> 4) }
}

/// How many expressions there are to be among tokens.
enum ExpectedNodes {
    /// Most files have two for three tokens; of large ones the first half alone gets its room at once.
    static func count(tokens: Int) -> Int { (tokens < 1 << 20 ? tokens / 4 * 3 : tokens / 2) + 16 }
}

extension [Token] {
    subscript(index: Int32) -> Token {
        @inline(__always) get { self[Int(index)] }
    }
}

/// A range of bytes of the source text.
public typealias SourceRange = Range<Int32>
/// A range of positions in `CodeModel.tokens`.
public typealias TokenRange = Range<Int32>
