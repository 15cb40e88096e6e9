/// Statements. Only what holds expressions, names or scopes is kept of them: their order of execution is not.
extension JavaScriptParser {
    /// Statements up to the end of the region.
    mutating func parseStatements() {
        while !isAtEnd {
            let before = position
            parseStatement()
            // What makes no statement is passed over token by token; partners keep brackets whole.
            if position == before { position += 1 }
        }
    }

    /// One statement; an expression where no word says otherwise.
    mutating func parseStatement() {
        guard enter() else {
            _ = putOffRest()
            return
        }
        defer { leave() }
        switch mark {
        case .semicolon:
            position += 1
            return
        case .openBrace: return parseBlock()
        case .at: skipDecorators()
        default: break
        }
        let word = name(at: position)
        if word >= 0, word <= JavaScriptWord.abstract.rawValue, let word = JavaScriptWord(rawValue: word),
            parseKeywordStatement(word)
        {
            return
        }
        if word >= 0, mark(at: position + 1) == .colon {
            // A label.
            position += 2
            return parseStatement()
        }
        _ = parseExpression()
        _ = skip(.semicolon)
    }

    /// A block is a scope for `let`, `const`, `class` and functions.
    private mutating func parseBlock() {
        let outer = openScope(.block, from: position)
        readRegion { parser in parser.parseStatements() }
        closeScope(returningTo: outer)
    }

    /// A statement that begins with a word; false, with nothing read, when it is an expression after all.
    private mutating func parseKeywordStatement(_ word: JavaScriptWord) -> Bool {
        switch word {
        case .var, .const, .let: return parseVariables(word)
        case .function:
            _ = parseFunction(isAsync: false, isDeclaration: true)
        case .async:
            guard isWord(.function, at: position + 1), !isAfterNewline(position + 1) else { return false }
            position += 1
            _ = parseFunction(isAsync: true, isDeclaration: true)
        case .class: _ = parseClass(isDeclaration: true)
        case .if: parseIf()
        case .for: parseFor()
        case .while, .with, .switch: parseHeadAndBody(isSwitch: word == .switch)
        case .do: parseDo()
        case .return, .throw: parseReturn(isReturn: word == .return)
        case .try: parseTry()
        case .case:
            position += 1
            _ = parseExpression()
            _ = skip(.colon)
        case .default:
            position += 1
            _ = skip(.colon)
        case .break, .continue:
            position += 1
            if name(at: position) >= 0, !isAfterNewline(position) { position += 1 }
        case .debugger, .else, .finally, .catch: position += 1
        case .import: return parseImport()
        case .export: parseExport()
        case .enum: parseEnumeration()
        case .interface, .type, .namespace, .module, .declare, .abstract: return parseTypeScript(word)
        default: return false
        }
        return true
    }

    // MARK: Variables

    /// `var`, `let` and `const` with all their names; false where `let` is a name itself.
    private mutating func parseVariables(_ word: JavaScriptWord) -> Bool {
        if word == .let {
            let begins =
                name(at: position + 1) >= 0 && !isWord(.in, at: position + 1)
                && !isWord(.instanceof, at: position + 1)
            let mark = mark(at: position + 1)
            guard begins || mark == .openBrace || mark == .openBracket else { return false }
        }
        position += 1
        if word == .const, isWord(.enum, at: position) {
            parseEnumeration()
            return true
        }
        let holder = word == .var ? tree.scopes[Int(scope)].variableScope : scope
        repeat {
            let target = parsePrimary()
            declarePattern(target, .variable, in: holder)
            tree.nodes[Int(target)].flags.insert(.isTarget)
            // TypeScript: `let name!: Type`.
            if mark == .not { position += 1 }
            if skip(.colon) { skipType() }
            if skip(.assign) {
                let value = parseAssignment()
                assign(target, value, .initial)
            } else if isWord(.of, at: position) || isWord(.in, at: position) && stopsAtIn {
                // The head of a loop: each value of what follows.
                let isOf = isWord(.of, at: position)
                position += 1
                let outer = stopsAtIn
                stopsAtIn = false
                let value = parseExpression()
                stopsAtIn = outer
                if isOf { assign(target, value, .element) } else { assign(target, -1, .initial) }
            }
        } while skip(.comma)
        _ = skip(.semicolon)
        return true
    }

    // MARK: Control

    /// The parentheses behind `if`, `while` and their kind; code hidden behind a broken condition is read too.
    private mutating func parseCondition() {
        guard mark == .openParenthesis else { return }
        readRegion { parser in
            _ = parser.parseExpression()
            parser.skipRest()
        }
    }

    private mutating func parseIf() {
        position += 1
        parseCondition()
        parseStatement()
        // A chain of `else if` may be long: it is no nesting.
        while isWord(.else, at: position) {
            position += 1
            let continues = isWord(.if, at: position)
            if continues {
                position += 1
                parseCondition()
            }
            parseStatement()
            if !continues { break }
        }
    }

    private mutating func parseHeadAndBody(isSwitch: Bool) {
        position += 1
        parseCondition()
        if isSwitch, mark == .openBrace { parseBlock() } else { parseStatement() }
    }

    /// A loop is a scope of its own for what its head declares.
    private mutating func parseFor() {
        position += 1
        if isWord(.await, at: position) { position += 1 }
        let outer = openScope(.block, from: position)
        if mark == .openParenthesis {
            readRegion { parser in
                let outer = parser.stopsAtIn
                parser.stopsAtIn = true
                parser.parseForHead()
                parser.stopsAtIn = outer
                parser.skipRest()
            }
        }
        parseStatement()
        closeScope(returningTo: outer)
    }

    /// The three parts of a head, or a variable with what it goes through.
    private mutating func parseForHead() {
        while !isAtEnd {
            let before = position
            if let word = JavaScriptWord(rawValue: name(at: position)), word == .var || word == .let || word == .const,
                parseVariables(word)
            {
                continue
            }
            if mark == .semicolon {
                position += 1
                stopsAtIn = false
                continue
            }
            let target = parseExpression()
            if isWord(.of, at: position) || isWord(.in, at: position) {
                let isOf = isWord(.of, at: position)
                position += 1
                stopsAtIn = false
                let value = parseExpression()
                // `in` gives names of members, of which nothing is known.
                assign(target, isOf ? value : -1, .element)
            }
            if position == before { position += 1 }
        }
    }

    private mutating func parseDo() {
        position += 1
        parseStatement()
        if isWord(.while, at: position) {
            position += 1
            parseCondition()
        }
        _ = skip(.semicolon)
    }

    /// `return` and `throw`; the first value given back is kept, with the number of all, for functions of one result.
    private mutating func parseReturn(isReturn: Bool) {
        position += 1
        guard !isAtEnd, mark != .semicolon, !isAfterNewline(position) else {
            _ = skip(.semicolon)
            return
        }
        let value = parseExpression()
        let function = Int(tree.scopes[Int(scope)].variableScope)
        if isReturn {
            if tree.scopes[function].resultCount == 0 { tree.scopes[function].result = value }
            tree.scopes[function].resultCount += 1
        }
        _ = skip(.semicolon)
    }

    /// `try` with the caught value as a name of the handler's own scope.
    private mutating func parseTry() {
        position += 1
        if mark == .openBrace { parseBlock() }
        if isWord(.catch, at: position) {
            position += 1
            let outer = openScope(.block, from: position)
            if mark == .openParenthesis {
                readRegion { parser in
                    let target = parser.parsePrimary()
                    parser.declarePattern(target, .caught, in: parser.scope)
                    parser.tree.nodes[Int(target)].flags.insert(.isTarget)
                }
            }
            if mark == .openBrace { readRegion { parser in parser.parseStatements() } }
            closeScope(returningTo: outer)
        }
        if isWord(.finally, at: position) {
            position += 1
            if mark == .openBrace { parseBlock() }
        }
    }
}
