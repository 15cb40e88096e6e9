/// Follows the scopes of a file from its beginning to its end.
struct ScopeCursor {
    enum Step {
        case enter(Int32)
        case leave
    }

    /// The scopes in the order of the source, where they are not in it anyway.
    private var order: [Int32] = []
    private var next: Int32 = 0
    private var open: [Int32] = []
    /// Where the innermost open scope ends, and where the next one starts.
    private var end = Int32.max
    private var start: Int32

    init(_ tree: borrowing JavaScriptTree) {
        start = 0
        if tree.isReordered {
            var keys: [(start: Int32, end: Int32, scope: Int32)] = []
            for index in tree.scopes.indices {
                keys.append((tree.scopes[index].start, -tree.scopes[index].end, Int32(truncatingIfNeeded: index)))
            }
            keys.sort { $0 < $1 }
            order = keys.map(\.scope)
        }
        start = nextStart(tree)
    }

    /// The innermost scope at the last place asked for.
    var scope: Int32 { open.last ?? 0 }

    private func scope(at place: Int32) -> Int32 { order.isEmpty ? place : order[Int(place)] }

    private func nextStart(_ tree: borrowing JavaScriptTree) -> Int32 {
        Int(next) < tree.scopes.count ? tree.scopes[scope(at: next)].start : .max
    }

    /// The next step on the way to a token; nil when it is reached. Tokens are asked for in their order.
    @inline(__always)
    mutating func step(to place: Int32, in tree: borrowing JavaScriptTree) -> Step? {
        if end <= min(place, start), !open.isEmpty {
            open.removeLast()
            end = open.last.map { tree.scopes[$0].end } ?? .max
            return .leave
        }
        guard start <= place else { return nil }
        let scope = scope(at: next)
        open.append(scope)
        end = tree.scopes[scope].end
        next += 1
        start = nextStart(tree)
        return .enter(scope)
    }

    /// Moves to a token; gives its innermost scope.
    @inline(__always)
    mutating func move(to place: Int32, in tree: borrowing JavaScriptTree) -> Int32 {
        while step(to: place, in: tree) != nil {}
        return scope
    }
}
