extension PythonModelWriter {
    // MARK: Imports

    /// Import statements among what calls load, in the order of the source.
    mutating func writeImports() {
        let dynamic = model.imports
        model.imports = []
        model.imports.reserveCapacity(evaluator.syntax.imports.count)
        for statement in evaluator.syntax.imports {
            let (range, dots) = evaluator.syntax.importPaths[Int(statement.path)]
            var path = dots > 0 ? String(repeating: ".", count: Int(min(dots, 64))) : ""
            for place in range {
                if place > range.lowerBound { path += "." }
                path += evaluator.names.text(of: evaluator.syntax.importNames[Int(place)])
            }
            var members: [String] = []
            members.reserveCapacity(statement.members.count)
            for name in statement.members { members.append(name < 0 ? "*" : evaluator.names.text(of: name)) }
            model.imports.append(
                ModuleImport(
                    specifier: path, members: members, kind: .ordinary, tokens: statement.tokens,
                    scope: statement.scope))
        }
        guard !dynamic.isEmpty else { return }
        let all = model.imports + dynamic
        model.imports = all.indices.sorted {
            (all[$0].tokens.lowerBound, $0) < (all[$1].tokens.lowerBound, $1)
        }.map { all[$0] }
    }

    /// What a call loads: a module by its name, or a file.
    mutating func noteDynamicImport(_ special: PythonSpecial, _ node: PythonNode, _ callee: PythonValue) {
        let tokens = node.start..<node.end
        switch special {
        case .importFunction, .importModule:
            let content = evaluator.constant(evaluator.argument(node, 0))?.content
            add(content, .dynamic, tokens, node.scope)
        case .loadFile:
            // Loaders take a name first and then the path; runners take the path.
            let path = evaluator.argument(node, named: "location")
            let second = path >= 0 ? path : evaluator.argument(node, 1)
            let isRunner = ["execfile", "runpy.run_path"].contains(evaluator.pathText(callee.path))
            let file = isRunner || second < 0 ? evaluator.argument(node, 0) : second
            add(fileName(file, depth: 0), .file, tokens, node.scope)
        case .runsText:
            noteRunFile(evaluator.argument(node, 0), tokens: tokens, scope: node.scope)
        case _:
            return
        }
    }

    private mutating func add(_ name: [UInt8]?, _ kind: ModuleImport.Kind, _ tokens: TokenRange, _ scope: Int32) {
        model.imports.append(
            ModuleImport(
                specifier: name.map { String(decoding: $0.prefix(4096), as: UTF8.self) }, kind: kind, tokens: tokens,
                scope: scope))
    }

    /// `exec(open('a.py').read())`: the file whose text is run.
    mutating func noteRunFile(_ code: PythonNode.ID, tokens: TokenRange, scope: Int32) {
        guard code >= 0 else { return }
        let value = evaluator.values[Int(code)]
        guard value.kind == .path, value.payload >= 0 else { return }
        let origin = evaluator.node(value.payload)
        guard origin.kind == .call, origin.first >= 0 else { return }
        let opener = evaluator.values[Int(origin.first)]
        let special = evaluator.pathFacts(opener.path).special
        if special == .open || special == .pathObject {
            add(fileName(evaluator.argument(origin, 0), depth: 0), .file, tokens, scope)
            return
        }
        guard ["tokenize.open", "pkgutil.get_data", "file"].contains(evaluator.pathText(opener.path)) else { return }
        let isData = evaluator.pathText(opener.path) == "pkgutil.get_data"
        add(fileName(evaluator.argument(origin, isData ? 1 : 0), depth: 0), .file, tokens, scope)
    }

    /// The name of a file as far as it is known: the end of a path whose beginning is computed.
    private mutating func fileName(_ id: PythonNode.ID, depth: Int) -> [UInt8]? {
        guard id >= 0, depth < 6 else { return nil }
        if let content = evaluator.constant(id)?.content { return content }
        let node = evaluator.node(id)
        var pieces: [PythonNode.ID] = []
        switch node.kind {
        case .sum, .binary:
            guard node.kind == .sum || node.aux == PythonMark.slash else { return nil }
            var child = node.first
            while child >= 0, pieces.count < 32 {
                pieces.append(child)
                child = evaluator.node(child).next
            }
        case .call:
            guard node.first >= 0 else { return nil }
            let special = evaluator.pathFacts(evaluator.values[Int(node.first)].path).special
            let method = evaluator.node(node.first)
            let isJoin =
                method.kind == .attribute && evaluator.names.isName(method.aux, "joinpath")
            guard special == .joinPaths || special == .pathObject || special == .text || isJoin else {
                let inner = evaluator.argument(node, 0)
                return ["os.path.abspath", "os.path.realpath", "os.path.normpath"].contains(
                    evaluator.pathText(evaluator.values[Int(node.first)].path))
                    ? fileName(inner, depth: depth + 1) : nil
            }
            var child = method.next
            while child >= 0, pieces.count < 32 {
                if evaluator.node(child).kind != .keyword { pieces.append(child) }
                child = evaluator.node(child).next
            }
        case .template:
            guard let flags = PythonStringFlags(code: evaluator.codes[Int(node.end - 1)]) else { return nil }
            let tail = PythonLiteral.text(
                evaluator.bytes, evaluator.tokens[node.end - 1], flags, hasReturns: evaluator.hasReturns)
            return tail.isEmpty ? nil : trimmed(Array(tail))
        case .name, .attribute:
            let variable = evaluator.variable(node.aux, in: node.scope)
            guard node.kind == .name, variable >= 0, evaluator.syntax.variables[Int(variable)].count == 1 else {
                return nil
            }
            let link = evaluator.syntax.variables[Int(variable)].first
            return fileName(evaluator.syntax.valueLinks[Int(link)].value, depth: depth + 1)
        case .number, .string, .word, .subscripting, .tuple, .list, .set, .dictionary, .comprehension, .forClause,
            .ifClause, .unary, .conditional, .either, .other, .lambda, .starred, .slice, .walrus, .keyword, .definition,
            .imported, .parameter, .element, .augmented, .decoration, .execStatement:
            return nil
        }
        return joined(pieces, depth: depth)
    }

    private mutating func joined(_ pieces: [PythonNode.ID], depth: Int) -> [UInt8]? {
        var known: [[UInt8]] = []
        for piece in pieces.reversed() {
            guard let text = fileName(piece, depth: depth + 1) else { break }
            known.append(trimmed(text))
        }
        guard !known.isEmpty else { return nil }
        return Array(known.reversed().joined(separator: [UInt8(ascii: "/")]))
    }

    private func trimmed(_ path: [UInt8]) -> [UInt8] { Array(path.drop { $0 == UInt8(ascii: "/") }) }

    // MARK: Bindings

    mutating func writeBindings() {
        model.bindings.reserveCapacity(evaluator.syntax.assignments.count)
        for place in 0..<evaluator.syntax.assignments.count {
            let assignment = evaluator.syntax.assignments[place]
            let target = evaluator.node(assignment.target)
            let name: String
            if target.kind == .name {
                name = evaluator.names.text(of: target.aux)
            } else if target.kind == .parameter {
                let code = evaluator.codes[Int(target.start)]
                name = code >= 0 ? evaluator.names.text(of: code & ~pythonDisguisedNameBit) : ""
            } else {
                name = writtenPath(assignment.target, target)
            }
            guard !name.isEmpty else { continue }
            var value = target.end..<target.end
            if assignment.value >= 0 {
                let node = evaluator.node(assignment.value)
                value = node.start..<node.end
            }
            model.bindings.append(
                Binding(
                    name: name, scope: target.scope, target: target.start..<target.end, value: value,
                    constant: assignment.value >= 0 && evaluator.node(assignment.value).kind != .element
                        ? constant(assignment.value) : nil))
        }
    }

    /// The path of a member that is given a value; of a text's or number's, as it is written.
    private mutating func writtenPath(_ id: PythonNode.ID, _ target: PythonNode) -> String {
        if target.kind == .attribute, target.first >= 0 {
            let base = evaluator.node(target.first)
            if base.kind == .name, evaluator.values[Int(target.first)].isConstant {
                let path = evaluator.paths.root(.local, base.aux, &evaluator.names)
                let member = evaluator.paths.child(path, target.aux, &evaluator.names)
                return evaluator.pathText(member)
            }
        }
        return evaluator.pathText(evaluator.values[Int(id)].path)
    }

    // MARK: Scopes

    mutating func writeScopes() {
        let loaded = loadedScopes()
        model.scopes.reserveCapacity(loaded.count)
        for id in 0..<loaded.count {
            let scope = evaluator.syntax.scopes[id]
            let kind: Scope.Kind =
                switch scope.kind {
                case .module: .module
                case .function, .lambda: .function
                case .type: .type
                case .comprehension, .guarded: .block
                }
            var parameters: [String] = []
            parameters.reserveCapacity(scope.parameters.count)
            for place in scope.parameters {
                parameters.append(evaluator.names.text(of: evaluator.syntax.parameters[place]))
            }
            model.scopes.append(
                Scope(
                    kind: kind, parent: scope.parent >= 0 ? scope.parent : nil,
                    tokens: scope.start..<max(scope.start, scope.end),
                    name: scope.name >= 0 ? evaluator.names.text(of: scope.name) : nil, parameters: parameters,
                    runsAtLoad: loaded[id]))
        }
    }

    /// Which scopes run when the file is loaded.
    private mutating func loadedScopes() -> [Bool] {
        let count = evaluator.syntax.scopes.count
        var calls = PythonScopeLinks(scopes: count)
        for call in evaluator.localCalls { calls.add(call.to, to: call.from) }
        var makers = PythonScopeLinks(scopes: count)
        var insides = PythonScopeLinks(scopes: count)
        for id in 0..<count {
            let scope = evaluator.syntax.scopes[id]
            guard scope.parent >= 0 else { continue }
            switch scope.kind {
            case .type, .comprehension: insides.add(Int32(truncatingIfNeeded: id), to: scope.parent)
            case .function:
                guard evaluator.syntax.scopes[scope.parent].kind == .type, scope.name >= 0, isMaker(scope.name) else {
                    continue
                }
                makers.add(Int32(truncatingIfNeeded: id), to: scope.parent)
            case .module, .lambda, .guarded: continue
            }
        }
        var loaded = Array(repeating: false, count: count)
        loaded[0] = true
        var work: [Int32] = [0]
        func reach(_ scope: Int32) {
            guard !loaded[Int(scope)] else { return }
            loaded[Int(scope)] = true
            work.append(scope)
        }
        while let current = work.popLast() {
            insides.forEach(of: current) { reach($0) }
            calls.forEach(of: current) { target in
                guard evaluator.syntax.scopes[target].kind == .type else { return reach(target) }
                // An object that is made runs what makes it; a function that is called runs.
                forEachMaker(of: target, makers) { reach($0) }
            }
        }
        return loaded
    }

    /// What makes an object of a class: its own methods and those of its bases in this file.
    private func forEachMaker(of type: Int32, _ makers: borrowing PythonScopeLinks, _ body: (Int32) -> Void) {
        var work = [type]
        var seen = 0
        while let current = work.popLast(), seen < 16 {
            seen += 1
            makers.forEach(of: current, body)
            var base = evaluator.syntax.scopes[current].firstBase
            var count = 0
            while base >= 0, count < 4 {
                let value = evaluator.values[base]
                if value.kind == .type { work.append(value.payload) }
                base = evaluator.node(base).next
                count += 1
            }
        }
    }

    /// Methods that making an object, or using it in `with`, runs.
    private mutating func isMaker(_ name: Int32) -> Bool {
        guard evaluator.names.begins(name, with: "__") else { return false }
        return switch evaluator.names.text(of: name) {
        case "__init__", "__new__", "__post_init__", "__del__", "__enter__", "__exit__", "__call__",
            "__init_subclass__":
            true
        case _: false
        }
    }
}

/// For each scope a list of others.
struct PythonScopeLinks: ~Copyable {
    struct Link {
        let scope: Int32
        let next: Int32
    }

    private var heads: Column<Int32>
    private var links = Column<Link>()

    init(scopes: Int) { heads = Column(repeating: -1, count: scopes) }

    mutating func add(_ scope: Int32, to owner: Int32) {
        links.append(Link(scope: scope, next: heads[owner]))
        heads[owner] = Int32(truncatingIfNeeded: links.count - 1)
    }

    /// The last that was added comes first.
    func forEach(of owner: Int32, _ body: (Int32) -> Void) {
        var link = heads[owner]
        while link >= 0 {
            body(links[link].scope)
            link = links[link].next
        }
    }
}
