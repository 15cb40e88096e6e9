/// Says what the expressions of a file are, without running anything.
///
/// Children have smaller numbers than their parents, so going through the nodes in order needs no recursion; only a name
/// whose value stands further down in the file is looked at early, to a bounded depth.
struct PythonEvaluator: ~Copyable {
    var syntax: PythonSyntax
    var names: PythonNameTable
    let tokens: [Token]
    let codes: Column<Int32>
    let bytes: [UInt8]
    /// Whether carriage returns in long literals are to be read as line feeds.
    let hasReturns: Bool
    var paths: PythonPathTable
    var pool: [PythonPooledConstant] = []
    /// One for each node.
    var values: Column<PythonValue>
    /// One for each variable; `.pending` until it is asked for.
    var variableValues: Column<PythonValue>
    /// Who calls which function of the file, by scope.
    var localCalls: [(from: Int32, to: Int32)] = []
    /// How many bytes of folded values may still be made: keeps all work linear.
    var budget: Int
    /// How many values further down are being looked at.
    var lookAhead = 0
    /// What `from m import *` brings of the names that were asked for.
    var starNames: [Int32: PythonValue] = [:]
    /// Folding inside of comprehensions: the loop's variables.
    var environment: [(name: Int32, value: PythonConstant)] = []

    static let lookAheadLimit = 4
    static let constantLimit = 256 << 10
    /// Less than this at the end says that something was left out.
    static let smallBudget = 64 << 10

    /// Takes over what was read; a copy would cost as much as reading.
    init(_ reading: consuming PythonReading, bytes: [UInt8]) {
        self.bytes = bytes
        values = Column(repeating: .pending, count: reading.syntax.nodes.count)
        variableValues = Column(repeating: .pending, count: reading.syntax.variables.count)
        paths = PythonPathTable(names: reading.lexed.names.count)
        budget = bytes.count * 8 + 4 * PythonEvaluator.constantLimit
        hasReturns = reading.lexed.hasReturns
        syntax = reading.syntax
        names = reading.lexed.names
        tokens = reading.lexed.tokens
        codes = reading.lexed.codes
    }

    mutating func run() {
        for place in 0..<values.count where values[place].kind == .pending {
            let id = Int32(truncatingIfNeeded: place)
            // What takes no thought is said here; it is the same that `evaluate` says.
            switch syntax.nodes[place].kind {
            case .string, .number, .word: values[place] = PythonValue(kind: .literal, payload: id)
            case .tuple, .list, .set, .dictionary, .comprehension:
                values[place] = PythonValue(kind: .display, payload: id)
            case .keyword, .starred, .augmented, .forClause, .ifClause, .other, .slice, .execStatement:
                values[place] = .unknown
            case .name, .template, .attribute, .call, .subscripting, .sum, .binary, .unary, .conditional, .either,
                .lambda, .walrus, .definition, .imported, .parameter, .element, .decoration:
                values[place] = evaluate(id)
            }
        }
    }

    mutating func pathText(_ path: PythonPathTable.ID) -> String { paths.text(path, &names) }

    mutating func pathFacts(_ path: PythonPathTable.ID) -> PythonPathFacts { paths.facts(path, &names) }

    @inline(__always)
    func node(_ id: PythonNode.ID) -> PythonNode { syntax.nodes[Int(id)] }

    /// How many children a node has, as far as 512.
    func countChildren(_ node: PythonNode) -> Int {
        var (count, child) = (0, node.first)
        while child >= 0, count < 512 {
            count += 1
            child = self.node(child).next
        }
        return count
    }

    /// The value of a node, evaluated now if it stands further down.
    mutating func value(of id: PythonNode.ID) -> PythonValue {
        guard id >= 0 else { return .unknown }
        if values[Int(id)].kind != .pending { return values[Int(id)] }
        guard lookAhead < PythonEvaluator.lookAheadLimit else { return .unknown }
        lookAhead += 1
        defer { lookAhead -= 1 }
        for place in Int(node(id).low)...Int(id) where values[place].kind == .pending {
            // Not again while it is being looked at; what depends on itself is unknown.
            values[place].kind = .unknown
            values[place] = evaluate(Int32(truncatingIfNeeded: place))
        }
        return values[Int(id)]
    }

    private mutating func evaluate(_ id: PythonNode.ID) -> PythonValue {
        let node = node(id)
        switch node.kind {
        case .name: return evaluateName(node)
        case .string, .number, .word: return PythonValue(kind: .literal, payload: id)
        case .attribute: return evaluateMember(node)
        case .call: return evaluateCall(id, node)
        case .subscripting: return evaluateSubscript(node)
        case .tuple, .list, .set, .dictionary, .comprehension: return PythonValue(kind: .display, payload: id)
        case .sum, .binary, .unary, .template: return fold(id)
        case .conditional, .either: return evaluateChoice(node)
        case .walrus:
            guard node.first >= 0 else { return .unknown }
            return value(of: self.node(node.first).next)
        case .lambda:
            guard syntax.scopes[Int(node.aux)].kind == .lambda else { return .unknown }
            return PythonValue(kind: .function, payload: node.aux)
        case .definition: return evaluateDefinition(node)
        case .imported: return evaluateImported(node)
        case .parameter: return evaluateParameter(node)
        case .element: return evaluateElement(node)
        case .decoration: return evaluateDecoration(node)
        case .keyword, .starred: return .unknown
        case .augmented, .forClause, .ifClause, .other, .slice, .execStatement: return .unknown
        }
    }

    // MARK: Plain values

    /// `a if c else b`, `a or b`: what does something when called, else the first that is known.
    private mutating func evaluateChoice(_ node: PythonNode) -> PythonValue {
        var best = PythonValue.unknown
        var child = node.first
        var count = 0
        while child >= 0, count < 16 {
            let candidate = value(of: child)
            if isPreferred(candidate, to: best) { best = candidate }
            child = self.node(child).next
            count += 1
        }
        return best
    }

    /// Of two values that a name can have, the one that tells more.
    mutating func isPreferred(_ new: PythonValue, to old: PythonValue) -> Bool {
        rank(new) > rank(old)
    }

    private mutating func rank(_ value: PythonValue) -> Int {
        switch value.kind {
        case .pending, .unknown: return value.path == PythonPathTable.expression ? 0 : 1
        case .literal, .constant: return 2
        case .display: return 3
        case .function, .type, .instance: return 5
        case .namespace, .getter, .methodCaller: return 6
        case .path:
            let facts = pathFacts(value.path)
            if !facts.effects.isEmpty || facts.special != .none { return 7 }
            return paths.root(value.path) == .local ? 1 : 4
        }
    }

    private mutating func evaluateDefinition(_ node: PythonNode) -> PythonValue {
        let scope = syntax.scopes[Int(node.aux)]
        guard scope.name >= 0 else { return .unknown }
        let path = paths.root(.local, scope.name, &names)
        switch scope.kind {
        case .type: return PythonValue(kind: .type, path: path, payload: node.aux)
        case .function, .lambda: return PythonValue(kind: .function, path: path, payload: node.aux)
        case .module, .comprehension, .guarded: return .unknown
        }
    }

    private mutating func evaluateImported(_ node: PythonNode) -> PythonValue {
        let (range, dots) = syntax.importPaths[Int(node.aux)]
        guard let first = range.first, range.count <= 40 else { return .unknown }
        var rootName = syntax.importNames[Int(first)]
        if dots > 0 {
            let dotted = Array(repeating: UInt8(ascii: "."), count: Int(min(dots, 8))) + names.bytes(of: rootName)
            rootName = names.intern(dotted)
        }
        var path = paths.root(.module, rootName, &names)
        for place in range.dropFirst() { path = member(path, syntax.importNames[Int(place)]).path }
        return PythonValue(kind: .path, path: path)
    }

    /// A parameter: `self`, `cls`, or its default where that is a function or module.
    private mutating func evaluateParameter(_ node: PythonNode) -> PythonValue {
        let scope = syntax.scopes[Int(node.scope)]
        let start = codes[Int(node.start)] >= 0 ? codes[Int(node.start)] : 0
        let name = start & ~pythonDisguisedNameBit
        let path = paths.root(.local, name, &names)
        if node.aux == 0, scope.kind == .function, scope.parent >= 0, !scope.isStatic,
            syntax.scopes[Int(scope.parent)].kind == .type
        {
            let kind: PythonValue.Kind = scope.isClassMethod ? .type : .instance
            return PythonValue(kind: kind, path: path, payload: scope.parent)
        }
        if node.first >= 0 {
            let standard = value(of: node.first)
            if standard.kind == .path || standard.kind == .function { return standard }
        }
        return PythonValue(kind: .unknown, path: path)
    }

    private mutating func evaluateElement(_ node: PythonNode) -> PythonValue {
        let whole = value(of: node.aux)
        guard whole.kind == .path, paths.root(whole.path) != .local else { return .unknown }
        return PythonValue(
            kind: .path, path: paths.child(whole.path, PythonPathTable.unknownMember, &names), payload: whole.payload)
    }

    private mutating func evaluateDecoration(_ node: PythonNode) -> PythonValue {
        noteLocalCall(from: node.scope, value(of: node.first))
        return .unknown
    }
}
