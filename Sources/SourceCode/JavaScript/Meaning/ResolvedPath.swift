/// What an expression stands for, as a path from something known.
struct ResolvedPath {
    /// `child_process.exec`; for expressions without a name it begins with a dot, or is empty.
    var text: String
    var root: Reference.Root
    var spelling: Reference.Spelling = []
    /// The expression at the root is a literal: its members are the language's own functions.
    var isLiteral: Bool
    /// The expression at the root is a function.
    var isFunction: Bool

    init(
        _ text: String, _ root: Reference.Root, _ spelling: Reference.Spelling = [], isLiteral: Bool = false,
        isFunction: Bool = false
    ) {
        self.text = text
        self.root = root
        self.spelling = spelling
        self.isLiteral = isLiteral
        self.isFunction = isFunction
    }

    /// The longest path that is told.
    static let lengthLimit = 200

    /// Whether it leads out of the file.
    var isKnown: Bool { root == .builtin || root == .module }

    mutating func append(_ part: String) {
        guard text.utf8.count + part.utf8.count <= Self.lengthLimit else { return }
        text += part
    }

    /// The part behind the last dot.
    var lastPart: Substring {
        guard let dot = text.utf8.lastIndex(of: UInt8(ascii: ".")) else { return text[...] }
        return text[text.utf8.index(after: dot)...]
    }
}
