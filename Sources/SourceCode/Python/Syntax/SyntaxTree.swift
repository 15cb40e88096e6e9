/// An expression of a Python file; children have smaller numbers than their parents.
struct SyntaxNode {
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
    var parameters: Range<Int32> = 0..<0
    /// The first value that a function returns; -1 for none.
    var returned: SyntaxNode.ID = -1
    var returnCount: Int32 = 0
    /// A class's bases: its first argument node, or -1.
    var firstBase: SyntaxNode.ID = -1
    var isStatic = false
    var isClassMethod = false
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
}

/// A value given to a name or member, to be told in the model.
struct PythonAssignment {
    let target: SyntaxNode.ID
    /// -1 when there is no single expression for it.
    let value: SyntaxNode.ID
}

/// A file's expressions, scopes and variables.
struct PythonSyntax {
    var nodes: [SyntaxNode] = []
    var scopes: [PythonScope] = []
    var parameters: [Int32] = []
    var variables: [PythonVariable] = []
    /// A list of values for each variable: the value's node (-1 unknown) and the next link (-1 for the end).
    var valueLinks: [(value: SyntaxNode.ID, next: Int32)] = []
    var assignments: [PythonAssignment] = []
    var imports: [PythonImport] = []
    /// Dotted paths: numbers of names in `importNames`, with the count of leading dots.
    var importPaths: [(names: Range<Int32>, dots: Int32)] = []
    var importNames: [Int32] = []
    var starImports: [Int32] = []
    var table = VariableTable()
    /// For each name whether any scope binds it.
    var isBound: [Bool] = []
}

/// An import statement.
struct PythonImport {
    /// Its place in `importPaths`.
    let path: Int32
    var members: [Int32]
    let tokens: TokenRange
    let scope: Int32
}

/// Finds a variable by scope and name.
struct VariableTable {
    private var keys: [UInt64] = Array(repeating: 0, count: 256)
    private var values: [Int32] = Array(repeating: 0, count: 256)
    private var mask = 255
    private var count = 0

    @inline(__always)
    private static func key(_ scope: Int32, _ name: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: scope)) << 32 | UInt64(UInt32(bitPattern: name)) &+ 1
    }

    @inline(__always)
    private func slot(of key: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
        while keys[slot] != 0 && keys[slot] != key { slot = (slot + 1) & mask }
        return slot
    }

    /// The variable's number, or -1.
    @inline(__always)
    func find(_ scope: Int32, _ name: Int32) -> Int32 {
        let slot = slot(of: VariableTable.key(scope, name))
        return keys[slot] == 0 ? -1 : values[slot]
    }

    mutating func insert(_ scope: Int32, _ name: Int32, _ variable: Int32) {
        if (count + 1) * 2 > mask { grow() }
        let key = VariableTable.key(scope, name)
        let slot = slot(of: key)
        keys[slot] = key
        values[slot] = variable
        count += 1
    }

    private mutating func grow() {
        let (oldKeys, oldValues) = (keys, values)
        mask = mask * 2 + 1
        keys = Array(repeating: 0, count: mask + 1)
        values = Array(repeating: 0, count: mask + 1)
        for (index, key) in oldKeys.enumerated() where key != 0 {
            let slot = slot(of: key)
            keys[slot] = key
            values[slot] = oldValues[index]
        }
    }
}
