/// Writes what was found out about a file into its language-neutral model.
struct PythonModelWriter {
    var evaluator: PythonEvaluator
    var model: CodeModel

    /// The model of a source text.
    static func model(of source: SourceText) -> CodeModel {
        var lexed = PythonTokenizer.tokens(of: source)
        var parser = PythonParser(lexed, bytes: source.bytes)
        parser.parse()
        // Each stage takes over what the one before has made; a copy would cost as much as making it.
        var writer = PythonModelWriter(
            evaluator: PythonEvaluator(
                syntax: parser.takeSyntax(), names: lexed.takeNames(), tokens: lexed.tokens, codes: lexed.codes,
                bytes: source.bytes),
            model: CodeModel(language: .python, source: source))
        writer.model.tokens = lexed.tokens
        writer.model.comments = lexed.comments
        writer.model.problems = lexed.problems + parser.problems
        writer.evaluator.run()
        writer.write()
        if writer.evaluator.budget < PythonEvaluator.smallBudget {
            writer.model.problems.append(SourceProblem(.tooDeep, offset: 0))
        }
        return writer.model
    }

    private mutating func write() {
        writeExpressions()
        writeBindings()
        writeImports()
        writeScopes()
        writeNames()
    }

    private mutating func writeNames() {
        model.names = evaluator.names.used.filter { !PythonWords.isKeyword($0) }.map { id in
            Name(
                text: evaluator.names.text(of: id), offset: evaluator.names.firstUses[Int(id)], isEscaped: false)
        }
    }

    /// Calls and reads in the order of their first tokens, the outer before the inner; strings as they come.
    private mutating func writeExpressions() {
        let nodes = evaluator.syntax.nodes
        // For each token the last of the expressions that begin with it and are told; then the one before.
        var last: [Int32] = Array(repeating: -1, count: evaluator.tokens.count + 1)
        var before: [Int32] = Array(repeating: -1, count: nodes.count)
        for id in nodes.indices {
            let node = nodes[id]
            switch node.kind {
            case .string, .template:
                writeLiterals(Int32(truncatingIfNeeded: id), node)
                if evaluator.values[id].kind == .constant { writeFolded(Int32(truncatingIfNeeded: id), node) }
            case .call, .decoration, .execStatement, .name, .attribute, .subscripting:
                if evaluator.values[id].kind == .constant { writeFolded(Int32(truncatingIfNeeded: id), node) }
                if !node.flags.isDisjoint(with: [.stored, .pattern]) { continue }
                if node.flags.contains(.consumed), node.kind != .call { continue }
                before[id] = last[Int(node.start)]
                last[Int(node.start)] = Int32(truncatingIfNeeded: id)
            case .sum, .binary:
                if evaluator.values[id].kind == .constant { writeFolded(Int32(truncatingIfNeeded: id), node) }
            case .number, .word, .tuple, .list, .set, .dictionary, .comprehension, .forClause, .ifClause, .unary,
                .conditional, .either, .other, .lambda, .starred, .slice, .walrus, .keyword, .definition, .imported,
                .parameter, .element, .augmented:
                continue
            }
        }
        for head in last {
            var id = head
            while id >= 0 {
                writeExpression(id)
                id = before[Int(id)]
            }
        }
    }

    private mutating func writeExpression(_ id: SyntaxNode.ID) {
        let node = evaluator.node(id)
        switch node.kind {
        case .call: writeCall(node)
        case .decoration: writeDecoration(node)
        case .execStatement: writeExecStatement(node)
        case _: writeRead(id, node)
        }
    }

    // MARK: References

    /// What a node names; nil for expressions without a name.
    mutating func reference(_ id: SyntaxNode.ID, spelling: Reference.Spelling = []) -> Reference? {
        guard id >= 0 else { return nil }
        let node = evaluator.node(id)
        let value = evaluator.values[Int(id)]
        let effects = evaluator.paths.facts(value.path).effects
        return reference(
            value.path, value.spelling.union(spelling), tokens: node.start..<node.end, scope: node.scope,
            effects: effects)
    }

    func reference(
        _ path: PathTable.ID, _ spelling: Reference.Spelling, tokens: TokenRange, scope: Int32, effects: Effects
    ) -> Reference {
        Reference(
            path: evaluator.paths.text(path), root: evaluator.paths.root(path), spelling: spelling, tokens: tokens,
            scope: scope, effects: effects)
    }

    private mutating func writeRead(_ id: SyntaxNode.ID, _ node: SyntaxNode) {
        guard let reference = reference(id), !reference.path.isEmpty else { return }
        model.reads.append(reference)
    }

    // MARK: Constants

    /// The value of an argument or binding in the language-neutral form.
    mutating func constant(_ id: SyntaxNode.ID, depth: Int = 0) -> Constant? {
        guard id >= 0 else { return nil }
        let value = evaluator.values[Int(id)]
        switch value.kind {
        case .literal where value.payload == id:
            // A literal in its own place is always told, whatever else was too much.
            return evaluator.literal(id)?.neutral
        case .literal, .constant:
            guard let constant = evaluator.constant(of: value), evaluator.spend(constant.weight) else { return nil }
            return constant.neutral
        case .path:
            guard evaluator.paths.root(value.path) != .local, value.path != PathTable.expression else { return nil }
            return .reference(evaluator.paths.text(value.path))
        case .function, .type:
            return value.path == PathTable.expression ? nil : .reference(evaluator.paths.text(value.path))
        case .display:
            return depth < 3 ? display(value.payload, depth: depth) : nil
        case .pending, .unknown, .instance, .namespace, .getter, .methodCaller:
            return nil
        }
    }

    private mutating func display(_ id: SyntaxNode.ID, depth: Int) -> Constant? {
        let node = evaluator.node(id)
        guard node.kind != .comprehension else { return nil }
        var child = node.first
        guard node.kind == .dictionary else {
            var items: [Constant] = []
            while child >= 0, items.count < 256, evaluator.spend(8) {
                if let item = constant(child, depth: depth + 1) { items.append(item) }
                child = evaluator.node(child).next
            }
            return .list(items)
        }
        var members: [String: Constant] = [:]
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
