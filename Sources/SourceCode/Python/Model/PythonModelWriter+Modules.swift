extension PythonModelWriter {
    // MARK: Imports

    /// Import statements among what calls load, in the order of the source.
    mutating func writeImports() {
        let dynamic = model.imports
        model.imports = []
        for statement in evaluator.syntax.imports {
            let (range, dots) = evaluator.syntax.importPaths[Int(statement.path)]
            let path = range.map { evaluator.names.text(of: evaluator.syntax.importNames[Int($0)]) }.joined(
                separator: ".")
            let members = statement.members.map { $0 < 0 ? "*" : evaluator.names.text(of: $0) }
            model.imports.append(
                ModuleImport(
                    specifier: String(repeating: ".", count: Int(min(dots, 64))) + path, members: members,
                    kind: .ordinary,
                    tokens: statement.tokens, scope: statement.scope))
        }
        guard !dynamic.isEmpty else { return }
        let all = model.imports + dynamic
        model.imports = all.indices.sorted {
            (all[$0].tokens.lowerBound, $0) < (all[$1].tokens.lowerBound, $1)
        }.map { all[$0] }
    }

    /// What a call loads: a module by its name, or a file.
    mutating func noteDynamicImport(_ special: PythonSpecial, _ node: SyntaxNode, _ callee: PythonValue) {
        let tokens = node.start..<node.end
        switch special {
        case .importFunction, .importModule:
            let content = evaluator.constant(evaluator.argument(node, 0))?.content
            add(content, .dynamic, tokens, node.scope)
        case .loadFile:
            // Loaders take a name first and then the path; runners take the path.
            let path = evaluator.argument(node, named: "location")
            let second = path >= 0 ? path : evaluator.argument(node, 1)
            let isRunner = ["execfile", "runpy.run_path"].contains(evaluator.paths.text(callee.path))
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
    mutating func noteRunFile(_ code: SyntaxNode.ID, tokens: TokenRange, scope: Int32) {
        guard code >= 0 else { return }
        let value = evaluator.values[Int(code)]
        guard value.kind == .path, value.payload >= 0 else { return }
        let origin = evaluator.node(value.payload)
        guard origin.kind == .call, origin.first >= 0 else { return }
        let opener = evaluator.values[Int(origin.first)]
        switch evaluator.paths.facts(opener.path).special {
        case .open, .pathObject:
            let file = evaluator.argument(origin, 0)
            add(fileName(file, depth: 0), .file, tokens, scope)
        case _:
            guard ["tokenize.open", "pkgutil.get_data", "file"].contains(evaluator.paths.text(opener.path)) else {
                return
            }
            let isData = evaluator.paths.text(opener.path) == "pkgutil.get_data"
            add(fileName(evaluator.argument(origin, isData ? 1 : 0), depth: 0), .file, tokens, scope)
        }
    }

    /// The name of a file as far as it is known: the end of a path whose beginning is computed.
    private mutating func fileName(_ id: SyntaxNode.ID, depth: Int) -> [UInt8]? {
        guard id >= 0, depth < 6 else { return nil }
        if let content = evaluator.constant(id)?.content { return content }
        let node = evaluator.node(id)
        var pieces: [SyntaxNode.ID] = []
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
            let special = evaluator.paths.facts(evaluator.values[Int(node.first)].path).special
            let method = evaluator.node(node.first)
            let isJoin =
                method.kind == .attribute && evaluator.names.bytes(of: method.aux).elementsEqual("joinpath".utf8)
            guard special == .joinPaths || special == .pathObject || special == .text || isJoin else {
                let inner = evaluator.argument(node, 0)
                return ["os.path.abspath", "os.path.realpath", "os.path.normpath"].contains(
                    evaluator.paths.text(evaluator.values[Int(node.first)].path))
                    ? fileName(inner, depth: depth + 1) : nil
            }
            var child = method.next
            while child >= 0, pieces.count < 32 {
                if evaluator.node(child).kind != .keyword { pieces.append(child) }
                child = evaluator.node(child).next
            }
        case .template:
            guard let flags = StringFlags(code: evaluator.codes[Int(node.end - 1)]) else { return nil }
            let tail = PythonLiteral.text(evaluator.bytes, evaluator.tokens[Int(node.end - 1)], flags)
            return tail.isEmpty ? nil : trimmed(Array(tail))
        case .name, .attribute:
            let variable = evaluator.variable(node.aux, in: node.scope)
            guard node.kind == .name, variable >= 0, evaluator.syntax.variables[Int(variable)].count == 1 else {
                return nil
            }
            let link = evaluator.syntax.variables[Int(variable)].first
            return fileName(evaluator.syntax.valueLinks[Int(link)].value, depth: depth + 1)
        case _: return nil
        }
        return joined(pieces, depth: depth)
    }

    private mutating func joined(_ pieces: [SyntaxNode.ID], depth: Int) -> [UInt8]? {
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
        for assignment in evaluator.syntax.assignments {
            let target = evaluator.node(assignment.target)
            let name: String
            switch target.kind {
            case .name: name = evaluator.names.text(of: target.aux)
            case .parameter:
                let code = evaluator.codes[Int(target.start)]
                name = code >= 0 ? evaluator.names.text(of: code & ~disguisedNameBit) : ""
            case _: name = writtenPath(assignment.target, target)
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
    private mutating func writtenPath(_ id: SyntaxNode.ID, _ target: SyntaxNode) -> String {
        if target.kind == .attribute, target.first >= 0 {
            let base = evaluator.node(target.first)
            if base.kind == .name, evaluator.values[Int(target.first)].isConstant {
                let path = evaluator.paths.root(.local, base.aux, &evaluator.names)
                let member = evaluator.paths.child(path, target.aux, &evaluator.names)
                return evaluator.paths.text(member)
            }
        }
        return evaluator.paths.text(evaluator.values[Int(id)].path)
    }

    // MARK: Scopes

    mutating func writeScopes() {
        let loaded = loadedScopes()
        for (id, scope) in evaluator.syntax.scopes.enumerated() {
            let kind: Scope.Kind =
                switch scope.kind {
                case .module: .module
                case .function, .lambda: .function
                case .type: .type
                case .comprehension, .guarded: .block
                }
            let parameters = scope.parameters.map { evaluator.names.text(of: evaluator.syntax.parameters[Int($0)]) }
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
        let scopes = evaluator.syntax.scopes
        var edges: [[Int32]] = Array(repeating: [], count: scopes.count)
        for call in evaluator.localCalls { edges[Int(call.from)].append(call.to) }
        var makers: [[Int32]] = Array(repeating: [], count: scopes.count)
        var insides: [[Int32]] = Array(repeating: [], count: scopes.count)
        for (id, scope) in scopes.enumerated() where scope.parent >= 0 {
            switch scope.kind {
            case .type, .comprehension: insides[Int(scope.parent)].append(Int32(truncatingIfNeeded: id))
            case .function:
                guard scopes[Int(scope.parent)].kind == .type, scope.name >= 0, isMaker(scope.name) else { continue }
                makers[Int(scope.parent)].append(Int32(truncatingIfNeeded: id))
            case .module, .lambda, .guarded: continue
            }
        }
        var loaded = Array(repeating: false, count: scopes.count)
        loaded[0] = true
        var work: [Int32] = [0]
        while let current = work.popLast() {
            for next in insides[Int(current)] where !loaded[Int(next)] {
                loaded[Int(next)] = true
                work.append(next)
            }
            for target in edges[Int(current)] {
                // An object that is made runs what makes it; a function that is called runs.
                let reached = scopes[Int(target)].kind == .type ? inherited(target, makers) : [target]
                for next in reached where !loaded[Int(next)] {
                    loaded[Int(next)] = true
                    work.append(next)
                }
            }
        }
        return loaded
    }

    /// What makes an object of a class: its own methods and those of its bases in this file.
    private func inherited(_ type: Int32, _ makers: [[Int32]]) -> [Int32] {
        var found: [Int32] = []
        var work = [type]
        var seen = 0
        while let current = work.popLast(), seen < 16 {
            seen += 1
            found += makers[Int(current)]
            var base = evaluator.syntax.scopes[Int(current)].firstBase
            var count = 0
            while base >= 0, count < 4 {
                let value = evaluator.values[Int(base)]
                if value.kind == .type { work.append(value.payload) }
                base = evaluator.node(base).next
                count += 1
            }
        }
        return found
    }

    /// Methods that making an object, or using it in `with`, runs.
    private mutating func isMaker(_ name: Int32) -> Bool {
        switch evaluator.names.text(of: name) {
        case "__init__", "__new__", "__post_init__", "__del__", "__enter__", "__exit__", "__call__",
            "__init_subclass__":
            true
        case _: false
        }
    }
}
