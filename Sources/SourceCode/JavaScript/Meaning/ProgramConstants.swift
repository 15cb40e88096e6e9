/// Values that are known without running the program. Bounded in depth, in size and, over the whole file, in work.
extension JavaScriptProgram {
    static let constantDepth = 24
    static let textLimit = 256 * 1024
    static let listLimit = 64 * 1024

    mutating func constant(of node: Int32, depth: Int = 0) -> Constant? { folded(node, depth: depth)?.value }

    /// The value of an expression, and whether it was put together or decoded.
    mutating func folded(_ node: Int32, depth: Int) -> FoldedConstant? {
        guard node >= 0, mayFold(node) else { return nil }
        guard depth < Self.constantDepth, foldingFuel > 0, descend() else {
            ranOutOfDepth = true
            return nil
        }
        defer { level -= 1 }
        guard environment.isEmpty else { return compute(node, depth: depth) }
        if constantOfNode.count <= Int(node) {
            constantOfNode.extend(to: tree.nodes.count, with: 0)
        }
        let known = constantOfNode[Int(node)]
        if known != 0 { return known == 1 ? nil : constants[Int(known) - 2] }
        let outer = ranOutOfDepth
        ranOutOfDepth = false
        let value = compute(node, depth: depth)
        if let value {
            constants.append(value)
            constantOfNode[Int(node)] = Int32(truncatingIfNeeded: constants.count + 1)
        } else if !ranOutOfDepth {
            constantOfNode[Int(node)] = 1
        }
        ranOutOfDepth = ranOutOfDepth || outer
        return value
    }

    /// Whether an expression may have a constant: a look at what it is, and at what was found out about its name.
    @inline(__always)
    func mayFold(_ node: Int32) -> Bool {
        let known = tree[node]
        switch known.kind {
        case .name: return !environment.isEmpty || !has(.isUnknown, known.child)
        case .member: return known.data == JavaScriptWord.length || isMemberName(known.data)
        case .call:
            // Only the methods that are known by word are computed.
            let callee = tree[known.child]
            return callee.kind != .member || callee.data <= JavaScriptWord.last.rawValue
        case .missing, .number, .string, .regularExpression, .template, .tagged, .this, .super, .word, .meta, .group,
            .array, .object, .spread, .property, .function, .class, .index, .construct, .importCall, .importedModule,
            .unary, .update, .binary, .logical, .assignment, .sum, .conditional, .sequence, .await, .yield, .element,
            .elementOf:
            return mayFold(known.kind)
        }
    }

    func mayFold(_ kind: JavaScriptNode.Kind) -> Bool {
        switch kind {
        case .name, .number, .string, .template, .tagged, .word, .group, .array, .object, .member, .index, .call,
            .unary,
            .binary, .logical, .sum, .conditional, .sequence, .elementOf, .assignment, .await, .construct:
            true
        case .missing, .regularExpression, .this, .super, .meta, .spread, .property, .function, .class, .importCall,
            .importedModule, .update, .yield, .element:
            false
        }
    }

    private mutating func compute(_ node: Int32, depth: Int) -> FoldedConstant? {
        let known = tree[node]
        switch known.kind {
        case .string:
            guard let text = plainString(known.data) else { return nil }
            foldingFuel -= text.count + 1
            return FoldedConstant(value: .text(text), origin: .literal)
        case .number:
            let token = lexed.tokens[Int(known.data)]
            return ConstantText.number(source[Int(token.start)..<Int(token.end)]).map(Self.literal)
        case .word:
            if known.data == JavaScriptWord.null { return FoldedConstant(value: ConstantText.null, origin: .literal) }
            return FoldedConstant(value: .boolean(known.data == JavaScriptWord.true), origin: .literal)
        case .group, .await: return folded(known.child, depth: depth + 1)
        case .sequence: return folded(lastChild(of: node), depth: depth + 1)
        case .assignment:
            guard known.data == Int32(Punctuator.assign.rawValue) else { return nil }
            return folded(tree[known.child].next, depth: depth + 1)
        case .template, .sum: return joined(known, depth: depth)
        case .array: return list(known, depth: depth)
        case .object: return members(known, depth: depth)
        case .name:
            let value = variable(known, depth: depth)
            if value == nil, environment.isEmpty, !ranOutOfDepth, isSameEverywhere(known.child) {
                note(.isUnknown, known.child)
            }
            return value
        case .unary, .binary, .logical, .conditional: return operation(known, depth: depth)
        case .member, .index, .elementOf: return part(node, depth: depth)
        case .call, .construct, .tagged: return result(of: node, depth: depth)
        case .missing, .regularExpression, .this, .super, .meta, .spread, .property, .function, .class, .importCall,
            .importedModule, .update, .yield, .element:
            return nil
        }
    }

    private static func literal(_ number: Double) -> FoldedConstant {
        FoldedConstant(value: .number(number), origin: .literal)
    }

    /// A text of results, paid for; nil when it is too long.
    mutating func made(_ text: [UInt8], _ origin: StringConstant.Origin = .folded) -> FoldedConstant? {
        guard text.count <= Self.textLimit, foldingFuel > text.count else { return nil }
        foldingFuel -= text.count + 8
        return FoldedConstant(value: .text(text), origin: origin)
    }

    /// Operands of `+`, or pieces of a template.
    private mutating func joined(_ node: JavaScriptNode, depth: Int) -> FoldedConstant? {
        var child = node.child
        guard child >= 0 else { return nil }
        if node.kind == .template, tree[child].next < 0 { return folded(child, depth: depth + 1) }
        var total: Constant?
        var origin = StringConstant.Origin.folded
        while child >= 0 {
            guard let value = folded(child, depth: depth + 1) else { return nil }
            if value.origin == .decoded { origin = .decoded }
            if let sum = total {
                guard let next = add(sum, value.value) else { return nil }
                total = next
            } else {
                total = value.value
            }
            if case .text(let text)? = total, text.count > Self.textLimit { return nil }
            child = tree[child].next
        }
        guard let total else { return nil }
        if case .text(let text) = total { return made(text, origin) }
        return FoldedConstant(value: total, origin: origin)
    }

    /// `+`: numbers add, everything else joins.
    func add(_ left: Constant, _ right: Constant) -> Constant? {
        if case .text(var text) = left, let other = ConstantText.text(right) {
            text += other
            return .text(text)
        }
        let isNumeric = isPrimitiveNumber(left) && isPrimitiveNumber(right)
        if isNumeric, let first = ConstantText.number(left), let second = ConstantText.number(right) {
            return .number(first + second)
        }
        guard let first = ConstantText.text(left), let second = ConstantText.text(right) else { return nil }
        return .text(first + second)
    }

    private func isPrimitiveNumber(_ value: Constant) -> Bool {
        switch value {
        case .number, .boolean: true
        case .reference(let name): name == "undefined" || name == "null"
        case .text, .list, .members: false
        }
    }

    private mutating func list(_ node: JavaScriptNode, depth: Int) -> FoldedConstant? {
        var (values, child) = ([Constant](), node.child)
        while child >= 0 {
            if tree[child].kind == .missing {
                values.append(ConstantText.undefined)
            } else if tree[child].kind == .spread {
                guard case .list(let more)? = constant(of: tree[child].child, depth: depth + 1) else { return nil }
                values += more
            } else {
                guard let value = constant(of: child, depth: depth + 1) else { return nil }
                values.append(value)
            }
            guard values.count <= Self.listLimit else { return nil }
            child = tree[child].next
        }
        foldingFuel -= values.count * 8
        return FoldedConstant(value: .list(values), origin: .literal)
    }

    private mutating func members(_ node: JavaScriptNode, depth: Int) -> FoldedConstant? {
        var (members, child, count) = ([String: Constant](), node.child, 0)
        while child >= 0, count < 512 {
            let property = tree[child]
            if property.kind == .property, !property.flags.contains(.isComputed), property.data >= 0,
                let value = constant(of: property.child, depth: depth + 1)
            {
                members[cachedText(property.data)] = value
            } else if property.kind == .property, property.flags.contains(.isComputed),
                case .text(let key)? = constant(of: property.child, depth: depth + 1),
                let value = constant(of: tree[property.child].next, depth: depth + 1)
            {
                members[String(decoding: key, as: UTF8.self)] = value
            }
            (child, count) = (property.next, count + 1)
        }
        foldingFuel -= members.count * 32
        return FoldedConstant(value: .members(members), origin: .literal)
    }

    private mutating func variable(_ node: JavaScriptNode, depth: Int) -> FoldedConstant? {
        let symbol = tree.symbols[Int(node.child)]
        if !environment.isEmpty, let value = environment[node.child] {
            return FoldedConstant(value: value, origin: .folded)
        }
        if symbol.kind == .global {
            switch JavaScriptWord(rawValue: symbol.name) {
            case .undefined: return FoldedConstant(value: ConstantText.undefined, origin: .literal)
            case .NaN: return Self.literal(.nan)
            case .Infinity: return Self.literal(.infinity)
            default:
                // Paths from the file's own folder are relative ones.
                if symbol.writeCount == 0, cachedText(symbol.name) == "__dirname" {
                    return FoldedConstant(value: .text([UInt8(ascii: ".")]), origin: .literal)
                }
            }
        }
        guard symbol.firstWrite >= 0 else { return nil }
        let first = writes[Int(symbol.firstWrite)]
        guard first.kind == .initial || first.kind == .plain || first.kind == .incoming, first.value >= 0 else {
            return nil
        }
        if symbol.writeCount == 1 { return folded(first.value, depth: depth + 2) }
        return appended(symbol, before: node.start, depth: depth)
    }

    /// Whether a variable's value does not depend on the place where it is asked for.
    private func isSameEverywhere(_ symbol: Int32) -> Bool {
        let known = tree.symbols[symbol]
        return known.writeCount <= 1 || known.writeCount > Self.writeLimit
    }

    /// `let s = 'ev'; s += 'al'`: what is appended up to a place.
    private mutating func appended(_ symbol: Symbol, before place: Int32, depth: Int) -> FoldedConstant? {
        guard symbol.writeCount <= Self.writeLimit else { return nil }
        var (write, total) = (symbol.firstWrite, Constant?.none)
        while write >= 0 {
            let known = writes[Int(write)]
            guard known.target >= 0, tree[known.target].start < place else { break }
            let isFirst = write == symbol.firstWrite
            guard isFirst || known.kind == .append, let value = constant(of: known.value, depth: depth + 2) else {
                return nil
            }
            if let sum = total {
                guard let next = add(sum, value) else { return nil }
                total = next
            } else {
                total = value
            }
            write = known.next
        }
        // What is written later and elsewhere may come first in a loop.
        guard write < 0, case .text(let text)? = total else { return nil }
        return made(text)
    }
}
