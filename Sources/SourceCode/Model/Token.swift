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
public struct Token: Sendable, Equatable {
    public let kind: TokenKind
    /// The first byte in the source text.
    public let start: Int32
    /// The byte after the last.
    public let end: Int32

    public init(_ kind: TokenKind, _ start: Int32, _ end: Int32) {
        self.kind = kind
        self.start = start
        self.end = end
    }
}

/// A range of bytes of the source text.
public typealias SourceRange = Range<Int32>
/// A range of positions in `CodeModel.tokens`.
public typealias TokenRange = Range<Int32>
