/// Puts a program's meaning into the model, in the order of the source.
struct JavaScriptModelBuilder: ~Copyable {
    var program: JavaScriptProgram
    var model: CodeModel
    /// The outermost expression that begins at a token, and behind each the next inner one.
    private var firstNode = Column<Int32>()
    private var nextNode = Column<Int32>()
    /// Up to where strings were put together already.
    var foldedUntil: Int32 = 0

    init(_ source: SourceText, _ lexed: consuming LexedSource, language: SourceLanguage, isTyped: Bool) {
        model = CodeModel(language: language, source: source)
        model.tokens = lexed.tokens.array()
        model.comments = lexed.comments
        model.problems = lexed.problems
        program = JavaScriptProgram(source: source.bytes, lexed: lexed, isTyped: isTyped)
        LoadReach.mark(&program)
    }

    mutating func build() -> CodeModel {
        // Names that are only computed come later and are none of the file's own.
        model.names = program.lexed.names.used(source: program.source)
        model.scopes = scopes()
        sortNodes()
        var cursor = ScopeCursor(program.tree)
        var imported = 0
        for token in 0..<Int32(truncatingIfNeeded: program.lexed.tokens.count) {
            let kind = program.lexed.tokens[Int(token)].kind
            let isText = kind == .string || kind == .templateHead || kind == .templateMiddle || kind == .templateTail
            var node = firstNode[Int(token)]
            while imported < program.tree.imports.count, program.tree.imports[imported].tokens.lowerBound <= token {
                addImport(program.tree.imports[imported])
                imported += 1
            }
            guard isText || node >= 0 else { continue }
            let scope = cursor.move(to: token, in: program.tree)
            if isText { addLiteral(token, in: scope) }
            while node >= 0 {
                add(node, in: scope)
                node = nextNode[Int(node)]
            }
        }
        addBindings()
        return model
    }

    // MARK: Order

    private mutating func sortNodes() {
        firstNode = Column(repeating: -1, count: program.lexed.tokens.count)
        nextNode = Column(repeating: -1, count: program.tree.nodes.count)
        for index in program.tree.nodes.indices where isOfInterest(program.tree.nodes[index]) {
            let start = Int(program.tree.nodes[index].start)
            guard start < firstNode.count else { continue }
            // Outer expressions have higher numbers than what they consist of.
            nextNode[index] = firstNode[start]
            firstNode[start] = Int32(truncatingIfNeeded: index)
        }
    }

    private func isOfInterest(_ node: JavaScriptNode) -> Bool {
        switch node.kind {
        case .call, .construct, .importCall, .tagged: true
        case .sum: true
        // Lists of character codes.
        case .array: node.child >= 0 && program.tree[node.child].kind == .number
        case .template: node.child >= 0 && program.tree[node.child].next >= 0
        case .name, .member, .index: node.flags.isDisjoint(with: [.isConsumed, .isTarget, .isSynthetic])
        default: false
        }
    }

    private mutating func add(_ node: Int32, in scope: Int32) {
        switch program.tree[node].kind {
        case .call, .construct, .importCall, .tagged:
            addCall(node, in: scope)
            addFolded(node, in: scope)
        case .sum, .template, .array: addFolded(node, in: scope)
        case .name, .member, .index:
            addRead(node, in: scope)
        default: break
        }
    }

    // MARK: Scopes

    private mutating func scopes() -> [Scope] {
        var scopes: [Scope] = []
        scopes.reserveCapacity(program.tree.scopes.count)
        for index in program.tree.scopes.indices {
            let record = program.tree.scopes[index]
            var scope = Scope(
                kind: record.kind, parent: record.parent < 0 ? nil : record.parent,
                tokens: record.start..<max(record.start, record.end),
                name: record.name < 0 ? nil : program.cachedText(record.name), runsAtLoad: record.runsAtLoad)
            if record.kind == .function, record.parameterCount > 0 {
                var symbol = record.firstSymbol
                while symbol >= 0 {
                    let known = program.tree.symbols[Int(symbol)]
                    guard known.kind == .parameter || known.kind == .ownName else { break }
                    if known.kind == .parameter { scope.parameters.append(program.cachedText(known.name)) }
                    symbol = known.next
                }
            }
            scopes.append(scope)
        }
        return scopes
    }

    // MARK: Imports

    private mutating func addImport(_ record: ImportRecord) {
        let specifier = program.plainString(record.specifier).map { String(decoding: $0, as: UTF8.self) }
        model.imports.append(
            ModuleImport(specifier: specifier, kind: .ordinary, tokens: record.tokens, scope: 0))
    }

    // MARK: Bindings

    private mutating func addBindings() {
        var bindings: [Binding] = []
        bindings.reserveCapacity(program.writes.count)
        for index in program.writes.indices {
            let write = program.writes[index]
            guard write.origin >= 0 else { continue }
            let symbol = program.tree.symbols[Int(write.symbol)]
            let target =
                write.target >= 0
                ? program.tree[write.target].start..<program.tree[write.target].end : symbol.token..<symbol.token + 1
            guard target.lowerBound >= 0 else { continue }
            let origin = program.tree[write.origin]
            bindings.append(
                Binding(
                    name: program.cachedText(symbol.name), scope: symbol.scope, target: target,
                    value: origin.start..<max(origin.start, origin.end), constant: constant(ofValue: write.value)))
        }
        addMemberBindings(to: &bindings)
        model.bindings = Self.sorted(bindings)
    }

    private mutating func addMemberBindings(to bindings: inout [Binding]) {
        var cursor = ScopeCursor(program.tree)
        for index in program.tree.assignments.indices {
            let assignment = program.tree.assignments[index]
            guard isMember(assignment.target) else { continue }
            let target = program.tree[assignment.target]
            guard assignment.value >= 0, let path = program.path(of: assignment.target), !path.text.isEmpty else {
                continue
            }
            let value = program.tree[assignment.value]
            // Assignments come in their order but for what was read later.
            let scope = program.tree.isReordered ? 0 : cursor.move(to: target.start, in: program.tree)
            bindings.append(
                Binding(
                    name: path.text, scope: scope, target: target.start..<target.end,
                    value: value.start..<max(value.start, value.end),
                    constant: constant(ofValue: assignment.value)))
        }
    }

    /// A value that is kept; objects are not, for their members are asked for one by one.
    private mutating func constant(ofValue value: Int32) -> Constant? {
        guard value >= 0, program.tree[value].kind != .object else { return nil }
        return program.constant(of: value).flatMap(Self.shown)
    }

    private func isMember(_ node: Int32) -> Bool {
        node >= 0 && (program.tree[node].kind == .member || program.tree[node].kind == .index)
    }

    /// Sorts by place; values of one place keep their order.
    private static func sorted(_ bindings: [Binding]) -> [Binding] {
        var keys: [UInt64] = []
        keys.reserveCapacity(bindings.count)
        for (index, binding) in bindings.enumerated() {
            keys.append(UInt64(UInt32(bitPattern: binding.target.lowerBound)) << 32 | UInt64(index))
        }
        guard zip(keys, keys.dropFirst()).contains(where: >) else { return bindings }
        keys.sort()
        return keys.map { bindings[Int($0 & 0xFFFF_FFFF)] }
    }

    /// A constant as rules see it: `undefined` and `null` are none.
    static func shown(_ constant: Constant) -> Constant? {
        if case .reference(let name) = constant, name == "undefined" || name == "null" { return nil }
        return constant
    }
}
