import SourceCode

/// Paths whose beginning only the running machine knows, and whose rest the code says: `path.join(home, '.ssh', 'x')`,
/// `Path.home() / '.ssh' / 'x'`, `home + '/.ssh' + '/x'`. The unknown part is written `?`.
///
/// One pass from the front: what a piece adds to is known when the piece is reached. Names keep the last path they got.
struct PathTails {
    private let model: CodeModel
    /// The texts of literals by their only token.
    private var literals: [Int32: ArraySlice<UInt8>] = [:]
    /// The names whose values end before a token, with where the values begin.
    private var named: [Int32: [(start: Int32, name: [UInt8])]] = [:]
    /// What is known of the expression that ends before a token.
    private var known: [Int32: [UInt8]] = [:]
    private var names: [[UInt8]: [UInt8]] = [:]
    private(set) var strings: [StringConstant] = []

    private static let maxBytes = 300
    private static let maxPieces = 20_000
    private static let unknown = UInt8(ascii: "?")

    /// The paths of a file as strings; none where no string is part of a path that anything is known about.
    static func strings(in model: CodeModel) -> [StringConstant] {
        guard model.strings.contains(where: { isPart($0.value) }) else { return [] }
        var tails = PathTails(model)
        tails.read()
        return tails.strings
    }

    private init(_ model: CodeModel) {
        self.model = model
        for string in model.strings where string.tokens.count == 1 && string.value.count <= Self.maxBytes {
            literals[string.tokens.lowerBound] = string.value
        }
        for binding in model.bindings where !binding.value.isEmpty && binding.name.utf8.count <= 60 {
            named[binding.value.upperBound, default: []].append((binding.value.lowerBound, Array(binding.name.utf8)))
        }
    }

    private static let partNames: Set<[UInt8]> = Set(
        [".git", ".ssh", ".aws", ".kube", ".roo", "Library", "AppData", "Google", "Microsoft", "systemd", "Mozilla"]
            .map { Array($0.utf8) })

    /// Whether a text is the name of a folder or file as indicators have them, rather than an ending such as `.json`.
    private static func isPart(_ text: ArraySlice<UInt8>) -> Bool {
        guard (4...40).contains(text.count), let first = text.first else { return false }
        if first == UInt8(ascii: ".") || first == UInt8(ascii: "/") && text.dropFirst().first == UInt8(ascii: ".") {
            let name = text.drop { $0 == UInt8(ascii: "/") }
            guard let letter = name.dropFirst().first, (letter | 0x20) &- 0x61 < 26 else { return false }
            return name.count > 5 || partNames.contains(Array(name))
        }
        return "LAGMs".utf8.contains(first) && partNames.contains(Array(text))
    }

    // MARK: Pieces

    /// Something that makes a path, in the order in which their ends stand in the source.
    private enum Piece {
        case join(Int)
        /// A literal after an operator or within a template.
        case literal(Int32)
    }

    private mutating func read() {
        var pieces: [(end: Int32, start: Int32, piece: Piece)] = []
        for (index, call) in model.calls.enumerated() where Self.isJoin(call.callee.path) {
            pieces.append((call.tokens.upperBound, call.tokens.lowerBound, .join(index)))
        }
        for token in literals.keys where joinsWhatStandsBefore(token) {
            pieces.append((token + 1, token, .literal(token)))
        }
        pieces.sort { ($0.end, $1.start) < ($1.end, $0.start) }
        for (_, _, piece) in pieces.prefix(Self.maxPieces) {
            switch piece {
            case .join(let index): read(model.calls[index])
            case .literal(let token): read(literal: token)
            }
        }
    }

    private static let joins: Set<String> = [
        "path.join", "path.resolve", "path.posix.join", "path.win32.join", "path.posix.resolve", "os.path.join",
        "posixpath.join", "ntpath.join", "pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath",
    ]

    private static func isJoin(_ path: String) -> Bool {
        let count = path.utf8.count
        guard count >= 9 else { return false }
        return count <= 18 && joins.contains(path) || path.hasSuffix(".joinpath")
    }

    private mutating func read(_ call: Call) {
        let isMethod = call.callee.path.hasSuffix(".joinpath")
        var path = isMethod ? receiver(of: call) : nil
        var isUnknown = isMethod && path == nil
        for argument in call.arguments where argument.label == nil {
            let part: [UInt8]
            if case .text(let text)? = argument.constant {
                part = text
            } else if let found = value(endingAt: argument.tokens.upperBound, from: argument.tokens.lowerBound) {
                part = found
            } else {
                isUnknown = true
                path = nil
                continue
            }
            guard part.count <= Self.maxBytes else { return }
            path =
                path.map { $0 + [UInt8(ascii: "/")] + part } ?? (isUnknown ? [Self.unknown, UInt8(ascii: "/")] : [])
                + part
        }
        // What is known as a whole was folded already.
        guard let path, path.first == Self.unknown else { return }
        keep(path, call.tokens, call.scope, isNews: true)
    }

    /// The path that `.joinpath` is called on.
    private func receiver(of call: Call) -> [UInt8]? {
        let end = call.callee.tokens.upperBound - 2
        return value(endingAt: end, from: call.callee.tokens.lowerBound)
    }

    private func joinsWhatStandsBefore(_ token: Int32) -> Bool {
        switch kind(token) {
        case .templateMiddle, .templateTail: return kind(token - 1) == .identifier
        case .string: return isOperator(token - 1) && kind(token - 2) != nil
        case .identifier, .number, .regularExpression, .punctuator, .templateHead, .markupText, .newline, .indent,
            .dedent, nil:
            return false
        }
    }

    private mutating func read(literal token: Int32) {
        guard let text = literals[token] else { return }
        let isTemplate = kind(token) != .string
        let isSlash = !isTemplate && model.text(ofToken: token - 1).equals("/")
        let end = isTemplate ? token : token - 1
        let before = value(endingAt: end, from: nil)
        // Two literals were joined already.
        if before == nil, !isTemplate, kind(token - 2) == .string { return }
        var path = before ?? [Self.unknown]
        if isSlash, path.last != UInt8(ascii: "/") { path.append(UInt8(ascii: "/")) }
        path += text
        let scope = model.strings.isEmpty ? 0 : self.scope(of: token)
        keep(path, token..<token + 1, scope, isNews: before != nil)
    }

    // MARK: What is known

    private mutating func keep(_ path: [UInt8], _ tokens: TokenRange, _ scope: Int32, isNews: Bool) {
        guard path.count <= Self.maxBytes else { return }
        known[tokens.upperBound] = path
        for (start, name) in named[tokens.upperBound] ?? [] where start <= tokens.lowerBound { names[name] = path }
        // A bracket around an expression ends after it: `(home / '.x') / 'y'`.
        if model.text(ofToken: tokens.upperBound).equals(")") { known[tokens.upperBound + 1] = path }
        if isNews {
            strings.append(StringConstant(value: path[...], origin: .folded, tokens: tokens, scope: scope))
        }
    }

    /// The path of the expression that ends before a token: one that was made here, or a name that was given one.
    private func value(endingAt end: Int32, from start: Int32?) -> [UInt8]? {
        if let found = known[end] { return found }
        guard kind(end - 1) == .identifier else { return nil }
        var first = end - 1
        while first >= 2, end - first < 6, model.text(ofToken: first - 1).equals("."), kind(first - 2) == .identifier {
            first -= 2
        }
        if let start, first != start { return nil }
        let (from, through) = (model.offset(ofToken: first), model.offset(ofToken: end - 1))
        let name = model.source.bytes[from..<through + model.text(ofToken: end - 1).count]
        return names[Array(name)]
    }

    private func kind(_ token: Int32) -> TokenKind? {
        token >= 0 && Int(token) < model.tokens.count ? model.tokens[Int(token)].kind : nil
    }

    private func isOperator(_ token: Int32) -> Bool {
        guard kind(token) == .punctuator else { return false }
        let text = model.text(ofToken: token)
        return text.equals("+") || model.language == .python && text.equals("/")
    }

    private func scope(of token: Int32) -> Int32 {
        var (low, high) = (0, model.strings.count)
        while low < high {
            let middle = (low + high) / 2
            if model.strings[middle].tokens.lowerBound < token { low = middle + 1 } else { high = middle }
        }
        return low < model.strings.count ? model.strings[low].scope : 0
    }
}
