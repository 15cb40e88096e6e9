/// Reads tokens as statements and expressions, as far as there is sense in them.
///
/// Total and linear: no token is read more than a few times. Nesting beyond `depthLimit` is put off and read afterwards
/// as code of its own. Types of TypeScript are passed over.
struct JavaScriptParser: ~Copyable {
    static let depthLimit = 120

    let lexed: LexedSource
    let isTyped: Bool
    var tree = JavaScriptTree()
    var position: Int32 = 0
    /// Where the bracket ends that encloses the place.
    var regionEnd: Int32
    var scope: Int32 = 0
    var depth = 0
    /// Whether `in` ends an expression: between the parentheses of `for`.
    var stopsAtIn = false
    /// Whether a colon behind parentheses belongs to a condition.
    var isInConsequent = false
    private var putOff: [PutOff] = []

    struct PutOff {
        let tokens: Range<Int32>
        let scope: Int32
    }

    init(_ lexed: consuming LexedSource, isTyped: Bool) {
        self.isTyped = isTyped
        regionEnd = Int32(truncatingIfNeeded: lexed.tokens.count)
        tree.nodes.reserve(ExpectedNodes.count(tokens: lexed.tokens.count))
        self.lexed = lexed
        tree.scopes.append(
            ScopeRecord(kind: .module, parent: -1, variableScope: 0, start: 0, end: regionEnd, runsAtLoad: true))
    }

    /// Reads everything into `tree`.
    mutating func parse() {
        parseStatements()
        while let rest = putOff.popLast() {
            tree.isReordered = true
            position = rest.tokens.lowerBound
            regionEnd = rest.tokens.upperBound
            scope = rest.scope
            parseStatements()
        }
    }

    // MARK: Looking

    var isAtEnd: Bool { position >= regionEnd }

    /// The mark at a place; `other` for what is none and behind the end.
    @inline(__always)
    func mark(at place: Int32) -> Punctuator {
        place >= 0 && place < regionEnd ? lexed.shapes[place].mark : .other
    }

    @inline(__always)
    var mark: Punctuator { mark(at: position) }

    /// The name at a place; -1 for what is none.
    @inline(__always)
    func name(at place: Int32) -> Int32 {
        guard place >= 0, place < regionEnd, lexed.shapes[place].isKind(.identifier) else { return -1 }
        return lexed.codes[place].value
    }

    @inline(__always)
    func isWord(_ word: JavaScriptWord, at place: Int32) -> Bool { name(at: place) == word }

    func isString(at place: Int32) -> Bool { place < regionEnd && lexed.shapes[place].isKind(.string) }

    @inline(__always)
    func isAfterNewline(_ place: Int32) -> Bool { place < regionEnd && lexed.codes[place].isAfterNewline }

    /// The token that closes the bracket at a place.
    @inline(__always)
    func partner(of place: Int32) -> Int32 {
        let partner = lexed.codes[place].partner
        return partner > place ? min(partner, regionEnd) : min(place + 1, regionEnd)
    }

    mutating func skip(_ expected: Punctuator) -> Bool {
        guard mark == expected else { return false }
        position += 1
        return true
    }

    // MARK: Regions

    /// Reads what the bracket at the place encloses with `body` and moves behind it.
    mutating func readRegion(_ body: (inout JavaScriptParser) -> Void) {
        let outer = regionEnd
        let close = partner(of: position)
        position += 1
        if enter() {
            regionEnd = close
            body(&self)
            leave()
        } else {
            putOff.append(PutOff(tokens: position..<max(position, close), scope: scope))
        }
        regionEnd = outer
        position = min(close + 1, outer)
    }

    /// Steps one level down; false when that is too deep.
    mutating func enter() -> Bool {
        guard depth < Self.depthLimit else { return false }
        depth += 1
        return true
    }

    mutating func leave() { depth -= 1 }

    /// Leaves the rest of the region for later.
    mutating func putOffRest() -> Int32 {
        let start = position
        putOff.append(PutOff(tokens: position..<regionEnd, scope: scope))
        position = regionEnd
        return tree.add(.missing, start..<regionEnd)
    }

    // MARK: Scopes and names

    mutating func openScope(_ kind: Scope.Kind, from start: Int32) -> Int32 {
        let number = Int32(truncatingIfNeeded: tree.scopes.count)
        let holder = kind == .function ? number : tree.scopes[Int(scope)].variableScope
        tree.scopes.append(
            ScopeRecord(kind: kind, parent: scope, variableScope: holder, start: start, end: regionEnd))
        let outer = scope
        scope = number
        return outer
    }

    mutating func closeScope(returningTo outer: Int32) {
        tree.scopes[Int(scope)].end = position
        scope = outer
    }

    @discardableResult
    mutating func declare(_ name: Int32, _ kind: Symbol.Kind, in scope: Int32, at token: Int32) -> Int32 {
        let number = Int32(truncatingIfNeeded: tree.symbols.count)
        tree.symbols.append(Symbol(kind: kind, name: name, scope: scope, token: token))
        let last = tree.scopes[Int(scope)].lastSymbol
        if last >= 0 {
            tree.symbols[Int(last)].next = number
        } else {
            tree.scopes[Int(scope)].firstSymbol = number
        }
        tree.scopes[Int(scope)].lastSymbol = number
        return number
    }

    /// Declares every name of a pattern; nested patterns are no deeper than the parser was.
    mutating func declarePattern(_ node: Int32, _ kind: Symbol.Kind, in scope: Int32) {
        guard node >= 0 else { return }
        let pattern = tree[node]
        switch pattern.kind {
        case .name:
            declare(pattern.data, kind, in: scope, at: pattern.start)
        case .object, .array:
            var child = pattern.child
            while child >= 0 {
                declarePattern(child, kind, in: scope)
                child = tree[child].next
            }
        case .property:
            declarePattern(pattern.data < 0 ? tree.child(node, 1) : pattern.child, kind, in: scope)
        case .assignment, .spread, .group:
            declarePattern(pattern.child, kind, in: scope)
        case .missing, .number, .string, .regularExpression, .template, .tagged, .this, .super, .word, .meta,
            .function, .class, .member, .index, .call, .construct, .importCall, .importedModule, .unary, .update,
            .binary, .logical, .sum, .conditional, .sequence, .await, .yield, .element, .elementOf:
            break
        }
    }

    mutating func assign(_ target: Int32, _ value: Int32, _ kind: Assignment.Kind) {
        guard target >= 0 else { return }
        tree.nodes[Int(target)].flags.insert(.isTarget)
        if value >= 0 { tree.nodes[Int(value)].flags.insert(.isAssigned) }
        tree.assignments.append(Assignment(target: target, value: value, kind: kind))
        if kind == .initial || kind == .plain, value >= 0, tree[target].kind == .name {
            nameFunction(value, tree[target].data)
        }
    }

    /// Gives a function or class the name of what it is assigned to.
    mutating func nameFunction(_ value: Int32, _ name: Int32) {
        guard value >= 0, tree[value].kind == .function || tree[value].kind == .class else { return }
        let scope = Int(tree[value].data)
        if tree.scopes[scope].name < 0 { tree.scopes[scope].name = name }
    }

    mutating func consume(_ node: Int32) {
        if node >= 0 { tree.nodes[Int(node)].flags.insert(.isConsumed) }
    }
}
