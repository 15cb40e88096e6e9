/// The expressions, scopes and assignments of a file; nodes name each other by number.
struct JavaScriptTree: ~Copyable {
    var nodes = Column<JavaScriptNode>()
    /// The nodes that are names, calls and constructions, and properties, in the order in which they were read.
    private(set) var nameNodes = Column<Int32>()
    private(set) var callNodes = Column<Int32>()
    private(set) var propertyNodes = Column<Int32>()
    var scopes = Column<ScopeRecord>()
    var symbols = Column<Symbol>()
    var assignments = Column<Assignment>()
    var imports: [ImportRecord] = []
    /// Parameters that take their values apart: by the function's scope, with their places.
    var patternParameters: [Int32: [(place: Int32, target: Int32)]] = [:]
    /// Whether parts too deep for one pass were read later, so that nodes and scopes are not in the source's order.
    var isReordered = false

    subscript(_ node: Int32) -> JavaScriptNode {
        @inline(__always) get { nodes[node] }
    }

    /// Makes a node whose children are linked already.
    @inline(__always)
    mutating func add(
        _ kind: JavaScriptNode.Kind, _ tokens: Range<Int32>, child: Int32 = -1, data: Int32 = -1,
        flags: JavaScriptNode.Flags = []
    ) -> Int32 {
        nodes.append(
            JavaScriptNode(
                kind: kind, flags: flags, start: tokens.lowerBound, end: tokens.upperBound, child: child, data: data))
        let number = Int32(truncatingIfNeeded: nodes.count - 1)
        if kind == .name { nameNodes.append(number) }
        if kind == .call || kind == .construct { callNodes.append(number) }
        if kind == .property { propertyNodes.append(number) }
        return number
    }

    /// The child at a place; -1 when there are not so many.
    func child(_ node: Int32, _ place: Int) -> Int32 {
        var child = self[node].child
        var left = place
        while left > 0, child >= 0 {
            child = self[child].next
            left -= 1
        }
        return child
    }

    /// What stands inside parentheses.
    func inside(_ node: Int32) -> Int32 {
        var node = node
        while node >= 0, self[node].kind == .group { node = self[node].child }
        return node
    }
}

/// An expression, or a part of one that has its own meaning.
struct JavaScriptNode {
    enum Kind: UInt8 {
        /// Nothing that could be read.
        case missing
        /// `data`: the name; `child`: its symbol, once resolved.
        case name
        /// `data`: the token.
        case number, string, regularExpression
        /// Pieces and substitutions in turn; `tagged` has the tag first.
        case template, tagged
        case this, `super`
        /// `data`: the word: `true`, `false`, `null`.
        case word
        /// `import.meta`, `new.target`.
        case meta
        case group, array, object, spread
        /// `data`: the key's name, or -1 with the key as first child; last child: the value.
        case property
        /// `data`: its scope.
        case function, `class`
        /// `data`: the member's name.
        case member
        case index
        case call, construct
        /// `import(…)`.
        case importCall
        /// `data`: the number of its record.
        case importedModule
        /// `data`: the mark, or -1 - the word.
        case unary, update, binary, logical, assignment
        /// Operands joined by `+`.
        case sum
        case conditional, sequence, await, yield
        case element
        /// An element of an array or iterable: `data` is its place, or -1.
        case elementOf
    }

    struct Flags: OptionSet {
        let rawValue: UInt8
        /// Part of a longer expression that says it all: the object of a member, a callee.
        static let isConsumed = Flags(rawValue: 1)
        /// Something is assigned to it.
        static let isTarget = Flags(rawValue: 2)
        static let isComputed = Flags(rawValue: 4)
        /// A method, getter or setter.
        static let isMethod = Flags(rawValue: 8)
        static let isStatic = Flags(rawValue: 16)
        /// Made by the reader: what destructuring reads.
        static let isSynthetic = Flags(rawValue: 32)
        static let isShorthand = Flags(rawValue: 64)
        /// The value of an assignment or declaration.
        static let isAssigned = Flags(rawValue: 128)

        /// Whether it has none of some flags; a test of bits, where sets would be made and compared.
        @inline(__always)
        func lacks(_ bits: UInt8) -> Bool { rawValue & bits == 0 }
    }

    let kind: Kind
    var flags: Flags
    var start: Int32
    var end: Int32
    var child: Int32
    var next: Int32 = -1
    var data: Int32

    init(kind: Kind, flags: Flags, start: Int32, end: Int32, child: Int32, data: Int32) {
        self.kind = kind
        self.flags = flags
        self.start = start
        self.end = end
        self.child = child
        self.data = data
    }
}

struct ScopeRecord {
    let kind: Scope.Kind
    let parent: Int32
    /// The nearest scope that holds `var`: a function or the module.
    let variableScope: Int32
    var start: Int32
    var end: Int32
    var name: Int32 = -1
    var firstSymbol: Int32 = -1
    var lastSymbol: Int32 = -1
    /// The function's or class's own node.
    var node: Int32 = -1
    var isArrow = false
    var isGenerator = false
    /// What it gives back, when that is one expression.
    var result: Int32 = -1
    var resultCount: Int32 = 0
    var parameterCount: Int32 = 0
    var runsAtLoad = false
    /// A class's static block or a body that is read as soon as its owner is.
    var runsWithParent = false
}

struct Symbol {
    enum Kind: UInt8 {
        case variable, parameter, function, type, imported, caught, ownName
        /// Declared nowhere in the file.
        case global
    }

    var kind: Kind
    let name: Int32
    let scope: Int32
    /// The next of the same scope.
    var next: Int32 = -1
    /// Where it is declared.
    let token: Int32
    /// A parameter's place.
    var place: Int32 = -1
    /// The function or class that is declared under this name.
    var declared: Int32 = -1
    var firstWrite: Int32 = -1
    var lastWrite: Int32 = -1
    var writeCount: Int32 = 0
    /// Called by its name, and through a computed member.
    var isCalled = false
    var isCalledThroughMembers = false
}

/// Something that gets a value.
struct Assignment {
    enum Kind: UInt8 {
        case initial, plain
        /// `+=`, and any other operator.
        case append, compound
        /// One of the values of `value`.
        case element
        /// A parameter's default.
        case byDefault
        /// A value that comes in otherwise: a callback's parameter, an argument.
        case incoming
    }

    let target: Int32
    let value: Int32
    let kind: Kind
}

/// `import … from`, `export … from`, `import x = require()`.
struct ImportRecord {
    let specifier: Int32
    let tokens: Range<Int32>
}
