/// Puts a program's meaning into the model, in the order of the source.
struct JavaScriptModelBuilder: ~Copyable {
    var program: JavaScriptProgram
    var model: CodeModel
    /// Up to where strings were put together already.
    var foldedUntil: Int32 = 0

    init(_ source: SourceText, _ lexed: consuming LexedSource, language: SourceLanguage, isTyped: Bool) {
        model = CodeModel(language: language, source: source)
        model.tokens = lexed.tokens
        model.comments = lexed.comments
        model.problems = lexed.problems
        program = JavaScriptProgram(source: source.bytes, lexed: lexed, isTyped: isTyped)
        LoadReach.mark(&program)
    }

    mutating func build() -> CodeModel {
        // Names that are only computed come later and are none of the file's own.
        model.names = program.lexed.names.used(source: program.source)
        model.scopes = scopes()
        model.calls.reserveCapacity(program.order.callCount)
        model.strings.reserveCapacity(program.lexed.textCount)
        var cursor = ScopeCursor(program.tree)
        var imported = 0
        for token in 0..<Int32(truncatingIfNeeded: program.lexed.tokens.count) {
            let isText = program.lexed.shapes[token].isText
            var node = program.order.first(at: token)
            while imported < program.tree.imports.count, program.tree.imports[imported].tokens.lowerBound <= token {
                addImport(program.tree.imports[imported])
                imported += 1
            }
            guard isText || node >= 0 else { continue }
            let scope = cursor.move(to: token, in: program.tree)
            if isText { addLiteral(token, in: scope) }
            while node >= 0 {
                add(node, in: scope)
                node = program.order.next(after: node)
            }
        }
        addBindings()
        return model
    }

    private mutating func add(_ node: Int32, in scope: Int32) {
        program.forgetPaths()
        switch program.tree[node].kind {
        case .call, .construct, .importCall, .tagged:
            addCall(node, in: scope)
            addFolded(node, in: scope)
        case .sum, .template, .array: addFolded(node, in: scope)
        case .name, .member, .index:
            addRead(node, in: scope)
        case .missing, .number, .string, .regularExpression, .this, .super, .word, .meta, .group, .object, .spread,
            .property, .function, .class, .importedModule, .unary, .update, .binary, .logical, .assignment,
            .conditional, .sequence, .await, .yield, .element, .elementOf:
            break
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
        model.bindings = Self.sorted(bindings, tokenCount: model.tokens.count)
    }

    private mutating func addMemberBindings(to bindings: inout [Binding]) {
        var cursor = ScopeCursor(program.tree)
        for index in program.tree.assignments.indices {
            let assignment = program.tree.assignments[index]
            guard isMember(assignment.target) else { continue }
            let target = program.tree[assignment.target]
            program.forgetPaths()
            guard assignment.value >= 0, let path = program.path(of: assignment.target), !program.isEmpty(path) else {
                continue
            }
            let value = program.tree[assignment.value]
            // Assignments come in their order but for what was read later.
            let scope = program.tree.isReordered ? 0 : cursor.move(to: target.start, in: program.tree)
            bindings.append(
                Binding(
                    name: program.text(path), scope: scope, target: target.start..<target.end,
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
    private static func sorted(_ bindings: [Binding], tokenCount: Int) -> [Binding] {
        let places = bindings.map(\.target.lowerBound)
        guard zip(places, places.dropFirst()).contains(where: >) else { return bindings }
        // The last binding of each token, and before each the one before it.
        var last = Column<Int32>(repeating: -1, count: tokenCount + 1)
        var previous = Column<Int32>(capacity: places.count)
        for (index, place) in places.enumerated() {
            let place = min(Int(place), tokenCount)
            previous.append(last[place])
            last[place] = Int32(truncatingIfNeeded: index)
        }
        var order: [Int32] = []
        order.reserveCapacity(places.count)
        for place in last.indices.reversed() {
            var index = last[place]
            while index >= 0 {
                order.append(index)
                index = previous[index]
            }
        }
        return order.reversed().map { bindings[Int($0)] }
    }

    /// A constant as rules see it: `undefined` and `null` are none.
    static func shown(_ constant: Constant) -> Constant? {
        if case .reference(let name) = constant, name == "undefined" || name == "null" { return nil }
        return constant
    }
}
