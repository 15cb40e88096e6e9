extension PythonEvaluator {
    /// The items of a comprehension over known values: `chr(ord(c) ^ 7) for c in '…'`.
    mutating func comprehension(_ id: PythonNode.ID) -> [PythonConstant]? {
        let node = node(id)
        guard node.kind == .comprehension, !node.flags.contains(.unpacks), node.first >= 0, environment.count < 4
        else { return nil }
        let element = node.first
        let clause = self.node(element).next
        guard clause >= 0, self.node(clause).kind == .forClause else { return nil }
        var filters: [PythonNode.ID] = []
        var next = self.node(clause).next
        while next >= 0 {
            // Loops inside of loops are not computed.
            guard self.node(next).kind == .ifClause else { return nil }
            filters.append(self.node(next).first)
            next = self.node(next).next
        }
        guard filters.isEmpty else { return nil }
        let target = self.node(clause).first
        guard target >= 0, let source = constant(self.node(target).next),
            spend(source.weight * 8), let items = PythonSequence.items(source),
            items.count <= 1 << 16
        else { return nil }
        let outer = environment
        defer { environment = outer }
        var result: [PythonConstant] = []
        result.reserveCapacity(items.count)
        for item in items {
            environment = outer
            guard spend(32), assign(target, item), let value = bound(element) else { return nil }
            result.append(value)
        }
        return result
    }

    /// Whether a comprehension only puts words between other words, so that the result still shows every one of them:
    /// `f"--skip={name}" for name in NAMES`.
    mutating func showsItems(_ id: PythonNode.ID) -> Bool {
        let element = node(id).first
        guard element >= 0 else { return false }
        let clause = node(element).next
        guard clause >= 0, node(clause).kind == .forClause else { return false }
        let target = node(clause).first
        guard target >= 0, let source = constant(node(target).next), let items = PythonSequence.items(source),
            items.count <= Self.maxShownItems, let results = comprehension(id), results.count == items.count
        else { return false }
        return zip(items, results).allSatisfy { item, result in
            guard let text = result.content else { return false }
            if let number = item.integer {
                // `x1 = None`: the number stands in a text that is there to be read. A code point would not be seen.
                let digits = Array(String(number).utf8)
                return text.count >= digits.count + Self.leastFrame && text.count <= 1 << 10
                    && text.firstRange(of: digits) != nil
            }
            guard let word = item.content else { return false }
            return Self.shownBytes.contains(word.count) && text.count <= 1 << 10 && text.firstRange(of: word) != nil
        }
    }

    private static let maxShownItems = 256
    /// Single characters are what decoders work on; very long words are no words.
    private static let shownBytes = 2...256
    /// How much more than its number a text says at least.
    private static let leastFrame = 4

    /// Gives a loop's variables one item.
    private mutating func assign(_ target: PythonNode.ID, _ item: PythonConstant) -> Bool {
        let node = node(target)
        if node.kind == .name {
            environment.append((node.aux, item))
            return true
        }
        guard node.kind == .tuple, let items = PythonSequence.items(item) else { return false }
        var child = node.first
        for item in items {
            guard child >= 0, self.node(child).kind == .name else { return false }
            environment.append((self.node(child).aux, item))
            child = self.node(child).next
        }
        return child < 0
    }

    /// The value of an expression with a loop's variables in it, to a depth of twelve.
    mutating func bound(_ id: PythonNode.ID) -> PythonConstant? {
        guard id >= 0 else { return nil }
        let known = values[Int(id)]
        if known.isConstant { return constant(of: known) }
        guard lookAhead < 12, spend(4) else { return nil }
        lookAhead += 1
        defer { lookAhead -= 1 }
        let node = node(id)
        switch node.kind {
        case .name:
            for entry in environment.reversed() where entry.name == node.aux { return entry.value }
            return known.kind == .display ? constant(of: known) : nil
        case .tuple, .list: return list(id)
        case .sum, .binary, .unary, .template, .call, .subscripting, .comprehension: return computed(id)
        case .conditional, .either, .number, .string, .word, .attribute, .set, .dictionary, .forClause, .ifClause,
            .other, .lambda, .starred, .slice, .walrus, .keyword, .definition, .imported, .parameter, .element,
            .augmented, .decoration, .execStatement:
            return nil
        }
    }

    /// What a function makes of known items: `map(chr, …)`, `map(lambda c: …, …)`.
    mutating func mapped(_ function: PythonNode.ID, _ source: PythonNode.ID) -> PythonConstant? {
        guard function >= 0, let values = constant(source), spend(values.weight * 8),
            let items = PythonSequence.items(values),
            items.count <= 1 << 16
        else { return nil }
        let callee = self.values[Int(function)]
        var result: [PythonConstant] = []
        result.reserveCapacity(items.count)
        if callee.kind == .path {
            let special = pathFacts(callee.path).special
            for item in items {
                guard spend(32), let value = PythonFunction.result(special, nil, [item]) else { return nil }
                result.append(value)
            }
            return .list(result)
        }
        guard callee.kind == .function, environment.count < 4 else { return nil }
        let scope = syntax.scopes[Int(callee.payload)]
        guard scope.kind == .lambda, scope.parameters.count == 1, let first = scope.parameters.first else { return nil }
        let outer = environment
        defer { environment = outer }
        for item in items {
            environment = outer + [(syntax.parameters[Int(first)], item)]
            guard spend(32), let value = bound(scope.returned) else { return nil }
            result.append(value)
        }
        return .list(result)
    }

    /// Whether an argument is looked at in another way than by its value.
    private func isTakenApart(_ argument: PythonNode.ID) -> Bool {
        switch node(argument).kind {
        case .keyword, .comprehension, .tuple: true
        case .name, .number, .string, .template, .word, .attribute, .call, .subscripting, .list, .set, .dictionary,
            .forClause, .ifClause, .sum, .binary, .unary, .conditional, .either, .other, .lambda, .starred, .slice,
            .walrus, .definition, .imported, .parameter, .element, .augmented, .decoration, .execStatement:
            false
        }
    }

    /// The result of a call whose function is known to be harmless and whose arguments are known.
    mutating func call(_ node: PythonNode) -> PythonConstant? {
        guard node.first >= 0 else { return nil }
        let callee = self.node(node.first)
        var path = values[Int(node.first)].path
        var receiver: PythonConstant?
        if callee.kind == .attribute, callee.next >= 0, !isTakenApart(callee.next),
            isInVain(callee.first, with: callee.next)
        {
            return nil
        }
        if callee.kind == .attribute, let base = constant(callee.first), base.content != nil {
            receiver = base
            let root = paths.root(.builtin, base.isBytes ? PythonWords.bytesName : PythonWords.strName, &names)
            path = paths.child(root, callee.aux, &names)
        }
        let special = pathFacts(path).special
        guard special != .none else { return nil }
        if special == .map {
            let function = argument(node, 0)
            guard function >= 0 else { return nil }
            return mapped(function, self.node(function).next)
        }
        var arguments: [PythonConstant] = []
        var child = callee.next
        while child >= 0 {
            let argument = self.node(child)
            guard argument.kind != .keyword else {
                if special == .format { return nil }
                child = argument.next
                continue
            }
            let value = argument.kind == .comprehension ? comprehension(child).map { .list($0) } : constant(child)
            guard let value, spend(value.weight) else { return nil }
            arguments.append(value)
            child = argument.next
        }
        return PythonFunction.result(special, receiver, arguments)
    }
}
