extension PythonEvaluator {
    /// The variable that a name means in a scope, or -1.
    func variable(_ name: Int32, in scope: Int32) -> Int32 {
        guard Int(name) < syntax.homes.count else { return -1 }
        let only = syntax.homes[name]
        if only == PythonSyntax.unbound { return -1 }
        // Most names are bound by one scope alone, most of those by the module, which every scope is in.
        if only >= 0, syntax.variables[only].scope == 0 { return holder(only, name) }
        let owner = only >= 0 ? syntax.variables[only].scope : -1
        var current = scope
        var hasLeftFunction = false
        while current >= 0 {
            let kind = syntax.scopes[current].kind
            // Names of a class are not seen in its methods.
            if kind != .type || !hasLeftFunction {
                let home = syntax.scopes[current].nameScope
                if only >= 0 {
                    if home == owner { return holder(only, name) }
                } else {
                    let found = syntax.table.find(home, name)
                    if found >= 0 { return holder(found, name) }
                }
                if kind == .function || kind == .lambda { hasLeftFunction = true }
            }
            current = syntax.scopes[current].parent
        }
        return -1
    }

    /// The variable itself, or the one of another scope that `global` or `nonlocal` makes of it.
    @inline(__always)
    private func holder(_ variable: Int32, _ name: Int32) -> Int32 {
        let redirect = syntax.variables[variable].redirect
        return redirect < 0 ? variable : syntax.table.find(redirect, name)
    }

    mutating func evaluateName(_ node: PythonNode) -> PythonValue {
        var result = value(ofName: node.aux, in: node.scope)
        if node.flags.contains(.disguised) { result.spelling.insert(.disguised) }
        return result
    }

    mutating func value(ofName name: Int32, in scope: Int32) -> PythonValue {
        let variable = variable(name, in: scope)
        if variable >= 0 { return value(ofVariable: variable, named: name) }
        if let imported = starImported(name) { return imported }
        let isBuiltin = name >= PythonWords.firstBuiltin && name < PythonWords.count
        return PythonValue(kind: .path, path: paths.root(isBuiltin ? .builtin : .local, name, &names))
    }

    /// A name that `from m import *` is known to bring.
    private mutating func starImported(_ name: Int32) -> PythonValue? {
        guard !syntax.starImports.isEmpty else { return nil }
        let known = starNames[name] ?? findStarImported(name)
        starNames[name] = known
        return known.kind == .unknown ? nil : known
    }

    private mutating func findStarImported(_ name: Int32) -> PythonValue {
        for place in syntax.starImports.prefix(8) {
            let (range, dots) = syntax.importPaths[Int(place)]
            guard dots == 0, let first = range.first, range.count <= 8 else { continue }
            let module = range.map { names.text(of: syntax.importNames[Int($0)]) }.joined(separator: ".")
            guard PythonVocabulary.isMember(names.text(of: name), of: module) else { continue }
            var path = paths.root(.module, syntax.importNames[Int(first)], &names)
            for place in range.dropFirst() { path = member(path, syntax.importNames[Int(place)]).path }
            return member(path, name)
        }
        return .unknown
    }

    /// What a variable stands for where it is read.
    mutating func value(ofVariable id: Int32, named name: Int32) -> PythonValue {
        if variableValues[Int(id)].kind != .pending { return variableValues[Int(id)] }
        let path = paths.root(.local, name, &names)
        // Whatever depends on itself is unknown.
        variableValues[Int(id)] = PythonValue(kind: .unknown, path: path)
        let isWhole = lookAhead < PythonEvaluator.lookAheadLimit
        let result = resolved(id, path: path)
        // A value that was not looked at for depth alone is tried again later.
        variableValues[Int(id)] = isWhole ? result : .pending
        return result
    }

    private mutating func resolved(_ id: Int32, path: PythonPathTable.ID) -> PythonValue {
        let variable = syntax.variables[Int(id)]
        if variable.count == 1 { return read(valueNode(variable.first), path: path) }
        if variable.isAccumulating, let whole = accumulated(variable) {
            return PythonValue(kind: .constant, path: path, payload: whole)
        }
        // Of several values the one counts that does something: `e = print` before `e = eval` hides nothing.
        var best = PythonValue(kind: .unknown, path: path)
        var link = variable.first
        var looked = 0
        while link >= 0, looked < 16 {
            let candidate = read(valueNode(link), path: path)
            if !candidate.isConstant, candidate.kind != .display, isPreferred(candidate, to: best) { best = candidate }
            link = syntax.valueLinks[Int(link)].next
            looked += 1
        }
        return best
    }

    private func valueNode(_ link: Int32) -> PythonNode.ID {
        link >= 0 ? syntax.valueLinks[Int(link)].value : -1
    }

    /// A value as the name it was given to tells it.
    private mutating func read(_ id: PythonNode.ID, path: PythonPathTable.ID) -> PythonValue {
        guard id >= 0 else { return PythonValue(kind: .unknown, path: path) }
        var result = value(of: id)
        switch result.kind {
        case .pending, .unknown:
            return PythonValue(kind: .unknown, path: path)
        case .literal, .constant, .display:
            result.path = path
        case .path:
            guard paths.root(result.path) != .local else { return result }
            if node(id).kind != .imported, !paths.isResult(result.path) { result.spelling.insert(.aliased) }
        case .function, .type:
            if result.path == PythonPathTable.expression || node(id).kind != .definition { result.path = path }
        case .instance: result.path = path
        case .namespace, .getter, .methodCaller:
            result.spelling.insert(.aliased)
        }
        return result
    }

    /// The text of a variable that is lengthened piece by piece.
    private mutating func accumulated(_ variable: PythonVariable) -> Int32? {
        var pieces: [UInt8] = []
        var isBytes = false
        var isDecoded = false
        var link = variable.first
        while link >= 0 {
            let id = valueNode(link)
            guard id >= 0 else { return nil }
            let piece = node(id).kind == .augmented ? node(id).aux : id
            _ = value(of: piece)
            guard let constant = constant(piece), let content = constant.content,
                spend(content.count), pieces.count + content.count <= PythonEvaluator.constantLimit
            else { return nil }
            isBytes = constant.isBytes
            isDecoded = isDecoded || self.isDecoded(values[Int(piece)])
            pieces += content
            link = syntax.valueLinks[Int(link)].next
        }
        return pooled(isBytes ? .bytes(pieces) : .text(pieces), isDecoded: isDecoded)
    }
}
