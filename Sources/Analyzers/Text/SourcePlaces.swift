import SourceCode

/// Where in a program an offset of its text lies.
enum SourcePlace {
    case code, string, comment
    /// Its program could not be read.
    case unknown
}

/// Answers for offsets of one program.
struct SourcePlaces {
    let model: CodeModel

    func place(of offset: Int) -> SourcePlace {
        guard !model.tokens.isEmpty || !model.comments.isEmpty else { return .unknown }
        if let comment = comment(at: offset), offset < Int(comment.upperBound) { return .comment }
        guard let token = token(before: offset), offset < Int(token.end) else { return .code }
        switch token.kind {
        case .string, .templateHead, .templateMiddle, .templateTail, .regularExpression, .markupText: return .string
        case .identifier, .number, .punctuator, .newline, .indent, .dedent: return .code
        }
    }

    /// The comment that begins at or before an offset and ends at or after it.
    func comment(at offset: Int) -> SourceRange? {
        var (low, high) = (0, model.comments.count)
        while low < high {
            let middle = (low + high) / 2
            if Int(model.comments[middle].lowerBound) <= offset { low = middle + 1 } else { high = middle }
        }
        guard low > 0, offset <= Int(model.comments[low - 1].upperBound) else { return nil }
        return model.comments[low - 1]
    }

    /// The last token that begins at or before an offset.
    func token(before offset: Int) -> Token? { index(before: offset).map { model.tokens[$0] } }

    /// The position of the last token that begins at or before an offset.
    func index(before offset: Int) -> Int? {
        var (low, high) = (0, model.tokens.count)
        while low < high {
            let middle = (low + high) / 2
            if Int(model.tokens[middle].start) <= offset { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }
}
