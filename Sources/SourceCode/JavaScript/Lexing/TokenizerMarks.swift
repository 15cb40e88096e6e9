/// Brackets and operators: what each says about the token behind it.
extension JavaScriptTokenizer {
    // MARK: Brackets

    /// An opening bracket; what it opens decides how its content and what follows it is read.
    mutating func readOpening(_ byte: UInt8) {
        let index = Int32(truncatingIfNeeded: tokens.count)
        switch byte {
        case UInt8(ascii: "("):
            let isHead = lastWord >= 0
            let isOperand = awaitsParameters && functionIsOperand
            awaitsParameters = false
            contexts.append(
                LexicalContext(isHead ? .head : isOperand ? .operandParameters : .parenthesis, opener: index))
            emitMark(.openParenthesis, length: 1, next: .operand)
        case UInt8(ascii: "["):
            contexts.append(LexicalContext(.bracket, opener: index))
            emitMark(.openBracket, length: 1, next: .operand)
        default:
            let kind = braceKind()
            contexts.append(LexicalContext(kind, opener: index))
            let hasStatements = kind != .object && kind != .markupExpression
            emitMark(.openBrace, length: 1, next: hasStatements ? .statement : .operand)
        }
    }

    /// What a brace opens, told by what stands before it.
    private mutating func braceKind() -> LexicalContext.Kind {
        let top = contexts.count - 1
        if contexts[top].kind == .tag { return .markupExpression }
        switch state {
        case .statement, .condition, .arrow: return .block
        case .parameters: return .operandBody
        case .operand, .member: return .object
        case .value:
            guard contexts[top].awaitsClassBody else { return .block }
            contexts[top].awaitsClassBody = false
            return contexts[top].classIsOperand ? .operandClassBody : .classBody
        }
    }

    /// A closing bracket with its partner; one that closes nothing is put out alone and reported.
    mutating func readClosing(_ byte: UInt8) {
        guard closeTo(byte) else {
            report(.unbalancedBrackets, at: position)
            return emitClosing(byte, next: byte == UInt8(ascii: "}") ? .statement : .value)
        }
        let context = contexts.removeLast()
        let index = tokens.count
        if context.opener >= 0 {
            output.codes[Int(context.opener)].partner = Int32(truncatingIfNeeded: index)
        }
        switch context.kind {
        case .substitution:
            position += 1
            readTemplate(from: position - 1, isHead: false)
        case .head: emitClosing(byte, next: .condition)
        case .operandParameters: emitClosing(byte, next: .parameters)
        case .block, .classBody: emitClosing(byte, next: .statement)
        case .module, .parenthesis, .bracket, .operandBody, .object, .operandClassBody, .tag, .closingTag, .markup,
            .markupExpression:
            emitClosing(byte, next: .value)
        }
        if index < output.codes.count { output.codes[index].partner = context.opener }
    }

    private mutating func emitClosing(_ byte: UInt8, next: LexicalState) {
        switch byte {
        case UInt8(ascii: ")"): emitMark(.closeParenthesis, length: 1, next: next)
        case UInt8(ascii: "]"): emitMark(.closeBracket, length: 1, next: next)
        default: emitMark(.closeBrace, length: 1, next: next)
        }
    }

    /// Drops contexts that were not closed above the one that a bracket closes; false when it closes none near by.
    private mutating func closeTo(_ byte: UInt8) -> Bool {
        var index = contexts.count - 1
        // Looking further for each of many stray brackets would not be linear.
        let floor = max(index - 64, 0)
        while index > floor || index == floor && index > 0 {
            if closes(byte, contexts[index].kind) { break }
            index -= 1
        }
        guard index > 0, closes(byte, contexts[index].kind) else { return false }
        if index < contexts.count - 1 { report(.unbalancedBrackets, at: position) }
        while contexts.count - 1 > index {
            let dropped = contexts.removeLast()
            if dropped.opener >= 0 {
                output.codes[Int(dropped.opener)].partner = Int32(truncatingIfNeeded: tokens.count)
            }
        }
        return true
    }

    private func closes(_ byte: UInt8, _ kind: LexicalContext.Kind) -> Bool {
        switch kind {
        case .parenthesis, .head, .operandParameters: byte == UInt8(ascii: ")")
        case .bracket: byte == UInt8(ascii: "]")
        case .block, .operandBody, .object, .classBody, .operandClassBody, .substitution, .markupExpression:
            byte == UInt8(ascii: "}")
        case .module, .tag, .closingTag, .markup: false
        }
    }

    // MARK: Operators

    @inline(__always)
    mutating func emitMark(_ mark: Punctuator, length: Int, next: LexicalState) {
        let start = position
        position += length
        emit(.punctuator, TokenShape(mark), from: start, value: Int32(mark.rawValue))
        state = next
    }

    /// An operator: the longest that stands here.
    mutating func readMark(_ byte: UInt8) {
        let (second, third) = (at(position + 1), at(position + 2))
        switch byte {
        case UInt8(ascii: ","): emitMark(.comma, length: 1, next: .operand)
        case UInt8(ascii: ";"):
            // No condition or class head goes on behind a statement: what was left open ends here.
            contexts[contexts.count - 1].questions = 0
            contexts[contexts.count - 1].awaitsClassBody = false
            emitMark(.semicolon, length: 1, next: .statement)
        case UInt8(ascii: "."):
            if second == byte, third == byte {
                emitMark(.spread, length: 3, next: .operand)
            } else {
                emitMark(.dot, length: 1, next: .member)
            }
        case UInt8(ascii: ":"): readColon()
        case UInt8(ascii: "?"): readQuestion(second, third)
        case UInt8(ascii: "="):
            if second == UInt8(ascii: ">") {
                emitMark(.arrow, length: 2, next: .arrow)
            } else if second == UInt8(ascii: "=") {
                let isLong = third == UInt8(ascii: "=")
                emitMark(isLong ? .identical : .equal, length: isLong ? 3 : 2, next: .operand)
            } else {
                emitMark(.assign, length: 1, next: .operand)
            }
        case UInt8(ascii: "!"): readExclamation(second, third)
        case UInt8(ascii: "<"), UInt8(ascii: ">"): readAngle(byte, second, third)
        case UInt8(ascii: "+"), UInt8(ascii: "-"): readSign(byte, second)
        case UInt8(ascii: "*"), UInt8(ascii: "&"), UInt8(ascii: "|"): readDoubling(byte, second, third)
        case UInt8(ascii: "%"): readSimple(.remainder, .remainderAssign, second)
        case UInt8(ascii: "^"): readSimple(.exclusive, .exclusiveAssign, second)
        case UInt8(ascii: "~"): emitMark(.complement, length: 1, next: .operand)
        case UInt8(ascii: "@"): emitMark(.at, length: 1, next: .operand)
        default: readStrayByte()
        }
    }

    private mutating func readSimple(_ mark: Punctuator, _ assignment: Punctuator, _ second: UInt8) {
        let isAssignment = second == UInt8(ascii: "=")
        emitMark(isAssignment ? assignment : mark, length: isAssignment ? 2 : 1, next: .operand)
    }

    /// A colon ends a condition's middle, a key, or a label; behind a label a statement begins.
    private mutating func readColon() {
        let top = contexts.count - 1
        var next = LexicalState.operand
        if contexts[top].questions > 0 {
            contexts[top].questions -= 1
        } else {
            switch contexts[top].kind {
            case .module, .block, .operandBody: next = .statement
            case .parenthesis, .head, .operandParameters, .bracket, .object, .classBody, .operandClassBody,
                .substitution, .tag, .closingTag, .markup, .markupExpression:
                next = .operand
            }
        }
        emitMark(.colon, length: 1, next: next)
    }

    private mutating func readQuestion(_ second: UInt8, _ third: UInt8) {
        if second == UInt8(ascii: "?") {
            let isAssignment = third == UInt8(ascii: "=")
            emitMark(isAssignment ? .nullishAssign : .nullish, length: isAssignment ? 3 : 2, next: .operand)
        } else if second == UInt8(ascii: "."), !(third &- 0x30 < 10) {
            emitMark(.optionalDot, length: 2, next: .member)
        } else {
            // TypeScript's optional parameters and members: `a?: b`, `a?)`, `a?,`.
            let isOptional = second == UInt8(ascii: ":") || second == UInt8(ascii: ")") || second == UInt8(ascii: ",")
            if !isOptional { contexts[contexts.count - 1].questions += 1 }
            emitMark(.question, length: 1, next: isOptional ? .value : .operand)
        }
    }

    private mutating func readExclamation(_ second: UInt8, _ third: UInt8) {
        if second == UInt8(ascii: "=") {
            let isLong = third == UInt8(ascii: "=")
            emitMark(isLong ? .notIdentical : .notEqual, length: isLong ? 3 : 2, next: .operand)
        } else {
            // TypeScript's `value!`.
            let isPostfix = state == .value && !afterNewline
            emitMark(.not, length: 1, next: isPostfix ? .value : .operand)
        }
    }

    private mutating func readAngle(_ byte: UInt8, _ second: UInt8, _ third: UInt8) {
        if byte == UInt8(ascii: ">"), endsTag() { return }
        let isLess = byte == UInt8(ascii: "<")
        if second == byte {
            if !isLess, third == byte {
                let isAssignment = at(position + 3) == UInt8(ascii: "=")
                emitMark(
                    isAssignment ? .shiftUnsignedAssign : .shiftUnsigned, length: isAssignment ? 4 : 3, next: .operand)
            } else if third == UInt8(ascii: "=") {
                emitMark(isLess ? .shiftLeftAssign : .shiftRightAssign, length: 3, next: .operand)
            } else {
                emitMark(isLess ? .shiftLeft : .shiftRight, length: 2, next: .operand)
            }
        } else if second == UInt8(ascii: "=") {
            emitMark(isLess ? .lessEqual : .greaterEqual, length: 2, next: .operand)
        } else {
            emitMark(isLess ? .less : .greater, length: 1, next: .operand)
        }
    }

    private mutating func readSign(_ byte: UInt8, _ second: UInt8) {
        let isPlus = byte == UInt8(ascii: "+")
        if second == byte {
            // Behind a value on the same line it belongs to that.
            let isPostfix = (state == .value || state == .parameters) && !afterNewline
            emitMark(isPlus ? .increment : .decrement, length: 2, next: isPostfix ? .value : .operand)
        } else {
            readSimple(isPlus ? .plus : .minus, isPlus ? .addAssign : .subtractAssign, second)
        }
    }

    private mutating func readDoubling(_ byte: UInt8, _ second: UInt8, _ third: UInt8) {
        let isDouble = second == byte
        let isAssignment = (isDouble ? third : second) == UInt8(ascii: "=")
        let mark: Punctuator
        switch (byte, isDouble) {
        case (UInt8(ascii: "*"), false): mark = isAssignment ? .multiplyAssign : .multiply
        case (UInt8(ascii: "*"), true): mark = isAssignment ? .powerAssign : .power
        case (UInt8(ascii: "&"), false): mark = isAssignment ? .andAssign : .and
        case (UInt8(ascii: "&"), true): mark = isAssignment ? .logicalAndAssign : .logicalAnd
        case (_, false): mark = isAssignment ? .orAssign : .or
        case (_, true): mark = isAssignment ? .logicalOrAssign : .logicalOr
        }
        emitMark(mark, length: (isDouble ? 2 : 1) + (isAssignment ? 1 : 0), next: .operand)
    }
}
