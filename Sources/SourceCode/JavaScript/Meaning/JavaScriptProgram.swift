/// A file whose names are resolved: what is asked of it to make a model.
struct JavaScriptProgram: ~Copyable {
    let source: [UInt8]
    var lexed: LexedSource
    var tree: JavaScriptTree
    var writes = Column<SymbolWrite>()
    /// Members that are assigned to: by symbol and name.
    var memberWrites = PairTable()
    /// The symbol of each undeclared name; -1 where there is none yet.
    private var globals = Column<Int32>()
    /// Members of object literals and classes, and elements of arrays, for those that were asked for.
    var knownMembers = PairTable()
    var indexedNodes: Set<Int32> = []
    var knownElements: [Int32: [Int32]] = [:]
    /// The arguments of the call that is looked at, while writes are collected.
    var arguments = Column<Int32>(capacity: 32)
    private(set) var paths = PathBook()
    /// By name: whether an object, a class or an assignment of the file makes a member of it.
    private var memberNames = Column<Bool>()
    private(set) var order = NodeOrder()
    /// Whether names are those of globals: 0 where it was not asked.
    private var globalNames = Column<UInt8>()
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
    /// What was found out about symbols wherever they stand.
    private var symbolTraits = Column<SymbolTraits>()

    init(source: [UInt8], lexed: consuming LexedSource, isTyped: Bool) {
        self.source = source
        var parser = JavaScriptParser(lexed, isTyped: isTyped)
        parser.parse()
        self.lexed = parser.lexed
        tree = parser.tree
        foldingFuel = source.count * 4 + 1 << 20
        pathFuel = tree.nodes.count * 32 + 10_000
        noteMembers()
        order = NodeOrder(tree, tokenCount: self.lexed.tokens.count)
        resolveNames()
        symbolTraits = Column(repeating: [], count: tree.symbols.count)
        collectWrites()
        collectIncoming()
        pathOfWrite = Column(repeating: 0, count: writes.count)
    }

    /// What is true of a symbol wherever it stands, once it was found out.
    struct SymbolTraits: OptionSet {
        let rawValue: UInt8
        /// Its name alone never leads out of the file.
        static let isLocal = SymbolTraits(rawValue: 1)
        /// It has no constant.
        static let isUnknown = SymbolTraits(rawValue: 2)
        /// Something is assigned to a member of it.
        static let getsMembers = SymbolTraits(rawValue: 4)
        /// It holds no object or class of the file.
        static let isMemberless = SymbolTraits(rawValue: 8)
    }

    @inline(__always)
    func has(_ trait: SymbolTraits, _ symbol: Int32) -> Bool {
        Int(symbol) < symbolTraits.count && symbolTraits[symbol].contains(trait)
    }

    mutating func note(_ trait: SymbolTraits, _ symbol: Int32) {
        if Int(symbol) < symbolTraits.count { symbolTraits[symbol].insert(trait) }
    }

    /// What the vocabulary says of a path.
    mutating func facts(of path: ResolvedPath) -> JavaScriptPathFacts {
        paths.facts(of: path, &lexed.names, source)
    }

    // MARK: Paths

    func isEmpty(_ path: ResolvedPath) -> Bool { paths.isEmpty(path.number) }

    /// A path as it is told.
    mutating func text(_ path: ResolvedPath) -> String { paths.text(of: path.number, &lexed.names, source) }

    mutating func path(_ text: String, _ root: Reference.Root) -> ResolvedPath {
        ResolvedPath(paths.number(of: text), root)
    }

    mutating func path(
        ofName name: Int32, _ root: Reference.Root, _ spelling: Reference.Spelling = []
    ) -> ResolvedPath {
        switch root {
        case .local, .expression: ResolvedPath(paths.localNumber(ofName: name, &lexed.names, source), root, spelling)
        case .builtin, .module: ResolvedPath(paths.number(ofName: name, &lexed.names, source), root, spelling)
        }
    }

    /// To be called between questions: paths that do not lead out of the file are not kept from one to the next.
    mutating func forgetPaths() { paths.forgetLocals() }

    mutating func path(_ word: JavaScriptWord, _ root: Reference.Root) -> ResolvedPath {
        path(ofName: word.rawValue, root)
    }

    mutating func append(_ part: PathBook.Part, to path: inout ResolvedPath) {
        path.number = paths.appending(
            part, to: path.number, isLocal: !path.isKnown, &lexed.names, source)
    }

    func isName(_ path: ResolvedPath, _ word: JavaScriptWord) -> Bool { paths.isName(path.number, word) }

    /// The name at the end of a path; -1 where it ends otherwise.
    func lastName(_ path: ResolvedPath) -> Int32 { paths.lastName(path.number) }

    /// Takes the last part off a path that ends with it.
    mutating func remove(_ word: JavaScriptWord, from path: inout ResolvedPath) {
        path.number = paths.removing(word, from: path.number, &lexed.names, source)
    }

    /// Whether a name without declaration is a global's.
    mutating func isGlobalName(_ name: Int32) -> Bool {
        globalNames.extend(to: lexed.names.count, with: 0)
        if globalNames[name] == 0 { globalNames[name] = JavaScriptVocabulary.isGlobal(cachedText(name)) ? 2 : 1 }
        return globalNames[name] == 2
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

    mutating func cachedText(_ name: Int32) -> String { lexed.names.string(name, source: source) }

    // MARK: Members

    /// Notes the names of all members that the file's objects and classes have; plain strings as keys are names too.
    private mutating func noteMembers() {
        memberNames.extend(to: lexed.names.count, with: false)
        for place in tree.propertyNodes.indices {
            let index = tree.propertyNodes[place]
            let property = tree.nodes[index]
            var name = property.data
            if property.flags.contains(.isComputed), tree[property.child].kind == .string {
                name = keyName(tree[property.child].data)
                tree.nodes[index].data = name
            }
            if name >= 0 { noteMember(name) }
        }
    }

    private mutating func keyName(_ token: Int32) -> Int32 {
        guard let bytes = plainString(token) else { return -1 }
        return lexed.names.intern(bytes, source: source)
    }

    mutating func noteMember(_ name: Int32) {
        guard name >= 0 else { return }
        memberNames.extend(to: Int(name) + 1, with: false)
        memberNames[name] = true
    }

    /// Whether anything in the file may have a member of this name: asked first, for most members are others' own.
    /// A member whose name is missing, as in `a.`, has none.
    func isMemberName(_ name: Int32) -> Bool {
        name >= 0 && Int(name) < memberNames.count && memberNames[name]
    }

    // MARK: Names

    /// What a name meant outside of a scope that declares it.
    private struct Hidden {
        let name: Int32
        let symbol: Int32
    }

    /// Gives every name the symbol that it means where it stands.
    private mutating func resolveNames() {
        var finder = ScopeCursor(tree)
        var current = Column<Int32>(repeating: -1, count: lexed.names.count)
        var undo = Column<Hidden>(capacity: 64)
        var opened = Column<Int>(capacity: 16)
        globals = Column(repeating: -1, count: lexed.names.count)
        let inOrder = tree.isReordered ? nameNodes() : []
        for place in tree.nameNodes.indices {
            let index = tree.isReordered ? inOrder[place] : tree.nameNodes[place]
            let place = tree.nodes[index].start
            while let step = finder.step(to: place, in: tree) {
                switch step {
                case .enter(let scope):
                    opened.append(undo.count)
                    enter(scope, &current, &undo)
                case .leave:
                    let count = opened.isEmpty ? 0 : opened.removeLast()
                    while undo.count > count {
                        let last = undo.removeLast()
                        current[last.name] = last.symbol
                    }
                }
            }
            let name = tree.nodes[index].data
            let symbol = current[Int(name)]
            tree.nodes[index].child = symbol >= 0 ? symbol : global(name)
        }
    }

    private func nameNodes() -> [Int32] {
        var nodes = tree.nameNodes.array()
        sortByPlace(&nodes)
        return nodes
    }

    private func sortByPlace(_ nodes: inout [Int32]) {
        var keys = nodes.map { UInt64(UInt32(bitPattern: tree[$0].start)) << 32 | UInt64(UInt32(bitPattern: $0)) }
        keys.sort()
        nodes = keys.map { Int32(truncatingIfNeeded: $0 & 0xFFFF_FFFF) }
    }

    private mutating func enter(
        _ scope: Int32, _ current: inout Column<Int32>, _ undo: inout Column<Hidden>
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
                undo.append(Hidden(name: declared.name, symbol: known))
                current[Int(declared.name)] = symbol
            }
            symbol = declared.next
        }
    }

    /// The symbol of a name that no scope declares.
    mutating func global(_ name: Int32) -> Int32 {
        globals.extend(to: Int(name) + 1, with: -1)
        if globals[Int(name)] >= 0 { return globals[Int(name)] }
        let number = Int32(truncatingIfNeeded: tree.symbols.count)
        tree.symbols.append(Symbol(kind: .global, name: name, scope: 0, token: -1))
        globals[Int(name)] = number
        return number
    }

    /// The symbol of an undeclared name, when the file uses it by its name.
    func existingGlobal(_ name: Int32) -> Int32 { globals.count > Int(name) ? globals[Int(name)] : -1 }

    static func memberKey(_ symbol: Int32, _ name: Int32) -> UInt64 { PairTable.key(symbol, name) }
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
