extension JavaScriptParser {
    /// An expression with commas.
    mutating func parseExpression() -> Int32 {
        let start = position
        let first = parseAssignment()
        guard mark == .comma else { return first }
        var last = first
        while skip(.comma) {
            let next = parseAssignment()
            tree.nodes[Int(last)].next = next
            last = next
        }
        return tree.add(.sequence, start..<position, child: first)
    }

    /// An expression without commas.
    mutating func parseAssignment() -> Int32 {
        guard enter() else { return putOffRest() }
        defer { leave() }
        if let leaf = parseLoneLeaf() { return leaf }
        if let arrow = parseArrow() { return arrow }
        let start = position
        if isWord(.yield, at: position), tree.scopes[Int(tree.scopes[Int(scope)].variableScope)].isGenerator {
            return parseYield()
        }
        let left = parseConditional()
        let operation = mark
        guard operation.isAssignment, !isAtEnd else { return left }
        position += 1
        let value = parseAssignment()
        tree.nodes[Int(left)].next = value
        let node = tree.add(.assignment, start..<position, child: left, data: Int32(operation.rawValue))
        let isPlain =
            operation == .assign || operation == .logicalOrAssign || operation == .nullishAssign
            || operation == .logicalAndAssign
        assign(left, value, isPlain ? .plain : operation == .addAssign ? .append : .compound)
        return node
    }

    /// A name, number or string with nothing behind it but the end of its expression, as most are; nil, with nothing
    /// read, for all others. It only spares the way through every kind of operator.
    @inline(__always)
    private mutating func parseLoneLeaf() -> Int32? {
        let (start, next) = (position, position + 1)
        guard start < regionEnd else { return nil }
        if next < regionEnd {
            switch lexed.shapes[next].mark {
            case .comma, .semicolon, .closeParenthesis, .closeBracket, .closeBrace: break
            default: return nil
            }
        }
        let (shape, code) = (lexed.shapes[start], lexed.codes[start])
        if shape.isKind(.identifier) {
            // Words with a meaning of their own go the long way.
            guard code.value > JavaScriptWord.meta.rawValue else { return nil }
            position = next
            return tree.add(.name, start..<next, data: code.value)
        }
        if shape.isKind(.string), code.value != TokenCode.template {
            position = next
            return tree.add(.string, start..<next, data: start)
        }
        guard shape.isKind(.number) else { return nil }
        position = next
        return tree.add(.number, start..<next, data: start)
    }

    private mutating func parseYield() -> Int32 {
        let start = position
        position += 1
        if mark == .multiply { position += 1 }
        let ends: Bool
        switch mark {
        case .closeParenthesis, .closeBracket, .closeBrace, .comma, .semicolon, .colon: ends = true
        default: ends = isAtEnd || isAfterNewline(position)
        }
        let value = ends ? -1 : parseAssignment()
        return tree.add(.yield, start..<position, child: value)
    }

    private mutating func parseConditional() -> Int32 {
        let start = position
        let condition = parseBinary(1)
        guard mark == .question else { return condition }
        position += 1
        let (outerIn, outerConsequent) = (stopsAtIn, isInConsequent)
        (stopsAtIn, isInConsequent) = (false, true)
        let first = parseAssignment()
        (stopsAtIn, isInConsequent) = (outerIn, outerConsequent)
        tree.nodes[Int(condition)].next = first
        if skip(.colon) {
            let second = parseAssignment()
            tree.nodes[Int(first)].next = second
        }
        return tree.add(.conditional, start..<position, child: condition)
    }

    /// Operators that bind at least as tightly as `least`.
    mutating func parseBinary(_ least: Int) -> Int32 {
        let start = position
        var left = parseUnary()
        while !isAtEnd {
            let operation = mark
            let precedence = operation.precedence
            if precedence == 0 {
                guard let next = parseWordOperator(left, from: start, least) else { break }
                left = next
                continue
            }
            guard precedence >= least else { break }
            position += 1
            // Only `**` groups from the right.
            guard enter() else {
                _ = putOffRest()
                break
            }
            let right = parseBinary(operation == .power ? precedence : precedence + 1)
            leave()
            left = join(left, operation, right, from: start)
        }
        return left
    }

    private mutating func join(_ left: Int32, _ operation: Punctuator, _ right: Int32, from start: Int32) -> Int32 {
        if operation == .plus, tree[left].kind == .sum, tree[left].start == start {
            // `data` is the last operand, so that long sums are linear.
            tree.nodes[Int(tree[left].data)].next = right
            tree.nodes[Int(left)].data = right
            tree.nodes[Int(left)].end = position
            return left
        }
        tree.nodes[Int(left)].next = right
        if operation == .plus { return tree.add(.sum, start..<position, child: left, data: right) }
        let isLogical = operation == .logicalOr || operation == .logicalAnd || operation == .nullish
        return tree.add(
            isLogical ? .logical : .binary, start..<position, child: left, data: Int32(operation.rawValue))
    }

    /// `in`, `instanceof`, and TypeScript's `as` and `satisfies`; nil when none stands here.
    private mutating func parseWordOperator(_ left: Int32, from start: Int32, _ least: Int) -> Int32? {
        let word = name(at: position)
        if word == .in || word == .instanceof {
            guard least <= 7, !(word == .in && stopsAtIn) else { return nil }
            position += 1
            guard enter() else {
                _ = putOffRest()
                return left
            }
            let right = parseBinary(8)
            leave()
            tree.nodes[Int(left)].next = right
            return tree.add(.binary, start..<position, child: left, data: -1 - word)
        }
        if word == .as || word == .satisfies, isTyped, !isAfterNewline(position), position + 1 < regionEnd {
            position += 1
            skipType()
            return left
        }
        return nil
    }

    mutating func parseUnary() -> Int32 {
        let start = position
        var data: Int32 = -1
        switch mark {
        case .not, .complement, .plus, .minus: data = Int32(mark.rawValue)
        case .increment, .decrement:
            position += 1
            guard enter() else { return putOffRest() }
            let target = parseUnary()
            leave()
            assign(target, -1, .compound)
            return tree.add(.update, start..<position, child: target)
        case .less where isTyped && lexed.codes[position].partner < 0:
            // A type assertion: `<any>value`.
            skipAngles()
            guard position > start, enter() else { return putOffRest() }
            defer { leave() }
            return parseUnary()
        default:
            let word = name(at: position)
            if word == .typeof || word == .void || word == .delete { data = -1 - word }
            if word == .await, beginsOperand(position + 1) {
                position += 1
                guard enter() else { return putOffRest() }
                let value = parseUnary()
                leave()
                return tree.add(.await, start..<position, child: value)
            }
        }
        guard data != -1 else { return parsePostfix() }
        position += 1
        guard enter() else { return putOffRest() }
        let value = parseUnary()
        leave()
        return tree.add(.unary, start..<position, child: value, data: data)
    }

    /// Whether an operand may begin at a place, so that the `await` before it is an operator.
    private func beginsOperand(_ place: Int32) -> Bool {
        guard place < regionEnd else { return false }
        switch lexed.tokens[place].kind {
        case .identifier:
            let word = name(at: place)
            return word != .in && word != .instanceof && word != .of
        case .number, .string, .templateHead, .regularExpression: return true
        case .punctuator:
            switch mark(at: place) {
            case .openParenthesis, .openBracket, .openBrace, .not, .complement, .plus, .minus, .less: return true
            default: return false
            }
        case .templateMiddle, .templateTail, .markupText, .newline, .indent, .dedent: return false
        }
    }

    private mutating func parsePostfix() -> Int32 {
        let start = position
        let node = parseMembers(of: parsePrimary(), from: start, allowsCalls: true)
        if mark == .increment || mark == .decrement, !isAfterNewline(position) {
            position += 1
            assign(node, -1, .compound)
            return tree.add(.update, start..<position, child: node)
        }
        return node
    }

    /// The members, calls and templates behind an operand.
    mutating func parseMembers(of operand: Int32, from start: Int32, allowsCalls: Bool) -> Int32 {
        var node = operand
        while !isAtEnd {
            switch mark {
            case .dot, .optionalDot:
                let isOptional = mark == .optionalDot
                position += 1
                if isOptional, mark == .openParenthesis || mark == .openBracket { continue }
                let member = name(at: position)
                guard member >= 0 else { return node }
                position += 1
                consume(node)
                node = tree.add(.member, start..<position, child: node, data: member)
            case .openBracket:
                consume(node)
                let place = parseBracketed()
                tree.nodes[Int(node)].next = place
                node = tree.add(.index, start..<position, child: node)
            case .openParenthesis where allowsCalls:
                consume(node)
                parseArguments(after: node)
                node = tree.add(.call, start..<position, child: node)
            case .not where isTyped && !isAfterNewline(position):
                position += 1
            case .less where isTyped && allowsCalls && passesTypeArguments():
                continue
            default:
                guard position < regionEnd else { return node }
                let kind = lexed.tokens[position].kind
                guard kind == .templateHead || kind == .string && isTemplate(position) else { return node }
                consume(node)
                let template = parseTemplate()
                tree.nodes[Int(node)].next = template
                node = tree.add(.tagged, start..<position, child: node)
            }
        }
        return node
    }

    /// Whether a string is a template without substitutions.
    private func isTemplate(_ place: Int32) -> Bool { lexed.codes[place].value == TokenCode.template }

    /// The expression between `[` and `]`.
    private mutating func parseBracketed() -> Int32 {
        var node: Int32 = -1
        readRegion { parser in
            let outer = parser.stopsAtIn
            parser.stopsAtIn = false
            node = parser.parseExpression()
            parser.stopsAtIn = outer
        }
        return node >= 0 ? node : tree.add(.missing, position..<position)
    }

    /// The arguments of a call, as siblings of the callee.
    mutating func parseArguments(after callee: Int32) {
        readRegion { parser in
            let outer = (parser.stopsAtIn, parser.isInConsequent)
            (parser.stopsAtIn, parser.isInConsequent) = (false, false)
            parser.parseList(after: callee)
            (parser.stopsAtIn, parser.isInConsequent) = outer
        }
    }

    /// Expressions with commas between them up to the end of the region; gives the first.
    @discardableResult
    mutating func parseList(after previous: Int32) -> Int32 {
        var (first, last) = (Int32(-1), previous)
        while !isAtEnd {
            let before = position
            let start = position
            let node: Int32
            if mark == .comma {
                node = tree.add(.missing, position..<position)
            } else if skip(.spread) {
                let value = parseAssignment()
                node = tree.add(.spread, start..<position, child: value)
            } else {
                node = parseAssignment()
            }
            if last >= 0 { tree.nodes[Int(last)].next = node }
            if first < 0 { first = node }
            last = node
            if !skip(.comma), position == before { position += 1 }
        }
        return first
    }
}
