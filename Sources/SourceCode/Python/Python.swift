/// Python 3, and what Python 2 files can still be read.
public enum Python {
    /// The model of a source file; total.
    public static func model(of source: SourceText) -> CodeModel { PythonModelWriter.model(of: source) }
}
