extension PythonEvaluator {
    mutating func evaluateMember(_ node: PythonNode) -> PythonValue {
        consume(node.first)
        var result = member(of: value(of: node.first), node.aux)
        if node.flags.contains(.disguised) { result.spelling.insert(.disguised) }
        return result
    }

    /// Says that the parent tells what a node names.
    mutating func consume(_ id: PythonNode.ID) {
        guard id >= 0 else { return }
        syntax.nodes[Int(id)].flags.insert(.consumed)
    }

    /// The member of a value.
    mutating func member(of base: PythonValue, _ name: Int32) -> PythonValue {
        switch base.kind {
        case .path:
            var result = member(base.path, name)
            result.spelling.formUnion(base.spelling)
            if result.kind == .path, result.payload < 0 { result.payload = base.payload }
            return result
        case .type, .instance:
            if let found = member(name, ofClass: base.payload, depth: 0) {
                var result = found
                result.path = paths.child(base.path, name, &names)
                if found.kind == .path { result.path = found.path }
                return result
            }
            return PythonValue(kind: .unknown, path: paths.child(base.path, name, &names))
        case .literal, .constant:
            let type = isBytes(base) ? PythonWords.bytesName : PythonWords.strName
            let root = paths.root(.builtin, type, &names)
            return PythonValue(kind: .path, path: paths.child(root, name, &names))
        case .namespace:
            return PythonValue(
                kind: .namespace, spelling: base.spelling, path: paths.child(base.path, name, &names),
                payload: base.payload)
        case .pending, .unknown, .display, .function, .getter, .methodCaller:
            return PythonValue(kind: .unknown, path: paths.child(base.path, name, &names), payload: -1)
        }
    }

    /// What a class of the file, or a base of it, calls `name`.
    private mutating func member(_ name: Int32, ofClass scope: Int32, depth: Int) -> PythonValue? {
        let found = syntax.table.find(scope, name)
        if found >= 0 { return value(ofVariable: found, named: name) }
        var base = syntax.scopes[Int(scope)].firstBase
        var count = 0
        while base >= 0, depth < 4, count < 4 {
            let value = value(of: base)
            if value.kind == .type, value.payload != scope,
                let inherited = member(name, ofClass: value.payload, depth: depth + 1)
            {
                return inherited
            }
            base = node(base).next
            count += 1
        }
        return nil
    }

    /// The member of something with a path; found out once for each.
    mutating func member(_ path: PythonPathTable.ID, _ name: Int32) -> PythonValue {
        let child = paths.child(path, name, &names)
        // A path that is too long stays as it is.
        guard child != path else { return PythonValue(kind: .path, path: path) }
        let known = paths.knownMember(child)
        if known.kind != .pending { return known }
        let found = newMember(path, name, child)
        paths.setMember(child, found)
        return found
    }

    /// The ways back to modules that every object has.
    private mutating func newMember(_ path: PythonPathTable.ID, _ name: Int32, _ child: PythonPathTable.ID)
        -> PythonValue
    {
        let root = paths.root(path)
        guard root == .module || root == .builtin else { return PythonValue(kind: .path, path: child) }
        if isBuiltinsModule(path) { return builtin(name) }
        if names.begins(name, with: "__") || names.begins(name, with: "func_"),
            pathFacts(child).special == .none,
            let special = specialMember(path, names.text(of: name))
        {
            return special
        }
        // `subprocess.os.system` is `os.system`: a module holds the modules that it imports.
        if root == .module, paths.parent(path) < 0, let module = passedModule(name),
            module != pathText(path), PythonLibrary.modules.contains(pathText(path)),
            PythonVocabulary.effects(of: pathText(child)).isEmpty,
            !PythonEvaluator.ownSubmodules.contains(pathText(child))
        {
            let other = paths.root(.module, names.intern(module.utf8), &names)
            return PythonValue(kind: .path, spelling: .indirect, path: other)
        }
        return PythonValue(kind: .path, path: child)
    }

    /// Submodules of the library that have the name of another module of it.
    private static let ownSubmodules: Set<String> = [
        "asyncio.subprocess", "asyncio.threads", "six.moves", "encodings.zlib", "encodings.base64", "os.path",
        "multiprocessing.pool", "wsgiref.types", "email.base64", "multiprocessing.sharedctypes",
    ]

    private mutating func passedModule(_ name: Int32) -> String? {
        guard names.length(of: name) <= 10 else { return nil }
        let text = names.text(of: name)
        let plain = text.hasPrefix("_") && !text.hasPrefix("__") ? String(text.dropFirst()) : text
        return PythonVocabulary.passedModules.contains(plain) ? plain : nil
    }

    private mutating func isBuiltinsModule(_ path: PythonPathTable.ID) -> Bool {
        isPath(path, "builtins") || isPath(path, "__builtin__") || isPath(path, "__builtins__")
            || isPath(path, "six.moves.builtins") || isPath(path, "future.builtins")
    }

    private mutating func isPath(_ path: PythonPathTable.ID, _ text: StaticString) -> Bool {
        paths.isText(path, text, &names)
    }

    private mutating func builtin(_ name: Int32) -> PythonValue {
        if names.isName(name, "__dict__") {
            let module = paths.root(.module, names.intern("builtins".utf8), &names)
            return PythonValue(kind: .namespace, path: module, payload: module)
        }
        return PythonValue(kind: .path, path: paths.root(.builtin, name, &names))
    }

    private mutating func specialMember(_ path: PythonPathTable.ID, _ name: String) -> PythonValue? {
        switch name {
        case "__call__":
            return PythonValue(kind: .path, spelling: .indirect, path: path)
        case "__dict__":
            return PythonValue(kind: .namespace, path: path, payload: path)
        case "__globals__", "func_globals":
            return PythonValue(kind: .namespace, path: paths.child(path, names.intern(name.utf8), &names), payload: -1)
        case "__builtins__":
            return PythonValue(kind: .path, path: paths.root(.module, names.intern("builtins".utf8), &names))
        case "__self__" where paths.root(path) == .builtin && paths.parent(path) < 0:
            return PythonValue(kind: .path, path: paths.root(.module, names.intern("builtins".utf8), &names))
        case _:
            return nil
        }
    }

    // MARK: By strings

    /// What a string names: through `getattr`, a dictionary of members or the like.
    ///
    /// - Parameter key: where the string stands, which says whether it had to be computed.
    mutating func member(of base: PythonValue, key: PythonNode.ID) -> PythonValue? {
        guard let text = constant(key)?.content, text.count <= 100, !text.isEmpty else { return nil }
        let name = names.intern(text)
        var result: PythonValue
        if base.kind == .namespace {
            result = base.payload >= 0 ? member(base.payload, name) : global(name)
        } else {
            result = member(of: base, name)
        }
        result.spelling.formUnion(base.spelling)
        let isPlain = key >= 0 && node(key).kind == .string && node(key).end == node(key).start + 1
        result.spelling.insert(isPlain ? .bracketed : .computed)
        return result
    }

    /// A name of the module by its string.
    private mutating func global(_ name: Int32) -> PythonValue {
        value(ofName: name, in: 0)
    }

    /// A module by its dotted name.
    mutating func module(_ name: [UInt8], isWhole: Bool) -> PythonValue? {
        let pieces = name.split(separator: UInt8(ascii: "."))
        guard let first = pieces.first, pieces.count <= 20, name.count <= 200 else { return nil }
        var path = paths.root(.module, names.intern(first), &names)
        if isWhole {
            for piece in pieces.dropFirst() { path = member(path, names.intern(piece)).path }
        }
        return PythonValue(kind: .path, path: path)
    }

    mutating func evaluateSubscript(_ node: PythonNode) -> PythonValue {
        guard node.first >= 0 else { return .unknown }
        consume(node.first)
        let base = value(of: node.first)
        let key = self.node(node.first).next
        guard key >= 0 else { return PythonValue(kind: .unknown, path: base.path) }
        if base.kind == .namespace, let found = member(of: base, key: key) { return found }
        if base.kind == .display, let found = item(of: base.payload, key) {
            var result = value(of: found)
            if result.kind == .path { result.spelling.insert(.indirect) }
            return result
        }
        if base.isConstant, let item = foldSubscript(node.first, key) {
            var result = item
            result.path = paths.child(base.path, PythonPathTable.unknownMember, &names)
            return result
        }
        guard base.kind == .path else {
            return PythonValue(kind: .unknown, path: paths.child(base.path, PythonPathTable.unknownMember, &names))
        }
        if isPath(base.path, "sys.modules"), let name = constant(key)?.content, var found = module(name, isWhole: true)
        {
            found.spelling = base.spelling.union(self.node(key).kind == .string ? .bracketed : .computed)
            return found
        }
        if isBuiltinsModule(base.path), let found = member(of: base, key: key) { return found }
        if isPath(base.path, "os.environ") || isPath(base.path, "os.environb"), let name = constant(key)?.content,
            name.count <= 100
        {
            return PythonValue(
                kind: .path, spelling: base.spelling, path: paths.child(base.path, names.intern(name), &names),
                payload: base.payload)
        }
        return PythonValue(
            kind: .path, spelling: base.spelling, path: paths.child(base.path, PythonPathTable.unknownMember, &names),
            payload: base.payload)
    }

    /// The child of a display under a constant index or key.
    private mutating func item(of display: PythonNode.ID, _ key: PythonNode.ID) -> PythonNode.ID? {
        let holder = node(display)
        guard !holder.flags.contains(.unpacks), let wanted = constant(key) else { return nil }
        var child = holder.first
        guard holder.kind == .dictionary else {
            guard holder.kind != .set, var place = wanted.integer else { return nil }
            if place < 0 {
                var count = 0
                var each = child
                while each >= 0, spend(1) {
                    count += 1
                    each = node(each).next
                }
                place += count
            }
            while child >= 0, place > 0, spend(1) {
                child = node(child).next
                place -= 1
            }
            return child >= 0 && place == 0 ? child : nil
        }
        while child >= 0, spend(8) {
            let value = node(child).next
            guard value >= 0 else { return nil }
            if let known = constant(child), same(known, wanted) { return value }
            child = node(value).next
        }
        return nil
    }

    private func same(_ left: PythonConstant, _ right: PythonConstant) -> Bool {
        if let left = left.content, let right = right.content { return left == right }
        if let left = left.integer, let right = right.integer { return left == right }
        return false
    }
}
