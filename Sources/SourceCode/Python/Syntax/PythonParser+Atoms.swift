extension PythonParser {
    /// An atom with its members, calls and subscripts.
    mutating func parsePostfix() -> PythonNode.ID {
        let start = index
        let low = nextNode
        var node = parseAtom()
        guard node >= 0 else { return -1 }
        while true {
            switch code {
            case PythonMark.dot:
                let member = code(ahead: 1)
                guard member >= 0, member & PythonMark.bit == 0 else {
                    index += 1
                    return node
                }
                index += 2
                let flags: PythonNode.Flags = member & pythonDisguisedNameBit != 0 ? .disguised : []
                node = add(
                    .attribute, aux: member & ~pythonDisguisedNameBit, first: node, start: start, low: low, flags: flags
                )
            case PythonMark.open:
                guard nesting < PythonParser.nestingLimit else {
                    skipBracket()
                    continue
                }
                index += 1
                nesting += 1
                _ = parseArguments(until: PythonMark.close, after: node)
                nesting -= 1
                node = add(.call, first: node, start: start, low: low)
            case PythonMark.openBracket:
                guard nesting < PythonParser.nestingLimit else {
                    skipBracket()
                    continue
                }
                index += 1
                nesting += 1
                let place = parseSubscript()
                nesting -= 1
                link(node, to: place)
                node = add(.subscripting, first: node, start: start, low: low)
            case _:
                return node
            }
        }
    }

    /// Passes over a bracket that is nested deeper than CPython allows.
    private mutating func skipBracket() {
        problem(.tooDeep)
        var depth = 0
        while Int(index) < lexed.codes.count {
            switch code {
            case PythonMark.open, PythonMark.openBracket, PythonMark.openBrace: depth += 1
            case PythonMark.close, PythonMark.closeBracket, PythonMark.closeBrace: depth -= 1
            case PythonMark.newline: return
            case _: break
            }
            index += 1
            if depth == 0 { return }
        }
    }

    /// Arguments up to `end`, which is taken; the first of them, or -1.
    ///
    /// - Parameter after: the callee, whose siblings they become; -1 for none.
    mutating func parseArguments(until end: Int32, after callee: PythonNode.ID) -> PythonNode.ID {
        var last = callee
        var first: PythonNode.ID = -1
        while !isLineEnd, code != end {
            let start = index
            let low = nextNode
            var argument: PythonNode.ID
            if PythonParser.isName(code), code(ahead: 1) == PythonMark.assign {
                let name = code & ~pythonDisguisedNameBit
                index += 2
                let value = parseTest()
                argument = add(.keyword, aux: name, first: value, start: start, low: low)
            } else {
                argument = parseTest()
                if isComprehension { argument = parseComprehension(argument, -1, start, low, PythonMark.open) }
            }
            if argument >= 0 {
                link(last, to: argument)
                last = argument
                if first < 0 { first = argument }
            }
            if !take(PythonMark.comma), index == start { index += 1 }
        }
        _ = take(end)
        return first
    }

    /// What stands between square brackets after an expression, up to the closing one.
    private mutating func parseSubscript() -> PythonNode.ID {
        let start = index
        let low = nextNode
        var (first, last): (PythonNode.ID, PythonNode.ID) = (-1, -1)
        while !isLineEnd, code != PythonMark.closeBracket {
            let before = index
            let item = parseSubscriptItem()
            if item >= 0 {
                link(last, to: item)
                last = item
                if first < 0 { first = item }
            }
            if !take(PythonMark.comma), index == before { index += 1 }
        }
        _ = take(PythonMark.closeBracket)
        if first >= 0, first == last { return first }
        return add(.tuple, first: first, start: start, low: low)
    }

    /// An index, or a slice whose missing parts are `.other`.
    private mutating func parseSubscriptItem() -> PythonNode.ID {
        let start = index
        let low = nextNode
        var (first, last): (PythonNode.ID, PythonNode.ID) = (-1, -1)
        var isSlice = false
        var part: PythonNode.ID = -1
        while !isLineEnd, code != PythonMark.closeBracket, code != PythonMark.comma {
            if take(PythonMark.colon) {
                isSlice = true
                if part < 0 { part = add(.other, start: index, low: nextNode) }
                link(last, to: part)
                last = part
                if first < 0 { first = part }
                part = -1
                continue
            }
            if code == PythonMark.walrus {
                // `a[:=b]` is no program; nothing is lost.
                index += 1
                continue
            }
            let before = index
            part = parseTest()
            if index == before { index += 1 }
        }
        guard isSlice else { return part }
        if part >= 0 { link(last, to: part) }
        return add(.slice, first: first, start: start, low: low)
    }

    // MARK: Atoms

    /// A name, literal, display or bracketed expression; -1, with nothing taken, when the token begins none.
    mutating func parseAtom() -> PythonNode.ID {
        let start = index
        let low = nextNode
        let token = code
        if token < 0 { return isTemplatePiece ? -1 : parseStrings() }
        if token & PythonMark.bit == 0 {
            guard token >= PythonWords.keywordCount else {
                guard token <= PythonWords.trueWord else { return -1 }
                index += 1
                return add(.word, aux: token, start: start, low: low)
            }
            index += 1
            return add(
                .name, aux: token & ~pythonDisguisedNameBit, start: start, low: low,
                flags: token & pythonDisguisedNameBit != 0 ? .disguised : [])
        }
        switch token {
        case PythonMark.number:
            index += 1
            return add(.number, start: start, low: low)
        case PythonMark.ellipsis:
            index += 1
            return add(.word, aux: token, start: start, low: low)
        case PythonMark.open, PythonMark.openBracket, PythonMark.openBrace:
            guard nesting < PythonParser.nestingLimit else {
                skipBracket()
                return -1
            }
            nesting += 1
            defer { nesting -= 1 }
            return token == PythonMark.openBrace ? parseBraces() : parseDisplay(token)
        case PythonMark.backtick:
            index += 1
            let value = parseTest()
            _ = take(PythonMark.backtick)
            return add(.other, first: value, start: start, low: low)
        case _:
            return -1
        }
    }

    /// `( … )` and `[ … ]`.
    private mutating func parseDisplay(_ mark: Int32) -> PythonNode.ID {
        let start = index
        let low = nextNode
        let end = mark == PythonMark.open ? PythonMark.close : PythonMark.closeBracket
        index += 1
        var (first, last): (PythonNode.ID, PythonNode.ID) = (-1, -1)
        var count = 0
        var hasComma = false
        var flags: PythonNode.Flags = []
        while !isLineEnd, code != end {
            let before = index
            let itemLow = nextNode
            var item = parseTest()
            if isComprehension { item = parseComprehension(item, -1, before, itemLow, mark) }
            if item >= 0 {
                if syntax.nodes[Int(item)].kind == .starred { flags = .unpacks }
                link(last, to: item)
                last = item
                if first < 0 { first = item }
                count += 1
            }
            if take(PythonMark.comma) { hasComma = true } else if index == before { index += 1 }
        }
        _ = take(end)
        if count == 1, !hasComma, mark == PythonMark.open || syntax.nodes[Int(first)].kind == .comprehension {
            // A bracketed expression is itself, with its brackets.
            syntax.nodes[Int(first)].start = start
            syntax.nodes[Int(first)].end = index
            return first
        }
        return add(mark == PythonMark.open ? .tuple : .list, first: first, start: start, low: low, flags: flags)
    }

    /// `{ … }`: a set, or a dictionary whose children are keys and values in turn.
    private mutating func parseBraces() -> PythonNode.ID {
        let start = index
        let low = nextNode
        index += 1
        var (first, last): (PythonNode.ID, PythonNode.ID) = (-1, -1)
        var isDictionary = code == PythonMark.closeBrace
        var flags: PythonNode.Flags = []
        while !isLineEnd, code != PythonMark.closeBrace {
            let before = index
            let itemLow = nextNode
            var item = parseTest()
            var value: PythonNode.ID = -1
            if take(PythonMark.colon) {
                isDictionary = true
                value = parseTest()
            }
            if isComprehension {
                item = parseComprehension(item, value, before, itemLow, PythonMark.openBrace)
                value = -1
            }
            if item >= 0 {
                if syntax.nodes[Int(item)].kind == .starred { flags = .unpacks }
                link(last, to: item)
                last = item
                if first < 0 { first = item }
            }
            if value >= 0 {
                if syntax.nodes[Int(value)].kind == .starred { flags = .unpacks }
                link(last, to: value)
                last = value
                if first < 0 { first = value }
            }
            if !take(PythonMark.comma), index == before { index += 1 }
        }
        _ = take(PythonMark.closeBrace)
        if first >= 0, first == last, syntax.nodes[Int(first)].kind == .comprehension {
            syntax.nodes[Int(first)].start = start
            syntax.nodes[Int(first)].end = index
            return first
        }
        return add(isDictionary ? .dictionary : .set, first: first, start: start, low: low, flags: flags)
    }

    // MARK: Comprehensions

    var isComprehension: Bool {
        code == PythonWords.forWord || code == PythonWords.asyncWord && code(ahead: 1) == PythonWords.forWord
    }

    /// The clauses behind an element, which is moved into a scope of their own.
    mutating func parseComprehension(
        _ element: PythonNode.ID, _ value: PythonNode.ID, _ start: Int32, _ low: PythonNode.ID, _ mark: Int32
    ) -> PythonNode.ID {
        let outer = scope
        let inner = isScopeTooDeep ? scope : openScope(.comprehension, start: start)
        if inner != outer { move(from: low, outer: outer, to: inner) }
        if inner != outer { enter(inner) }
        var last = element
        if value >= 0 {
            link(last, to: value)
            last = value
        }
        while isComprehension || code == PythonWords.ifWord {
            let clauseStart = index
            let clauseLow = nextNode
            let clause: PythonNode.ID
            if take(PythonWords.ifWord) {
                let test = parseBinary(1)
                clause = add(.ifClause, first: test, start: clauseStart, low: clauseLow)
            } else {
                _ = take(PythonWords.asyncWord)
                index += 1
                let targets = parseExpressionList(forTargets: true)
                _ = take(PythonWords.inWord)
                let values = code == PythonWords.lambdaWord ? parseTest() : parseBinary(1)
                bindElements(targets, of: values)
                link(targets, to: values)
                clause = add(.forClause, first: targets, start: clauseStart, low: clauseLow)
            }
            link(last, to: clause)
            last = clause
        }
        if inner != outer { leave(to: outer) }
        let flags: PythonNode.Flags = mark == PythonMark.openBrace ? .unpacks : []
        return add(.comprehension, aux: inner, first: element, start: start, low: low, flags: flags)
    }

    /// Gives nodes and scopes that were read before their comprehension was known to its scope.
    private mutating func move(from low: PythonNode.ID, outer: Int32, to inner: Int32) {
        for id in Int(low)..<syntax.nodes.count {
            if syntax.nodes[id].scope == outer { syntax.nodes[id].scope = inner }
            let kind = syntax.nodes[id].kind
            guard kind == .lambda || kind == .comprehension || kind == .definition else { continue }
            // Their scopes were opened between these nodes, so they are found through them.
            let nested = syntax.nodes[id].aux
            if nested > 0, nested != inner, syntax.scopes[Int(nested)].parent == outer {
                syntax.scopes[Int(nested)].parent = inner
            }
        }
    }

    // MARK: Strings

    /// Whether the string token goes on with a template that is open outside.
    private var isTemplatePiece: Bool {
        let kind = tokenKind
        return kind == .templateMiddle || kind == .templateTail
    }

    /// Literals one behind the other, which are one text; with templates among them, a template.
    private mutating func parseStrings() -> PythonNode.ID {
        let start = index
        let low = nextNode
        var isTemplate = false
        var (first, last): (PythonNode.ID, PythonNode.ID) = (-1, -1)
        while code < 0 {
            guard let flags = PythonStringFlags(code: code), !isTemplatePiece else { break }
            let kind = tokenKind
            index += 1
            guard flags.contains(.template), kind == .templateHead else { continue }
            isTemplate = true
            // The expressions of the fields are children; pieces of text are found by their tokens.
            nesting += 1
            while Int(index) < lexed.codes.count, code != PythonMark.newline {
                if code < 0, tokenKind == .templateTail {
                    index += 1
                    break
                }
                if code < 0, tokenKind == .templateMiddle {
                    index += 1
                    continue
                }
                let before = index
                let field = nesting < PythonParser.nestingLimit ? parseExpressionList() : -1
                if field >= 0 {
                    link(last, to: field)
                    last = field
                    if first < 0 { first = field }
                }
                if index == before { index += 1 }
            }
            nesting -= 1
        }
        return add(isTemplate ? .template : .string, first: first, start: start, low: low)
    }
}
