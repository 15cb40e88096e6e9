/// Calls and reads as the model tells them.
extension JavaScriptModelBuilder {
    mutating func addCall(_ node: Int32, in scope: Int32) {
        let known = program.tree[node]
        let call = program.effectiveCall(node, depth: 0)
        let path = call.path ?? .expression()
        let callee = call.callee >= 0 ? program.tree[call.callee] : known
        let calleeEnd = call.callee >= 0 ? callee.end : callee.start + 1
        let facts = program.facts(of: path)
        var effects = facts.effects
        let arguments = arguments(call.firstArgument, ofKnown: path.isKnown)
        if effects.contains(.waits), case .text? = arguments.first?.constant { effects.insert(.runsCode) }
        let reference = Reference(
            path: shownPath(path), root: path.root, spelling: path.spelling,
            tokens: callee.start..<max(calleeEnd, callee.start), scope: scope, effects: effects)
        model.calls.append(
            Call(
                callee: reference, tokens: known.start..<known.end, arguments: arguments,
                isConstruction: known.kind == .construct))
        if facts.isLoader, let first = arguments.first {
            addImport(path, first, at: known.start..<known.end, in: scope)
        } else if effects.contains(.runsCode) || effects.contains(.process) {
            addFile(path, call, at: known.start..<known.end, in: scope)
        }
    }

    private mutating func shownPath(_ path: ResolvedPath) -> String {
        let text = program.text(path)
        return path.root == .expression && text.utf8.first != UInt8(ascii: ".") ? "." + text : text
    }

    private mutating func arguments(_ first: Int32, ofKnown isKnown: Bool) -> [Argument] {
        guard first >= 0 else { return [] }
        var (arguments, argument, count) = ([Argument](), first, 0)
        while argument >= 0 { (argument, count) = (program.tree[argument].next, count + 1) }
        arguments.reserveCapacity(count)
        argument = first
        while argument >= 0 {
            let node = program.tree[argument]
            // What objects hold is of use to functions that are known.
            let isWanted = isKnown || node.kind != .object
            var constant = isWanted ? program.constant(of: argument).flatMap(Self.shown) : nil
            if constant == nil, isKnown, node.kind == .name || node.kind == .member || node.kind == .index,
                !program.staysInside(argument), let path = program.path(of: argument), path.isKnown
            {
                constant = .reference(program.text(path))
            }
            arguments.append(Argument(tokens: node.start..<max(node.start, node.end), constant: constant))
            argument = node.next
        }
        return arguments
    }

    // MARK: Imports

    private mutating func addImport(
        _ path: ResolvedPath, _ argument: Argument, at tokens: Range<Int32>, in scope: Int32
    ) {
        var specifier: String?
        if case .text(let text)? = argument.constant { specifier = String(decoding: text, as: UTF8.self) }
        model.imports.append(
            ModuleImport(
                specifier: specifier, kind: program.isName(path, .import) ? .dynamic : .ordinary, tokens: tokens,
                scope: scope))
    }

    /// Files that are run: `fork('./x.js')`, `new Worker('./x.js')`, `vm.runInThisContext(fs.readFileSync('./x'))`,
    /// `spawn('node', ['./x.js'])`.
    private mutating func addFile(
        _ path: ResolvedPath, _ call: JavaScriptProgram.EffectiveCall, at tokens: Range<Int32>, in scope: Int32
    ) {
        var argument = call.firstArgument
        guard argument >= 0 else { return }
        var file: [UInt8]?
        let text = program.text(path)
        let isLoadedByName = text.hasSuffix(".fork") || text.hasSuffix("Worker")
        if isLoadedByName {
            file = program.fileName(argument)
        } else if text.hasSuffix("spawn") || text.hasSuffix("spawnSync") || text.contains("execFile") {
            guard program.isInterpreter(argument) else { return }
            argument = program.tree[argument].next
            let list = argument >= 0 ? program.definition(of: argument) : -1
            guard list >= 0, program.tree[list].kind == .array else { return }
            file = program.fileName(program.tree[list].child)
        } else {
            file = program.fileRead(by: argument)
        }
        guard let file, !file.isEmpty else { return }
        model.imports.append(
            ModuleImport(specifier: String(decoding: file, as: UTF8.self), kind: .file, tokens: tokens, scope: scope))
    }

    // MARK: Reads

    mutating func addRead(_ node: Int32, in scope: Int32) {
        guard program.mayLeadOut(node), !program.staysInside(node), let path = program.path(of: node), path.isKnown
        else { return }
        let facts = program.facts(of: path)
        var effects = facts.effects
        if facts.isEnvironment, isWholeEnvironment(node) { effects.insert(.wholeEnvironment) }
        guard !effects.isEmpty || path.root == .module || facts.isHandle else { return }
        let known = program.tree[node]
        model.reads.append(
            Reference(
                path: shownPath(path), root: path.root, spelling: path.spelling, tokens: known.start..<known.end,
                scope: scope, effects: effects))
    }

    /// Whether `process.env` is given away as it is: not taken apart, kept under a name or handed to a child.
    private func isWholeEnvironment(_ node: Int32) -> Bool {
        let known = program.tree[node]
        guard !known.flags.contains(.isAssigned) else { return false }
        let (before, after) = (Int(known.start) - 1, Int(known.end))
        guard before >= 0, after < program.lexed.tokens.count else { return false }
        let marks = (mark(before), mark(after))
        let isArgument = marks.0 == .openParenthesis || marks.0 == .comma || marks.0 == .spread
        let endsArgument = marks.1 == .closeParenthesis || marks.1 == .comma || marks.1 == .closeBrace
        guard isArgument, endsArgument else { return false }
        guard marks.0 == .spread else { return true }
        // `env: { ...process.env }` is what children are started with.
        guard before >= 3, mark(before - 1) == .openBrace, program.lexed.tokens[before - 3].kind == .identifier else {
            return true
        }
        let key = program.text(program.lexed.codes[before - 3].value)
        return !(key.hasSuffix("env") || key.hasSuffix("Env"))
    }

    private func mark(_ token: Int) -> Punctuator {
        program.lexed.shapes[token].mark
    }
}

extension JavaScriptProgram {
    /// A constant that names a file.
    mutating func fileName(_ node: Int32) -> [UInt8]? {
        guard node >= 0 else { return nil }
        if case .text(let text)? = constant(of: node), text.count < 1024 { return text }
        // `new URL('./x.js', import.meta.url)`.
        let definition = definition(of: node)
        guard definition >= 0, tree[definition].kind == .construct, let type = path(of: tree[definition].child),
            text(type) == "URL", case .text(let text)? = constant(of: tree[tree[definition].child].next)
        else { return nil }
        return text
    }

    /// The file whose content an argument is: `fs.readFileSync('./x', 'utf8')`.
    mutating func fileRead(by argument: Int32) -> [UInt8]? {
        var node = definition(of: argument)
        // `readFileSync(x).toString()`, `String(readFileSync(x))`, `JSON.parse(readFileSync(x))`.
        for _ in 0..<4 {
            guard node >= 0, tree[node].kind == .call, let callee = path(of: tree[node].child) else { return nil }
            if facts(of: callee).effects.contains(.readsFiles) {
                return fileName(tree[tree[node].child].next)
            }
            let inner = tree.inside(tree[node].child)
            if inner >= 0, tree[inner].kind == .member, text(callee).contains("()") {
                node = definition(of: tree[inner].child)
            } else {
                node = definition(of: tree[tree[node].child].next)
            }
        }
        return nil
    }

    /// Whether an argument names the program that runs JavaScript.
    mutating func isInterpreter(_ node: Int32) -> Bool {
        if let path = path(of: node) {
            let text = text(path)
            if text == "process.execPath" || text == "process.argv[]" { return true }
        }
        guard case .text(let text)? = constant(of: node) else { return false }
        let name = text.split(separator: UInt8(ascii: "/")).last.map { String(decoding: $0, as: UTF8.self) } ?? ""
        return ["node", "bun", "deno", "tsx", "ts-node", "nodejs"].contains(name)
    }

    /// The constructor or another method of a class.
    mutating func member(_ name: Int32, ofClass type: Int32) -> Int32 {
        classMember(name, of: type, isStatic: false)
    }
}
