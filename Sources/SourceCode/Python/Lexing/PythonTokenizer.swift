import UnicodeText

/// Splits Python into tokens: total, in one pass, for every byte sequence.
///
/// Spec: Python language reference, chapter 2; PEP 701 for f-strings (a superset of what earlier versions accept),
/// PEP 750 for t-strings. Python 2's backticks, `<>`, `ur''` and `10L` are read too.
struct PythonTokenizer: ~Copyable {
    /// A replacement field of a template that is open.
    struct Field {
        let quote: UInt8
        let flags: PythonStringFlags
        /// `depth` outside of it.
        let depth: Int
        /// Whether it stands in the format of another field.
        let isInFormat: Bool
    }

    let bytes: ByteView
    var index = 0
    var out: PythonTokens
    var tokens = Column<Token>()
    /// How many brackets and fields are open.
    var depth = 0
    var fields: [Field] = []
    private var indents: [Int] = [0]
    private var isLineStart = true
    /// More tokens than this are left out: a model of them would take too much memory.
    private static let tokenLimit = 30_000_000

    /// The tokens of a source text.
    static func tokens(of source: SourceText) -> PythonTokens {
        let capacity = source.bytes.count / 5 + 16
        var out = PythonTokens(capacity: capacity)
        let tokens = Column<Token>.array(capacity: capacity) { tokens in
            source.bytes.withByteView { view in
                var tokenizer = PythonTokenizer(bytes: view, out: &out)
                swap(&tokenizer.tokens, &tokens)
                tokenizer.run()
                swap(&tokenizer.tokens, &tokens)
                tokenizer.handOver(to: &out)
            }
        }
        out.tokens = tokens
        return out
    }

    private init(bytes: ByteView, out: inout PythonTokens) {
        self.bytes = bytes
        self.out = PythonTokens(capacity: 0)
        swap(&self.out, &out)
    }

    private mutating func handOver(to other: inout PythonTokens) { swap(&out, &other) }

    private mutating func run() {
        out.hasReturns = bytes.find(0x0D, 0x0D, 0x0D, from: 0) < bytes.count
        let count = bytes.count
        while index < count {
            if isLineStart, depth == 0 {
                isLineStart = false
                readIndentation()
            } else {
                readElement()
            }
        }
        if depth > 0 { problem(.unbalancedBrackets, at: bytes.count) }
        endLine()
        while indents.count > 1 {
            indents.removeLast()
            emit(.dedent, index, PythonMark.dedent)
        }
    }

    @inline(__always)
    mutating func emit(_ kind: TokenKind, _ start: Int, _ code: Int32) {
        tokens.append(Token(kind, Int32(truncatingIfNeeded: start), Int32(truncatingIfNeeded: index)))
        out.codes.append(code)
    }

    mutating func problem(_ kind: SourceProblem.Kind, at offset: Int) {
        // A few say enough; a file of garbage has one for every line.
        guard out.problems.count < 64 else { return }
        out.problems.append(SourceProblem(kind, offset: Int32(truncatingIfNeeded: offset)))
    }

    /// Ends a logical line that has tokens.
    private mutating func endLine() {
        guard tokens.count > 0 else { return }
        switch tokens[tokens.count - 1].kind {
        case .newline, .indent, .dedent: return
        case .identifier, .number, .string, .templateHead, .templateMiddle, .templateTail, .regularExpression,
            .punctuator, .markupText:
            tokens.append(Token(.newline, Int32(truncatingIfNeeded: index), Int32(truncatingIfNeeded: index)))
            out.codes.append(PythonMark.newline)
        }
    }

    /// The blanks at the beginning of a line; lines without code change nothing.
    private mutating func readIndentation() {
        let bytes = bytes
        var (column, place) = (0, index)
        while true {
            switch bytes[place] {
            case 0x20: column &+= 1
            case 0x09: column = (column / 8 + 1) * 8
            case 0x0C: column = 0
            case 0x0A, 0x0D, UInt8(ascii: "#"):
                index = place
                return
            case 0x5C where bytes[place + 1] == 0x0A || bytes[place + 1] == 0x0D:
                index = place
                return
            case _:
                index = place
                if place < bytes.count { indent(to: column) }
                return
            }
            place &+= 1
        }
    }

    private mutating func indent(to column: Int) {
        if column > indents[indents.count - 1] {
            indents.append(column)
            emit(.indent, index, PythonMark.indent)
            return
        }
        while column < indents[indents.count - 1] {
            indents.removeLast()
            emit(.dedent, index, PythonMark.dedent)
        }
    }

    @inline(__always)
    private mutating func readElement() {
        // Most elements have one blank before them.
        while bytes[index] == 0x20 { index &+= 1 }
        guard index < bytes.count else { return }
        let start = index
        let byte = bytes[index]
        switch byte {
        case 0x20, 0x09, 0x0C, 0x00, 0x0B:
            index += 1
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x5F, 0x80...0xFF:
            readName()
        case 0x0A, 0x0D:
            if depth == 0 {
                endLine()
                isLineStart = true
            }
            index += 1
        case UInt8(ascii: ","):
            // Of the marks that are whole with one byte, the one that says nothing of brackets and fields.
            index += 1
            emit(.punctuator, start, PythonMark.comma)
        case UInt8(ascii: "#"):
            skipComment()
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
            readString(start: start, flags: [])
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            readNumber()
        case UInt8(ascii: "."):
            if bytes[index + 1] >= 0x30, bytes[index + 1] <= 0x39 { readNumber() } else { readPunctuator() }
        case 0x5C:
            // A line goes on; the blanks before the next one mean nothing.
            index += 1
            if bytes[index] == 0x0D { index += 1 }
            if bytes[index] == 0x0A { index += 1 }
        case _:
            readPunctuator()
        }
    }

    private mutating func skipComment() {
        let start = index
        index = bytes.find(0x0A, 0x0D, 0x0A, from: start)
        out.comments.append(Int32(truncatingIfNeeded: start)..<Int32(truncatingIfNeeded: index))
    }

    private mutating func readName() {
        let bytes = bytes
        let start = index
        let (end, isASCII) = PythonNameByte.end(of: bytes, from: start)
        index = end
        let byte = bytes[end]
        if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\""), index - start <= 2,
            let flags = stringPrefix(start, index)
        {
            readString(start: start, flags: flags)
            return
        }
        if tokens.count >= PythonTokenizer.tokenLimit { return tooMany(at: start) }
        var code = out.names.use(bytes, start, index)
        if !isASCII { code = plainName(code) }
        if depth > 0, code < PythonWords.keywordCount { recover(before: code, at: start) }
        emit(.identifier, start, code)
    }

    /// Python compares names by their NFKC form.
    ///
    /// Spec: Python language reference, 2.3.
    private mutating func plainName(_ id: Int32) -> Int32 {
        if let known = out.names.plain[id] { return known == id ? id : known | pythonDisguisedNameBit }
        let written = out.names.bytes(of: id)
        var other = id
        if let form = CompatibilityForm.nfkc(written[...]), form != written {
            other = out.names.intern(form)
            // Keywords are compared as they are written: a disguised one is a name.
            if PythonWords.isKeyword(other) { other = id }
        }
        out.names.disguise(id, as: other)
        return other == id ? id : other | pythonDisguisedNameBit
    }

    private mutating func tooMany(at offset: Int) {
        problem(.tooManyTokens, at: offset)
        index = bytes.count
    }

    /// A word that only begins statements, at the beginning of a line, shows that a bracket before it is never closed.
    private mutating func recover(before word: Int32, at start: Int) {
        switch word {
        case PythonWords.defWord, PythonWords.classWord, PythonWords.importWord, PythonWords.returnWord,
            PythonWords.tryWord, PythonWords.withWord, PythonWords.whileWord, PythonWords.raiseWord,
            PythonWords.delWord, PythonWords.passWord, PythonWords.globalWord, PythonWords.exceptWord:
            break
        case _: return
        }
        var first = start
        while first > 0, bytes[first - 1] == 0x20 || bytes[first - 1] == 0x09 { first -= 1 }
        guard first == 0 || bytes[first - 1] == 0x0A || bytes[first - 1] == 0x0D else { return }
        problem(.unbalancedBrackets, at: start)
        depth = 0
        fields.removeAll()
        let end = index
        index = first
        endLine()
        readIndentation()
        index = end
    }
}

/// Bytes of names.
enum PythonNameByte {
    /// Letters, digits, `_` and everything beyond ASCII.
    @inline(__always)
    static func isPart(_ byte: UInt8) -> Bool {
        // One bit a byte: digits below 64; letters and `_` above.
        let low: UInt64 = 0x03FF_0000_0000_0000
        let high: UInt64 = 0x07FF_FFFE_87FF_FFFE
        if byte >= 0x80 { return true }
        return (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 != 0
    }

    /// Where a name ends that goes on at `start`, and whether all of it is ASCII.
    @inline(__always)
    static func end(of bytes: ByteView, from start: Int) -> (end: Int, isASCII: Bool) {
        var place = start
        var all: UInt64 = 0
        // Most names are over within eight bytes, which are looked at together.
        while let word = bytes.word(at: place) {
            let others = others(in: word)
            guard others != 0 else {
                all |= word
                place &+= 8
                continue
            }
            let length = others.trailingZeroBitCount / 8
            all |= word & ~(UInt64.max << UInt64(truncatingIfNeeded: length &* 8))
            return (place &+ length, all & EightBytes.all(0x80) == 0)
        }
        while isPart(bytes[place]), place < bytes.count {
            all |= UInt64(bytes[place])
            place &+= 1
        }
        return (place, all & EightBytes.all(0x80) == 0)
    }

    /// The upper bit of each of eight bytes that is no part of a name.
    @inline(__always)
    static func others(in word: UInt64) -> UInt64 {
        // Without their upper bits, sums of bytes stay in their places.
        let low = word & EightBytes.all(0x7F)
        let small = low | EightBytes.all(0x20)
        let letters = (small &+ EightBytes.all(0x80 - 0x61)) & ~(small &+ EightBytes.all(0x80 - 0x7B))
        let digits = (low &+ EightBytes.all(0x80 - 0x30)) & ~(low &+ EightBytes.all(0x80 - 0x3A))
        let underscores = EightBytes.all(0x80) &- (low ^ EightBytes.all(0x5F))
        return ~(letters | digits | underscores | word) & EightBytes.all(0x80)
    }
}
