extension PythonEvaluator {
    // MARK: The pool

    /// Takes from the budget; false when it is used up.
    mutating func spend(_ amount: Int) -> Bool {
        guard amount <= budget else { return false }
        budget -= amount
        return true
    }

    mutating func pooled(_ value: PythonConstant, isDecoded: Bool) -> Int32 {
        pool.append(PythonPooledConstant(value: value, isDecoded: isDecoded))
        return Int32(truncatingIfNeeded: pool.count - 1)
    }

    /// Whether a decoder took part in a value.
    func isDecoded(_ value: PythonValue) -> Bool {
        value.kind == .constant && pool[Int(value.payload)].isDecoded
    }

    mutating func isBytes(_ value: PythonValue) -> Bool {
        switch value.kind {
        case .constant: return pool[Int(value.payload)].value.isBytes
        case .literal: return literalFlags(value.payload)?.contains(.bytes) ?? false
        case .pending, .unknown, .path, .display, .function, .type, .instance, .namespace, .getter, .methodCaller:
            return false
        }
    }

    /// The flags of a string literal's first token.
    func literalFlags(_ id: PythonNode.ID) -> PythonStringFlags? {
        for place in node(id).start..<node(id).end {
            if let flags = PythonStringFlags(code: codes[Int(place)]) { return flags }
        }
        return nil
    }

    // MARK: Values of nodes

    /// The value of a node that is known without running anything.
    mutating func constant(_ id: PythonNode.ID) -> PythonConstant? {
        guard id >= 0 else { return nil }
        if !environment.isEmpty { return bound(id) }
        return constant(of: value(of: id))
    }

    /// Takes from the budget: a long text that is looked at again and again costs each time.
    mutating func constant(of value: PythonValue) -> PythonConstant? {
        switch value.kind {
        case .constant:
            let known = pool[Int(value.payload)].value
            return spend((known.content?.count ?? 4) / 4 + 1) ? known : nil
        case .literal:
            let node = node(value.payload)
            let length = node.end > node.start ? tokens[Int(node.end) - 1].end - tokens[Int(node.start)].start : 0
            return spend(Int(length) / 4 + 1) ? literal(value.payload) : nil
        case .display: return list(value.payload)
        case .pending, .unknown, .path, .function, .type, .instance, .namespace, .getter, .methodCaller: return nil
        }
    }

    /// A number, a word, or a string of one or more literals.
    func literal(_ id: PythonNode.ID) -> PythonConstant? {
        let node = node(id)
        switch node.kind {
        case .number: return PythonLiteral.number(number(node))
        case .word:
            switch node.aux {
            case PythonWords.trueWord: return .boolean(true)
            case PythonWords.falseWord: return .boolean(false)
            case PythonWords.noneWord: return PythonConstant.none
            case _: return nil
            }
        case .string:
            let (content, isBytes) = text(node)
            return isBytes ? .bytes(content) : .text(content)
        case .name, .template, .attribute, .call, .subscripting, .tuple, .list, .set, .dictionary, .comprehension,
            .forClause, .ifClause, .sum, .binary, .unary, .conditional, .either, .other, .lambda, .starred, .slice,
            .walrus, .keyword, .definition, .imported, .parameter, .element, .augmented, .decoration, .execStatement:
            return nil
        }
    }

    /// The text of a string, and whether it is one of bytes.
    private func text(_ node: PythonNode) -> (content: [UInt8], isBytes: Bool) {
        var content: [UInt8] = []
        var isBytes = false
        for place in node.start..<node.end {
            guard let flags = PythonStringFlags(code: codes[place]) else { continue }
            isBytes = flags.contains(.bytes)
            let piece = PythonLiteral.text(bytes, tokens[place], flags, hasReturns: hasReturns)
            if content.isEmpty { content = Array(piece) } else { content += piece }
        }
        return (content, isBytes)
    }

    /// A literal in the language-neutral form.
    func neutralLiteral(_ id: PythonNode.ID) -> Constant? {
        let node = node(id)
        return node.kind == .string ? .text(text(node).content) : literal(id)?.neutral
    }

    private func number(_ node: PythonNode) -> ArraySlice<UInt8> {
        for place in node.start..<node.end where codes[Int(place)] == PythonMark.number {
            return bytes[Int(tokens[Int(place)].start)..<Int(tokens[Int(place)].end)]
        }
        return []
    }

    /// A display whose items are all known.
    mutating func list(_ id: PythonNode.ID) -> PythonConstant? {
        let node = node(id)
        if node.kind == .comprehension { return comprehension(id).map { .list($0) } }
        guard node.kind != .dictionary, !node.flags.contains(.unpacks) else { return nil }
        var items: [PythonConstant] = []
        var child = node.first
        while child >= 0 {
            guard spend(8), let item = constant(child) else { return nil }
            items.append(item)
            child = self.node(child).next
        }
        return .list(items)
    }

    // MARK: Folding

    /// Computes an expression of known parts; `.unknown` when that is not possible.
    mutating func fold(_ id: PythonNode.ID) -> PythonValue {
        guard environment.isEmpty else { return .unknown }
        let before = budget
        let value = computed(id)
        let weight = value?.weight ?? 0
        guard let value, spend(weight), weight <= PythonEvaluator.constantLimit else {
            // What was spent in vain counts too, but not more than it did.
            budget = min(budget, before)
            return .unknown
        }
        let isDecoded = cover(id)
        return PythonValue(kind: .constant, payload: pooled(value, isDecoded: isDecoded))
    }

    /// Says that the parts of a folded expression are told by it; true when a decoder took part.
    private mutating func cover(_ id: PythonNode.ID) -> Bool {
        let node = node(id)
        let isDecoder = decodes(node)
        var isDecoded = isDecoder
        var child = node.first
        while child >= 0 {
            isDecoded = isDecoded || self.isDecoded(values[Int(child)])
            child = self.node(child).next
        }
        child = node.first
        while child >= 0 {
            if !isDecoder { syntax.nodes[Int(child)].flags.insert(.covered) }
            let part = self.node(child)
            if part.kind == .attribute, part.first >= 0 {
                isDecoded = isDecoded || self.isDecoded(values[Int(part.first)])
                if !isDecoder { syntax.nodes[Int(part.first)].flags.insert(.covered) }
            }
            child = part.next
        }
        return isDecoded
    }

    /// Whether a call is of a decoder, or a comprehension computes with characters.
    private mutating func decodes(_ node: PythonNode) -> Bool {
        guard node.kind == .call, node.first >= 0 else { return false }
        switch pathFacts(values[Int(node.first)].path).special {
        case .base64, .base32, .base16, .base85, .ascii85, .urlsafeBase64, .unhexlify, .codecsDecode, .fromHex,
            .unquote:
            return true
        case .join, .bytes, .text:
            let first = argument(node, 0)
            return first >= 0 && self.node(first).kind == .comprehension && !showsItems(first)
        case .decode:
            let first = argument(node, 0)
            guard let name = constant(first)?.content else { return false }
            return TextCodec.isTransformation(name)
        case _:
            return false
        }
    }

    /// The value of an operation or call whose parts are known.
    mutating func computed(_ id: PythonNode.ID) -> PythonConstant? {
        let node = node(id)
        switch node.kind {
        case .sum: return sum(node)
        case .binary: return binary(node)
        case .unary:
            guard let operand = constant(node.first)?.integer else { return nil }
            switch node.aux {
            case PythonMark.minus: return .integer(0 &- operand)
            case PythonMark.tilde: return .integer(~operand)
            case PythonMark.plus: return .integer(operand)
            case _: return nil
            }
        case .template: return template(node)
        case .call: return call(node)
        case .subscripting:
            guard node.first >= 0 else { return nil }
            return subscripted(node.first, self.node(node.first).next)
        case .comprehension: return comprehension(id).map { .list($0) }
        case .conditional, .name, .number, .string, .word, .attribute, .tuple, .list, .set, .dictionary, .forClause,
            .ifClause, .either, .other, .lambda, .starred, .slice, .walrus, .keyword, .definition, .imported,
            .parameter, .element, .augmented, .decoration, .execStatement:
            return nil
        }
    }

    /// Whether a node is known to have no known value.
    private func isUnknowable(_ id: PythonNode.ID) -> Bool {
        guard id >= 0, environment.isEmpty else { return false }
        switch values[id].kind {
        case .unknown, .path, .function, .type, .instance, .namespace, .getter, .methodCaller: return true
        case .pending, .literal, .constant, .display: return false
        }
    }

    /// Whether a literal's value would be made for nothing, since what it is put together with is not known; then what
    /// making it costs is spent all the same.
    mutating func isInVain(_ id: PythonNode.ID, with other: PythonNode.ID) -> Bool {
        guard id >= 0, other >= 0, environment.isEmpty, node(id).kind == .string, values[id].kind == .literal else {
            return false
        }
        var other = other
        var cost = 0
        if values[other].kind == .display {
            let display = node(values[other].payload)
            guard display.kind == .tuple, display.first >= 0, !display.flags.contains(.unpacks) else { return false }
            other = display.first
            cost = 8
        }
        guard isUnknowable(other), budget >= PythonEvaluator.constantLimit else { return false }
        let node = node(id)
        let length = node.end > node.start ? tokens[node.end - 1].end - tokens[node.start].start : 0
        return spend(Int(length) / 4 + 1 + cost)
    }

    private mutating func sum(_ node: PythonNode) -> PythonConstant? {
        if isInVain(node.first, with: self.node(node.first).next) { return nil }
        guard let first = constant(node.first) else { return nil }
        var child = self.node(node.first).next
        if var total = first.integer {
            while child >= 0 {
                guard let next = constant(child)?.integer else { return nil }
                total &+= next
                child = self.node(child).next
            }
            return .integer(total)
        }
        if case .list(var items) = first {
            while child >= 0 {
                guard case .list(let more)? = constant(child), spend(more.count) else { return nil }
                items += more
                child = self.node(child).next
            }
            return .list(items)
        }
        guard var content = first.content else { return nil }
        while child >= 0 {
            guard let next = constant(child)?.content, content.count + next.count <= PythonEvaluator.constantLimit
            else { return nil }
            content += next
            child = self.node(child).next
        }
        return first.isBytes ? .bytes(content) : .text(content)
    }

    private mutating func binary(_ node: PythonNode) -> PythonConstant? {
        guard node.first >= 0, !isInVain(node.first, with: self.node(node.first).next) else { return nil }
        guard let left = constant(node.first), let right = constant(self.node(node.first).next)
        else { return nil }
        if node.aux == PythonMark.percent, let pattern = left.content {
            return PythonFormat.percent(pattern, right).map { left.isBytes ? .bytes($0) : .text($0) }
        }
        if node.aux == PythonMark.star {
            if let content = left.content, let count = right.integer { return repeated(content, count, left.isBytes) }
            if let content = right.content, let count = left.integer { return repeated(content, count, right.isBytes) }
        }
        guard let left = left.integer, let right = right.integer else { return nil }
        return PythonArithmetic.result(node.aux, left, right).map { .integer($0) }
    }

    private mutating func repeated(_ content: [UInt8], _ count: Int, _ isBytes: Bool) -> PythonConstant? {
        let (total, overflow) = content.count.multipliedReportingOverflow(by: max(count, 0))
        guard !overflow, total <= PythonEvaluator.constantLimit, spend(total) else { return nil }
        // Mostly it is one byte, as in a long run of zeros.
        var result = content.count == 1 ? Array(repeating: content[0], count: total) : []
        if content.count > 1 {
            result.reserveCapacity(total)
            for _ in 0..<max(count, 0) { result += content }
        }
        return isBytes ? .bytes(result) : .text(result)
    }

    /// A template whose fields are all known.
    private mutating func template(_ node: PythonNode) -> PythonConstant? {
        if isUnknowable(node.first) { return nil }
        var content: [UInt8] = []
        var child = node.first
        for place in node.start..<node.end {
            guard let flags = PythonStringFlags(code: codes[Int(place)]) else { continue }
            let token = tokens[Int(place)]
            // Tokens of strings inside of fields belong to the fields' own nodes.
            if child >= 0, place >= self.node(child).start, place < self.node(child).end { continue }
            if flags.contains(.format) { return nil }
            if token.kind == .templateMiddle || token.kind == .templateTail {
                // A conversion or format changes what the field shows.
                guard flags.textOffset == 1, let value = constant(child), let shown = PythonFormat.shown(value)
                else { return nil }
                content += shown
                child = self.node(child).next
            }
            content += PythonLiteral.text(bytes, token, flags, hasReturns: hasReturns)
            guard content.count <= PythonEvaluator.constantLimit else { return nil }
        }
        return child < 0 ? .text(content) : nil
    }

    /// An item or slice of a known value.
    mutating func foldSubscript(_ base: PythonNode.ID, _ key: PythonNode.ID) -> PythonValue? {
        guard environment.isEmpty, let value = subscripted(base, key), spend(value.weight) else { return nil }
        syntax.nodes[Int(base)].flags.insert(.covered)
        return PythonValue(kind: .constant, payload: pooled(value, isDecoded: isDecoded(values[Int(base)])))
    }

    private mutating func subscripted(_ base: PythonNode.ID, _ key: PythonNode.ID) -> PythonConstant? {
        guard key >= 0, let whole = constant(base) else { return nil }
        if node(key).kind == .slice {
            var bounds: [Int?] = []
            var part = node(key).first
            while part >= 0, bounds.count < 3 {
                if node(part).kind == .other, node(part).first < 0 {
                    bounds.append(nil)
                } else {
                    guard let bound = constant(part)?.integer else { return nil }
                    bounds.append(bound)
                }
                part = node(part).next
            }
            guard spend(whole.weight) else { return nil }
            return PythonSequence.slice(whole, bounds)
        }
        guard let place = constant(key)?.integer else { return nil }
        return PythonSequence.item(whole, place)
    }
}
