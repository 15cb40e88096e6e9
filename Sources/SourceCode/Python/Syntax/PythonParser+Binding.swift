extension PythonParser {
    /// The variable of a name in a scope; made when there is none.
    mutating func variable(_ home: Int32, _ name: Int32) -> Int32 {
        let known = syntax.table.find(home, name)
        if known >= 0 { return known }
        let id = Int32(truncatingIfNeeded: syntax.variables.count)
        syntax.variables.append(PythonVariable(scope: home))
        syntax.table.insert(home, name, id)
        if Int(name) < syntax.homes.count {
            syntax.homes[name] = syntax.homes[name] == PythonSyntax.unbound ? id : PythonSyntax.bound
        }
        return id
    }

    /// Says that the scope being read gives `name` a value; -1 is one that is not known.
    mutating func declare(_ name: Int32, _ value: PythonNode.ID, isAddition: Bool = false) {
        var id = variable(syntax.scopes[Int(scope)].nameScope, name)
        let home = syntax.variables[Int(id)].redirect
        if home >= 0 { id = variable(home, name) }
        let link = Int32(truncatingIfNeeded: syntax.valueLinks.count)
        syntax.valueLinks.append(PythonValueLink(value: value, next: -1))
        let last = syntax.variables[Int(id)].last
        if last >= 0 { syntax.valueLinks[Int(last)].next = link }
        var variable = syntax.variables[Int(id)]
        if variable.first < 0 { variable.first = link }
        variable.last = link
        if variable.count == 0 {
            variable.isAccumulating = value >= 0 && home < 0 && !isAddition
            variable.block = block
        } else if !isAddition || variable.block != block || home >= 0 {
            variable.isAccumulating = false
        }
        variable.count += 1
        syntax.variables[Int(id)] = variable
    }

    /// Gives targets their values: names, members, and displays taken apart.
    mutating func bind(_ target: PythonNode.ID, to value: PythonNode.ID) {
        guard target >= 0 else { return }
        let node = syntax.nodes[Int(target)]
        switch node.kind {
        case .name:
            syntax.nodes[Int(target)].flags.insert(.stored)
            declare(node.aux, value)
            syntax.assignments.append(PythonAssignment(target: target, value: value))
        case .attribute, .subscripting:
            syntax.nodes[Int(target)].flags.insert(.stored)
            declareMember(node, value)
            syntax.assignments.append(PythonAssignment(target: target, value: value))
        case .tuple, .list:
            syntax.nodes[Int(target)].flags.insert(.stored)
            bindPieces(node, of: value)
        case .starred:
            bind(node.first, to: -1)
        case .keyword, .call, .either, .binary, .other:
            // Patterns of `case`.
            guard isPattern else { return }
            var child = node.kind == .call && node.first >= 0 ? syntax.nodes[Int(node.first)].next : node.first
            while child >= 0 {
                bind(child, to: -1)
                child = syntax.nodes[Int(child)].next
            }
        case .number, .string, .template, .word, .set, .dictionary, .comprehension, .forClause, .ifClause, .sum,
            .unary, .conditional, .lambda, .slice, .walrus, .definition, .imported, .parameter, .element, .augmented,
            .decoration, .execStatement:
            return
        }
    }

    private mutating func bindPieces(_ target: PythonNode, of value: PythonNode.ID) {
        var pieces: PythonNode.ID = -1
        if value >= 0, isPlainDisplay(value),
            countChildren(target.first) == countChildren(syntax.nodes[Int(value)].first)
        {
            pieces = syntax.nodes[Int(value)].first
        }
        let isDisplay = pieces >= 0
        var child = target.first
        while child >= 0 {
            let kind = syntax.nodes[Int(child)].kind
            bind(child, to: kind == .starred ? -1 : isDisplay ? pieces : piece(of: value))
            if pieces >= 0 { pieces = syntax.nodes[Int(pieces)].next }
            child = syntax.nodes[Int(child)].next
        }
    }

    /// Stands for some part of a value: what it is cannot be told, but where it comes from can.
    private mutating func piece(of value: PythonNode.ID) -> PythonNode.ID {
        guard value >= 0 else { return -1 }
        let node = syntax.nodes[Int(value)]
        let id = add(.other, start: node.start, low: nextNode, flags: .stored)
        syntax.nodes[Int(id)].end = node.end
        return id
    }

    private func isPlainDisplay(_ id: PythonNode.ID) -> Bool {
        let node = syntax.nodes[Int(id)]
        return (node.kind == .tuple || node.kind == .list) && !node.flags.contains(.unpacks)
    }

    private func countChildren(_ first: PythonNode.ID) -> Int {
        var (count, child) = (0, first)
        while child >= 0 {
            count += 1
            child = syntax.nodes[Int(child)].next
        }
        return count
    }

    /// Gives the targets of a loop what they run over: each value of a short display, else one of many.
    mutating func bindElements(_ targets: PythonNode.ID, of values: PythonNode.ID) {
        guard targets >= 0 else { return }
        guard values >= 0 else {
            bind(targets, to: -1)
            return
        }
        let node = syntax.nodes[Int(values)]
        if node.kind == .tuple || node.kind == .list || node.kind == .set, !node.flags.contains(.unpacks),
            node.first >= 0, countChildren(node.first) <= 16
        {
            var child = node.first
            while child >= 0 {
                bind(targets, to: child)
                child = syntax.nodes[Int(child)].next
            }
            return
        }
        let element = add(.element, aux: values, start: node.start, low: nextNode, flags: .stored)
        bind(targets, to: element)
    }

    /// Members of `self` are kept with the class: under the negative number of their name.
    private mutating func declareMember(_ node: PythonNode, _ value: PythonNode.ID) {
        guard node.kind == .attribute, node.first >= 0, syntax.nodes[Int(node.first)].kind == .name else { return }
        var function = scope
        while function > 0,
            syntax.scopes[Int(function)].kind == .guarded || syntax.scopes[Int(function)].kind == .comprehension
        {
            function = syntax.scopes[Int(function)].parent
        }
        let method = syntax.scopes[Int(function)]
        guard method.kind == .function, method.parent >= 0, syntax.scopes[Int(method.parent)].kind == .type,
            let first = method.parameters.first, syntax.parameters[Int(first)] == syntax.nodes[Int(node.first)].aux
        else { return }
        let outer = scope
        scope = method.parent
        declare(node.aux, value)
        scope = outer
    }
}
