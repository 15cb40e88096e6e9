/// Python 3, and what Python 2 files can still be read.
public enum Python {
    /// The model of a source file; total.
    public static func model(of source: SourceText) -> CodeModel {
        let lexed = PythonTokenizer.tokens(of: source)
        var model = CodeModel(language: .python, source: source)
        model.tokens = lexed.tokens
        model.comments = lexed.comments
        model.problems = lexed.problems
        var names = lexed.names
        model.names = names.used.filter { !PythonWords.isKeyword($0) }.map { id in
            Name(text: names.text(of: id), offset: names.firstUses[Int(id)], isEscaped: false)
        }
        return model
    }
}
