/// What can be said about a source file without running it; the same form for every language.
///
/// Everything is in the order of the source. Readers are total and linear: any bytes give a model, and what cannot be
/// made sense of is left out and named by `problems`.
public struct CodeModel: Sendable {
    public let language: SourceLanguage
    public let source: SourceText
    public var tokens: [Token] = []
    /// With their marks (`//`, `/*`, `#`, `<!--`), and a leading hashbang line.
    public var comments: [SourceRange] = []
    public var strings: [StringConstant] = []
    /// The first is the module's own.
    public var scopes: [Scope] = []
    public var imports: [ModuleImport] = []
    public var calls: [Call] = []
    /// Names and member accesses that are not called: `process.env.HOME`, `eval` as a value, `os.environ`.
    public var reads: [Reference] = []
    public var bindings: [Binding] = []
    /// Every distinct name as written (with escapes decoded), with the offset of its first use.
    public var names: [Name] = []
    public var problems: [SourceProblem] = []

    public init(language: SourceLanguage, source: SourceText) {
        self.language = language
        self.source = source
    }

    /// Where a token starts in the source, for finding its line.
    @inlinable
    public func offset(ofToken index: Int32) -> Int {
        guard index >= 0, Int(index) < tokens.count else { return source.bytes.count }
        return Int(tokens[Int(index)].start)
    }

    /// The bytes of a token.
    @inlinable
    public func text(ofToken index: Int32) -> ArraySlice<UInt8> {
        guard index >= 0, Int(index) < tokens.count else { return [] }
        let token = tokens[Int(index)]
        return source.bytes[Int(token.start)..<Int(token.end)]
    }

    /// Whether code in a scope runs when the file is loaded: the module's own code, functions called on the spot, and
    /// functions that such code calls by name.
    @inlinable
    public func runsAtLoad(_ scope: Int32) -> Bool {
        guard scope >= 0, Int(scope) < scopes.count else { return true }
        return scopes[Int(scope)].runsAtLoad
    }
}

/// A function, class or block.
public struct Scope: Sendable, Equatable {
    public enum Kind: Sendable { case module, function, type, block }
    public let kind: Kind
    /// Nil for the module's own.
    public let parent: Int32?
    /// Its body with its parameters.
    public var tokens: TokenRange
    /// What it is called, when it is named or assigned to a name at its declaration.
    public let name: String?
    /// Names of parameters; what they hold is not known.
    public var parameters: [String]
    public var runsAtLoad: Bool

    public init(
        kind: Kind, parent: Int32?, tokens: TokenRange, name: String? = nil, parameters: [String] = [],
        runsAtLoad: Bool = false
    ) {
        self.kind = kind
        self.parent = parent
        self.tokens = tokens
        self.name = name
        self.parameters = parameters
        self.runsAtLoad = runsAtLoad
    }
}

/// A distinct name of a file.
public struct Name: Sendable, Equatable {
    /// UTF-8, escapes decoded.
    public let text: String
    public let offset: Int32
    /// Whether it was written with escapes, such as `\u0065val`.
    public let isEscaped: Bool

    public init(text: String, offset: Int32, isEscaped: Bool) {
        self.text = text
        self.offset = offset
        self.isEscaped = isEscaped
    }
}

/// What a reader could not make sense of.
public struct SourceProblem: Sendable, Equatable {
    public enum Kind: Sendable {
        case unterminatedString, unterminatedComment, unbalancedBrackets, tooDeep, tooManyTokens, notText
    }
    public let kind: Kind
    public let offset: Int32

    public init(_ kind: Kind, offset: Int32) {
        self.kind = kind
        self.offset = offset
    }
}
