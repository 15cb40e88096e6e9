/// JavaScript, TypeScript and JSX.
public enum JavaScript {
    /// The model of a source file; total.
    public static func model(of source: SourceText, language: SourceLanguage = .javaScript) -> CodeModel {
        CodeModel(language: language, source: source)
    }
}
