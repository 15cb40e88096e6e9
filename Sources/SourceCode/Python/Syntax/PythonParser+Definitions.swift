extension PythonParser {
    // MARK: Imports

    /// A dotted name with leading dots; -1 when there is none.
    private mutating func parseDottedName() -> Int32 {
        var dots: Int32 = 0
        while code == PythonMark.dot || code == PythonMark.ellipsis {
            dots += code == PythonMark.dot ? 1 : 3
            index += 1
        }
        let first = Int32(truncatingIfNeeded: syntax.importNames.count)
        while code >= 0, code & PythonMark.bit == 0, code != PythonWords.importWord, code != PythonWords.asWord {
            syntax.importNames.append(code & ~pythonDisguisedNameBit)
            index += 1
            guard take(PythonMark.dot) else { break }
        }
        let end = Int32(truncatingIfNeeded: syntax.importNames.count)
        guard dots > 0 || end > first else { return -1 }
        syntax.importPaths.append((first..<end, dots))
        return Int32(truncatingIfNeeded: syntax.importPaths.count - 1)
    }

    /// A path with one more name behind it.
    private mutating func path(_ path: Int32, member: Int32) -> Int32 {
        let (names, dots) = syntax.importPaths[Int(path)]
        let first = Int32(truncatingIfNeeded: syntax.importNames.count)
        for place in names { syntax.importNames.append(syntax.importNames[Int(place)]) }
        syntax.importNames.append(member)
        syntax.importPaths.append((first..<Int32(truncatingIfNeeded: syntax.importNames.count), dots))
        return Int32(truncatingIfNeeded: syntax.importPaths.count - 1)
    }

    mutating func parseImport() {
        let start = index
        index += 1
        repeat {
            let nameStart = index
            let module = parseDottedName()
            guard module >= 0 else { break }
            syntax.imports.append(PythonImport(path: module, members: [], tokens: start..<index, scope: scope))
            let (names, _) = syntax.importPaths[Int(module)]
            if take(PythonWords.asWord), PythonParser.isName(code) {
                let value = add(.imported, aux: module, start: nameStart, low: nextNode)
                declare(code & ~pythonDisguisedNameBit, value)
                index += 1
            } else if let first = names.first {
                // `import a.b` binds `a`.
                syntax.importPaths.append((first..<first + 1, 0))
                let root = Int32(truncatingIfNeeded: syntax.importPaths.count - 1)
                let value = add(.imported, aux: root, start: nameStart, low: nextNode)
                declare(syntax.importNames[Int(first)], value)
            }
        } while take(PythonMark.comma)
    }

    mutating func parseFromImport() {
        let start = index
        index += 1
        let module = parseDottedName()
        guard module >= 0, take(PythonWords.importWord) else { return }
        var members: [Int32] = []
        let isBracketed = take(PythonMark.open)
        while !isLineEnd, code != PythonMark.semicolon {
            let nameStart = index
            if take(PythonMark.star) {
                syntax.starImports.append(module)
                members.append(-1)
            } else if PythonParser.isName(code) || PythonWords.isKeyword(code) && code >= 0 {
                let member = code & ~pythonDisguisedNameBit
                index += 1
                members.append(member)
                let name =
                    take(PythonWords.asWord) && PythonParser.isName(code) ? code & ~pythonDisguisedNameBit : member
                if name != member { index += 1 }
                let value = add(.imported, aux: path(module, member: member), start: nameStart, low: nextNode)
                declare(name, value)
            }
            if isBracketed, take(PythonMark.close) { break }
            if !take(PythonMark.comma), index == nameStart { index += 1 }
        }
        syntax.imports.append(PythonImport(path: module, members: members, tokens: start..<index, scope: scope))
    }

    // MARK: Functions and classes

    mutating func parseDecorator() {
        index += 1
        let expression = parseTest()
        if expression >= 0 { decorators.append(expression) }
    }

    mutating func parseFunction() {
        let start = index
        index += 1
        let name = PythonParser.isName(code) ? code & ~pythonDisguisedNameBit : -1
        if name >= 0 { index += 1 }
        skipTypeParameters()
        let inner = isScopeTooDeep ? scope : openScope(.function, name: name, start: start)
        if take(PythonMark.open) { parseParameters(of: inner, until: PythonMark.close) }
        if take(PythonMark.arrow) { _ = parseTest() }
        _ = take(PythonMark.colon)
        define(name, inner, start: start)
        if inner != scope { pendingScope = inner }
    }

    mutating func parseClass() {
        let start = index
        index += 1
        let name = PythonParser.isName(code) ? code & ~pythonDisguisedNameBit : -1
        if name >= 0 { index += 1 }
        skipTypeParameters()
        let inner = isScopeTooDeep ? scope : openScope(.type, name: name, start: start)
        if take(PythonMark.open) {
            let arguments = parseArguments(until: PythonMark.close, after: -1)
            if inner != scope { syntax.scopes[Int(inner)].firstBase = arguments }
        }
        _ = take(PythonMark.colon)
        define(name, inner, start: start)
        if inner != scope { pendingScope = inner }
    }

    private mutating func skipTypeParameters() {
        guard code == PythonMark.openBracket else { return }
        var depth = 0
        repeat {
            if code == PythonMark.openBracket { depth += 1 }
            if code == PythonMark.closeBracket { depth -= 1 }
            index += 1
        } while depth > 0 && !isLineEnd
    }

    /// Gives the name of a definition its value, and applies its decorators to it, the nearest first.
    private mutating func define(_ name: Int32, _ inner: Int32, start: Int32) {
        let value = add(.definition, aux: inner, start: start, low: nextNode, flags: .stored)
        if name >= 0, inner != scope { declare(name, value) }
        guard !decorators.isEmpty else { return }
        var target = value
        for decorator in decorators.reversed() {
            let node = syntax.nodes[Int(decorator)]
            if node.kind == .name {
                if node.aux == PythonWords.staticmethodName { syntax.scopes[Int(inner)].isStatic = true }
                if node.aux == PythonWords.classmethodName { syntax.scopes[Int(inner)].isClassMethod = true }
            }
            target = add(.decoration, aux: target, first: decorator, start: node.start, low: nextNode)
        }
        decorators.removeAll()
    }

    /// Parameters up to `end`, which is taken: `)` of a function, `:` of a lambda.
    mutating func parseParameters(of inner: Int32, until end: Int32) {
        let first = Int32(truncatingIfNeeded: syntax.parameters.count)
        var position: Int32 = 0
        let firstName = parameterNames.count
        while !isLineEnd, code != end {
            let start = index
            if take(PythonMark.star) || take(PythonMark.power) || take(PythonMark.slash) {
                _ = take(PythonMark.comma)
                guard PythonParser.isName(code) else { continue }
                position = -1
            }
            if PythonParser.isName(code) {
                let name = code & ~pythonDisguisedNameBit
                parseParameter(name, of: inner, position: position, isLambda: end == PythonMark.colon)
                parameterNames.append(name)
                if position >= 0 { position += 1 }
            } else if code == PythonMark.open {
                // Python 2 takes tuples apart here.
                let target = parseAtom()
                let outer = scope
                scope = inner
                bind(target, to: -1)
                scope = outer
            }
            if !take(PythonMark.comma), index == start { index += 1 }
        }
        _ = take(end)
        for place in firstName..<parameterNames.count { syntax.parameters.append(parameterNames[place]) }
        parameterNames.shorten(to: firstName)
        if inner != scope {
            syntax.scopes[Int(inner)].parameters = first..<Int32(truncatingIfNeeded: syntax.parameters.count)
        }
    }

    private mutating func parseParameter(_ name: Int32, of inner: Int32, position: Int32, isLambda: Bool) {
        let start = index
        let low = nextNode
        index += 1
        let nameEnd = index
        if !isLambda, take(PythonMark.colon) { _ = parseTest() }
        var value: PythonNode.ID = -1
        if take(PythonMark.assign) { value = parseTest() }
        let outer = scope
        scope = inner
        let node = add(.parameter, aux: position, first: value, start: start, low: low, flags: .stored)
        syntax.nodes[Int(node)].end = nameEnd
        declare(name, node)
        scope = outer
        if value >= 0 { syntax.assignments.append(PythonAssignment(target: node, value: value)) }
    }
}
