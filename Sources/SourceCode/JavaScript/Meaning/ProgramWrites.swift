/// What variables and members get.
extension JavaScriptProgram {
    /// How many values of one variable are told apart.
    static let writeLimit: Int32 = 12

    mutating func collectWrites() {
        for index in tree.assignments.indices {
            let assignment = tree.assignments[index]
            bind(assignment.target, assignment.value, origin: assignment.value, assignment.kind, depth: 0)
        }
    }

    /// Gives a value to a target; patterns take it apart.
    private mutating func bind(
        _ target: Int32, _ value: Int32, origin: Int32, _ kind: Assignment.Kind, depth: Int
    ) {
        guard target >= 0, depth < JavaScriptParser.depthLimit * 2 else { return }
        let node = tree[target]
        switch node.kind {
        case .name:
            write(node.child, target, kind == .element ? -1 : value, origin, kind)
        case .member:
            bindMember(node, value, kind)
        case .group:
            bind(node.child, value, origin: origin, kind, depth: depth + 1)
        case .assignment:
            // A default within a pattern: the one or the other.
            let fallback = tree[node.child].next
            bind(node.child, value, origin: origin, kind, depth: depth + 1)
            bind(node.child, fallback, origin: fallback, .byDefault, depth: depth + 1)
        case .object:
            bindObject(node, kind == .element ? -1 : value, origin, depth)
        case .array:
            bindArray(node, kind == .element ? -1 : value, origin, depth)
        case .missing, .number, .string, .regularExpression, .template, .tagged, .this, .super, .word, .meta, .spread,
            .property, .function, .class, .index, .call, .construct, .importCall, .importedModule, .unary, .update,
            .binary, .logical, .sum, .conditional, .sequence, .await, .yield, .element, .elementOf:
            break
        }
    }

    private mutating func bindMember(_ node: JavaScriptNode, _ value: Int32, _ kind: Assignment.Kind) {
        guard kind == .plain || kind == .initial, value >= 0 else { return }
        let object = tree[tree.inside(node.child)]
        switch object.kind {
        case .name:
            memberWrites[Self.memberKey(object.child, node.data)] = value
            noteMember(node.data)
            note(.getsMembers, object.child)
            let name = tree.symbols[Int(object.child)].name
            if tree.symbols[Int(object.child)].kind == .global, isGlobalObject(name) {
                write(global(node.data), -1, value, value, .plain)
            }
        case .member where object.data == JavaScriptWord.exports || object.data == JavaScriptWord.prototype:
            // `module.exports.x` and `Type.prototype.x` count for `module` and `Type`.
            let base = tree[tree.inside(object.child)]
            guard base.kind == .name else { return }
            memberWrites[Self.memberKey(base.child, node.data)] = value
            noteMember(node.data)
            note(.getsMembers, base.child)
        case .missing, .number, .string, .regularExpression, .template, .tagged, .this, .super, .word, .meta, .group,
            .array, .object, .spread, .property, .function, .class, .member, .index, .call, .construct, .importCall,
            .importedModule, .unary, .update, .binary, .logical, .assignment, .sum, .conditional, .sequence, .await,
            .yield, .element, .elementOf:
            break
        }
    }

    func isGlobalObject(_ name: Int32) -> Bool {
        name == JavaScriptWord.globalThis || name == JavaScriptWord.global || name == JavaScriptWord.window
            || name == JavaScriptWord.`self` || name == JavaScriptWord.top || name == JavaScriptWord.parent
            || name == JavaScriptWord.frames
    }

    private mutating func bindObject(_ pattern: JavaScriptNode, _ value: Int32, _ origin: Int32, _ depth: Int) {
        var child = pattern.child
        while child >= 0 {
            let property = tree[child]
            if property.kind == .property {
                let isComputed = property.flags.contains(.isComputed)
                let target = isComputed ? tree[property.child].next : property.child
                var part: Int32 = -1
                // Without a key, as in `{ = 1 }`, nothing is read.
                if value >= 0, isComputed || property.data >= 0 {
                    part = isComputed ? synthetic(.index, value, key: property.child) : syntheticMember(value, property)
                }
                bind(target, part, origin: origin, .initial, depth: depth + 1)
            } else if property.kind == .spread {
                bind(property.child, -1, origin: origin, .initial, depth: depth + 1)
            }
            child = property.next
        }
    }

    private mutating func bindArray(_ pattern: JavaScriptNode, _ value: Int32, _ origin: Int32, _ depth: Int) {
        var (child, place) = (pattern.child, Int32(0))
        while child >= 0 {
            let element = tree[child]
            if element.kind == .spread {
                bind(element.child, -1, origin: origin, .initial, depth: depth + 1)
            } else if element.kind != .missing {
                let part = value >= 0 ? syntheticElement(value, place, at: element) : -1
                bind(child, part, origin: origin, .initial, depth: depth + 1)
            }
            (child, place) = (element.next, place + 1)
        }
    }

    private mutating func syntheticMember(_ value: Int32, _ property: JavaScriptNode) -> Int32 {
        tree.add(
            .member, property.start..<property.end, child: value, data: property.data,
            flags: [.isSynthetic, .isConsumed])
    }

    private mutating func syntheticElement(_ value: Int32, _ place: Int32, at element: JavaScriptNode) -> Int32 {
        tree.add(
            .elementOf, element.start..<element.end, child: value, data: place, flags: [.isSynthetic, .isConsumed])
    }

    /// An index node that shares its key: `data` is the key, for the key's own siblings stay as they are.
    private mutating func synthetic(_ kind: JavaScriptNode.Kind, _ value: Int32, key: Int32) -> Int32 {
        tree.add(
            kind, tree[key].start..<tree[key].end, child: value, data: key, flags: [.isSynthetic, .isConsumed])
    }

    /// Notes a write of a symbol.
    mutating func write(
        _ symbol: Int32, _ target: Int32, _ value: Int32, _ origin: Int32, _ kind: Assignment.Kind
    ) {
        guard symbol >= 0 else { return }
        let number = Int32(truncatingIfNeeded: writes.count)
        let index = Int(symbol)
        tree.symbols[index].writeCount += 1
        writes.append(
            SymbolWrite(symbol: symbol, target: target, value: value, origin: origin, kind: kind))
        // Beyond the limit only the first ones and their number are of use.
        guard tree.symbols[index].writeCount <= Self.writeLimit else { return }
        if tree.symbols[index].lastWrite >= 0 {
            writes[Int(tree.symbols[index].lastWrite)].next = number
        } else {
            tree.symbols[index].firstWrite = number
        }
        tree.symbols[index].lastWrite = number
    }

    // MARK: Calls

    /// Gives parameters what calls give them: functions called on the spot or by name, and callbacks.
    mutating func collectIncoming() {
        for place in tree.callNodes.indices {
            let node = tree[tree.callNodes[place]]
            var callee = tree.inside(node.child)
            // `(0, f)(x)`.
            if callee >= 0, tree[callee].kind == .sequence { callee = tree.inside(lastChild(of: callee)) }
            guard callee >= 0 else { continue }
            let first = tree[node.child].next
            switch tree[callee].kind {
            case .function:
                bindArguments(from: first, to: tree[callee].data)
            case .name:
                let symbol = Int(tree[callee].child)
                tree.symbols[symbol].isCalled = true
                let function = functionNode(of: Int32(symbol))
                if function >= 0 { bindArguments(from: first, to: tree[function].data) }
            case .member:
                bindMethod(tree[callee], first)
            case .index:
                let object = tree.inside(tree[callee].child)
                if tree[object].kind == .name { tree.symbols[Int(tree[object].child)].isCalledThroughMembers = true }
                bindCallbacks(tree[callee], first)
            case .missing, .number, .string, .regularExpression, .template, .tagged, .this, .super, .word, .meta,
                .group, .array, .object, .spread, .property, .class, .call, .construct, .importCall, .importedModule,
                .unary, .update, .binary, .logical, .assignment, .sum, .conditional, .sequence, .await, .yield,
                .element, .elementOf:
                break
            }
        }
    }

    /// The function that a variable holds and never changes; -1 for others.
    func functionNode(of symbol: Int32) -> Int32 {
        let known = tree.symbols[Int(symbol)]
        if known.declared >= 0, known.writeCount == 0 { return known.kind == .type ? -1 : known.declared }
        guard known.writeCount == 1, known.firstWrite >= 0 else { return -1 }
        let value = writes[Int(known.firstWrite)].value
        guard value >= 0, writes[Int(known.firstWrite)].kind != .incoming else { return -1 }
        let inside = tree.inside(value)
        return inside >= 0 && tree[inside].kind == .function ? inside : -1
    }

    private mutating func bindMethod(_ callee: JavaScriptNode, _ first: Int32) {
        let object = tree.inside(callee.child)
        guard object >= 0 else { return }
        if callee.data == JavaScriptWord.call || callee.data == JavaScriptWord.apply {
            var function: Int32 = -1
            if tree[object].kind == .function { function = object }
            if tree[object].kind == .name {
                tree.symbols[Int(tree[object].child)].isCalled = true
                function = functionNode(of: tree[object].child)
            }
            if tree[object].kind == .index, tree[tree.inside(tree[object].child)].kind == .name {
                tree.symbols[Int(tree[tree.inside(tree[object].child)].child)].isCalledThroughMembers = true
            }
            if function >= 0, first >= 0 {
                var arguments = tree[first].next
                if callee.data == JavaScriptWord.apply {
                    arguments = arguments >= 0 && tree[arguments].kind == .array ? tree[arguments].child : -1
                }
                bindArguments(from: arguments, to: tree[function].data)
            }
        }
        bindCallbacks(callee, first)
    }

    /// What a method gives its callbacks has to do with its object.
    private mutating func bindCallbacks(_ callee: JavaScriptNode, _ first: Int32) {
        var argument = first
        while argument >= 0 {
            let node = tree.inside(argument)
            if node >= 0, tree[node].kind == .function {
                if callee.kind == .member, callee.data == JavaScriptWord.then, !tree.patternParameters.isEmpty {
                    bindPatterns(of: tree[node].data, [callee.child])
                }
                var symbol = tree.scopes[Int(tree[node].data)].firstSymbol
                for _ in 0..<16 where symbol >= 0 {
                    let parameter = tree.symbols[Int(symbol)]
                    if parameter.kind == .parameter, parameter.place >= 0 {
                        // Only `then` hands on what its object stands for.
                        let isResult =
                            callee.kind == .member && callee.data == JavaScriptWord.then
                            && parameter.place == 0
                        write(symbol, -1, isResult ? callee.child : -1, callee.child, .incoming)
                    }
                    symbol = parameter.next
                }
            }
            argument = tree[argument].next
        }
    }

    private mutating func bindArguments(from first: Int32, to scope: Int32) {
        var symbol = tree.scopes[Int(scope)].firstSymbol
        guard symbol >= 0, first >= 0 else { return }
        arguments.removeAll()
        var argument = first
        while argument >= 0, arguments.count < 32 {
            arguments.append(argument)
            if tree[argument].kind == .spread { break }
            argument = tree[argument].next
        }
        if !tree.patternParameters.isEmpty {
            bindPatterns(of: scope, arguments.array().map { tree[$0].kind == .spread ? -1 : $0 })
        }
        // Parameters are declared first.
        for _ in 0..<64 where symbol >= 0 {
            let parameter = tree.symbols[Int(symbol)]
            if parameter.kind == .parameter, parameter.place >= 0, Int(parameter.place) < arguments.count {
                let value = arguments[parameter.place]
                let isKnown = tree[value].kind != .spread
                if isKnown, parameter.writeCount < Self.writeLimit {
                    write(symbol, -1, value, value, .incoming)
                } else {
                    tree.symbols[Int(symbol)].writeCount += 1
                }
            }
            symbol = parameter.next
        }
    }

    /// Gives the parameters that take their values apart what a call hands over; calls beyond the first add nothing.
    private mutating func bindPatterns(of scope: Int32, _ values: [Int32]) {
        guard !tree.patternParameters.isEmpty, let patterns = tree.patternParameters[scope] else { return }
        tree.patternParameters[scope] = nil
        for (place, target) in patterns where Int(place) < values.count && values[Int(place)] >= 0 {
            bind(target, values[Int(place)], origin: values[Int(place)], .initial, depth: 0)
        }
    }
}
