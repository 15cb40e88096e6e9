/// JavaScript, TypeScript and JSX.
public enum JavaScript {
    /// The model of a source file; total.
    public static func model(of source: SourceText, language: SourceLanguage = .javaScript) -> CodeModel {
        guard source.bytes.count < Int32.max / 4 else {
            var model = CodeModel(language: language, source: source)
            model.problems = [SourceProblem(.tooManyTokens, offset: 0)]
            return model
        }
        let lexed = lex(source.bytes, language: language)
        var builder = JavaScriptModelBuilder(
            source, lexed, language: language, isTyped: language == .typeScript)
        return builder.build()
    }

    /// The tokens of a file, read as what it is: TypeScript with or without JSX, a script or a module.
    static func lex(_ bytes: [UInt8], language: SourceLanguage) -> LexedSource {
        var readsMarkup = language == .javaScript
        var lexed = JavaScriptTokenizer.lex(bytes, readsMarkup: readsMarkup, readsMarkupComments: true)
        if !readsMarkup, !lexed.problems.isEmpty {
            // Tags read as comparisons leave slashes and quotes without an end: then it is JSX.
            let other = JavaScriptTokenizer.lex(bytes, readsMarkup: true, readsMarkupComments: true)
            if other.problems.count < lexed.problems.count {
                lexed = other
                readsMarkup = true
            }
        }
        if lexed.hasMarkupComments, isModule(lexed) {
            lexed = JavaScriptTokenizer.lex(bytes, readsMarkup: readsMarkup, readsMarkupComments: false)
        }
        return lexed
    }

    /// Whether a file can only be a module: it imports or exports as a statement.
    private static func isModule(_ lexed: borrowing LexedSource) -> Bool {
        for index in lexed.tokens.indices where lexed.shapes[index].isKind(.identifier) {
            let name = lexed.codes[index].value
            guard name == JavaScriptWord.import || name == JavaScriptWord.export else { continue }
            let isFirst = index == 0 || lexed.codes[index].isAfterNewline || isStatementEnd(lexed, index - 1)
            guard isFirst, index + 1 < lexed.tokens.count else { continue }
            // `import(x)` is an expression that scripts may have too.
            if lexed.shapes[index + 1].mark != .openParenthesis { return true }
        }
        return false
    }

    private static func isStatementEnd(_ lexed: borrowing LexedSource, _ index: Int) -> Bool {
        let mark = lexed.shapes[index].mark
        return mark == .semicolon || mark == .closeBrace
    }
}
