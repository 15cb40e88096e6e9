/// The tokens of a Python file with what its parser needs to know of each.
struct PythonTokens: ~Copyable {
    var tokens: [Token] = []
    /// One for each token, which tells everything about it: of an identifier the number of its name, of a punctuator and
    /// the like its `PythonMark`, of a string its `PythonStringFlags`, which are negative.
    var codes: Column<Int32>
    var comments: [SourceRange] = []
    var problems: [SourceProblem] = []
    var names: PythonNameTable = PythonWords.table.copy()
    /// Whether the file has carriage returns, which literals of more than one line read as line feeds.
    var hasReturns = false

    init(capacity: Int) {
        codes = Column(capacity: capacity)
    }

    /// The code at a place; that of the end for places outside.
    @inline(__always)
    func code(_ place: Int32) -> Int32 {
        place >= 0 && Int(place) < codes.count ? codes[place] : PythonMark.end
    }
}

/// A bit beside a name's number: its letters stand for others (NFKC), and the number is that of the plain name.
let pythonDisguisedNameBit: Int32 = 0x4000_0000

/// What kind of string literal, or piece of one, a token is.
struct PythonStringFlags: OptionSet {
    let rawValue: Int32

    init(rawValue: Int32) { self.rawValue = rawValue }

    /// The flags in a token's code; nil when it is no string.
    init?(code: Int32) {
        guard code < 0 else { return nil }
        rawValue = code & Int32.max
    }

    var code: Int32 { rawValue | Int32.min }

    static let bytes = PythonStringFlags(rawValue: 1)
    static let raw = PythonStringFlags(rawValue: 2)
    /// An f-string or t-string.
    static let template = PythonStringFlags(rawValue: 4)
    static let triple = PythonStringFlags(rawValue: 8)
    static let hasBackslash = PythonStringFlags(rawValue: 16)
    static let unterminated = PythonStringFlags(rawValue: 32)
    /// A piece of a template that ends inside of a format: it holds no text of the string.
    static let format = PythonStringFlags(rawValue: 64)
    /// Doubled braces of a template, which stand for one.
    static let hasBraces = PythonStringFlags(rawValue: 128)

    /// How many bytes stand before the text: a prefix and quotes, or the end of a field with its format.
    var textOffset: Int { Int(rawValue >> 8) }

    func with(textOffset: Int) -> PythonStringFlags {
        PythonStringFlags(rawValue: rawValue & 0xFF | Int32(truncatingIfNeeded: min(textOffset, 0x3F_FFFF)) << 8)
    }
}

/// Punctuators as their bytes from first to last.
enum PythonMark {
    /// Tells marks from names.
    static let bit: Int32 = 0x2000_0000
    static let newline: Int32 = 0x2000_0001
    static let indent: Int32 = 0x2000_0002
    static let dedent: Int32 = 0x2000_0003
    static let number: Int32 = 0x2000_0004
    /// Behind the last token.
    static let end: Int32 = 0x2000_0005
    static let open: Int32 = 0x2000_0028
    static let close: Int32 = 0x2000_0029
    static let openBracket: Int32 = 0x2000_005B
    static let closeBracket: Int32 = 0x2000_005D
    static let openBrace: Int32 = 0x2000_007B
    static let closeBrace: Int32 = 0x2000_007D
    static let comma: Int32 = 0x2000_002C
    static let colon: Int32 = 0x2000_003A
    static let semicolon: Int32 = 0x2000_003B
    static let dot: Int32 = 0x2000_002E
    static let ellipsis: Int32 = 0x202E_2E2E
    static let assign: Int32 = 0x2000_003D
    static let walrus: Int32 = 0x2000_3A3D
    static let at: Int32 = 0x2000_0040
    static let backtick: Int32 = 0x2000_0060
    static let plus: Int32 = 0x2000_002B
    static let minus: Int32 = 0x2000_002D
    static let star: Int32 = 0x2000_002A
    static let power: Int32 = 0x2000_2A2A
    static let slash: Int32 = 0x2000_002F
    static let floor: Int32 = 0x2000_2F2F
    static let percent: Int32 = 0x2000_0025
    static let and: Int32 = 0x2000_0026
    static let or: Int32 = 0x2000_007C
    static let xor: Int32 = 0x2000_005E
    static let tilde: Int32 = 0x2000_007E
    static let shiftLeft: Int32 = 0x2000_3C3C
    static let shiftRight: Int32 = 0x2000_3E3E
    static let less: Int32 = 0x2000_003C
    static let greater: Int32 = 0x2000_003E
    static let lessEqual: Int32 = 0x2000_3C3D
    static let greaterEqual: Int32 = 0x2000_3E3D
    static let equal: Int32 = 0x2000_3D3D
    static let notEqual: Int32 = 0x2000_213D
    static let oldNotEqual: Int32 = 0x2000_3C3E
    static let arrow: Int32 = 0x2000_2D3E

    /// Whether it assigns to what stands before it after computing: `+=` and its kind.
    static func isAugmentedAssignment(_ code: Int32) -> Bool {
        guard code & bit != 0, code & 0xFF == 0x3D, code & 0xFF_FFFF > 0xFF, code >= 0 else { return false }
        switch code {
        case equal, notEqual, lessEqual, greaterEqual, walrus: return false
        case _: return true
        }
    }
}
