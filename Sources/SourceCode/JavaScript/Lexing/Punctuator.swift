/// Marks and operators, in the order in which assignments, binary operators and others form ranges.
enum Punctuator: UInt8 {
    // Assignments.
    case assign, addAssign, subtractAssign, multiplyAssign, divideAssign, remainderAssign, powerAssign
    case shiftLeftAssign, shiftRightAssign, shiftUnsignedAssign, andAssign, orAssign, exclusiveAssign
    case logicalAndAssign, logicalOrAssign, nullishAssign
    // Binary.
    case nullish, logicalOr, logicalAnd, or, exclusive, and, equal, notEqual, identical, notIdentical
    case less, greater, lessEqual, greaterEqual, shiftLeft, shiftRight, shiftUnsigned, plus, minus, multiply, divide
    case remainder, power
    // Others.
    case not, complement, increment, decrement
    case question, colon, comma, semicolon, dot, optionalDot, spread, arrow, at, hash
    case openParenthesis, closeParenthesis, openBracket, closeBracket, openBrace, closeBrace
    /// A byte that means nothing here.
    case other

    var isAssignment: Bool { rawValue <= Punctuator.nullishAssign.rawValue }

    /// How tightly a binary operator binds; 0 for what is none.
    var precedence: Int {
        switch self {
        case .nullish, .logicalOr: 1
        case .logicalAnd: 2
        case .or: 3
        case .exclusive: 4
        case .and: 5
        case .equal, .notEqual, .identical, .notIdentical: 6
        case .less, .greater, .lessEqual, .greaterEqual: 7
        case .shiftLeft, .shiftRight, .shiftUnsigned: 8
        case .plus, .minus: 9
        case .multiply, .divide, .remainder: 10
        case .power: 11
        case .assign, .addAssign, .subtractAssign, .multiplyAssign, .divideAssign, .remainderAssign, .powerAssign,
            .shiftLeftAssign, .shiftRightAssign, .shiftUnsignedAssign, .andAssign, .orAssign, .exclusiveAssign,
            .logicalAndAssign, .logicalOrAssign, .nullishAssign, .not, .complement, .increment, .decrement, .question,
            .colon, .comma, .semicolon, .dot, .optionalDot, .spread, .arrow, .at, .hash, .openParenthesis,
            .closeParenthesis, .openBracket, .closeBracket, .openBrace, .closeBrace, .other:
            0
        }
    }
}
