extension PythonModelWriter {
    mutating func writeCall(_ node: PythonNode) {
        guard node.first >= 0 else { return }
        let arguments = arguments(behind: node.first)
        let callee = evaluator.values[node.first]
        let facts = evaluator.pathFacts(callee.path)
        var effects = facts.effects
        if facts.special == .open || evaluator.paths.isText(callee.path, "pathlib.Path().open", &evaluator.names) {
            effects = PythonModes.effects(arguments, position: facts.special == .open ? 1 : 0)
        } else if effects.contains(.process), !effects.contains(.shell), PythonModes.asksForShell(arguments) {
            effects.insert(.shell)
        } else if facts.special == .decode, let first = arguments.first, case .text(let name)? = first.constant,
            TextCodec.isTransformation(name)
        {
            effects.insert(.decodes)
        }
        let called = evaluator.node(node.first)
        model.calls.append(
            Call(
                callee: reference(
                    callee.path, callee.spelling, tokens: called.start..<called.end, scope: node.scope,
                    effects: effects),
                tokens: node.start..<node.end, arguments: arguments, isConstruction: callee.kind == .type))
        writeIndirect(facts.special, callee, node, arguments)
        noteDynamicImport(facts.special, node, callee)
    }

    /// What stands behind a node as its siblings: a callee's arguments.
    private mutating func arguments(behind callee: PythonNode.ID) -> [Argument] {
        arguments(from: evaluator.node(callee).next)
    }

    private mutating func arguments(from first: PythonNode.ID) -> [Argument] {
        guard first >= 0 else { return [] }
        var (count, child) = (0, first)
        while child >= 0 {
            count += 1
            child = evaluator.node(child).next
        }
        var arguments: [Argument] = []
        arguments.reserveCapacity(count)
        child = first
        while child >= 0 {
            arguments.append(argument(child))
            child = evaluator.node(child).next
        }
        return arguments
    }

    private mutating func argument(_ id: PythonNode.ID) -> Argument {
        let node = evaluator.node(id)
        guard node.kind == .keyword else {
            return Argument(tokens: node.start..<node.end, constant: constant(id))
        }
        let value = node.first
        let tokens = value >= 0 ? evaluator.node(value).start..<evaluator.node(value).end : node.end..<node.end
        return Argument(tokens: tokens, label: evaluator.names.text(of: node.aux), constant: constant(value))
    }

    /// Calls that another function makes: `map(eval, […])`, `Thread(target=f)`, `f.__call__(…)`, `methodcaller('system')(os)`.
    private mutating func writeIndirect(
        _ special: PythonSpecial, _ callee: PythonValue, _ node: PythonNode, _ arguments: [Argument]
    ) {
        switch special {
        case .applies, .map, .appliesTarget, .partial:
            var function = evaluator.argument(node, 0)
            var given = Array(arguments.dropFirst())
            if special == .appliesTarget {
                let target = evaluator.argument(node, named: "target")
                function = target >= 0 ? target : evaluator.argument(node, 1)
                given = arguments.filter { $0.label == "args" || $0.label == "kwargs" }
            }
            writeCall(of: function, at: node, given)
        case _:
            guard callee.kind == .methodCaller else { return }
            let first = evaluator.argument(node, 0)
            guard first >= 0 else { return }
            let member = evaluator.member(of: evaluator.values[Int(first)], callee.payload)
            guard member.kind == .path else { return }
            let effects = evaluator.pathFacts(member.path).effects
            let reference = reference(
                member.path, member.spelling.union([.indirect, .bracketed]), tokens: node.start..<node.end,
                scope: node.scope, effects: effects)
            model.calls.append(Call(callee: reference, tokens: node.start..<node.end, arguments: []))
        }
    }

    /// A call of what an argument names.
    private mutating func writeCall(of function: PythonNode.ID, at node: PythonNode, _ arguments: [Argument]) {
        guard function >= 0, evaluator.values[Int(function)].kind == .path,
            let named = reference(function, spelling: .indirect), named.root != .local
        else { return }
        model.calls.append(
            Call(
                callee: Reference(
                    path: named.path, root: named.root, spelling: named.spelling, tokens: named.tokens,
                    scope: node.scope, effects: named.effects),
                tokens: node.start..<node.end, arguments: arguments))
    }

    /// A decorator gets the function, or what the decorator nearer to it made of it.
    mutating func writeDecoration(_ node: PythonNode) {
        guard let callee = reference(node.first) else { return }
        let target = evaluator.node(node.aux)
        var tokens = target.start..<target.end
        var value: Constant?
        if target.kind == .definition {
            let scope = evaluator.syntax.scopes[Int(target.aux)]
            tokens = target.start..<max(target.end, scope.end)
            if scope.name >= 0 { value = .reference(evaluator.names.text(of: scope.name)) }
        }
        model.calls.append(
            Call(
                callee: callee, tokens: node.start..<node.end,
                arguments: [Argument(tokens: tokens, constant: value)]))
    }

    /// Python 2's `exec code in names`.
    mutating func writeExecStatement(_ node: PythonNode) {
        let path = evaluator.paths.root(.builtin, PythonWords.execWord, &evaluator.names)
        let arguments = arguments(from: node.first)
        let effects = evaluator.pathFacts(path).effects
        let callee = reference(
            path, [], tokens: node.start..<node.start + 1, scope: node.scope, effects: effects)
        model.calls.append(Call(callee: callee, tokens: node.start..<node.end, arguments: arguments))
        noteRunFile(node.first, tokens: node.start..<node.end, scope: node.scope)
    }
}

/// What the constant arguments of a call say about its effects.
enum PythonModes {
    /// Of `open`: by its mode, which is `r` unless it is given.
    static func effects(_ arguments: [Argument], position: Int) -> Effects {
        let labelled = arguments.first { $0.label == "mode" }
        let plain = arguments.filter { $0.label == nil }
        guard let mode = labelled ?? (plain.count > position ? plain[position] : nil) else { return .readsFiles }
        guard case .text(let letters)? = mode.constant else { return [.readsFiles, .writesFiles] }
        var effects: Effects = []
        if letters.contains(where: { $0 == UInt8(ascii: "r") || $0 == UInt8(ascii: "+") }) {
            effects.insert(.readsFiles)
        }
        let writing = Array("wax+".utf8)
        if letters.contains(where: writing.contains) { effects.insert(.writesFiles) }
        return effects.isEmpty ? .readsFiles : effects
    }

    /// `shell=True`, also when the value is not known.
    static func asksForShell(_ arguments: [Argument]) -> Bool {
        guard let shell = arguments.first(where: { $0.label == "shell" }) else { return false }
        switch shell.constant {
        case .boolean(let flag): return flag
        case .number(let number): return number != 0
        case .text(let text): return !text.isEmpty
        case .list, .members, .reference, nil: return true
        }
    }
}
