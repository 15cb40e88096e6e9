/// The tokens of a JavaScript file with what the parser needs of each.
struct LexedSource: ~Copyable {
    var tokens: [Token] = []
    /// Beside each token: its name, mark or flags.
    var codes: Column<TokenCode>
    /// Beside each token: its mark, or what it is in one byte.
    var shapes: Column<TokenShape>
    var comments: [SourceRange] = []
    var problems: [SourceProblem] = []
    var names: JavaScriptNameTable
    /// Whether `<!--` or `-->` was taken as a comment, which modules do not do.
    var hasMarkupComments = false

    /// How many strings and pieces of templates there are.
    var textCount: Int {
        var count = 0
        for index in shapes.indices where shapes[index].isText { count += 1 }
        return count
    }

    static func capacity(_ byteCount: Int) -> Int { byteCount / 2 + 16 }

    /// An empty one with room for the tokens that a source of `byteCount` has at most times.
    init(byteCount: Int) {
        // What is not written to takes no memory.
        let capacity = LexedSource.capacity(byteCount)
        codes = Column(capacity: capacity)
        shapes = Column(capacity: capacity)
        names = JavaScriptNameTable(.known)
    }
}

/// What a token is, in the one byte that a parser asks for most: its mark, or its kind with the highest bit set.
struct TokenShape {
    private let byte: UInt8

    init(_ mark: Punctuator) { byte = mark.rawValue }
    init(_ kind: TokenKind) { byte = kind.rawValue | 0x80 }

    /// `other` for what is no mark.
    @inline(__always)
    var mark: Punctuator {
        // SAFETY: only `init(_: Punctuator)` makes bytes without the highest bit.
        byte < 0x80 ? unsafe unsafeBitCast(byte, to: Punctuator.self) : .other
    }

    @inline(__always)
    func isKind(_ kind: TokenKind) -> Bool { byte == kind.rawValue | 0x80 }

    /// Whether it is a string or a piece of a template.
    @inline(__always)
    var isText: Bool {
        byte >= TokenKind.string.rawValue | 0x80 && byte <= TokenKind.templateTail.rawValue | 0x80
    }
}

/// What is known of one token beyond its range.
struct TokenCode {
    private let bits: UInt32
    /// Of a bracket the token that belongs to it, in both directions; -1 for others. An opening one without partner
    /// names the place where its content ends.
    var partner: Int32 = -1

    private static let newlineBit: UInt32 = 1 << 31
    private static let escapeBit: UInt32 = 1 << 30
    private static let valueMask: UInt32 = 1 << 28 - 1

    init(value: Int32, afterNewline: Bool, isEscaped: Bool = false) {
        bits =
            UInt32(truncatingIfNeeded: value) & Self.valueMask | (afterNewline ? Self.newlineBit : 0)
            | (isEscaped ? Self.escapeBit : 0)
    }

    /// The value of a string that is a template without substitutions.
    static let template: Int32 = 1

    /// The name of an identifier, the mark of a punctuator; 0 for most others.
    var value: Int32 { Int32(bitPattern: bits & Self.valueMask) }
    /// Whether a line ends between the token before and this one.
    var isAfterNewline: Bool { bits & Self.newlineBit != 0 }
    /// Whether the text has escapes.
    var isEscaped: Bool { bits & Self.escapeBit != 0 }
}

/// What encloses a place in the source.
struct LexicalContext {
    enum Kind: UInt8 {
        case module
        case parenthesis
        /// Of `if`, `while`, `for` and `with`: a statement follows.
        case head
        /// Parameters of a function that is an operand.
        case operandParameters
        case bracket
        /// Statements; after it another begins.
        case block
        /// The body of a function that is an operand.
        case operandBody
        case object
        case classBody, operandClassBody
        case substitution
        /// Between `<` and `>`; a closing tag.
        case tag, closingTag
        /// Between tags.
        case markup
        case markupExpression
    }

    var kind: Kind
    /// Whether a `class` waits for its body, and whether it is an operand.
    var awaitsClassBody = false
    var classIsOperand = false
    /// How many `?` wait for their `:`.
    var questions: Int32 = 0
    /// The bracket's token.
    let opener: Int32

    init(_ kind: Kind, opener: Int32) {
        self.kind = kind
        self.opener = opener
    }
}

/// What the token before says about the next one.
enum LexicalState: UInt8 {
    /// An operand is expected: a slash begins a regular expression and a brace an object.
    case operand
    /// A statement may begin: a brace is a block.
    case statement
    /// A value is complete: a slash divides.
    case value
    /// After `)` of a condition: a statement is expected.
    case condition
    /// After `)` of the parameters of a function that is an operand.
    case parameters
    /// After `=>`.
    case arrow
    /// After a dot: any word is a name.
    case member

    var allowsRegularExpression: Bool {
        switch self {
        case .operand, .statement, .condition, .arrow: true
        case .value, .parameters, .member: false
        }
    }
}
