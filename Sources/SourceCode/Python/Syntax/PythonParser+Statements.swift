extension PythonParser {
    /// One statement, or the header of a compound one up to its colon.
    mutating func parseStatement() {
        let word = code
        guard word >= 0, word < PythonWords.keywordCount + 5 else {
            if word == PythonMark.at { parseDecorator() } else { parseExpressionStatement() }
            return
        }
        switch word {
        case PythonWords.importWord: parseImport()
        case PythonWords.fromWord: parseFromImport()
        case PythonWords.asyncWord where PythonParser.isStatementWord(code(ahead: 1)):
            index += 1
            parseStatement()
        case PythonWords.defWord: parseFunction()
        case PythonWords.classWord: parseClass()
        case PythonWords.ifWord, PythonWords.elifWord: parseIf()
        case PythonWords.whileWord:
            index += 1
            _ = parseExpressionList()
            pendingIsLoop = true
            _ = take(PythonMark.colon)
        case PythonWords.forWord: parseFor()
        case PythonWords.withWord: parseWith()
        case PythonWords.exceptWord: parseExcept()
        case PythonWords.tryWord, PythonWords.elseWord, PythonWords.finallyWord:
            index += 1
            _ = take(PythonMark.colon)
        case PythonWords.returnWord: parseReturn()
        case PythonWords.globalWord, PythonWords.nonlocalWord: parseGlobal()
        case PythonWords.delWord: parseDelete()
        case PythonWords.raiseWord, PythonWords.assertWord:
            index += 1
            parseLooseExpressions()
        case PythonWords.passWord, PythonWords.breakWord, PythonWords.continueWord:
            index += 1
        case PythonWords.matchWord where isSoftHeader(): parseMatch()
        case PythonWords.caseWord where isSoftHeader(): parseCase()
        case PythonWords.typeWord where PythonParser.isName(code(ahead: 1)): parseTypeAlias()
        case PythonWords.printWord, PythonWords.execWord: parseOldStatement(word)
        case _: parseExpressionStatement()
        }
    }

    private static func isStatementWord(_ code: Int32) -> Bool {
        code == PythonWords.defWord || code == PythonWords.forWord || code == PythonWords.withWord
    }

    /// Expressions with `from`, `,` or `>>` between them: `raise a, b`, `raise a from b`, `print >>f, x`.
    private mutating func parseLooseExpressions() {
        while !isLineEnd, code != PythonMark.semicolon, code != PythonMark.colon {
            let before = index
            _ = parseExpressionList()
            if index == before || code == PythonWords.fromWord || code == PythonMark.shiftRight { index += 1 }
        }
    }

    /// Whether the line ends with a colon, as the header of `match` and `case` does and no call or name alone.
    private func isSoftHeader() -> Bool {
        switch code(ahead: 1) {
        case PythonMark.assign, PythonMark.dot, PythonMark.comma, PythonMark.colon, PythonMark.close,
            PythonMark.newline, PythonMark.end, PythonMark.semicolon, PythonMark.walrus:
            return false
        case let next where PythonMark.isAugmentedAssignment(next): return false
        case _: break
        }
        var last = index
        while Int(last) < lexed.codes.count, lexed.codes[Int(last)] != PythonMark.newline { last += 1 }
        guard last > index, Int(last) < lexed.codes.count else { return false }
        // A body on the same line is possible for `case` alone.
        return lexed.codes[Int(last - 1)] == PythonMark.colon
            || code == PythonWords.caseWord && hasColonOutsideBrackets(last)
    }

    private func hasColonOutsideBrackets(_ end: Int32) -> Bool {
        var depth = 0
        for place in index..<end {
            switch lexed.codes[Int(place)] {
            case PythonMark.open, PythonMark.openBracket, PythonMark.openBrace: depth += 1
            case PythonMark.close, PythonMark.closeBracket, PythonMark.closeBrace: depth -= 1
            case PythonMark.colon where depth == 0: return true
            case _: break
            }
        }
        return false
    }

    /// `match subject:`; its cases are blocks of their own.
    private mutating func parseMatch() {
        index += 1
        _ = parseExpressionList()
        _ = take(PythonMark.colon)
    }

    /// `case pattern if guard:`: what looks like a call in a pattern calls nothing, and every name in it is bound.
    private mutating func parseCase() {
        index += 1
        isPattern = true
        while !isLineEnd, code != PythonMark.colon, code != PythonWords.ifWord {
            let before = index
            let pattern = parseExpressionList(forTargets: true)
            bind(pattern, to: -1)
            if take(PythonWords.asWord) { bind(parsePostfix(), to: -1) }
            if index == before { index += 1 }
        }
        isPattern = false
        if take(PythonWords.ifWord) { _ = parseTest() }
        _ = take(PythonMark.colon)
    }

    /// `type X = …` of Python 3.12.
    private mutating func parseTypeAlias() {
        index += 1
        let target = parsePostfix()
        if take(PythonMark.assign) { bind(target, to: parseExpressionList()) }
    }

    /// `print x` and `exec x in y` of Python 2; else an expression.
    private mutating func parseOldStatement(_ word: Int32) {
        let next = code(ahead: 1)
        let isOperand =
            next < 0 || next == PythonMark.number || PythonParser.isName(next)
            || next == PythonMark.backtick || word == PythonWords.printWord && next == PythonMark.shiftRight
        guard isOperand else {
            parseExpressionStatement()
            return
        }
        let start = index
        let low = nextNode
        index += 1
        guard word == PythonWords.execWord else {
            parseLooseExpressions()
            return
        }
        let first = parseBinary(5)
        var last = first
        while code == PythonWords.inWord || code == PythonMark.comma {
            index += 1
            let next = parseBinary(5)
            link(last, to: next)
            last = next
        }
        _ = add(.execStatement, first: first, start: start, low: low)
    }

    /// `if` and `elif`; the body of a guard against being imported gets a scope, since loading does not run it.
    private mutating func parseIf() {
        let start = index
        index += 1
        let test = parseExpressionList()
        if isGuard(test), !isScopeTooDeep { pendingScope = openScope(.guarded, start: start) }
        _ = take(PythonMark.colon)
    }

    /// Whether a test says that the file is run as a program: `__name__ == '__main__'`, also with `and`.
    private func isGuard(_ test: PythonNode.ID) -> Bool {
        guard test >= 0 else { return false }
        let node = syntax.nodes[Int(test)]
        if node.kind == .either, node.aux == PythonWords.andWord {
            return node.first >= 0 && (isComparison(node.first) || isComparison(syntax.nodes[Int(node.first)].next))
        }
        return isComparison(test)
    }

    private func isComparison(_ test: PythonNode.ID) -> Bool {
        guard test >= 0, syntax.nodes[Int(test)].kind == .other, syntax.nodes[Int(test)].aux == PythonMark.equal
        else { return false }
        let left = syntax.nodes[Int(test)].first
        guard left >= 0, syntax.nodes[Int(left)].next >= 0 else { return false }
        let right = syntax.nodes[Int(left)].next
        return isName(left) && isMain(right) || isName(right) && isMain(left)
    }

    private func isName(_ id: PythonNode.ID) -> Bool {
        let node = syntax.nodes[Int(id)]
        return node.kind == .name && node.aux == PythonWords.nameName
            && syntax.table.find(0, PythonWords.nameName) < 0
    }

    private func isMain(_ id: PythonNode.ID) -> Bool {
        let node = syntax.nodes[Int(id)]
        guard node.kind == .string, node.end == node.start + 1 else { return false }
        let token = lexed.tokens[node.start]
        guard token.end - token.start == 10 else { return false }
        return bytes[Int(token.start) + 1..<Int(token.end) - 1].elementsEqual("__main__".utf8)
    }

    /// `for targets in values:`; without `in` the targets are bound all the same, to nothing that is known.
    private mutating func parseFor() {
        index += 1
        let targets = parseExpressionList(forTargets: true)
        if take(PythonWords.inWord) {
            let values = parseExpressionList()
            bindElements(targets, of: values)
        } else {
            bind(targets, to: -1)
        }
        pendingIsLoop = true
        _ = take(PythonMark.colon)
    }

    /// `with a as b, c:`.
    private mutating func parseWith() {
        index += 1
        // `with (a as b, c as d):` has brackets that are no tuple's; they are passed over.
        let isBracketed = code == PythonMark.open && closesBeforeColon()
        if isBracketed { index += 1 }
        while !isLineEnd, code != PythonMark.colon {
            let before = index
            let context = parseTest()
            if take(PythonWords.asWord) {
                let target = parsePostfix()
                bind(target, to: context)
            }
            _ = take(PythonMark.comma)
            if isBracketed { _ = take(PythonMark.close) }
            if index == before { index += 1 }
        }
        _ = take(PythonMark.colon)
    }

    /// Whether the bracket here is closed right before the line's last colon, with an `as` inside.
    private func closesBeforeColon() -> Bool {
        var (place, depth, hasAs) = (index, 0, false)
        while Int(place) < lexed.codes.count {
            switch lexed.codes[Int(place)] {
            case PythonMark.open, PythonMark.openBracket, PythonMark.openBrace: depth += 1
            case PythonMark.close, PythonMark.closeBracket, PythonMark.closeBrace: depth -= 1
            case PythonWords.asWord: hasAs = hasAs || depth == 1
            case PythonMark.newline: return false
            case _: break
            }
            place += 1
            if depth == 0 { break }
        }
        return hasAs && Int(place) < lexed.codes.count && lexed.codes[Int(place)] == PythonMark.colon
    }

    /// `except E as e:`, and `except E, e:` of Python 2.
    private mutating func parseExcept() {
        index += 1
        _ = take(PythonMark.star)
        if code != PythonMark.colon, !isLineEnd {
            _ = parseTest()
            if take(PythonWords.asWord) || take(PythonMark.comma) {
                let target = parseTest()
                // `except (A, B):` of Python 3.14 has no brackets; a name after the comma is then no target.
                bind(target, to: -1)
            }
        }
        _ = take(PythonMark.colon)
    }

    /// `return value`: the first value of a function is kept, and how many there are.
    private mutating func parseReturn() {
        index += 1
        guard !isLineEnd, code != PythonMark.semicolon else { return }
        let value = parseExpressionList()
        var function = scope
        while function > 0, syntax.scopes[Int(function)].kind == .guarded {
            function = syntax.scopes[Int(function)].parent
        }
        syntax.scopes[Int(function)].returnCount += 1
        if syntax.scopes[Int(function)].returned < 0 { syntax.scopes[Int(function)].returned = value }
    }

    /// `global` and `nonlocal`: names that are variables of a scope outside; a module's own need no such word.
    private mutating func parseGlobal() {
        let isGlobal = code == PythonWords.globalWord
        index += 1
        while PythonParser.isName(code) {
            let home = syntax.scopes[Int(scope)].nameScope
            let name = code & ~pythonDisguisedNameBit
            var holder: Int32 = 0
            if !isGlobal {
                holder = syntax.scopes[Int(home)].parent
                while holder > 0, syntax.table.find(holder, name) < 0 { holder = syntax.scopes[Int(holder)].parent }
            }
            if home != 0, holder >= 0 {
                let variable = variable(home, name)
                syntax.variables[Int(variable)].redirect = syntax.scopes[Int(holder)].nameScope
            }
            index += 1
            _ = take(PythonMark.comma)
        }
    }

    /// `del x`: afterwards the name holds nothing that is known.
    private mutating func parseDelete() {
        index += 1
        let targets = parseExpressionList()
        guard targets >= 0, syntax.nodes[Int(targets)].kind == .name else { return }
        bind(targets, to: -1)
    }
}
