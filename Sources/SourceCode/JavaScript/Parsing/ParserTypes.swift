/// TypeScript's types and JSX's elements.
extension JavaScriptParser {
    /// Passes over a type. Brackets are passed over as a whole.
    mutating func skipType(stopsAtArrow: Bool = false) {
        while mark == .or || mark == .and { position += 1 }
        var steps = 0
        while !isAtEnd, steps < 10_000 {
            steps += 1
            let before = position
            skipTypeOperand()
            guard position > before else { return }
            switch mark {
            case .or, .and, .question, .dot: position += 1
            case .colon where steps > 1 && isInTypeCondition(before): position += 1
            case .arrow where !stopsAtArrow: position += 1
            default:
                let word = name(at: position)
                guard word == .extends || word == .is, !isAfterNewline(position) else { return }
                position += 1
            }
        }
    }

    /// Whether the colon belongs to `A extends B ? C : D`.
    private func isInTypeCondition(_ place: Int32) -> Bool { mark(at: place - 1) == .question }

    private mutating func skipTypeOperand() {
        while let word = JavaScriptWord(rawValue: name(at: position)) {
            switch word {
            case .keyof, .typeof, .readonly, .unique, .infer, .asserts, .new, .abstract:
                // These are names too.
                guard position + 1 < regionEnd, beginsType(position + 1) else { break }
                position += 1
                continue
            default: break
            }
            break
        }
        switch mark {
        case .openBrace, .openBracket: position = min(partner(of: position) + 1, regionEnd)
        case .openParenthesis:
            position = min(partner(of: position) + 1, regionEnd)
        case .less:
            skipAngles()
            return
        case .minus: position += min(2, regionEnd - position)
        default:
            guard position < regionEnd else { return }
            switch lexed.tokens[position].kind {
            case .identifier, .string, .number: position += 1
            case .templateHead:
                // The partner of one that never ends stands behind the last token.
                while position < regionEnd - 1, lexed.tokens[position].kind != .templateTail,
                    partner(of: position) > position
                {
                    position = partner(of: position)
                }
                position = min(position + 1, regionEnd)
            case .punctuator, .templateMiddle, .templateTail, .regularExpression, .markupText, .newline, .indent,
                .dedent:
                return
            }
        }
        while !isAtEnd {
            if mark == .less, !isAfterNewline(position) {
                skipAngles()
            } else if mark == .openBracket, !isAfterNewline(position) {
                position = min(partner(of: position) + 1, regionEnd)
            } else {
                return
            }
        }
    }

    private func beginsType(_ place: Int32) -> Bool {
        if name(at: place) >= 0 || isString(at: place) { return !isAfterNewline(place) }
        switch mark(at: place) {
        case .openBrace, .openBracket, .openParenthesis: return !isAfterNewline(place)
        default: return false
        }
    }

    /// Passes over `<…>`; only over `<` when it is not closed near by.
    mutating func skipAngles() {
        let end = closingAngle(from: position)
        position = end >= 0 ? end + 1 : min(position + 1, regionEnd)
    }

    /// The last token of the angle brackets that begin at a place; -1 when there is none near by.
    private func closingAngle(from start: Int32) -> Int32 {
        var (open, place) = (0, start)
        let limit = min(regionEnd, start + 400)
        while place < limit {
            switch mark(at: place) {
            case .less: open += 1
            case .shiftLeft: open += 2
            case .greater: open -= 1
            case .shiftRight: open -= 2
            case .shiftUnsigned: open -= 3
            case .openBrace, .openBracket, .openParenthesis: place = partner(of: place)
            case .semicolon, .closeBrace, .closeBracket, .closeParenthesis, .plus, .logicalAnd, .logicalOr: return -1
            default: break
            }
            if open <= 0 { return place }
            place += 1
        }
        return -1
    }

    /// Passes over type arguments before a call or template; false, with nothing read, when it is a comparison.
    mutating func passesTypeArguments() -> Bool {
        let end = closingAngle(from: position)
        guard end >= 0, end + 1 < regionEnd else { return false }
        let isCall = mark(at: end + 1) == .openParenthesis || isString(at: end + 1)
        guard isCall else { return false }
        position = end + 1
        return true
    }

    // MARK: Elements

    /// An element: every expression between its braces, however deep.
    mutating func parseElement() -> Int32 {
        let start = position
        let anchor = tree.add(.missing, start..<start)
        var last = anchor
        readRegion { parser in
            while !parser.isAtEnd {
                let place = parser.position
                var node: Int32 = -1
                switch parser.mark {
                case .openBrace:
                    parser.readRegion { inner in
                        node = inner.parseExpression()
                        inner.skipRest()
                    }
                case .less where parser.lexed.codes[place].partner > place:
                    node = parser.parseElement()
                default:
                    if parser.isString(at: place) { node = parser.tree.add(.string, place..<place + 1, data: place) }
                    parser.position += 1
                }
                if node >= 0 {
                    parser.tree.nodes[Int(last)].next = node
                    last = node
                }
            }
        }
        return tree.add(.element, start..<position, child: tree[anchor].next)
    }
}
