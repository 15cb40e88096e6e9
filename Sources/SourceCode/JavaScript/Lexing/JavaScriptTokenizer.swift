/// Splits JavaScript and TypeScript into tokens, whatever the bytes are, in one pass.
///
/// Whether a slash divides or begins a regular expression, whether `<` compares or begins a tag, and which backtick or
/// brace ends a template is decided by the token before and by what encloses it.
/// Spec: ECMAScript 2024, clauses 12 and B.1.1; JSX draft of 2022.
@safe
struct JavaScriptTokenizer: ~Copyable {
    let base: UnsafePointer<UInt8>
    let end: Int
    let readsMarkup: Bool
    let readsMarkupComments: Bool
    var position = 0
    var afterNewline = true
    var state = LexicalState.statement
    var output: LexedSource
    var tokens = Column<Token>()
    var contexts = Column<LexicalContext>(capacity: 64)
    /// Of a `function` whose parameters have not begun: whether it is an operand.
    var awaitsParameters = false
    var functionIsOperand = false
    /// The state before an `async`, which the `function` behind it takes over.
    var stateBeforeAsync = LexicalState.statement
    /// The name before, where it decides what a parenthesis is; -1 for other tokens.
    var lastWord: Int32 = -1
    /// No slash before this place begins a regular expression: one that had none behind it was tried.
    var divisionUntil = 0

    @unsafe
    init(
        _ base: UnsafePointer<UInt8>, count: Int, readsMarkup: Bool, readsMarkupComments: Bool
    ) {
        unsafe self.base = base
        end = count
        self.readsMarkup = readsMarkup
        self.readsMarkupComments = readsMarkupComments
        output = LexedSource(byteCount: count)
        contexts.append(LexicalContext(.module, opener: -1))
    }

    /// The byte at a place; 0 behind the end.
    @inline(__always)
    func at(_ place: Int) -> UInt8 { place < end ? unsafe base[place] : 0 }

    static func lex(_ bytes: [UInt8], readsMarkup: Bool, readsMarkupComments: Bool) -> LexedSource {
        var lexed = LexedSource(byteCount: 0)
        let tokens = Column<Token>.array(capacity: LexedSource.capacity(bytes.count)) { tokens in
            unsafe bytes.withUnsafeBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                var tokenizer = unsafe JavaScriptTokenizer(
                    base, count: buffer.count, readsMarkup: readsMarkup, readsMarkupComments: readsMarkupComments)
                swap(&tokenizer.tokens, &tokens)
                tokenizer.run()
                swap(&tokenizer.tokens, &tokens)
                lexed = tokenizer.output
            }
        }
        lexed.tokens = tokens
        return lexed
    }

    private mutating func run() {
        if at(0) == UInt8(ascii: "#"), at(1) == UInt8(ascii: "!") { skipLineComment(from: 0) }
        while true {
            if contexts[contexts.count - 1].kind == .markup {
                guard readMarkupText() else { break }
                continue
            }
            skipBlanks()
            guard position < end else { break }
            let start = position
            readToken()
            // Whatever a byte is taken for, it is behind us.
            if position <= start { position = start + 1 }
        }
        closeAll()
    }

    private mutating func readToken() {
        let byte = at(position)
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
            UInt8(ascii: "$"), 0x80..., UInt8(ascii: "\\"):
            // A tag's names have no escapes.
            if isInsideTag, byte != UInt8(ascii: "\\") { readTagName() } else { readName() }
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            readNumber()
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            readString(byte)
        case UInt8(ascii: "`"):
            position += 1
            readTemplate(from: position - 1, isHead: true)
        case UInt8(ascii: "#"):
            readPrivateName()
        case UInt8(ascii: "/"):
            readSlash()
        case UInt8(ascii: "."):
            if at(position + 1) &- 0x30 < 10 { readNumber() } else { readMark(byte) }
        case UInt8(ascii: "<"):
            if !readsMarkup || !readTag() { readMark(byte) }
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
            readOpening(byte)
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
            readClosing(byte)
        default:
            readMark(byte)
        }
    }

    // MARK: Output

    @inline(__always)
    mutating func emit(_ kind: TokenKind, from start: Int, value: Int32 = 0, isEscaped: Bool = false) {
        emit(kind, TokenShape(kind), from: start, value: value, isEscaped: isEscaped)
    }

    @inline(__always)
    mutating func emit(
        _ kind: TokenKind, _ shape: TokenShape, from start: Int, value: Int32, isEscaped: Bool = false
    ) {
        tokens.append(
            Token(kind, Int32(truncatingIfNeeded: start), Int32(truncatingIfNeeded: position)))
        output.shapes.append(shape)
        output.codes.append(TokenCode(value: value, afterNewline: afterNewline, isEscaped: isEscaped))
        afterNewline = false
        lastWord = -1
    }

    mutating func report(_ kind: SourceProblem.Kind, at offset: Int) {
        guard output.problems.count < 100 else { return }
        output.problems.append(SourceProblem(kind, offset: Int32(truncatingIfNeeded: offset)))
    }

    // MARK: Blanks and comments

    @inline(__always)
    private mutating func skipBlanks() {
        while position < end {
            switch unsafe base[position] {
            case 0x20:
                position += 1
                // Most blanks stand alone, or in long rows at the beginning of a line.
                while position &+ 8 <= end,
                    unsafe UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self) == 0x2020_2020_2020_2020
                {
                    position &+= 8
                }
            case 0x09, 0x0B, 0x0C:
                position += 1
            case 0x0A, 0x0D:
                afterNewline = true
                position += 1
            case UInt8(ascii: "/"):
                let next = at(position + 1)
                if next == UInt8(ascii: "/") {
                    skipLineComment(from: position)
                } else if next == UInt8(ascii: "*") {
                    skipBlockComment()
                } else {
                    return
                }
            case UInt8(ascii: "<"):
                guard readsMarkupComments, startsMarkupComment() else { return }
                output.hasMarkupComments = true
                skipLineComment(from: position)
            case UInt8(ascii: "-"):
                guard readsMarkupComments, afterNewline, at(position + 1) == UInt8(ascii: "-"),
                    at(position + 2) == UInt8(ascii: ">"), !isInsideTag
                else { return }
                output.hasMarkupComments = true
                skipLineComment(from: position)
            case 0x80...:
                let length = blankLength(at: position)
                guard length > 0 else { return }
                position += length
            default:
                return
            }
        }
    }

    private var isInsideTag: Bool {
        let kind = contexts[contexts.count - 1].kind
        return kind == .tag || kind == .closingTag
    }

    private func startsMarkupComment() -> Bool {
        at(position + 1) == UInt8(ascii: "!") && at(position + 2) == UInt8(ascii: "-")
            && at(position + 3) == UInt8(ascii: "-") && !isInsideTag
    }

    /// The length of a blank beyond ASCII; 0 for letters. Notes line ends.
    private mutating func blankLength(at place: Int) -> Int {
        switch at(place) {
        case 0xC2:
            return at(place + 1) == 0xA0 ? 2 : 0
        case 0xE1:
            return at(place + 1) == 0x9A && at(place + 2) == 0x80 ? 3 : 0
        case 0xE2:
            let (second, third) = (at(place + 1), at(place + 2))
            if second == 0x80, third == 0xA8 || third == 0xA9 {
                afterNewline = true
                return 3
            }
            if second == 0x80, third >= 0x80 && third <= 0x8A || third == 0xAF { return 3 }
            return second == 0x81 && third == 0x9F ? 3 : 0
        case 0xE3:
            return at(place + 1) == 0x80 && at(place + 2) == 0x80 ? 3 : 0
        case 0xEF:
            return at(place + 1) == 0xBB && at(place + 2) == 0xBF ? 3 : 0
        default:
            return 0
        }
    }

    /// Whether a line separator or paragraph separator stands at a place.
    @inline(__always)
    func isWideLineEnd(at place: Int) -> Bool {
        at(place) == 0xE2 && at(place + 1) == 0x80 && (at(place + 2) == 0xA8 || at(place + 2) == 0xA9)
    }

    private mutating func skipLineComment(from start: Int) {
        let stops = ByteSet8(0x0A, 0x0D, 0xE2, 0x0A)
        while true {
            position = unsafe stops.skip(base, from: position, to: end)
            guard position < end else { break }
            let byte = unsafe base[position]
            if byte == 0x0A || byte == 0x0D || byte == 0xE2 && isWideLineEnd(at: position) { break }
            position += 1
        }
        output.comments.append(Int32(truncatingIfNeeded: start)..<Int32(truncatingIfNeeded: position))
    }

    private mutating func skipBlockComment() {
        let start = position
        position += 2
        let stops = ByteSet8(UInt8(ascii: "*"), 0x0A, 0x0D, 0xE2)
        while true {
            position = unsafe stops.skip(base, from: position, to: end)
            guard position < end else {
                report(.unterminatedComment, at: start)
                break
            }
            let byte = unsafe base[position]
            position += 1
            if byte == UInt8(ascii: "*"), at(position) == UInt8(ascii: "/") {
                position += 1
                break
            }
            if byte == 0x0A || byte == 0x0D || byte == 0xE2 && isWideLineEnd(at: position - 1) { afterNewline = true }
        }
        output.comments.append(Int32(truncatingIfNeeded: start)..<Int32(truncatingIfNeeded: position))
    }

    /// Gives the brackets that are still open the end of the file as their partner.
    private mutating func closeAll() {
        for index in contexts.indices.dropFirst() where contexts[index].opener >= 0 {
            output.codes[contexts[index].opener].partner = Int32(truncatingIfNeeded: tokens.count)
        }
        if contexts.count > 1 { report(.unbalancedBrackets, at: end) }
    }
}
