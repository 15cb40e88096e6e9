/// Operands: names, literals, and what stands in brackets of its own.
extension JavaScriptParser {
    /// An operand without what follows it; `missing`, with nothing read, where none begins.
    ///
    /// Whoever loops over operands must move on by itself then: what is read here may be anything.
    mutating func parsePrimary() -> Int32 {
        guard position < regionEnd else { return tree.add(.missing, position..<position) }
        let start = position
        switch lexed.tokens[start].kind {
        case .identifier: return parseWord()
        case .string: return leaf(lexed.codes[start].value == TokenCode.template ? .template : .string)
        case .number: return leaf(.number)
        case .regularExpression: return leaf(.regularExpression)
        case .templateHead: return parseTemplate()
        case .punctuator: return parseMark()
        case .templateMiddle, .templateTail, .markupText, .newline, .indent, .dedent:
            return tree.add(.missing, start..<start)
        }
    }

    /// A literal of one token.
    private mutating func leaf(_ kind: JavaScriptNode.Kind) -> Int32 {
        if kind == .template { return parseTemplate() }
        position += 1
        return tree.add(kind, position - 1..<position, data: position - 1)
    }

    /// An operand that begins with a mark.
    private mutating func parseMark() -> Int32 {
        let start = position
        switch mark {
        case .openParenthesis: return parseGroup()
        case .openBracket: return parseArray()
        case .openBrace: return parseObject()
        // Only tags have partners; a comparison has none.
        case .less where lexed.codes[start].partner > start: return parseElement()
        case .at:
            skipDecorators()
            guard position > start, isWord(.class, at: position) else { return tree.add(.missing, start..<position) }
            return parseClass()
        case .spread:
            position += 1
            let value = parseAssignment()
            return tree.add(.spread, start..<position, child: value)
        default:
            return tree.add(.missing, start..<start)
        }
    }

    /// Parentheses. Within them `in` and colons mean what they mean everywhere, whatever stands around them.
    private mutating func parseGroup() -> Int32 {
        let start = position
        var inside: Int32 = -1
        readRegion { parser in
            let outer = (parser.stopsAtIn, parser.isInConsequent)
            (parser.stopsAtIn, parser.isInConsequent) = (false, false)
            inside = parser.parseExpression()
            parser.skipRest()
            (parser.stopsAtIn, parser.isInConsequent) = outer
        }
        return tree.add(.group, start..<position, child: inside)
    }

    /// A list; as a pattern it is the same.
    private mutating func parseArray() -> Int32 {
        let start = position
        var first: Int32 = -1
        readRegion { parser in
            let outer = (parser.stopsAtIn, parser.isInConsequent)
            (parser.stopsAtIn, parser.isInConsequent) = (false, false)
            first = parser.parseList(after: -1)
            (parser.stopsAtIn, parser.isInConsequent) = outer
        }
        return tree.add(.array, start..<position, child: first)
    }

    /// Reads what is left of a region that should have ended: nothing may hide there.
    mutating func skipRest() {
        while !isAtEnd {
            let before = position
            _ = parseExpression()
            if position == before { position += 1 }
        }
    }

    /// A template with or without substitutions: strings and expressions in turn.
    mutating func parseTemplate() -> Int32 {
        let start = position
        position += 1
        var (first, last) = (tree.add(.string, start..<position, data: start), Int32(-1))
        last = first
        // The tokenizer linked each piece with the next one, so that broken substitutions do not spread.
        var piece = start
        while lexed.tokens[piece].kind == .templateHead || lexed.tokens[piece].kind == .templateMiddle {
            let close = partner(of: piece)
            position = piece
            var value: Int32 = -1
            readRegion { parser in
                let outer = (parser.stopsAtIn, parser.isInConsequent)
                (parser.stopsAtIn, parser.isInConsequent) = (false, false)
                value = parser.parseExpression()
                parser.skipRest()
                (parser.stopsAtIn, parser.isInConsequent) = outer
            }
            if value < 0 { value = tree.add(.missing, position..<position) }
            tree.nodes[Int(last)].next = value
            last = value
            guard close < regionEnd, close > piece else { break }
            piece = close
            let next = tree.add(.string, piece..<piece + 1, data: piece)
            tree.nodes[Int(last)].next = next
            last = next
            position = close + 1
        }
        first = tree.add(.template, start..<position, child: first)
        return first
    }

    /// A name, or what its word begins.
    private mutating func parseWord() -> Int32 {
        let start = position
        let word = name(at: start)
        if word < JavaScriptWord.reservedCount || word == .async {
            switch JavaScriptWord(rawValue: word) {
            case .function: return parseFunction(isAsync: false)
            case .class: return parseClass()
            case .new: return parseNew()
            case .import: return parseImportExpression()
            case .async where isWord(.function, at: start + 1) && !isAfterNewline(start + 1):
                position += 1
                return parseFunction(isAsync: true)
            case .this:
                position += 1
                return tree.add(.this, start..<position, data: scope)
            case .super:
                position += 1
                return tree.add(.super, start..<position)
            case .true, .false, .null:
                position += 1
                return tree.add(.word, start..<position, data: word)
            // These end an expression that was left unfinished: what they begin must not be swallowed.
            case .in, .instanceof, .else, .case, .default, .catch, .finally:
                return tree.add(.missing, start..<start)
            default: break
            }
        }
        position += 1
        return tree.add(.name, start..<position, data: word)
    }

    /// `new` with its callee, whose own calls are not part of it: `new a.b(c).d` constructs `a.b`.
    private mutating func parseNew() -> Int32 {
        let start = position
        position += 1
        if mark == .dot {
            // `new.target`.
            position = min(position + 2, regionEnd)
            return tree.add(.meta, start..<position)
        }
        guard enter() else { return putOffRest() }
        defer { leave() }
        let operandStart = position
        let operand = isWord(.new, at: position) ? parseNew() : parsePrimary()
        let callee = parseMembers(of: operand, from: operandStart, allowsCalls: false)
        if isTyped, mark == .less { _ = passesTypeArguments() }
        consume(callee)
        if mark == .openParenthesis { parseArguments(after: callee) }
        return tree.add(.construct, start..<position, child: callee)
    }

    /// `import(…)` and `import.meta`.
    private mutating func parseImportExpression() -> Int32 {
        let start = position
        position += 1
        if mark == .dot {
            // `import.meta`, `import.defer(x)`.
            position = min(position + 2, regionEnd)
            guard mark == .openParenthesis else { return tree.add(.meta, start..<position) }
        }
        guard mark == .openParenthesis else { return tree.add(.missing, start..<position) }
        // Arguments are linked behind a node; the call itself has no callee.
        let anchor = tree.add(.missing, start..<position)
        parseArguments(after: anchor)
        return tree.add(.importCall, start..<position, child: tree[anchor].next)
    }

    // MARK: Objects

    /// An object, which may turn out to be a pattern.
    private mutating func parseObject() -> Int32 {
        let start = position
        var first: Int32 = -1
        readRegion { parser in
            let outer = (parser.stopsAtIn, parser.isInConsequent)
            (parser.stopsAtIn, parser.isInConsequent) = (false, false)
            var last: Int32 = -1
            while !parser.isAtEnd {
                let before = parser.position
                let property = parser.parseProperty()
                if last >= 0 { parser.tree.nodes[Int(last)].next = property } else { first = property }
                last = property
                if !parser.skip(.comma), parser.position == before { parser.position += 1 }
            }
            (parser.stopsAtIn, parser.isInConsequent) = outer
        }
        return tree.add(.object, start..<position, child: first)
    }

    /// One member of an object: spread, method, accessor, pair or shorthand.
    private mutating func parseProperty() -> Int32 {
        let start = position
        if skip(.spread) {
            let value = parseAssignment()
            return tree.add(.spread, start..<position, child: value)
        }
        let marks = skipModifiers()
        let key = parseKey()
        if isTyped, mark == .less { skipAngles() }
        if mark == .openParenthesis { return parseMethod(key, from: start, marks) }
        if skip(.colon) {
            let value = parseAssignment()
            nameFunction(value, key.name)
            return property(key, value, from: start, [])
        }
        // Shorthand, perhaps with a default when it is a pattern.
        guard key.name >= 0, key.node < 0 else { return property(key, -1, from: start, []) }
        let target = tree.add(.name, key.place..<key.place + 1, data: key.name)
        var value = target
        if skip(.assign) {
            let other = parseAssignment()
            tree.nodes[Int(target)].next = other
            value = tree.add(
                .assignment, key.place..<position, child: target, data: Int32(Punctuator.assign.rawValue))
        }
        return property(key, value, from: start, .isShorthand)
    }

    /// A key that was read: its name, its place, and its node when it is computed or a string.
    struct Key {
        var name: Int32 = -1
        var place: Int32 = -1
        var node: Int32 = -1
    }

    /// The node of a member; its value is `missing` where none was read, so that its last child always is the value.
    mutating func property(
        _ key: Key, _ value: Int32, from start: Int32, _ flags: JavaScriptNode.Flags
    ) -> Int32 {
        var value = value
        if value < 0 { value = tree.add(.missing, position..<position) }
        guard key.node >= 0 else {
            return tree.add(.property, start..<position, child: value, data: key.name, flags: flags)
        }
        tree.nodes[Int(key.node)].next = value
        return tree.add(.property, start..<position, child: key.node, flags: flags.union(.isComputed))
    }

    /// What a member is called; nothing is read where no key stands.
    mutating func parseKey() -> Key {
        var key = Key(place: position)
        guard position < regionEnd else { return key }
        switch lexed.tokens[position].kind {
        case .identifier:
            key.name = name(at: position)
            position += 1
        case .string, .number:
            key.node = tree.add(
                lexed.tokens[position].kind == .string ? .string : .number, position..<position + 1, data: position)
            position += 1
        case .punctuator where mark == .openBracket:
            readRegion { parser in key.node = parser.parseExpression() }
            if key.node < 0 { key.node = tree.add(.missing, position..<position) }
        case .punctuator, .regularExpression, .templateHead, .templateMiddle, .templateTail, .markupText, .newline,
            .indent, .dedent:
            break
        }
        return key
    }
}
