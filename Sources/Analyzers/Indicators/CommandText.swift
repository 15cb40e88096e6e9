import SourceCode

/// A command that code hands to a process or a shell, as far as it is known; parts that are not are variables.
enum CommandText: Equatable {
    case shell([UInt8])
    case words([ShellWord])

    /// Stands for what is not known in shell text.
    fileprivate static let unknown = Array("${UNKNOWN}".utf8)

    static func == (left: CommandText, right: CommandText) -> Bool { left.joined == right.joined }

    /// The whole as one text.
    var joined: [UInt8] {
        switch self {
        case .shell(let text): text
        case .words(let words): Array(words.map(\.text).joined(separator: [0x20]))
        }
    }
}

extension CodeView {
    /// The commands that a call may run: more than one where the first argument chooses between texts.
    func commands(of call: Call) -> [CommandText] {
        var found = command(of: call).map { [$0] } ?? []
        guard let first = call.arguments.first, first.constant == nil else { return found }
        for index in stringIndices(in: first.tokens).prefix(16) {
            let string = strings[index]
            guard string.value.count >= 4, isAlternative(string.tokens, in: first.tokens) else { continue }
            found.append(.shell(Array(string.value)))
        }
        return found
    }

    /// Whether a text is one branch of a choice: `a ? 'x' : 'y'`, `'x' if a else 'y'`, `a || 'x'`.
    private func isAlternative(_ tokens: TokenRange, in range: TokenRange) -> Bool {
        if tokens.lowerBound > range.lowerBound,
            ["?", ":", "||", "??", "else", "or"].contains(where: { isPunctuator(tokens.lowerBound - 1, $0) })
        {
            return true
        }
        return tokens.upperBound < range.upperBound && isPunctuator(tokens.upperBound, "if")
    }

    /// The command that a call runs: its first argument, with the list of the second when that is one.
    func command(of call: Call) -> CommandText? {
        guard let first = call.arguments.first(where: { $0.label == nil || $0.label == "args" }) else { return nil }
        guard let start = value(of: first.tokens, constant: first.constant, steps: 0) else { return nil }
        switch start {
        case .words: return start
        case .shell(let program):
            let rest = call.arguments.drop { $0.tokens != first.tokens }.dropFirst().filter { $0.label == nil }
            guard let second = rest.first else { return start }
            if case .words(let words)? = value(of: second.tokens, constant: second.constant, steps: 0) {
                return .words([Self.word(program)] + words)
            }
            // Programs whose words are arguments of the call: `os.execlp("sh", "sh", "-c", …)`.
            let texts = rest.compactMap { argument -> [UInt8]? in
                if case .text(let text)? = argument.constant { text } else { nil }
            }
            guard texts.count == rest.count, call.callee.path.contains("exec") || call.callee.path.contains("spawn")
            else { return start }
            return .words([Self.word(program)] + texts.drop { $0 == program }.map(Self.word))
        }
    }

    private func value(of range: TokenRange, constant: Constant?, steps: Int) -> CommandText? {
        switch constant {
        case .text(let text): return .shell(text)
        case .list(let elements): return .words(elements.map(Self.word(_:)))
        case .number, .boolean, .reference, .members, nil: break
        }
        guard !range.isEmpty else { return nil }
        if isPunctuator(range.lowerBound, "[") || isPunctuator(range.lowerBound, "(") {
            return .words(elements(of: range).map { Self.word(text(of: $0) ?? CommandText.unknown) })
        }
        if let text = text(of: range) { return .shell(text) }
        // A name: the nearest value that is known.
        guard range.count == 1, steps < 2 else { return nil }
        for value in valueRanges(ofName: range.lowerBound, before: range) {
            if let found = self.value(of: value, constant: nil, steps: steps + 1) { return found }
        }
        return nil
    }

    /// The text of an expression with constant parts, `${UNKNOWN}` for the others; nil when no part is known.
    private func text(of range: TokenRange) -> [UInt8]? {
        var text: [UInt8] = []
        var next = range.lowerBound
        var isKnown = false
        for index in stringIndices(in: range) {
            let string = strings[index]
            guard string.tokens.lowerBound >= next, string.tokens.upperBound <= range.upperBound else { continue }
            if hasValue(next..<string.tokens.lowerBound) { text += CommandText.unknown }
            text += string.value
            isKnown = true
            next = string.tokens.upperBound
            guard text.count < 64 << 10 else { break }
        }
        guard isKnown else { return nil }
        if hasValue(next..<range.upperBound) { text += CommandText.unknown }
        return text
    }

    /// Whether tokens between two pieces hold something that becomes part of the text.
    private func hasValue(_ range: TokenRange) -> Bool {
        range.contains { token in
            switch kind(token) {
            case .identifier, .number, .regularExpression: true
            case .string, .templateHead, .templateMiddle, .templateTail, .punctuator, .markupText, .newline, .indent,
                .dedent, nil:
                false
            }
        }
    }

    /// The ranges between the commas of a list.
    private func elements(of range: TokenRange) -> [TokenRange] {
        var found: [TokenRange] = []
        var depth = 0
        var start = range.lowerBound + 1
        for token in range {
            guard kind(token) == .punctuator else { continue }
            let text = model.text(ofToken: token)
            switch text.first {
            case UInt8(ascii: "["), UInt8(ascii: "("), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: ")"), UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 {
                    if start < token { found.append(start..<token) }
                    return found
                }
            case UInt8(ascii: ",") where depth == 1:
                if start < token { found.append(start..<token) }
                start = token + 1
            case .some, .none: break
            }
        }
        return found
    }

    private static func word(_ constant: Constant) -> ShellWord {
        if case .text(let text) = constant { return word(text) }
        return word(CommandText.unknown)
    }

    /// A word given as it is; its unknown parts count as variables.
    private static func word(_ text: [UInt8]) -> ShellWord {
        var word = ShellWord()
        word.isQuoted = true
        word.text = text
        if text.contains(text: "${UNKNOWN}") {
            word.variables = [Array("UNKNOWN".utf8)]
            if text == CommandText.unknown { word.text = [] }
        }
        return word
    }
}
