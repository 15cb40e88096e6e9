/// The nodes that a model tells of, in the order of the source: by the token with which they begin, outer ones first.
struct NodeOrder: ~Copyable {
    /// The outermost node that begins at a token, and behind each the next inner one; -1 where there is none.
    private var first: Column<Int32>
    private var next: Column<Int32>
    /// How many of them are calls.
    private(set) var callCount = 0

    init() {
        first = Column()
        next = Column()
    }

    init(_ tree: borrowing JavaScriptTree, tokenCount: Int) {
        first = Column(repeating: -1, count: tokenCount)
        next = Column(repeating: -1, count: tree.nodes.count)
        for index in tree.nodes.indices {
            let node = tree.nodes[index]
            guard Self.isOfInterest(node, tree) else { continue }
            let start = Int(node.start)
            guard start < tokenCount else { continue }
            if Self.isCall(node.kind) { callCount += 1 }
            // Outer expressions have higher numbers than what they consist of.
            next[index] = first[start]
            first[start] = Int32(truncatingIfNeeded: index)
        }
    }

    /// The outermost node that begins at a token; -1 where none does.
    @inline(__always)
    func first(at token: Int32) -> Int32 { first[token] }

    /// The next inner node with the same beginning; -1 for the last.
    @inline(__always)
    func next(after node: Int32) -> Int32 { next[node] }

    private typealias Flags = JavaScriptNode.Flags

    static func isCall(_ kind: JavaScriptNode.Kind) -> Bool {
        kind == .call || kind == .construct || kind == .tagged || kind == .importCall
    }

    @inline(__always)
    private static func isOfInterest(_ node: JavaScriptNode, _ tree: borrowing JavaScriptTree) -> Bool {
        switch node.kind {
        case .name, .member, .index:
            node.flags.lacks(Flags.isConsumed.rawValue | Flags.isTarget.rawValue | Flags.isSynthetic.rawValue)
        case .call, .construct, .importCall, .tagged, .sum: true
        // Lists of character codes.
        case .array: node.child >= 0 && tree[node.child].kind == .number
        case .template: node.child >= 0 && tree[node.child].next >= 0
        case .missing, .number, .string, .regularExpression, .this, .super, .word, .meta, .group, .object, .spread,
            .property, .function, .class, .importedModule, .unary, .update, .binary, .logical, .assignment,
            .conditional, .sequence, .await, .yield, .element, .elementOf:
            false
        }
    }
}
