/// What an expression is known to be.
struct PythonValue {
    enum Kind: UInt8 {
        /// Not evaluated yet.
        case pending
        /// Nothing is known but perhaps its path.
        case unknown
        /// A name of the language or of a module, a member of it, or a call's result; `payload` is the node of the call
        /// that its chain began with, or -1.
        case path
        /// A literal of one token or more: `payload` is its node.
        case literal
        /// A folded value: `payload` is its place in the pool.
        case constant
        /// A tuple, list, set or dictionary: `payload` is its node.
        case display
        /// A function, a class, an object of a class of this file: `payload` is the scope.
        case function, type, instance
        /// Something whose members are got by strings: `globals()`, `vars(x)`; `payload` is the path of what it shows, or
        /// -1 for the module's own names.
        case namespace
        /// `operator.attrgetter('a')` and `operator.methodcaller('a')`: `payload` is the member's name.
        case getter, methodCaller
    }

    var kind: Kind
    var spelling: Reference.Spelling = []
    var path: PythonPathTable.ID = PythonPathTable.expression
    var payload: Int32 = -1

    static let pending = PythonValue(kind: .pending)
    static let unknown = PythonValue(kind: .unknown)

    var isConstant: Bool { kind == .literal || kind == .constant }
}

/// A value known without running anything.
enum PythonConstant {
    case none
    case boolean(Bool)
    case integer(Int)
    case float(Double)
    /// UTF-8.
    case text([UInt8])
    case bytes([UInt8])
    case list([PythonConstant])

    /// The bytes of a text or of bytes.
    var content: [UInt8]? {
        switch self {
        case .text(let content), .bytes(let content): content
        case .none, .boolean, .integer, .float, .list: nil
        }
    }

    var isBytes: Bool {
        switch self {
        case .bytes: true
        case .none, .boolean, .integer, .float, .list, .text: false
        }
    }

    var integer: Int? {
        switch self {
        case .integer(let value): value
        case .boolean(let value): value ? 1 : 0
        case .none, .float, .text, .bytes, .list: nil
        }
    }

    /// How much work it is to copy it.
    var weight: Int {
        switch self {
        case .none, .boolean, .integer, .float: 1
        case .text(let content), .bytes(let content): content.count + 1
        case .list(let items): items.reduce(1) { $0 + $1.weight }
        }
    }

    /// The same in the language-neutral form.
    var neutral: Constant? {
        switch self {
        case .none: nil
        case .boolean(let value): .boolean(value)
        case .integer(let value): .number(Double(value))
        case .float(let value): .number(value)
        case .text(let content), .bytes(let content): .text(content)
        case .list(let items): .list(items.compactMap(\.neutral))
        }
    }
}

/// A folded value and how it came about.
struct PythonPooledConstant {
    let value: PythonConstant
    /// Whether a decoder took part, so that its text was nowhere in the source.
    let isDecoded: Bool
}
