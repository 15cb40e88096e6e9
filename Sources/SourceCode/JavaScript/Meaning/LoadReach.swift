/// Which functions run when the file is loaded.
///
/// The module's own code does; so do functions that such code calls on the spot or by name, and callbacks that it gives
/// to functions which call them: the language's, the runtime's and the file's own.
struct LoadReach {
    /// By scope: the first of its calls; a call's target is a function's scope, or `-1 - node` for all functions of an
    /// object or list.
    private var firstEdge: [Int32]
    private var edges: [(target: Int32, next: Int32)] = []

    static func mark(_ program: inout JavaScriptProgram) {
        var reach = LoadReach(program.tree.scopes.count)
        reach.collect(&program)
        reach.spread(&program)
    }

    private init(_ scopeCount: Int) {
        firstEdge = Array(repeating: -1, count: scopeCount)
    }

    private mutating func connect(_ scope: Int32, to target: Int32) {
        edges.append((target, firstEdge[Int(scope)]))
        firstEdge[Int(scope)] = Int32(truncatingIfNeeded: edges.count - 1)
    }

    private mutating func collect(_ program: inout JavaScriptProgram) {
        for index in program.tree.scopes.indices where program.tree.scopes[index].runsWithParent {
            let parent = program.tree.scopes[program.tree.scopes[index].parent].variableScope
            connect(parent, to: Int32(truncatingIfNeeded: index))
        }
        var cursor = ScopeCursor(program.tree)
        for token in 0..<Int32(truncatingIfNeeded: program.lexed.tokens.count) {
            var node = program.order.first(at: token)
            while node >= 0 {
                if NodeOrder.isCall(program.tree[node].kind) {
                    let scope = cursor.move(to: token, in: program.tree)
                    collect(node, in: program.tree.scopes[scope].variableScope, &program)
                }
                node = program.order.next(after: node)
            }
        }
    }

    private mutating func collect(_ node: Int32, in scope: Int32, _ program: inout JavaScriptProgram) {
        let known = program.tree[node]
        guard known.kind != .importCall, known.child >= 0 else { return }
        program.forgetPaths()
        var callee = program.tree.inside(known.child)
        guard callee >= 0 else { return }
        var first = program.tree[known.child].next
        var method = Int32(-1)
        if program.tree[callee].kind == .member {
            method = program.tree[callee].data
            let isHandedOn =
                method == JavaScriptWord.call || method == JavaScriptWord.apply
                || method == JavaScriptWord.bind
            if isHandedOn {
                callee = program.tree[callee].child
                if first >= 0 { first = program.tree[first].next }
            }
        }
        let definition = program.definition(of: callee)
        connectCallee(definition, in: scope, &program)
        collectArguments(first, method, definition, callee, in: scope, &program)
    }

    private mutating func connectCallee(
        _ definition: Int32, in scope: Int32, _ program: inout JavaScriptProgram
    ) {
        guard definition >= 0 else { return }
        switch program.tree[definition].kind {
        case .function: connect(scope, to: program.tree[definition].data)
        case .class:
            let constructor = program.member(JavaScriptWord.constructor.rawValue, ofClass: definition)
            if constructor >= 0, program.tree[constructor].kind == .function {
                connect(scope, to: program.tree[constructor].data)
            }
        case .index:
            // `table[name](x)`: any function of the table.
            let table = program.definition(of: program.tree[definition].child)
            if table >= 0, holdsFunctions(program.tree[table].kind) { connect(scope, to: -1 - table) }
        case .conditional, .logical:
            var child = program.tree[definition].child
            while child >= 0 {
                let inside = program.definition(of: child)
                if inside >= 0, program.tree[inside].kind == .function { connect(scope, to: program.tree[inside].data) }
                child = program.tree[child].next
            }
        case .call:
            // `f.bind(x)()`.
            let bound = program.tree.inside(program.tree[definition].child)
            guard bound >= 0, program.tree[bound].kind == .member, program.tree[bound].data == JavaScriptWord.bind
            else { return }
            let function = program.definition(of: program.tree[bound].child)
            if function >= 0, program.tree[function].kind == .function {
                connect(scope, to: program.tree[function].data)
            }
        case .missing, .name, .number, .string, .regularExpression, .template, .tagged, .this, .super, .word, .meta,
            .group, .array, .object, .spread, .property, .member, .construct, .importCall, .importedModule, .unary,
            .update, .binary, .assignment, .sum, .sequence, .await, .yield, .element, .elementOf:
            break
        }
    }

    private func holdsFunctions(_ kind: JavaScriptNode.Kind) -> Bool { kind == .object || kind == .array }

    // MARK: Callbacks

    private mutating func collectArguments(
        _ first: Int32, _ method: Int32, _ definition: Int32, _ callee: Int32, in scope: Int32,
        _ program: inout JavaScriptProgram
    ) {
        var (argument, place) = (first, Int32(0))
        var isRunner: Bool?
        while argument >= 0, place < 64 {
            let inside = program.tree.inside(argument)
            defer {
                argument = program.tree[argument].next
                place += 1
            }
            guard inside >= 0, mayHoldFunctions(program.tree[inside].kind) else { continue }
            let value = program.definition(of: argument)
            guard value >= 0 else { continue }
            let kind = program.tree[value].kind
            guard kind == .function || holdsFunctions(kind) else { continue }
            if definition >= 0, program.tree[definition].kind == .function {
                let use = program.use(ofParameter: place, of: program.tree[definition].data)
                if kind == .function, use.isCalled { connect(scope, to: program.tree[value].data) }
                if holdsFunctions(kind), use.isCalledThroughMembers { connect(scope, to: -1 - value) }
            } else if kind == .function {
                let runs = isRunner ?? runsCallbacks(method, callee, &program)
                isRunner = runs
                if runs { connect(scope, to: program.tree[value].data) }
            }
        }
    }

    private func mayHoldFunctions(_ kind: JavaScriptNode.Kind) -> Bool {
        switch kind {
        case .function, .name, .member, .object, .array: true
        case .missing, .number, .string, .regularExpression, .template, .tagged, .this, .super, .word, .meta, .group,
            .spread, .property, .class, .index, .call, .construct, .importCall, .importedModule, .unary, .update,
            .binary, .logical, .assignment, .sum, .conditional, .sequence, .await, .yield, .element, .elementOf:
            false
        }
    }

    /// Whether a function calls the functions that it is given, at once or soon.
    private func runsCallbacks(_ method: Int32, _ callee: Int32, _ program: inout JavaScriptProgram) -> Bool {
        let leadsOut = { (program: inout JavaScriptProgram) in
            !program.staysInside(callee) && program.path(of: callee)?.isKnown ?? false
        }
        guard let word = JavaScriptWord(rawValue: method) else { return leadsOut(&program) }
        switch word {
        case .then, .catch, .finally, .map, .filter, .forEach, .reduce, .some, .every, .find, .findIndex, .flatMap,
            .sort,
            .on, .once, .addListener, .prependListener, .nextTick, .setTimeout, .setInterval, .setImmediate, .replace,
            .replaceAll, .from:
            return true
        default: break
        }
        return leadsOut(&program)
    }

    // MARK: Spreading

    private func spread(_ program: inout JavaScriptProgram) {
        var waiting: [Int32] = [0]
        var seenTables: Set<Int32> = []
        while let scope = waiting.popLast() {
            var edge = firstEdge[Int(scope)]
            while edge >= 0 {
                let target = edges[Int(edge)].target
                if target >= 0 {
                    run(target, &program, &waiting)
                } else if seenTables.insert(target).inserted {
                    runMembers(of: -1 - target, &program, &waiting)
                }
                edge = edges[Int(edge)].next
            }
        }
        // Blocks and classes run with the function around them; parents come before their children.
        for index in program.tree.scopes.indices where program.tree.scopes[index].kind != .function {
            let holder = Int(program.tree.scopes[index].variableScope)
            program.tree.scopes[index].runsAtLoad = program.tree.scopes[holder].runsAtLoad
        }
    }

    private func run(_ scope: Int32, _ program: inout JavaScriptProgram, _ waiting: inout [Int32]) {
        guard !program.tree.scopes[Int(scope)].runsAtLoad else { return }
        program.tree.scopes[Int(scope)].runsAtLoad = true
        waiting.append(scope)
    }

    private func runMembers(of table: Int32, _ program: inout JavaScriptProgram, _ waiting: inout [Int32]) {
        var child = program.tree[table].child
        while child >= 0 {
            var value = child
            let node = program.tree[child]
            if node.kind == .property {
                value = node.flags.contains(.isComputed) ? program.tree[node.child].next : node.child
            }
            value = program.tree.inside(value)
            if value >= 0, program.tree[value].kind == .array {
                // Browserify's tables hold a function and its imports.
                value = program.tree.inside(program.tree[value].child)
            }
            if value >= 0, program.tree[value].kind == .function { run(program.tree[value].data, &program, &waiting) }
            child = node.next
        }
    }
}

extension JavaScriptProgram {
    /// How a function uses a parameter.
    func use(ofParameter place: Int32, of scope: Int32) -> (isCalled: Bool, isCalledThroughMembers: Bool) {
        var symbol = tree.scopes[Int(scope)].firstSymbol
        for _ in 0..<64 where symbol >= 0 {
            let parameter = tree.symbols[Int(symbol)]
            if parameter.kind == .parameter, parameter.place == place {
                return (parameter.isCalled, parameter.isCalledThroughMembers)
            }
            symbol = parameter.next
        }
        return (false, false)
    }
}
