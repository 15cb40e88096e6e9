/// When code of a package runs by itself: the later names contain what is graver.
public enum Reach: String, CaseIterable, Sendable, Comparable {
    /// Among tests, documentation and examples, and nothing that runs leads there.
    case tests
    /// When somebody calls it.
    case call
    /// When the package is imported.
    case load = "import"
    /// When the package is installed, built or the interpreter starts.
    case install

    public static func < (left: Reach, right: Reach) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .tests: 0
        case .call: 1
        case .load: 2
        case .install: 3
        }
    }

    /// How sentences about findings end.
    var clause: String {
        switch self {
        case .tests: " (in tests or documentation)"
        case .call, .load: ""
        case .install: " (runs at installation or start)"
        }
    }
}
