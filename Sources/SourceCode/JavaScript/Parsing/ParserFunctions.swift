/// Functions and classes with their scopes.
extension JavaScriptParser {
    /// What stands before the name of a method or field.
    struct MemberMarks {
        var isStatic = false
        var isAsync = false
        var isGenerator = false
        var isAccessor = false
    }

    // MARK: Functions

    /// `function`, with its name declared inside it when it is an operand.
    mutating func parseFunction(isAsync: Bool, isDeclaration: Bool = false) -> Int32 {
        let start = isAsync ? position - 1 : position
        position += 1
        let isGenerator = skip(.multiply)
        var ownName: Int32 = -1
        let nameToken = position
        if mark != .openParenthesis, mark != .less {
            ownName = name(at: position)
            if ownName >= 0 { position += 1 }
        }
        let symbol = ownName >= 0 && isDeclaration ? declare(ownName, .function, in: scope, at: nameToken) : -1
        if mark == .less { skipAngles() }
        let outer = openScope(.function, from: position)
        let number = scope
        tree.scopes[Int(number)].name = ownName
        tree.scopes[Int(number)].isGenerator = isGenerator
        let own = ownName >= 0 && !isDeclaration ? declare(ownName, .ownName, in: number, at: nameToken) : symbol
        parseParameters()
        parseFunctionBody()
        closeScope(returningTo: outer)
        let node = tree.add(.function, start..<position, data: number)
        tree.scopes[Int(number)].node = node
        if own >= 0 { tree.symbols[Int(own)].declared = node }
        return node
    }

    /// The parameters in parentheses.
    mutating func parseParameters() {
        guard mark == .openParenthesis else { return }
        readRegion { parser in
            var place: Int32 = 0
            while !parser.isAtEnd {
                let before = parser.position
                parser.parseParameter(place)
                place += 1
                if !parser.skip(.comma), parser.position == before { parser.position += 1 }
            }
        }
    }

    /// One parameter: a name or a pattern, with its type and default passed over or kept.
    private mutating func parseParameter(_ place: Int32) {
        skipDecorators()
        // TypeScript's `private readonly name`.
        while isTyped, name(at: position) >= 0, name(at: position + 1) >= 0 || mark(at: position + 1) == .openBrace {
            position += 1
        }
        _ = skip(.spread)
        let target = parsePrimary()
        declareParameter(target, place)
        if mark == .question { position += 1 }
        if skip(.colon) { skipType() }
        if skip(.assign) {
            let value = parseAssignment()
            assign(target, value, .byDefault)
        }
    }

    /// Declares what a parameter names. Patterns wait for the first call: it says what they take apart.
    private mutating func declareParameter(_ target: Int32, _ place: Int32) {
        let first = tree.symbols.count
        declarePattern(target, .parameter, in: scope)
        tree.nodes[Int(target)].flags.insert(.isTarget)
        tree.scopes[Int(scope)].parameterCount = place + 1
        if tree[target].kind == .name, first < tree.symbols.count {
            tree.symbols[first].place = place
        } else if tree[target].kind == .object || tree[target].kind == .array {
            tree.patternParameters[scope, default: []].append((place, target))
        }
    }

    /// A body in braces, behind the type of the result; overloads have none.
    mutating func parseFunctionBody() {
        if skip(.colon) { skipType() }
        guard mark == .openBrace else { return }
        readBody()
    }

    /// Statements in braces; neither `for` nor a condition around the function reaches into it.
    private mutating func readBody() {
        readRegion { parser in
            let outer = (parser.stopsAtIn, parser.isInConsequent)
            (parser.stopsAtIn, parser.isInConsequent) = (false, false)
            parser.parseStatements()
            (parser.stopsAtIn, parser.isInConsequent) = outer
        }
    }

    /// An arrow function; nil, with nothing read, when none begins here.
    mutating func parseArrow() -> Int32? {
        let start = position
        let isAsync = isWord(.async, at: start) && !isAfterNewline(start + 1)
        if name(at: start) >= 0 {
            if mark(at: start + 1) == .arrow { return finishArrow(from: start, parameters: start) }
            guard isAsync else { return nil }
            if name(at: start + 1) >= 0, mark(at: start + 2) == .arrow {
                return finishArrow(from: start, parameters: start + 1)
            }
        }
        let first = isAsync ? start + 1 : start
        switch mark(at: first) {
        case .openParenthesis:
            guard isArrow(behind: partner(of: first)) else { return nil }
            return finishArrow(from: start, parameters: first)
        case .less where isTyped && lexed.codes[first].partner < 0:
            position = first
            skipAngles()
            let place = position
            position = start
            guard mark(at: place) == .openParenthesis, isArrow(behind: partner(of: place)) else { return nil }
            return finishArrow(from: start, parameters: place)
        default: return nil
        }
    }

    /// Whether `=>` stands behind closed parentheses, perhaps with the type of the result between.
    private mutating func isArrow(behind close: Int32) -> Bool {
        if mark(at: close + 1) == .arrow { return true }
        guard isTyped, !isInConsequent, mark(at: close + 1) == .colon else { return false }
        let outer = position
        position = close + 2
        skipType(stopsAtArrow: true)
        let found = mark == .arrow
        position = outer
        return found
    }

    /// An arrow function whose beginning was looked at: `parameters` is its parenthesis or its only name.
    private mutating func finishArrow(from start: Int32, parameters: Int32) -> Int32 {
        position = parameters
        let outer = openScope(.function, from: position)
        let number = scope
        tree.scopes[Int(number)].isArrow = true
        if mark == .openParenthesis {
            parseParameters()
            if skip(.colon) { skipType(stopsAtArrow: true) }
        } else {
            declareParameter(parsePrimary(), 0)
        }
        _ = skip(.arrow)
        if mark == .openBrace {
            readBody()
        } else {
            let value = parseAssignment()
            tree.scopes[Int(number)].result = value
            tree.scopes[Int(number)].resultCount = 1
        }
        closeScope(returningTo: outer)
        let node = tree.add(.function, start..<position, data: number)
        tree.scopes[Int(number)].node = node
        return node
    }

    /// A method, getter or setter behind its key.
    mutating func parseMethod(_ key: Key, from start: Int32, _ marks: MemberMarks) -> Int32 {
        let outer = openScope(.function, from: position)
        let number = scope
        tree.scopes[Int(number)].name = key.name
        tree.scopes[Int(number)].isGenerator = marks.isGenerator
        parseParameters()
        parseFunctionBody()
        closeScope(returningTo: outer)
        let function = tree.add(.function, start..<position, data: number)
        tree.scopes[Int(number)].node = function
        return property(key, function, from: start, marks.isStatic ? [.isMethod, .isStatic] : .isMethod)
    }

    // MARK: Classes

    /// A class; its first child is the class that it extends, where there is one, then its members.
    mutating func parseClass(isDeclaration: Bool = false) -> Int32 {
        let start = position
        position += 1
        var ownName: Int32 = -1
        let nameToken = position
        if mark != .openBrace, name(at: position) != .extends, name(at: position) != .implements {
            ownName = name(at: position)
            if ownName >= 0 { position += 1 }
        }
        let symbol = ownName >= 0 && isDeclaration ? declare(ownName, .type, in: scope, at: nameToken) : -1
        if mark == .less { skipAngles() }
        var parent: Int32 = -1
        if isWord(.extends, at: position) {
            position += 1
            let parentStart = position
            parent = parseMembers(of: parsePrimary(), from: parentStart, allowsCalls: true)
            if mark == .less { skipAngles() }
        }
        while !isAtEnd, mark != .openBrace, mark != .semicolon { position += 1 }
        let outer = openScope(.type, from: position)
        let number = scope
        tree.scopes[Int(number)].name = ownName
        let own = ownName >= 0 && !isDeclaration ? declare(ownName, .ownName, in: number, at: nameToken) : symbol
        var first = parent
        if mark == .openBrace {
            readRegion { parser in first = parser.parseClassBody(after: parent) }
        }
        closeScope(returningTo: outer)
        let node = tree.add(.class, start..<position, child: first, data: number)
        tree.scopes[Int(number)].node = node
        if own >= 0 { tree.symbols[Int(own)].declared = node }
        return node
    }

    /// The members, linked behind the parent class; gives the first child.
    private mutating func parseClassBody(after parent: Int32) -> Int32 {
        var (first, last) = (parent, parent)
        while !isAtEnd {
            let before = position
            skipDecorators()
            if let member = parseClassMember() {
                if last >= 0 { tree.nodes[Int(last)].next = member } else { first = member }
                last = member
            }
            if position == before { position += 1 }
        }
        return first
    }

    /// A method, field or static block; nil for the last, which has no name.
    private mutating func parseClassMember() -> Int32? {
        let start = position
        if isWord(.static, at: position), mark(at: position + 1) == .openBrace {
            position += 1
            let outer = openScope(.function, from: position)
            // It runs when the class is made.
            tree.scopes[Int(scope)].runsWithParent = true
            readBody()
            closeScope(returningTo: outer)
            return nil
        }
        let marks = skipModifiers()
        let key = parseKey()
        guard position > start else { return nil }
        if mark == .question || mark == .not { position += 1 }
        if mark == .less { skipAngles() }
        if mark == .openParenthesis { return parseMethod(key, from: start, marks) }
        if skip(.colon) { skipType() }
        var value: Int32 = -1
        if skip(.assign) {
            value = parseAssignment()
            nameFunction(value, key.name)
        }
        _ = skip(.semicolon)
        return property(key, value, from: start, marks.isStatic ? .isStatic : [])
    }

    /// Passes over `static`, `async`, `get`, `*`, TypeScript's words and their kind, when a key stands behind them.
    mutating func skipModifiers() -> MemberMarks {
        var marks = MemberMarks()
        while position < regionEnd {
            if mark == .multiply {
                marks.isGenerator = true
                position += 1
                continue
            }
            guard let word = JavaScriptWord(rawValue: name(at: position)), beginsKey(position + 1) else { break }
            switch word {
            case .static: marks.isStatic = true
            case .async: marks.isAsync = true
            case .get, .set: marks.isAccessor = true
            case .public, .private, .protected, .readonly, .abstract, .override, .declare, .accessor: break
            default: return marks
            }
            position += 1
        }
        return marks
    }

    /// Whether a key may begin at a place, so that the word before it is a modifier and no key itself.
    private func beginsKey(_ place: Int32) -> Bool {
        guard place < regionEnd else { return false }
        switch lexed.tokens[place].kind {
        case .identifier, .string, .number: return true
        case .punctuator: return mark(at: place) == .openBracket || mark(at: place) == .multiply
        case .templateHead, .templateMiddle, .templateTail, .regularExpression, .markupText, .newline, .indent, .dedent:
            return false
        }
    }

    /// Reads decorators as the expressions that they are: they run when the class is made.
    mutating func skipDecorators() {
        while mark == .at {
            position += 1
            let start = position
            _ = parseMembers(of: parsePrimary(), from: start, allowsCalls: true)
        }
    }
}
