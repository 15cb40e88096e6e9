/// What an expression stands for, as a path from something known.
struct ResolvedPath {
    /// Its place in the file's `PathBook`: `child_process.exec`; for expressions without a name it begins with a dot, or
    /// is empty.
    var number: PathBook.Number
    var root: Reference.Root
    var spelling: Reference.Spelling = []
    /// The expression at the root is a literal: its members are the language's own functions.
    var isLiteral: Bool
    /// The expression at the root is a function.
    var isFunction: Bool

    init(
        _ number: PathBook.Number, _ root: Reference.Root, _ spelling: Reference.Spelling = [],
        isLiteral: Bool = false, isFunction: Bool = false
    ) {
        self.number = number
        self.root = root
        self.spelling = spelling
        self.isLiteral = isLiteral
        self.isFunction = isFunction
    }

    /// An expression without a name.
    static func expression(isLiteral: Bool = false, isFunction: Bool = false) -> ResolvedPath {
        ResolvedPath(.empty, .expression, isLiteral: isLiteral, isFunction: isFunction)
    }

    /// Whether it leads out of the file.
    var isKnown: Bool { root == .builtin || root == .module }
}
