/// Follows the scopes of a file from its beginning to its end.
struct ScopeCursor {
    enum Step {
        case enter(Int32)
        case leave
    }

    private struct Span {
        let scope: Int32
        let start: Int32
        let end: Int32
    }

    private let spans: [Span]
    private var next = 0
    private var open: [Span] = []

    init(_ tree: JavaScriptTree) {
        var spans = tree.scopes.indices.map { index in
            Span(
                scope: Int32(truncatingIfNeeded: index), start: tree.scopes[index].start, end: tree.scopes[index].end)
        }
        if tree.isReordered {
            spans.sort { ($0.start, -$0.end, $0.scope) < ($1.start, -$1.end, $1.scope) }
        }
        self.spans = spans
    }

    /// The innermost scope at the last place asked for.
    var scope: Int32 { open.last?.scope ?? 0 }

    /// The next step on the way to a token; nil when it is reached. Tokens are asked for in their order.
    @inline(__always)
    mutating func step(to place: Int32) -> Step? {
        let start = next < spans.count ? spans[next].start : .max
        if let last = open.last, last.end <= min(place, start) {
            open.removeLast()
            return .leave
        }
        guard start <= place else { return nil }
        open.append(spans[next])
        next += 1
        return .enter(spans[next - 1].scope)
    }

    /// Moves to a token; gives its innermost scope.
    @inline(__always)
    mutating func move(to place: Int32) -> Int32 {
        while step(to: place) != nil {}
        return scope
    }
}
