extension PythonParser {
    /// A statement that is an expression, an assignment, an annotation or an addition.
    mutating func parseExpressionStatement() {
        let before = index
        let first = parseExpressionList()
        if first >= 0, syntax.nodes[Int(first)].kind == .string || syntax.nodes[Int(first)].kind == .template {
            syntax.nodes[Int(first)].flags.insert(.statement)
        }
        if code == PythonMark.assign {
            parseAssignment(first)
        } else if PythonMark.isAugmentedAssignment(code) {
            parseAugmentation(first)
        } else if take(PythonMark.colon) {
            _ = parseTest()
            if take(PythonMark.assign) { bind(first, to: parseExpressionList()) }
        }
        // Whatever is no statement is passed over; the expressions in it are still seen.
        if index == before { index += 1 }
    }

    private mutating func parseAssignment(_ first: PythonNode.ID) {
        index += 1
        var value = parseExpressionList()
        guard code == PythonMark.assign else {
            if value >= 0 { syntax.nodes[Int(value)].flags.remove(.statement) }
            bind(first, to: value)
            return
        }
        // `a = b = c`: all but the last are targets; a chain can be long, so they are bound when the value is known.
        var targets = [first, value]
        while take(PythonMark.assign) { targets.append(parseExpressionList()) }
        value = targets.removeLast()
        if value >= 0 { syntax.nodes[Int(value)].flags.remove(.statement) }
        for target in targets { bind(target, to: value) }
    }

    private mutating func parseAugmentation(_ target: PythonNode.ID) {
        let mark = code
        let start = index
        index += 1
        let value = parseExpressionList()
        guard target >= 0, syntax.nodes[Int(target)].kind == .name else { return }
        let isSum = mark == PythonMark.plus << 8 & 0xFFFF | PythonMark.bit | 0x3D
        let node = add(.augmented, aux: mark, first: -1, start: start, low: nextNode, flags: .stored)
        // The value has a parent already where it stands; it is only referred to.
        syntax.nodes[Int(node)].aux = value
        declare(syntax.nodes[Int(target)].aux, node, isAddition: isSum && value >= 0 && loopDepth == 0)
    }

    /// Expressions with commas between them: one, or a tuple.
    mutating func parseExpressionList(forTargets: Bool = false) -> PythonNode.ID {
        let start = index
        let low = nextNode
        let first = forTargets ? parseBinary(5) : parseTest()
        guard code == PythonMark.comma else { return first }
        var last = first
        var flags: PythonNode.Flags = []
        while take(PythonMark.comma) {
            if isLineEnd || code == PythonMark.assign || code == PythonMark.close || code == PythonMark.colon { break }
            let next = forTargets ? parseBinary(5) : parseTest()
            guard next >= 0 else { break }
            if syntax.nodes[Int(next)].kind == .starred { flags = .unpacks }
            link(last, to: next)
            last = next
        }
        if first >= 0, syntax.nodes[Int(first)].kind == .starred { flags = .unpacks }
        return add(.tuple, first: first, start: start, low: low, flags: flags)
    }

    /// One expression with everything that binds tighter than a comma; -1 when there is none.
    mutating func parseTest() -> PythonNode.ID {
        let start = index
        let low = nextNode
        guard nesting < PythonParser.nestingLimit else {
            problem(.tooDeep)
            return -1
        }
        if let operand = parseLoneOperand() { return operand }
        nesting += 1
        defer { nesting -= 1 }
        switch code {
        case PythonMark.star, PythonMark.power:
            index += 1
            let value = parseBinary(5)
            return add(.starred, first: value, start: start, low: low)
        case PythonWords.yieldWord:
            index += 1
            _ = take(PythonWords.fromWord)
            return isLineEnd ? -1 : parseExpressionList()
        case _: break
        }
        var result = parseUnconditional()
        if code == PythonMark.walrus, result >= 0 {
            index += 1
            let value = parseTest()
            link(result, to: value)
            let target = result
            result = add(.walrus, first: target, start: start, low: low)
            bindWalrus(target, value)
        }
        return parseConditional(result, start: start, low: low)
    }

    /// One token that is a whole expression, as most are; nil when there may be more.
    @inline(__always)
    private mutating func parseLoneOperand() -> PythonNode.ID? {
        switch code(ahead: 1) {
        case PythonMark.comma, PythonMark.close, PythonMark.newline, PythonMark.closeBracket, PythonMark.colon,
            PythonMark.closeBrace, PythonMark.assign:
            break
        case _: return nil
        }
        let token = code
        let kind: PythonNode.Kind
        var (aux, flags): (Int32, PythonNode.Flags) = (0, [])
        if token < 0 {
            guard tokenKind == .string else { return nil }
            kind = .string
        } else if token & PythonMark.bit == 0 {
            guard token >= PythonWords.keywordCount else { return nil }
            kind = .name
            aux = token & ~pythonDisguisedNameBit
            if token & pythonDisguisedNameBit != 0 { flags = .disguised }
        } else if token == PythonMark.number {
            kind = .number
        } else {
            return nil
        }
        let start = index
        index += 1
        return add(kind, aux: aux, start: start, low: nextNode, flags: flags)
    }

    private mutating func parseUnconditional() -> PythonNode.ID {
        code == PythonWords.lambdaWord ? parseLambda() : parseBinary(1)
    }

    /// `x if c else y if d else z`: the chain is read in a loop, since it can be long.
    private mutating func parseConditional(_ value: PythonNode.ID, start: Int32, low: Int32) -> PythonNode.ID {
        guard code == PythonWords.ifWord, value >= 0 else { return value }
        var choices = value
        var last = value
        while take(PythonWords.ifWord) {
            let test = parseBinary(1)
            guard take(PythonWords.elseWord) else {
                // The condition of a comprehension without brackets of its own; there is none here.
                link(last, to: test)
                break
            }
            let other = parseUnconditional()
            // The values that can be chosen come first, so that they are found without the tests.
            link(last, to: other)
            if other >= 0 { last = other }
            if choices < 0 { choices = other }
        }
        return add(.conditional, first: choices, start: start, low: low)
    }

    private mutating func bindWalrus(_ target: PythonNode.ID, _ value: PythonNode.ID) {
        let inner = scope
        while scope > 0, syntax.scopes[Int(scope)].kind == .comprehension {
            scope = syntax.scopes[Int(scope)].parent
        }
        bind(target, to: value)
        scope = inner
    }

    private mutating func parseLambda() -> PythonNode.ID {
        let start = index
        let low = nextNode
        index += 1
        guard nesting < PythonParser.nestingLimit else {
            problem(.tooDeep)
            return -1
        }
        let inner = isScopeTooDeep ? scope : openScope(.lambda, start: start)
        parseParameters(of: inner, until: PythonMark.colon)
        let outer = scope
        if inner != outer { enter(inner) }
        let body = parseTest()
        if inner != outer {
            syntax.scopes[Int(inner)].returned = body
            syntax.scopes[Int(inner)].returnCount = 1
            leave(to: outer)
        }
        return add(.lambda, aux: inner, first: body, start: start, low: low)
    }

    // MARK: Operators

    /// How tightly an operator binds, and how many tokens it has; 0 when it is none.
    private func strength(_ mark: Int32) -> Int {
        switch mark {
        case PythonWords.orWord: 1
        case PythonWords.andWord: 2
        case PythonMark.less, PythonMark.greater, PythonMark.lessEqual, PythonMark.greaterEqual, PythonMark.equal,
            PythonMark.notEqual, PythonMark.oldNotEqual, PythonWords.inWord, PythonWords.isWord, PythonWords.notWord:
            4
        case PythonMark.or: 5
        case PythonMark.xor: 6
        case PythonMark.and: 7
        case PythonMark.shiftLeft, PythonMark.shiftRight: 8
        case PythonMark.plus, PythonMark.minus: 9
        case PythonMark.star, PythonMark.slash, PythonMark.floor, PythonMark.percent, PythonMark.at: 10
        case _: 0
        }
    }

    /// Operands of operators that bind at least as tightly as `least`.
    mutating func parseBinary(_ least: Int) -> PythonNode.ID {
        let start = index
        let low = nextNode
        var left = parseUnary()
        while true {
            let mark = code
            // Most expressions end here.
            guard mark & PythonMark.bit != 0 || mark >= 0 && mark < PythonWords.keywordCount else { return left }
            let strength = strength(mark)
            guard strength >= least, strength > 0, left >= 0 else { return left }
            if mark == PythonWords.notWord, code(ahead: 1) != PythonWords.inWord { return left }
            index += 1
            if mark == PythonWords.notWord { index += 1 }
            if mark == PythonWords.isWord { _ = take(PythonWords.notWord) }
            if mark == PythonMark.plus || strength <= 2 {
                left = parseMany(left, mark, strength, start: start, low: low)
                continue
            }
            let right = parseBinary(strength + 1)
            link(left, to: right)
            left = add(strength == 4 ? .other : .binary, aux: mark, first: left, start: start, low: low)
        }
    }

    /// A run of one operator is one node, so that long sums are read in one go.
    private mutating func parseMany(
        _ first: PythonNode.ID, _ mark: Int32, _ strength: Int, start: Int32, low: PythonNode.ID
    ) -> PythonNode.ID {
        var last = first
        repeat {
            let next = parseBinary(strength + 1)
            guard next >= 0 else { break }
            link(last, to: next)
            last = next
        } while take(mark)
        return add(mark == PythonMark.plus ? .sum : .either, aux: mark, first: first, start: start, low: low)
    }

    private mutating func parseUnary() -> PythonNode.ID {
        let start = index
        let low = nextNode
        var sign: Int32 = 0
        var count = 0
        var negates = false
        while true {
            switch code {
            case PythonWords.notWord: negates = true
            case PythonMark.minus, PythonMark.plus, PythonMark.tilde: break
            case PythonWords.awaitWord:
                index += 1
                continue
            case _:
                guard count > 0 else { return parsePower() }
                let operand = negates ? parseBinary(4) : parsePower()
                return add(.unary, aux: count == 1 ? sign : 0, first: operand, start: start, low: low)
            }
            sign = code
            count += 1
            index += 1
        }
    }

    private mutating func parsePower() -> PythonNode.ID {
        let start = index
        let low = nextNode
        let base = parsePostfix()
        guard code == PythonMark.power, base >= 0, nesting < PythonParser.nestingLimit else { return base }
        index += 1
        nesting += 1
        let exponent = parseUnary()
        nesting -= 1
        link(base, to: exponent)
        return add(.binary, aux: PythonMark.power, first: base, start: start, low: low)
    }
}
