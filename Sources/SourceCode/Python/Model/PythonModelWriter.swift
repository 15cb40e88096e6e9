/// Writes what was found out about a file into its language-neutral model.
struct PythonModelWriter: ~Copyable {
    var evaluator: PythonEvaluator
    var model: CodeModel

    /// The model of a source text.
    static func model(of source: SourceText) -> CodeModel {
        var parser = PythonParser(PythonTokenizer.tokens(of: source), bytes: source.bytes)
        parser.parse()
        var model = CodeModel(language: .python, source: source)
        model.tokens = parser.lexed.tokens
        model.comments = parser.lexed.comments
        model.problems = parser.lexed.problems + parser.problems
        // Each stage takes over what the one before has made; a copy would cost as much as making it.
        var writer = PythonModelWriter(
            evaluator: PythonEvaluator(parser.finish(), bytes: source.bytes), model: model)
        writer.evaluator.run()
        writer.write()
        if writer.evaluator.budget < PythonEvaluator.smallBudget {
            writer.model.problems.append(SourceProblem(.tooDeep, offset: 0))
        }
        return writer.finish()
    }

    private consuming func finish() -> CodeModel { model }

    private mutating func write() {
        writeExpressions()
        writeBindings()
        writeImports()
        writeScopes()
        writeNames()
    }

    private mutating func writeNames() {
        model.names.reserveCapacity(evaluator.names.used.count)
        for place in 0..<evaluator.names.used.count {
            let id = evaluator.names.used[place]
            guard !PythonWords.isKeyword(id) else { continue }
            model.names.append(
                Name(text: evaluator.names.text(of: id), offset: evaluator.names.firstUse(of: id), isEscaped: false))
        }
    }

    /// Calls and reads in the order of their first tokens, the outer before the inner; strings as they come.
    private mutating func writeExpressions() {
        let count = evaluator.syntax.nodes.count
        // For each token the last of the expressions that begin with it and are told; then the one before.
        var last = Column<Int32>(repeating: -1, count: evaluator.tokens.count + 1)
        var before = Column<Int32>(repeating: -1, count: count)
        reserve()
        var (calls, reads) = (0, 0)
        for place in 0..<count {
            let node = evaluator.syntax.nodes[place]
            let id = Int32(truncatingIfNeeded: place)
            switch node.kind {
            case .string, .template:
                writeLiterals(id, node)
                if evaluator.values[place].kind == .constant { writeFolded(id, node) }
            case .call, .decoration, .execStatement, .name, .attribute, .subscripting:
                if evaluator.values[place].kind == .constant { writeFolded(id, node) }
                if !node.flags.isDisjoint(with: [.stored, .pattern]) { continue }
                if node.kind == .call {
                    calls += 1
                } else if node.flags.contains(.consumed) {
                    continue
                } else {
                    reads += 1
                }
                before[place] = last[node.start]
                last[node.start] = id
            case .sum, .binary:
                if evaluator.values[place].kind == .constant { writeFolded(id, node) }
            case .number, .word, .tuple, .list, .set, .dictionary, .comprehension, .forClause, .ifClause, .unary,
                .conditional, .either, .other, .lambda, .starred, .slice, .walrus, .keyword, .definition, .imported,
                .parameter, .element, .augmented:
                continue
            }
        }
        model.calls.reserveCapacity(calls)
        model.reads.reserveCapacity(reads)
        for token in 0..<last.count {
            var id = last[token]
            while id >= 0 {
                writeExpression(id)
                id = before[id]
            }
        }
    }

    /// Makes room for about as many strings as there are, so that none is moved again and again.
    private mutating func reserve() {
        var strings = 0
        for place in 0..<evaluator.codes.count where evaluator.codes[place] < 0 { strings += 1 }
        model.strings.reserveCapacity(strings + strings / 16)
    }

    private mutating func writeExpression(_ id: PythonNode.ID) {
        let node = evaluator.node(id)
        switch node.kind {
        case .call: writeCall(node)
        case .decoration: writeDecoration(node)
        case .execStatement: writeExecStatement(node)
        case .name, .attribute, .subscripting: writeRead(id, node)
        case .number, .string, .template, .word, .tuple, .list, .set, .dictionary, .comprehension, .forClause,
            .ifClause, .sum, .binary, .unary, .conditional, .either, .other, .lambda, .starred, .slice, .walrus,
            .keyword, .definition, .imported, .parameter, .element, .augmented:
            return
        }
    }

    // MARK: References

    /// What a node names; nil for expressions without a name.
    mutating func reference(_ id: PythonNode.ID, spelling: Reference.Spelling = []) -> Reference? {
        guard id >= 0 else { return nil }
        let node = evaluator.node(id)
        let value = evaluator.values[Int(id)]
        let effects = evaluator.pathFacts(value.path).effects
        return reference(
            value.path, value.spelling.union(spelling), tokens: node.start..<node.end, scope: node.scope,
            effects: effects)
    }

    mutating func reference(
        _ path: PythonPathTable.ID, _ spelling: Reference.Spelling, tokens: TokenRange, scope: Int32, effects: Effects
    ) -> Reference {
        Reference(
            path: evaluator.pathText(path), root: evaluator.paths.root(path), spelling: spelling, tokens: tokens,
            scope: scope, effects: effects)
    }

    private mutating func writeRead(_ id: PythonNode.ID, _ node: PythonNode) {
        let value = evaluator.values[id]
        guard value.path > PythonPathTable.expression else { return }
        let effects = evaluator.pathFacts(value.path).effects
        model.reads.append(
            reference(
                value.path, value.spelling, tokens: node.start..<node.end, scope: node.scope, effects: effects))
    }

    // MARK: Constants

    /// The value of an argument or binding in the language-neutral form.
    mutating func constant(_ id: PythonNode.ID, depth: Int = 0) -> Constant? {
        guard id >= 0 else { return nil }
        let value = evaluator.values[Int(id)]
        switch value.kind {
        case .literal where value.payload == id:
            // A literal in its own place is always told, whatever else was too much.
            return evaluator.neutralLiteral(id)
        case .literal, .constant:
            guard let constant = evaluator.constant(of: value), evaluator.spend(constant.weight) else { return nil }
            return constant.neutral
        case .path:
            guard evaluator.paths.root(value.path) != .local, value.path != PythonPathTable.expression else {
                return nil
            }
            return .reference(evaluator.pathText(value.path))
        case .function, .type:
            return value.path == PythonPathTable.expression ? nil : .reference(evaluator.pathText(value.path))
        case .display:
            return depth < 3 ? display(value.payload, depth: depth) : nil
        case .pending, .unknown, .instance, .namespace, .getter, .methodCaller:
            return nil
        }
    }

    private mutating func display(_ id: PythonNode.ID, depth: Int) -> Constant? {
        let node = evaluator.node(id)
        guard node.kind != .comprehension else { return nil }
        var child = node.first
        let known = min(evaluator.countChildren(node), 512)
        guard node.kind == .dictionary else {
            var items: [Constant] = []
            items.reserveCapacity(min(known, 256))
            while child >= 0, items.count < 256, evaluator.spend(8) {
                if let item = constant(child, depth: depth + 1) { items.append(item) }
                child = evaluator.node(child).next
            }
            return .list(items)
        }
        var members = [String: Constant](minimumCapacity: known / 2)
        var count = 0
        while child >= 0, count < 256, evaluator.spend(8) {
            let key = evaluator.node(child)
            if key.kind == .starred {
                child = key.next
                continue
            }
            guard key.next >= 0 else { break }
            if let name = evaluator.constant(child)?.content, let value = constant(key.next, depth: depth + 1) {
                members[String(decoding: name.prefix(200), as: UTF8.self)] = value
            }
            child = evaluator.node(key.next).next
            count += 1
        }
        return .members(members)
    }
}
