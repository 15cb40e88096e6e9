/// A name with its members, followed to what it stands for.
public struct Reference: Sendable, Equatable {
    /// What the name at the beginning is.
    public enum Root: Sendable {
        /// A global of the language: `eval`, `process`, `open`.
        case builtin
        /// Something imported: the path begins with the module's name (`node:` left out).
        case module
        /// A variable, parameter or function of the file that could not be followed further.
        case local
        /// The result of an expression that has no name: the path begins with `.`.
        case expression
    }

    /// How the name was written where that hides what it is.
    public struct Spelling: OptionSet, Sendable, Hashable {
        public let rawValue: UInt8
        @inlinable
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// Through another variable (`const e = eval; e(x)`), beyond plain imports under their own or a given name.
        public static let aliased = Spelling(rawValue: 1)
        /// A member named by a string that had to be computed (`globalThis['ev' + 'al']`, `getattr(os, 'sys' + 'tem')`).
        public static let computed = Spelling(rawValue: 2)
        /// A member named by a plain string (`globalThis['eval']`, `getattr(os, 'system')`).
        public static let bracketed = Spelling(rawValue: 4)
        /// Letters of a name written as escapes, or other letters with the same NFKC form.
        public static let disguised = Spelling(rawValue: 8)
        /// Called through `(0, f)`, `f.call`, `Reflect.apply`, `functools.partial`, `map(f, …)` and their kind.
        public static let indirect = Spelling(rawValue: 16)
    }

    /// The dotted path: `child_process.exec`, `process.env.HOME`, `os.system`; a call's result is `()`, as in
    /// `socket.socket().connect`; a member whose name is not known is `[]`. At most 200 bytes of the file.
    public let path: String
    public let root: Root
    public let spelling: Spelling
    public let tokens: TokenRange
    public let scope: Int32
    /// What it does when it is called (or read, for `process.env` and its kind); empty for most.
    public let effects: Effects

    public init(
        path: String, root: Root, spelling: Spelling = [], tokens: TokenRange, scope: Int32, effects: Effects = []
    ) {
        self.path = path
        self.root = root
        self.spelling = spelling
        self.tokens = tokens
        self.scope = scope
        self.effects = effects
    }
}

/// A call of a function or construction of an object.
public struct Call: Sendable, Equatable {
    public let callee: Reference
    /// From the callee's first token to the closing bracket.
    public let tokens: TokenRange
    public let arguments: [Argument]
    public let isConstruction: Bool

    public init(callee: Reference, tokens: TokenRange, arguments: [Argument], isConstruction: Bool = false) {
        self.callee = callee
        self.tokens = tokens
        self.arguments = arguments
        self.isConstruction = isConstruction
    }

    @inlinable public var scope: Int32 { callee.scope }
    @inlinable public var effects: Effects { callee.effects }
}

/// One argument of a call; a tagged template's text is the only argument of its tag.
public struct Argument: Sendable, Equatable {
    public let tokens: TokenRange
    /// Python's keyword.
    public let label: String?
    /// Its value where that is known without running anything.
    public let constant: Constant?

    public init(tokens: TokenRange, label: String? = nil, constant: Constant? = nil) {
        self.tokens = tokens
        self.label = label
        self.constant = constant
    }
}

/// A value that is known without running anything.
public enum Constant: Sendable, Equatable {
    /// Text or bytes.
    case text([UInt8])
    case number(Double)
    case boolean(Bool)
    case list([Constant])
    /// A function, module or class by its path.
    case reference(String)
    /// Members in order; those whose value is not known are left out.
    case members([String: Constant])
}

/// A value that is given to a name: a declaration, an assignment, a parameter's default, a destructured member.
public struct Binding: Sendable, Equatable {
    /// The variable, or a path of members such as `module.exports`.
    public let name: String
    public let scope: Int32
    /// The name's own tokens.
    public let target: TokenRange
    /// The tokens of the value.
    public let value: TokenRange
    public let constant: Constant?

    public init(name: String, scope: Int32, target: TokenRange, value: TokenRange, constant: Constant? = nil) {
        self.name = name
        self.scope = scope
        self.target = target
        self.value = value
        self.constant = constant
    }
}

/// A module that the code loads.
public struct ModuleImport: Sendable, Equatable {
    public enum Kind: Sendable {
        /// `import … from`, `export … from`, `require(…)`, Python's `import` and `from … import`.
        case ordinary
        /// `import(…)`, `importlib.import_module`, `__import__`.
        case dynamic
        /// A file that is run: `exec(open(…).read())`, `runpy.run_path`, `vm.runInThisContext(fs.readFileSync(…))`.
        case file
    }

    /// What is loaded, as written (`./lib/a`, `node:fs`, `..pkg.mod`); nil when it is computed beyond folding.
    public let specifier: String?
    /// Python's `from x import a, b`: the names; empty otherwise.
    public let members: [String]
    public let kind: Kind
    public let tokens: TokenRange
    public let scope: Int32

    public init(specifier: String?, members: [String] = [], kind: Kind, tokens: TokenRange, scope: Int32) {
        self.specifier = specifier
        self.members = members
        self.kind = kind
        self.tokens = tokens
        self.scope = scope
    }
}

/// A text that the code holds, as it is when the code runs.
public struct StringConstant: Sendable, Equatable {
    public enum Origin: UInt8, Sendable {
        /// One literal. The constant pieces of templates are literals too.
        case literal
        /// Put together from literals: concatenation, join, reversal, replacement, character codes.
        case folded
        /// What a decoder makes of a literal: base64, hexadecimal, percent signs, XOR with a constant.
        case decoded
        /// A literal that stands alone as a statement in Python: documentation.
        case documentation
    }

    /// The text. A slice of the source where nothing had to be decoded.
    public let value: ArraySlice<UInt8>
    public let origin: Origin
    public let tokens: TokenRange
    public let scope: Int32
    /// Of a literal: how many escapes it has, and its bytes between the quotes.
    public let escapes: Int32
    public let rawBytes: Int32

    public init(
        value: ArraySlice<UInt8>, origin: Origin, tokens: TokenRange, scope: Int32, escapes: Int32 = 0,
        rawBytes: Int32 = 0
    ) {
        self.value = value
        self.origin = origin
        self.tokens = tokens
        self.scope = scope
        self.escapes = escapes
        self.rawBytes = rawBytes
    }
}
