/// Which expression a name or member stands for.
extension JavaScriptProgram {
    /// How many variables are followed one after another.
    static let aliasLimit = 6

    /// The write that a variable's use at a token most likely sees; -1 when none is known.
    func relevantWrite(of symbol: Int32, at place: Int32) -> Int32 {
        let first = tree.symbols[symbol].firstWrite
        guard first >= 0, tree.symbols[symbol].writeCount > 1 else { return first }
        // The nearest one before, in the order of the source, else the first.
        var (write, best) = (first, first)
        while write >= 0 {
            let target = writes[Int(write)].target
            if target >= 0, tree[target].start < place { best = write }
            write = writes[Int(write)].next
        }
        return best
    }

    /// The expression that a variable holds; -1 when it is not known.
    func value(ofSymbol symbol: Int32, at place: Int32) -> Int32 {
        let known = tree.symbols[Int(symbol)]
        if known.declared >= 0, known.writeCount == 0 { return known.declared }
        let write = relevantWrite(of: symbol, at: place)
        guard write >= 0 else { return -1 }
        return value(ofWrite: write)
    }

    func value(ofWrite write: Int32) -> Int32 {
        let write = writes[Int(write)]
        switch write.kind {
        case .initial, .plain: return write.value
        case .incoming, .byDefault: return write.value
        case .append, .compound, .element: return -1
        }
    }

    /// Follows names, parentheses, commas and members of known objects to an expression that says more; the node itself
    /// when there is nothing to follow.
    mutating func definition(of node: Int32, steps: Int = 0) -> Int32 {
        var (node, steps) = (node, steps)
        while node >= 0, steps <= Self.aliasLimit, pathFuel > 0 {
            pathFuel -= 1
            let known = tree[node]
            switch known.kind {
            case .group, .await:
                guard known.child >= 0 else { return node }
                node = known.child
            case .sequence:
                node = lastChild(of: node)
            case .assignment:
                guard known.data == Int32(Punctuator.assign.rawValue) else { return node }
                let value = tree[known.child].next
                guard value >= 0 else { return node }
                node = value
            case .name:
                let value = value(ofSymbol: known.child, at: known.start)
                guard value >= 0, value != node else { return node }
                (node, steps) = (value, steps + 1)
            case .member:
                let value = member(known.data, of: known.child, steps: steps + 1)
                guard value >= 0 else { return node }
                (node, steps) = (value, steps + 1)
            case .missing, .number, .string, .regularExpression, .template, .tagged, .this, .super, .word, .meta,
                .array, .object, .spread, .property, .function, .class, .index, .call, .construct, .importCall,
                .importedModule, .unary, .update, .binary, .logical, .sum, .conditional, .yield, .element, .elementOf:
                return node
            }
        }
        return node
    }

    func lastChild(of node: Int32) -> Int32 {
        var child = tree[node].child
        while child >= 0, tree[child].next >= 0 { child = tree[child].next }
        return child
    }

    /// The expression behind a member of an object, class or function of this file; -1 when it is not known.
    mutating func member(_ name: Int32, of object: Int32, steps: Int) -> Int32 {
        guard isMemberName(name), steps <= Self.aliasLimit, object >= 0, descend() else { return -1 }
        defer { level -= 1 }
        let inside = tree.inside(object)
        guard inside >= 0 else { return -1 }
        if tree[inside].kind == .name {
            if has(.isMemberless, tree[inside].child) { return -1 }
            if let value = memberWrites[Self.memberKey(tree[inside].child, name)] { return value }
        }
        if tree[inside].kind == .this { return memberOfEnclosingClass(name, from: tree[inside].data) }
        let definition = definition(of: object, steps: steps)
        guard definition >= 0 else { return -1 }
        switch tree[definition].kind {
        case .object: return property(name, of: definition)
        case .class: return classMember(name, of: definition, isStatic: true)
        case .construct:
            let type = self.definition(of: tree[definition].child, steps: steps + 1)
            guard type >= 0 else { return -1 }
            if tree[type].kind == .class { return classMember(name, of: type, isStatic: false) }
            let constructor = tree.inside(tree[definition].child)
            guard constructor >= 0, tree[constructor].kind == .name else { return -1 }
            return memberWrites[Self.memberKey(tree[constructor].child, name)] ?? -1
        case .missing, .name, .number, .string, .regularExpression, .template, .tagged, .this, .super, .word, .meta,
            .group, .array, .spread, .property, .function, .member, .index, .call, .importCall, .importedModule,
            .unary, .update, .binary, .logical, .assignment, .sum, .conditional, .sequence, .await, .yield, .element,
            .elementOf:
            noteMemberless(inside, steps)
            return -1
        }
    }

    /// Notes that a variable holds nothing with members, when that is so wherever it stands.
    private mutating func noteMemberless(_ node: Int32, _ steps: Int) {
        guard tree[node].kind == .name, steps <= 1, pathFuel > 0, !has(.getsMembers, tree[node].child),
            tree.symbols[tree[node].child].writeCount <= 1
        else { return }
        note(.isMemberless, tree[node].child)
    }

    /// The value of an object literal's member: the last of that name.
    mutating func property(_ name: Int32, of object: Int32) -> Int32 {
        indexMembers(of: object)
        return knownMembers[Self.memberKey(object, name)] ?? -1
    }

    mutating func classMember(_ name: Int32, of type: Int32, isStatic: Bool) -> Int32 {
        indexMembers(of: type)
        // Members of the class and of its objects are kept apart by the sign.
        return knownMembers[Self.memberKey(isStatic ? type : -type, name)] ?? -1
    }

    /// Notes the members of an object literal or class once, so that asking for each is no search.
    private mutating func indexMembers(of node: Int32) {
        guard indexedNodes.insert(node).inserted else { return }
        let isClass = tree[node].kind == .class
        var child = tree[node].child
        while child >= 0 {
            let member = tree[child]
            if member.kind == .property {
                let isComputed = member.flags.contains(.isComputed)
                let name = member.data
                let value = isComputed ? tree[member.child].next : member.child
                let owner = isClass && !member.flags.contains(.isStatic) ? -node : node
                if name >= 0 { knownMembers[Self.memberKey(owner, name)] = value }
            }
            child = member.next
        }
    }

    /// The elements of an array literal.
    mutating func elements(of array: Int32) -> [Int32] {
        if let known = knownElements[array] { return known }
        var elements: [Int32] = []
        var child = tree[array].child
        while child >= 0 {
            elements.append(child)
            child = tree[child].next
        }
        knownElements[array] = elements
        return elements
    }

    /// `this.name` in a method: the class's own member.
    private mutating func memberOfEnclosingClass(_ name: Int32, from scope: Int32) -> Int32 {
        let function = functionOfThis(scope)
        guard function > 0 else { return -1 }
        let parent = tree.scopes[Int(function)].parent
        guard parent >= 0, tree.scopes[Int(parent)].kind == .type else { return -1 }
        let type = tree.scopes[Int(parent)].node
        guard type >= 0 else { return -1 }
        let value = classMember(name, of: type, isStatic: false)
        return value >= 0 ? value : classMember(name, of: type, isStatic: true)
    }

    /// The scope whose `this` a scope sees: the nearest function that is no arrow, or the module.
    func functionOfThis(_ scope: Int32) -> Int32 {
        var scope = scope
        while scope > 0 {
            let record = tree.scopes[Int(scope)]
            if record.kind == .function, !record.isArrow { return scope }
            if record.kind == .type { return scope }
            scope = record.parent
        }
        return 0
    }
}
