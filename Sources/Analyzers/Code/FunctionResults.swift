import SourceCode

extension DataFlow {
    private static let maxResults = 16

    /// The expressions that a function gives back: after `return`, and the whole body of an arrow function without one.
    func results(of scope: Int32) -> [TokenRange] {
        let body = model.scopes[Int(scope)].tokens
        var found: [TokenRange] = []
        var position = body.lowerBound
        var looked = 0
        while position < body.upperBound, Int(position) < model.tokens.count, found.count < Self.maxResults {
            looked += 1
            if looked > 4000 { break }
            if isKeyword(position, "return") || isKeyword(position, "yield") {
                let end = statementEnd(from: position + 1, before: body.upperBound)
                if end > position + 1 { found.append(position + 1..<end) }
                position = end
            } else {
                position += 1
            }
        }
        return found.isEmpty && isExpression(body) ? [body] : found
    }

    /// Whether a function's body is one expression, as of arrow functions and lambdas.
    private func isExpression(_ body: TokenRange) -> Bool {
        guard !body.isEmpty, body.count <= 400, !isPunctuator(body.upperBound - 1, "}") else { return false }
        return !body.contains { Int($0) < model.tokens.count && model.tokens[Int($0)].kind == .newline }
    }

    private func isKeyword(_ position: Int32, _ word: String) -> Bool {
        let token = model.tokens[Int(position)]
        guard token.kind == .identifier, Int(token.end - token.start) == word.utf8.count else { return false }
        return model.source.bytes[Int(token.start)..<Int(token.end)].equals(word)
    }

    /// Where the statement that `start` lies in ends: at a semicolon, a line's end or the bracket around it.
    private func statementEnd(from start: Int32, before end: Int32) -> Int32 {
        var depth = 0
        var position = start
        while position < end, Int(position) < model.tokens.count {
            let token = model.tokens[Int(position)]
            switch token.kind {
            case .newline where depth == 0: return position
            case .punctuator:
                switch model.source.bytes[Int(token.start)] {
                case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
                case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
                    depth -= 1
                    if depth < 0 { return position }
                case UInt8(ascii: ";") where depth == 0: return position
                default: break
                }
            case .identifier, .number, .string, .templateHead, .templateMiddle, .templateTail, .regularExpression,
                .markupText, .newline, .indent, .dedent:
                break
            }
            position += 1
        }
        return position
    }
}
