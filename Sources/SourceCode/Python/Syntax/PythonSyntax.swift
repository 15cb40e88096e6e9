/// An expression of a Python file; children have smaller numbers than their parents.
struct PythonNode {
    typealias ID = Int32

    enum Kind: UInt8 {
        case name, number, string, template
        /// `None`, `True`, `False`, `...`: `aux` is the word or mark.
        case word
        /// `aux` is the member's name.
        case attribute
        case call, subscripting
        case tuple, list, set, dictionary
        /// The element (and the value of a dictionary's), then `forClause` and `ifClause`; `aux` is its scope.
        case comprehension
        /// A target and what it runs over.
        case forClause
        case ifClause
        /// Operands of `+`, any number.
        case sum
        /// `aux` is the mark.
        case binary, unary
        /// What is tried, what is chosen if so, what else.
        case conditional
        /// `and`, `or`: either operand can be the value.
        case either
        /// Comparisons and all that yields no value of interest.
        case other
        /// `aux` is the scope.
        case lambda
        case starred
        case slice
        /// A name and its value.
        case walrus
        /// `aux` is the keyword's name.
        case keyword
        /// A function or class as a value: `aux` is its scope.
        case definition
        /// An imported module or member: `aux` is its place in `importPaths`.
        case imported
        /// A parameter without its argument: `aux` is its position; its default may be a child.
        case parameter
        /// One of the values that its child runs over.
        case element
        /// What a name holds after `+=`: the child is what is added.
        case augmented
        /// A decorator applied: its child is the decorator; `aux` is the node of what it gets.
        case decoration
        /// Python 2's `exec` statement: its children are what it gets.
        case execStatement
    }

    struct Flags: OptionSet {
        let rawValue: UInt8
        /// Given a value here, not read.
        static let stored = Flags(rawValue: 1)
        /// A statement of its own: documentation when it is a string.
        static let statement = Flags(rawValue: 2)
        /// Letters that stand for others by NFKC.
        static let disguised = Flags(rawValue: 4)
        /// Inside of a pattern of `case`: nothing is called.
        static let pattern = Flags(rawValue: 8)
        /// Told already by its parent: a callee, the base of a member.
        static let consumed = Flags(rawValue: 16)
        /// A display with `*` or `**` in it, a comprehension in braces: its values are not its children's in order.
        static let unpacks = Flags(rawValue: 32)
        /// A part of a larger constant, which is told instead.
        static let covered = Flags(rawValue: 64)
    }

    let kind: Kind
    var flags: Flags
    var aux: Int32
    /// The first child and the next sibling, or -1.
    var first: ID
    var next: ID = -1
    /// The first token and the token after the last.
    var start: Int32
    var end: Int32
    /// The first node of the subtree that ends with this one.
    var low: ID
    var scope: Int32
}

/// A function, class, comprehension or guarded block while the file is read.
struct PythonScope {
    enum Kind { case module, function, lambda, type, comprehension, guarded }
    let kind: Kind
    var parent: Int32
    /// The scope whose names code here binds: its own, except in guarded blocks.
    let nameScope: Int32
    var start: Int32
    var end: Int32
    /// Its name, or -1.
    var name: Int32
    /// The scope's parameters in `PythonSyntax.parameters`.
    var parameters: Range<Int32> {
        get { firstParameter..<endParameter }
        set { (firstParameter, endParameter) = (newValue.lowerBound, newValue.upperBound) }
    }
    private var firstParameter: Int32 = 0
    private var endParameter: Int32 = 0
    /// The first value that a function returns; -1 for none.
    var returned: PythonNode.ID = -1
    var returnCount: Int32 = 0
    /// A class's bases: its first argument node, or -1.
    var firstBase: PythonNode.ID = -1
    var isStatic = false
    var isClassMethod = false

    init(kind: Kind, parent: Int32, nameScope: Int32, start: Int32, end: Int32, name: Int32) {
        self.kind = kind
        self.parent = parent
        self.nameScope = nameScope
        self.start = start
        self.end = end
        self.name = name
    }
}

/// What one scope binds to one name.
struct PythonVariable {
    /// The first and last of its values in `PythonSyntax.valueLinks`; -1 for none.
    var first: Int32 = -1
    var last: Int32 = -1
    var count: Int32 = 0
    /// `global x`, `nonlocal x`: the scope that holds it, else -1.
    var redirect: Int32 = -1
    /// Only given a value once and then lengthened by `+=` on the same straight way.
    var isAccumulating = false
    var block: Int32 = -1
    /// The scope that binds it.
    let scope: Int32
}

/// A value given to a name or member, to be told in the model.
struct PythonAssignment {
    let target: PythonNode.ID
    /// -1 when there is no single expression for it.
    let value: PythonNode.ID
}

/// A value in the list of a variable's values: -1 is one that is not known.
struct PythonValueLink {
    let value: PythonNode.ID
    /// The next link, or -1.
    var next: Int32
}

/// A file's expressions, scopes and variables.
struct PythonSyntax: ~Copyable {
    var nodes: Column<PythonNode>
    var scopes = Column<PythonScope>(capacity: 64)
    var parameters = Column<Int32>(capacity: 64)
    var variables = Column<PythonVariable>(capacity: 128)
    var valueLinks = Column<PythonValueLink>(capacity: 128)
    var assignments = Column<PythonAssignment>(capacity: 64)
    var imports: [PythonImport] = []
    /// Dotted paths: numbers of names in `importNames`, with the count of leading dots.
    var importPaths: [(names: Range<Int32>, dots: Int32)] = []
    var importNames: [Int32] = []
    var starImports: [Int32] = []
    var table = PairTable()
    /// For each name the only variable of that name, `unbound` or `bound` by several scopes.
    var homes: Column<Int32>

    static let unbound: Int32 = -1
    static let bound: Int32 = -2

    init(tokens: Int, names: Int) {
        nodes = Column(capacity: ExpectedNodes.count(tokens: tokens))
        homes = Column(repeating: PythonSyntax.unbound, count: names)
    }
}

/// An import statement.
struct PythonImport {
    /// Its place in `importPaths`.
    let path: Int32
    var members: [Int32]
    let tokens: TokenRange
    let scope: Int32
}
