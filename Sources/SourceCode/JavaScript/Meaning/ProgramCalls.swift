/// What calls give, and what is really called by them.
extension JavaScriptProgram {
    /// A call seen through `(0, f)(x)`, `f.call(this, x)`, `Reflect.apply(f, …)` and their kind.
    struct EffectiveCall {
        /// What is called; nil when it has no path.
        var path: ResolvedPath?
        var callee: Int32
        /// The first argument; further ones are its siblings.
        var firstArgument: Int32
    }

    mutating func effectiveCall(_ node: Int32, depth: Int) -> EffectiveCall {
        let known = tree[node]
        if known.kind == .importCall {
            return EffectiveCall(path: path(.import, .builtin), callee: -1, firstArgument: known.child)
        }
        let first = known.kind == .tagged ? tree[known.child].next : tree[known.child].next
        var path = path(of: known.child, depth: depth + 1)
        var arguments = first
        for _ in 0..<3 {
            guard var found = path, let method = indirection(of: found) else { break }
            switch method {
            case .member(let word):
                remove(word, from: &found)
                arguments = arguments >= 0 ? tree[arguments].next : -1
                if word == .apply { arguments = applied(arguments) }
            case .reflection(let isCall):
                guard let inner = self.path(of: arguments, depth: depth + 4) else {
                    return EffectiveCall(path: path, callee: known.child, firstArgument: arguments)
                }
                var list = tree[arguments].next
                if isCall, list >= 0 { list = tree[list].next }
                (found, arguments) = (inner, applied(list))
            }
            found.spelling.insert(.indirect)
            path = found
        }
        return EffectiveCall(path: path, callee: known.child, firstArgument: arguments)
    }

    /// How a call stands for another one.
    private enum Indirection {
        /// `f.call(…)`, `f.bind(…)`, `f.apply(…)`.
        case member(JavaScriptWord)
        /// `Reflect.apply(f, …)`, `Reflect.construct(f, …)`.
        case reflection(isCall: Bool)
    }

    /// How the call of a path stands for another one; nil for most.
    private mutating func indirection(of path: ResolvedPath) -> Indirection? {
        switch paths.ending(of: path.number) {
        case JavaScriptWord.call.rawValue: return .member(.call)
        case JavaScriptWord.bind.rawValue: return .member(.bind)
        case JavaScriptWord.apply.rawValue:
            return text(path) == "Reflect.apply" ? .reflection(isCall: true) : .member(.apply)
        case JavaScriptWord.construct.rawValue:
            return text(path) == "Reflect.construct" ? .reflection(isCall: false) : nil
        case PathBook.textCode: return indirection(ofText: text(path))
        default: return nil
        }
    }

    /// The same for a path that is not made of parts.
    private func indirection(ofText text: String) -> Indirection? {
        guard !text.isEmpty else { return nil }
        if text == "Reflect.apply" || text == "Reflect.construct" {
            return .reflection(isCall: text == "Reflect.apply")
        }
        if text.hasSuffix(".call") { return .member(.call) }
        if text.hasSuffix(".bind") { return .member(.bind) }
        return text.hasSuffix(".apply") ? .member(.apply) : nil
    }

    /// The arguments in a list for `apply`.
    private func applied(_ list: Int32) -> Int32 {
        let inside = tree.inside(list)
        return inside >= 0 && tree[inside].kind == .array ? tree[inside].child : list
    }

    // MARK: Results

    /// What a call gives back.
    mutating func path(ofCall node: Int32, depth: Int) -> ResolvedPath? {
        let call = effectiveCall(node, depth: depth)
        guard var path = call.path else { return pathOfLocalResult(node, depth: depth) }
        if path.spelling.contains(.indirect), tree[node].kind == .call, endsWithBind(tree[node].child) {
            return path
        }
        if path.isKnown {
            if facts(of: path).isLoader {
                if let found = loaded(by: call, path) { return found }
            } else if let found = handedOn(path, call, depth: depth) {
                return found
            }
        } else if call.firstArgument >= 0, isInterop(path) {
            if let inner = self.path(of: call.firstArgument, depth: depth + 1), inner.isKnown { return inner }
        }
        if !path.isKnown, let result = pathOfLocalResult(node, depth: depth), result.isKnown { return result }
        append(.result, to: &path)
        return path
    }

    /// Whether a path ends with one of the functions that compilers put around imports.
    private mutating func isInterop(_ path: ResolvedPath) -> Bool {
        let name = lastName(path)
        return name >= 0 && lexed.names.mayBeInterop(name, source: source)
            && JavaScriptVocabulary.isInterop(cachedText(name))
    }

    private func endsWithBind(_ callee: Int32) -> Bool {
        let inside = tree.inside(callee)
        return inside >= 0 && tree[inside].kind == .member && tree[inside].data == JavaScriptWord.bind
    }

    /// The module that a loader was asked for.
    private mutating func loaded(by call: EffectiveCall, _ path: ResolvedPath) -> ResolvedPath? {
        guard call.firstArgument >= 0, case .text(let specifier)? = constant(of: call.firstArgument),
            var module = module(named: specifier)
        else { return nil }
        // The way to the loader was no plain one: so is that to the module.
        module.spelling = path.spelling.intersection([.computed, .disguised])
        return module
    }

    mutating func module(ofSpecifier token: Int32) -> ResolvedPath? {
        guard let specifier = plainString(token) else { return nil }
        return module(named: specifier)
    }

    private mutating func module(named specifier: [UInt8]) -> ResolvedPath? {
        guard specifier.count <= PathBook.lengthLimit else { return nil }
        var text = String(decoding: specifier, as: UTF8.self)
        if text.hasPrefix("node:") { text.removeFirst(5) }
        return path(text, .module)
    }

    /// What well-known functions hand on: `Reflect.get`, `Object.assign`, `new Function('return this')()`.
    private mutating func handedOn(_ path: ResolvedPath, _ call: EffectiveCall, depth: Int) -> ResolvedPath? {
        let first = call.firstArgument
        let result = facts(of: path).result
        switch result {
        case .member:
            guard first >= 0, var object = self.path(of: first, depth: depth + 1), tree[first].next >= 0,
                let key = constant(of: tree[first].next), let name = memberText(key)
            else { return nil }
            step(&object, lexed.names.intern(name, source: source), depth: depth)
            object.spelling.insert(.indirect)
            return object
        case .argument, .argumentInParts:
            guard first >= 0, var object = self.path(of: first, depth: depth + 1), object.isKnown else { return nil }
            if result == .argumentInParts { object.spelling.insert(.indirect) }
            return object
        case .madeFunction:
            // The function that a constant text makes, called.
            return self.result(ofCode: tree.inside(call.callee))
        case .evaluation:
            guard first >= 0, case .text(let code)? = constant(of: first) else { return nil }
            return global(named: code[...])
        case .unknown: return nil
        }
    }

    /// What the function of `Function('return …')` gives.
    private mutating func result(ofCode node: Int32) -> ResolvedPath? {
        guard node >= 0, tree[node].kind == .call || tree[node].kind == .construct else { return nil }
        var argument = tree[tree[node].child].next
        while argument >= 0, tree[argument].next >= 0 { argument = tree[argument].next }
        guard argument >= 0, case .text(let code)? = constant(of: argument), code.starts(with: "return ".utf8) else {
            return nil
        }
        return global(named: code.dropFirst(7))
    }

    /// The global that a text names: `this`, `process.env`.
    private mutating func global(named code: ArraySlice<UInt8>) -> ResolvedPath? {
        let blank: (UInt8) -> Bool = { $0 <= 0x20 || $0 == UInt8(ascii: ";") || $0 == 0x28 || $0 == 0x29 }
        var name = code.drop(while: blank)
        while let last = name.last, blank(last) { name.removeLast() }
        guard !name.isEmpty, name.count <= 100,
            name.allSatisfy({ JavaScriptTokenizer.isNameByte($0) || $0 == UInt8(ascii: ".") })
        else { return nil }
        let text = String(decoding: name, as: UTF8.self)
        let first = String(text.prefix { $0 != "." })
        let globalThis = path(ofName: JavaScriptWord.globalThis.rawValue, .builtin, .computed)
        if text == "this" { return globalThis }
        let number = lexed.names.intern(Array(first.utf8), source: source)
        if isGlobalObject(number), text == first { return globalThis }
        guard JavaScriptVocabulary.isGlobal(first) else { return nil }
        return ResolvedPath(path(text, .builtin).number, .builtin, .computed)
    }

    /// What a function of this file gives back, when that is one expression that leads out of it.
    private mutating func pathOfLocalResult(_ node: Int32, depth: Int) -> ResolvedPath? {
        let known = tree[node]
        guard known.kind == .call, depth < Self.pathDepth - 6 else { return nil }
        let callee = definition(of: known.child, steps: 3)
        guard callee >= 0, tree[callee].kind == .function else { return nil }
        let scope = tree.scopes[Int(tree[callee].data)]
        guard scope.result >= 0, scope.resultCount == 1 else { return nil }
        if tree[tree.inside(scope.result)].kind == .this, functionOfThis(tree[callee].data) != 0 {
            return self.path(.globalThis, .builtin)
        }
        guard let path = path(of: scope.result, depth: depth + 6), path.isKnown else { return nil }
        return path
    }
}
