/// A file whose names are resolved: what is asked of it to make a model.
struct JavaScriptProgram: ~Copyable {
    let source: [UInt8]
    var lexed: LexedSource
    var tree: JavaScriptTree
    var writes = Column<SymbolWrite>()
    /// Members that are assigned to: by symbol and name.
    var memberWrites: [UInt64: Int32] = [:]
    /// The symbol of each undeclared name; -1 where there is none yet.
    private var globals: [Int32] = []
    private var nameTexts: [String] = []
    /// By name: its place in `nameTexts` and 1, or 0.
    private var placeOfText: [Int32] = []
    /// Members of object literals and classes, and elements of arrays, for those that were asked for.
    var knownMembers: [UInt64: Int32] = [:]
    var indexedNodes: Set<Int32> = []
    var knownElements: [Int32: [Int32]] = [:]
    /// What the vocabulary says of paths that were asked for, of globals and of modules.
    private var globalFacts: [String: JavaScriptPathFacts] = [:]
    private var moduleFacts: [String: JavaScriptPathFacts] = [:]
    /// Whether names are those of globals: 0 where it was not asked.
    private var globalNames: [UInt8] = []
    /// Bytes of results that folding may still make.
    var foldingFuel: Int
    /// Steps that following names may still take: some for each expression, so that the work is linear.
    var pathFuel: Int
    /// How deep questions about values lie within each other.
    var level = 0
    /// What writes lead to: by write, 0 where it was not asked, 1 where it does not lead out of the file, 2 while it is
    /// being asked, else a place in `knownPaths` + 3.
    var pathOfWrite = Column<Int32>()
    var knownPaths: [ResolvedPath] = []
    /// Constants of nodes: 0 unknown, 1 none, else a place in `constants` + 2.
    var constantOfNode = Column<Int32>()
    var constants: [FoldedConstant] = []
    /// What the parameters of functions hold that are being folded.
    var environment: [Int32: Constant] = [:]
    var ranOutOfDepth = false

    init(source: [UInt8], lexed: consuming LexedSource, isTyped: Bool) {
        self.source = source
        var parser = JavaScriptParser(lexed, isTyped: isTyped)
        parser.parse()
        self.lexed = parser.lexed
        tree = parser.tree
        foldingFuel = source.count * 4 + 1 << 20
        pathFuel = tree.nodes.count * 32 + 10_000
        resolveNames()
        collectWrites()
        collectIncoming()
        pathOfWrite = Column(repeating: 0, count: writes.count)
    }

    /// What the vocabulary says of a path.
    mutating func facts(of path: ResolvedPath) -> JavaScriptPathFacts {
        switch path.root {
        case .builtin:
            if let facts = globalFacts[path.text] { return facts }
            let facts = JavaScriptPathFacts(path)
            globalFacts[path.text] = facts
            return facts
        case .module:
            if let facts = moduleFacts[path.text] { return facts }
            let facts = JavaScriptPathFacts(path)
            moduleFacts[path.text] = facts
            return facts
        case .local, .expression: return .none
        }
    }

    /// Whether a name without declaration is a global's.
    mutating func isGlobalName(_ name: Int32) -> Bool {
        if globalNames.count <= Int(name) {
            globalNames += Array(repeating: 0, count: lexed.names.count - globalNames.count)
        }
        if globalNames[Int(name)] == 0 {
            globalNames[Int(name)] = JavaScriptVocabulary.isGlobal(cachedText(name)) ? 2 : 1
        }
        return globalNames[Int(name)] == 2
    }

    static let levelLimit = 64

    /// Takes one step deeper; false when it is too deep or too much was asked.
    mutating func descend() -> Bool {
        guard level < Self.levelLimit, pathFuel > 0 else {
            ranOutOfDepth = true
            return false
        }
        pathFuel -= 1
        level += 1
        return true
    }

    func text(_ name: Int32) -> String { lexed.names.text(name, source: source) }

    mutating func cachedText(_ name: Int32) -> String {
        if placeOfText.count <= Int(name) {
            placeOfText += Array(repeating: 0, count: lexed.names.count - placeOfText.count)
        }
        let place = placeOfText[Int(name)]
        if place > 0 { return nameTexts[Int(place) - 1] }
        let text = lexed.names.text(name, source: source)
        nameTexts.append(text)
        placeOfText[Int(name)] = Int32(truncatingIfNeeded: nameTexts.count)
        return text
    }

    // MARK: Names

    /// Gives every name the symbol that it means where it stands.
    private mutating func resolveNames() {
        var finder = ScopeCursor(tree)
        var current = Array(repeating: Int32(-1), count: lexed.names.count)
        var undo: [(name: Int32, symbol: Int32)] = []
        var opened: [Int] = []
        globals = Array(repeating: -1, count: lexed.names.count)
        for index in nameNodes() {
            let place = tree.nodes[Int(index)].start
            while let step = finder.step(to: place, in: tree) {
                switch step {
                case .enter(let scope):
                    opened.append(undo.count)
                    enter(scope, &current, &undo)
                case .leave:
                    let count = opened.popLast() ?? 0
                    while undo.count > count, let last = undo.popLast() { current[Int(last.name)] = last.symbol }
                }
            }
            let name = tree.nodes[Int(index)].data
            let symbol = current[Int(name)]
            tree.nodes[Int(index)].child = symbol >= 0 ? symbol : global(name)
        }
    }

    private func nameNodes() -> [Int32] {
        var nodes: [Int32] = []
        nodes.reserveCapacity(tree.nodes.count / 3)
        for index in tree.nodes.indices where tree.nodes[index].kind == .name {
            nodes.append(Int32(truncatingIfNeeded: index))
        }
        if tree.isReordered { sortByPlace(&nodes) }
        return nodes
    }

    private func sortByPlace(_ nodes: inout [Int32]) {
        var keys = nodes.map { UInt64(UInt32(bitPattern: tree[$0].start)) << 32 | UInt64(UInt32(bitPattern: $0)) }
        keys.sort()
        nodes = keys.map { Int32(truncatingIfNeeded: $0 & 0xFFFF_FFFF) }
    }

    private mutating func enter(
        _ scope: Int32, _ current: inout [Int32], _ undo: inout [(name: Int32, symbol: Int32)]
    ) {
        var symbol = tree.scopes[Int(scope)].firstSymbol
        while symbol >= 0 {
            let declared = tree.symbols[Int(symbol)]
            let known = current[Int(declared.name)]
            if known >= 0, tree.symbols[Int(known)].scope == scope {
                // A second declaration of the same variable.
                if declared.kind == .parameter {
                    tree.symbols[Int(known)].kind = .parameter
                    tree.symbols[Int(known)].place = declared.place
                    tree.symbols[Int(known)].declared = -1
                }
                if declared.declared >= 0 { tree.symbols[Int(known)].declared = declared.declared }
            } else {
                undo.append((declared.name, known))
                current[Int(declared.name)] = symbol
            }
            symbol = declared.next
        }
    }

    /// The symbol of a name that no scope declares.
    mutating func global(_ name: Int32) -> Int32 {
        if globals.count <= Int(name) { globals += Array(repeating: -1, count: Int(name) + 1 - globals.count) }
        if globals[Int(name)] >= 0 { return globals[Int(name)] }
        let number = Int32(truncatingIfNeeded: tree.symbols.count)
        tree.symbols.append(Symbol(kind: .global, name: name, scope: 0, token: -1))
        globals[Int(name)] = number
        return number
    }

    /// The symbol of an undeclared name, when the file uses it by its name.
    func existingGlobal(_ name: Int32) -> Int32 { globals.count > Int(name) ? globals[Int(name)] : -1 }

    static func memberKey(_ symbol: Int32, _ name: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: symbol)) << 32 | UInt64(UInt32(bitPattern: name))
    }
}

/// What the vocabulary says of one path.
struct JavaScriptPathFacts {
    let effects: Effects
    let isLoader: Bool
    let isFoldable: Bool

    static let none = JavaScriptPathFacts()

    private init() {
        effects = []
        isLoader = false
        isFoldable = false
    }

    init(_ path: ResolvedPath) {
        isLoader = JavaScriptVocabulary.isLoader(path)
        isFoldable = JavaScriptVocabulary.isFoldable(path.text)
        effects =
            isLoader ? JavaScriptVocabulary.effects(of: path).union(.loads) : JavaScriptVocabulary.effects(of: path)
    }
}

/// A value that a variable gets.
struct SymbolWrite {
    let symbol: Int32
    let target: Int32
    /// What it gets; -1 where that is not known.
    let value: Int32
    /// The expression that is taken apart to get it: for showing.
    let origin: Int32
    let kind: Assignment.Kind
    var next: Int32 = -1
}

/// A value with the way it came about.
struct FoldedConstant {
    let value: Constant
    let origin: StringConstant.Origin
}
