/// Reads tokens into expressions, scopes and variables: total, linear, its recursion bounded.
///
/// Statements are read one after another, not nested: what matters of a block is the scope that it stands in.
struct PythonParser: ~Copyable {
    /// A block of indented lines that is open.
    struct Block {
        /// The scope outside of it.
        let outerScope: Int32
        let number: Int32
        let isLoop: Bool
    }

    var lexed: PythonTokens
    let bytes: [UInt8]
    var syntax: PythonSyntax
    var problems: [SourceProblem] = []
    var index: Int32 = 0
    var scope: Int32 = 0
    /// How deep the expression that is read is nested.
    var nesting = 0
    var blocks: [Block] = []
    var blockCount: Int32 = 0
    var block: Int32 = 0
    var loopDepth = 0
    /// What the next indented block, or the rest of the line, belongs to; -1 for nothing of its own.
    var pendingScope: Int32 = -1
    var pendingIsLoop = false
    /// The decorators before a definition.
    var decorators: [PythonNode.ID] = []
    var isPattern = false
    /// The parameters of the functions whose lists are being read.
    var parameterNames = Column<Int32>()

    /// CPython's own limit of nested brackets.
    static let nestingLimit = 200
    static let scopeDepthLimit = 64
    private var scopeDepth = 0

    init(_ lexed: consuming PythonTokens, bytes: [UInt8]) {
        let count = lexed.tokens.count
        syntax = PythonSyntax(tokens: count, names: lexed.names.count)
        self.lexed = lexed
        self.bytes = bytes
        syntax.scopes.append(
            PythonScope(
                kind: .module, parent: -1, nameScope: 0, start: 0, end: Int32(truncatingIfNeeded: count), name: -1))
    }

    /// Hands over the tokens and what was read of them.
    consuming func finish() -> PythonReading { PythonReading(lexed: lexed, syntax: syntax) }

    // MARK: Tokens

    /// The code of the token to be read next.
    var code: Int32 {
        @inline(__always) get { lexed.code(index) }
    }

    @inline(__always)
    func code(ahead: Int32) -> Int32 {
        lexed.code(index &+ ahead)
    }

    /// What the token to be read next is; a line's end behind the last.
    var tokenKind: TokenKind { Int(index) < lexed.tokens.count ? lexed.tokens[index].kind : .newline }

    /// Whether a code is that of a name that is no keyword.
    @inline(__always)
    static func isName(_ code: Int32) -> Bool {
        code >= PythonWords.keywordCount && code & PythonMark.bit == 0
    }

    /// Takes the token if it is `mark`.
    @inline(__always)
    mutating func take(_ mark: Int32) -> Bool {
        guard code == mark else { return false }
        index += 1
        return true
    }

    /// Whether nothing more of the line follows.
    var isLineEnd: Bool {
        switch code {
        case PythonMark.newline, PythonMark.indent, PythonMark.dedent, PythonMark.end: true
        case _: false
        }
    }

    mutating func problem(_ kind: SourceProblem.Kind) {
        guard problems.count < 16 else { return }
        let offset =
            Int(index) < lexed.tokens.count ? lexed.tokens[index].start : Int32(truncatingIfNeeded: bytes.count)
        problems.append(SourceProblem(kind, offset: offset))
    }

    // MARK: Nodes

    /// Adds an expression that began at the token `start` and whose first node is `low`.
    @inline(__always)
    mutating func add(
        _ kind: PythonNode.Kind, aux: Int32 = 0, first: PythonNode.ID = -1, start: Int32, low: PythonNode.ID,
        flags: PythonNode.Flags = []
    ) -> PythonNode.ID {
        let id = Int32(truncatingIfNeeded: syntax.nodes.count)
        syntax.nodes.append(
            PythonNode(
                kind: kind, flags: isPattern ? flags.union(.pattern) : flags, aux: aux, first: first, start: start,
                end: index, low: low, scope: scope))
        return id
    }

    @inline(__always)
    var nextNode: PythonNode.ID { Int32(truncatingIfNeeded: syntax.nodes.count) }

    /// Makes `other` the sibling behind `node`.
    @inline(__always)
    mutating func link(_ node: PythonNode.ID, to other: PythonNode.ID) {
        if node >= 0 { syntax.nodes[Int(node)].next = other }
    }

    // MARK: Scopes

    /// Opens a scope; what is nested too deep belongs to the one outside.
    mutating func openScope(_ kind: PythonScope.Kind, name: Int32 = -1, start: Int32) -> Int32 {
        let id = Int32(truncatingIfNeeded: syntax.scopes.count)
        let nameScope = kind == .guarded ? syntax.scopes[Int(scope)].nameScope : id
        syntax.scopes.append(
            PythonScope(kind: kind, parent: scope, nameScope: nameScope, start: start, end: start, name: name))
        return id
    }

    var isScopeTooDeep: Bool { scopeDepth >= PythonParser.scopeDepthLimit }

    mutating func enter(_ inner: Int32) {
        scope = inner
        scopeDepth += 1
    }

    mutating func leave(to outer: Int32) {
        var current = scope
        while current != outer, current > 0 {
            syntax.scopes[Int(current)].end = index
            current = syntax.scopes[Int(current)].parent
            scopeDepth -= 1
        }
        scope = outer
    }

    // MARK: Lines

    /// The whole file.
    mutating func parse() {
        while Int(index) < lexed.codes.count {
            switch code {
            case PythonMark.newline, PythonMark.semicolon:
                index += 1
            case PythonMark.indent:
                index += 1
                openBlock()
            case PythonMark.dedent:
                index += 1
                closeBlock()
            case _:
                parseStatement()
                finishLine()
            }
        }
        while !blocks.isEmpty { closeBlock() }
        leave(to: 0)
        syntax.scopes[0].end = Int32(truncatingIfNeeded: lexed.codes.count)
    }

    private mutating func openBlock() {
        blocks.append(Block(outerScope: scope, number: block, isLoop: pendingIsLoop))
        blockCount += 1
        block = blockCount
        if pendingIsLoop { loopDepth += 1 }
        if pendingScope >= 0, pendingScope != scope { enter(pendingScope) }
        pendingScope = -1
        pendingIsLoop = false
    }

    private mutating func closeBlock() {
        guard let last = blocks.popLast() else { return }
        if last.isLoop { loopDepth -= 1 }
        block = last.number
        if scope != last.outerScope { leave(to: last.outerScope) }
    }

    /// After a statement: the body of a header on its own line, and whatever could not be read.
    private mutating func finishLine() {
        guard !isLineEnd else {
            let opensBlock = code == PythonMark.newline && code(ahead: 1) == PythonMark.indent
            if !opensBlock { dropPending() }
            return
        }
        let outer = scope
        let (outerBlock, outerDepth) = (block, loopDepth)
        if pendingScope >= 0, pendingScope != scope {
            enter(pendingScope)
            blockCount += 1
            block = blockCount
            if pendingIsLoop { loopDepth += 1 }
        }
        pendingScope = -1
        pendingIsLoop = false
        while !isLineEnd {
            let before = index
            parseStatement()
            _ = take(PythonMark.semicolon)
            if index == before { index += 1 }
        }
        // `class A: x = lambda: 1` and even `def f(): class B: pass` end with the line.
        dropPending()
        if scope != outer { leave(to: outer) }
        (block, loopDepth) = (outerBlock, outerDepth)
    }

    private mutating func dropPending() {
        if pendingScope >= 0 { syntax.scopes[Int(pendingScope)].end = index }
        pendingScope = -1
        pendingIsLoop = false
    }
}

/// A file's tokens and its syntax.
struct PythonReading: ~Copyable {
    let lexed: PythonTokens
    let syntax: PythonSyntax
}
