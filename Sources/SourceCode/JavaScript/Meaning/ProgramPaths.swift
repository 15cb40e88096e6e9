/// Following expressions to what they stand for.
extension JavaScriptProgram {
    static let pathDepth = 28

    /// What an expression stands for; nil for values without a name.
    mutating func path(of node: Int32, depth: Int = 0) -> ResolvedPath? {
        guard node >= 0 else { return nil }
        guard depth < Self.pathDepth, descend() else {
            ranOutOfDepth = true
            return nil
        }
        defer { level -= 1 }
        let known = tree[node]
        switch known.kind {
        case .name: return path(ofName: known, depth: depth)
        case .member:
            if let path = pathOfKnownMember(node, depth: depth) { return path }
            guard var path = base(known.child, depth: depth) else { return nil }
            step(&path, known.data, depth: depth)
            if !known.flags.contains(.isSynthetic), lexed.codes[Int(known.end) - 1].isEscaped {
                path.spelling.insert(.disguised)
            }
            return path
        case .index: return path(ofIndex: node, depth: depth)
        case .elementOf: return path(ofElement: known, depth: depth)
        case .call, .construct, .importCall, .tagged: return path(ofCall: node, depth: depth)
        case .group, .await: return path(of: known.child, depth: depth + 1)
        case .sequence:
            var path = path(of: lastChild(of: node), depth: depth + 1)
            if path?.isKnown == true { path?.spelling.insert(.indirect) }
            return path
        case .assignment:
            return path(of: tree[known.child].next, depth: depth + 1)
        case .conditional, .logical: return pathOfAlternative(node, depth: depth)
        case .importedModule: return module(ofSpecifier: tree.imports[Int(known.data)].specifier)
        case .this: return self.path(.this, functionOfThis(known.data) == 0 ? .builtin : .local)
        case .function, .class: return .expression(isFunction: true)
        case .string, .number, .regularExpression, .array, .object, .template, .word:
            return .expression(isLiteral: true)
        case .meta:
            var path = self.path(.import, .builtin)
            append(.name(JavaScriptWord.meta.rawValue), to: &path)
            return path
        case .missing, .super, .spread, .property, .unary, .update, .binary, .sum, .yield, .element:
            return nil
        }
    }

    /// The path of what a member belongs to: an unnamed expression where it has none.
    private mutating func base(_ node: Int32, depth: Int) -> ResolvedPath? {
        path(of: node, depth: depth + 1) ?? .expression()
    }

    // MARK: Names

    private mutating func path(ofName node: JavaScriptNode, depth: Int) -> ResolvedPath? {
        let isEscaped = !node.flags.contains(.isSynthetic) && lexed.codes[Int(node.start)].isEscaped
        let spelling: Reference.Spelling = isEscaped ? .disguised : []
        if has(.isLocal, node.child) { return path(ofName: node.data, .local, spelling) }
        let symbol = tree.symbols[Int(node.child)]
        if symbol.kind == .global {
            if isGlobalObject(symbol.name) {
                return path(ofName: JavaScriptWord.globalThis.rawValue, .builtin, spelling)
            }
            if isGlobalName(symbol.name) { return path(ofName: symbol.name, .builtin, spelling) }
        }
        if symbol.writeCount > 0, depth < Self.pathDepth - 4,
            var path = pathOfVariable(node.child, at: node.start, depth: depth)
        {
            path.spelling.formUnion(spelling)
            return path
        }
        // Bundlers hand the module's own functions to their wrappers under these names.
        if symbol.kind == .parameter, isModuleParameter(symbol.name) {
            return path(ofName: symbol.name, .builtin, spelling)
        }
        if leadsNowhere(symbol) { note(.isLocal, node.child) }
        return path(ofName: symbol.name, .local, spelling)
    }

    /// Whether it is known of every value of a variable that it does not lead out of the file.
    private func leadsNowhere(_ symbol: Symbol) -> Bool {
        var write = symbol.firstWrite
        while write >= 0 {
            guard pathOfWrite[write] == 1 else { return false }
            write = writes[write].next
        }
        return true
    }

    func isModuleParameter(_ name: Int32) -> Bool {
        name == JavaScriptWord.require || name == JavaScriptWord.module || name == JavaScriptWord.exports
    }

    /// Where a variable's value leads out of the file.
    private mutating func pathOfVariable(_ symbol: Int32, at place: Int32, depth: Int) -> ResolvedPath? {
        let nearest = relevantWrite(of: symbol, at: place)
        if nearest >= 0, let path = path(ofWrite: nearest, depth: depth) {
            return path
        }
        guard tree.symbols[symbol].writeCount > 1 else { return nil }
        // Another value of the same variable, when that one can run something.
        var write = tree.symbols[symbol].firstWrite
        while write >= 0 {
            if write != nearest, let path = path(ofWrite: write, depth: depth), facts(of: path).runs {
                return path
            }
            write = writes[Int(write)].next
        }
        return nil
    }

    /// Where one value of a variable leads, asked once.
    private mutating func path(ofWrite write: Int32, depth: Int) -> ResolvedPath? {
        let memory = pathOfWrite[Int(write)]
        if memory != 0 { return memory > 2 ? knownPaths[Int(memory) - 3] : nil }
        let value = value(ofWrite: write)
        guard value >= 0, isWorthFollowing(value), !staysInside(value) else {
            pathOfWrite[Int(write)] = 1
            return nil
        }
        pathOfWrite[Int(write)] = 2
        let outer = ranOutOfDepth
        ranOutOfDepth = false
        var found: ResolvedPath?
        // Every variable on the way takes from the depth, so that circles end.
        if var path = path(of: value, depth: depth + 4), path.isKnown {
            if isAlias(value, path, tree.symbols[writes[write].symbol].name) { path.spelling.insert(.aliased) }
            found = path
        }
        if let found {
            knownPaths.append(found)
            pathOfWrite[Int(write)] = Int32(truncatingIfNeeded: knownPaths.count + 2)
        } else {
            // From further out the way may be short enough.
            pathOfWrite[Int(write)] = ranOutOfDepth && depth > 0 ? 0 : 1
        }
        ranOutOfDepth = ranOutOfDepth || outer
        return found
    }

    private func isWorthFollowing(_ value: Int32) -> Bool {
        switch tree[value].kind {
        case .name, .member, .index, .elementOf, .call, .construct, .importCall, .importedModule, .group, .await,
            .sequence, .assignment, .conditional, .logical, .this, .tagged, .meta:
            true
        case .missing, .number, .string, .regularExpression, .template, .super, .word, .array, .object, .spread,
            .property, .function, .class, .unary, .update, .binary, .sum, .yield, .element:
            false
        }
    }

    /// Whether a variable hides what it stands for: neither an import nor the same name.
    private mutating func isAlias(_ value: Int32, _ path: ResolvedPath, _ name: Int32) -> Bool {
        let node = tree[tree.inside(value)]
        guard !node.flags.contains(.isSynthetic) else { return false }
        let text = text(path)
        guard !text.utf8.contains(UInt8(ascii: "(")) else { return false }
        let dot = text.utf8.lastIndex(of: UInt8(ascii: "."))
        // A whole module has no name of its own.
        if path.root == .module, node.kind != .name, dot == nil { return false }
        let lastPart = dot.map { text[text.utf8.index(after: $0)...] } ?? text[...]
        return lastPart != cachedText(name)
    }

    // MARK: Members

    /// A member of an object that this file makes, when its value leads out of the file.
    private mutating func pathOfKnownMember(_ node: Int32, depth: Int) -> ResolvedPath? {
        guard isMemberName(tree[node].data) else { return nil }
        let value = member(tree[node].data, of: tree[node].child, steps: 1)
        guard value >= 0, value != node, isWorthFollowing(value), var path = path(of: value, depth: depth + 4),
            path.isKnown
        else { return nil }
        if isAlias(value, path, tree[node].data) { path.spelling.insert(.aliased) }
        return path
    }

    /// Steps to a member by its name.
    mutating func step(_ path: inout ResolvedPath, _ name: Int32, depth: Int) {
        if path.root == .builtin, isName(path, .globalThis) || isName(path, .this) {
            stepToGlobal(&path, name, depth: depth)
            return
        }
        if name == JavaScriptWord.constructor, leadsToFunction(path) {
            path = self.path(ofName: JavaScriptWord.Function.rawValue, .builtin, path.spelling)
            return
        }
        if name == JavaScriptWord.default, path.root == .module, !text(path).utf8.contains(UInt8(ascii: ".")) { return }
        append(.name(name), to: &path)
    }

    private mutating func stepToGlobal(_ path: inout ResolvedPath, _ name: Int32, depth: Int) {
        if isGlobalObject(name) { return }
        if isGlobalName(name) {
            path.number = self.path(ofName: name, .builtin).number
            return
        }
        let symbol = existingGlobal(name)
        if symbol >= 0, isName(path, .globalThis), depth < Self.pathDepth - 4,
            let found = pathOfVariable(symbol, at: .max, depth: depth)
        {
            path = ResolvedPath(found.number, found.root, path.spelling.union(found.spelling).union(.aliased))
            return
        }
        append(.name(name), to: &path)
    }

    /// Whether the constructor of what a path names makes functions: that of a function, or of any constructor.
    private mutating func leadsToFunction(_ path: ResolvedPath) -> Bool {
        let text = text(path)
        if text.hasSuffix(".constructor") { return true }
        if path.root == .expression {
            // `[].filter`, `''.sub`, and functions themselves.
            return text.isEmpty ? path.isFunction : path.isLiteral && text != "()"
        }
        return path.root == .builtin && JavaScriptVocabulary.isFunction(text)
    }

    private mutating func path(ofIndex node: Int32, depth: Int) -> ResolvedPath? {
        let known = tree[node]
        let key = known.data >= 0 ? known.data : tree[known.child].next
        guard var path = base(known.child, depth: depth) else { return nil }
        if let constant = constant(of: key), let name = memberText(constant) {
            let isPlain = isPlainString(key)
            if case .number = constant {
                let value = element(name, of: known.child)
                if value >= 0, let found = self.path(of: value, depth: depth + 4), found.isKnown { return found }
                append(.element, to: &path)
                return path
            }
            let number = lexed.names.intern(name, source: source)
            if tree[tree.inside(known.child)].kind == .name || path.root == .expression {
                let value = member(number, of: known.child, steps: 1)
                if value >= 0, isWorthFollowing(value), let found = self.path(of: value, depth: depth + 4),
                    found.isKnown
                {
                    return found
                }
            }
            step(&path, number, depth: depth)
            path.spelling.insert(isPlain ? .bracketed : .computed)
        } else {
            append(.element, to: &path)
        }
        return path
    }

    private func isPlainString(_ key: Int32) -> Bool {
        let kind = tree[tree.inside(key)].kind
        return kind == .string || kind == .template && tree[tree[tree.inside(key)].child].next < 0
    }

    func memberText(_ constant: Constant) -> [UInt8]? {
        switch constant {
        case .text(let text): text.count <= PathBook.lengthLimit ? text : nil
        case .number(let number): number >= 0 && number < 1e6 ? Array("\(Int(number))".utf8) : nil
        case .boolean, .list, .reference, .members: nil
        }
    }

    /// An element of a known array.
    mutating func element(_ text: [UInt8], of array: Int32) -> Int32 {
        guard let place = Int(String(decoding: text, as: UTF8.self)) else { return -1 }
        let definition = definition(of: array, steps: 1)
        guard definition >= 0, tree[definition].kind == .array, place < 10_000 else { return -1 }
        let elements = elements(of: definition)
        return place < elements.count ? elements[place] : -1
    }

    private mutating func path(ofElement node: JavaScriptNode, depth: Int) -> ResolvedPath? {
        let value = element(Array("\(node.data)".utf8), of: node.child)
        if value >= 0 { return path(of: value, depth: depth + 4) }
        guard var path = path(of: node.child, depth: depth + 1) else { return nil }
        append(.element, to: &path)
        return path
    }

    /// The branch of a condition that leads out of the file.
    private mutating func pathOfAlternative(_ node: Int32, depth: Int) -> ResolvedPath? {
        var child = tree[node].child
        if tree[node].kind == .conditional { child = tree[child].next }
        var found: ResolvedPath?
        while child >= 0 {
            if let path = path(of: child, depth: depth + 4), path.isKnown {
                if !facts(of: path).effects.isEmpty { return path }
                if found == nil { found = path }
            }
            child = tree[child].next
        }
        return found
    }
}
