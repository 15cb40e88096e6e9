import SourceCode

/// One file of the artifact as the rules see it; nothing of it is kept after its rules have run.
struct InspectedFile {
    /// The member's name as stored; `outer.zip!inner` inside nested archives.
    let name: [UInt8]
    /// Where the installer puts it, below the package's own folder; inside nested archives the path in there.
    let path: [[UInt8]]
    /// By its name.
    let role: FileRole
    /// By its content and name.
    let kind: FileKind
    /// As stored.
    let bytes: [UInt8]
    /// Decoded, for everything that is text.
    let text: SourceText?
    /// For JavaScript, TypeScript and Python.
    let model: CodeModel?
    /// Whether the model is of a file whose name promises no code: it counts only where code leads to it.
    let isGuess: Bool
    let layout: ArtifactLayout
    /// What kinds of bytes the decoded text has.
    let classes: ByteClasses
    private let lines: CachedLines
    private let literals: CachedLiterals

    init(name: [UInt8], path: [[UInt8]], bytes: [UInt8], layout: ArtifactLayout) {
        self.name = name
        self.path = path
        self.bytes = bytes
        self.layout = layout
        role = FileRole(path: path, layout: layout)
        let kind = FileKind(path: path, bytes: bytes)
        self.kind = kind
        text = kind.isText ? SourceText(decoding: bytes, language: kind.language) : nil
        model = InspectedFile.model(of: text, kind.language)
        isGuess = false
        classes = ByteClasses(text?.bytes ?? [])
        lines = CachedLines(text?.bytes ?? [])
        literals = CachedLiterals()
    }

    /// The same file read as code of a language that its name does not promise.
    init(of file: InspectedFile, language: SourceLanguage) {
        name = file.name
        path = file.path
        role = file.role
        kind = file.kind
        bytes = file.bytes
        layout = file.layout
        text = SourceText(decoding: file.bytes, language: language)
        model = InspectedFile.model(of: text, language)
        isGuess = true
        classes = ByteClasses(text?.bytes ?? [])
        lines = CachedLines(text?.bytes ?? [])
        literals = CachedLiterals()
    }

    /// A text inside of a file, which is code by itself.
    init(embedded code: [UInt8], in file: InspectedFile, language: SourceLanguage) {
        name = file.name
        path = file.path
        role = file.role
        kind = file.kind
        bytes = code
        layout = file.layout
        text = SourceText(bytes: code)
        model = InspectedFile.model(of: text, language)
        isGuess = file.isGuess
        classes = ByteClasses(code)
        lines = CachedLines(code)
        literals = CachedLiterals()
    }

    private static func model(of text: SourceText?, _ language: SourceLanguage?) -> CodeModel? {
        guard let text, let language else { return nil }
        switch language {
        case .javaScript, .typeScript: return JavaScript.model(of: text, language: language)
        case .python: return Python.model(of: text)
        }
    }

    /// The line, from 1, of an offset in the decoded text.
    func line(at offset: Int) -> Int { lines.line(at: offset) }

    /// What one scan of the decoded text finds for all rules.
    var foundLiterals: FoundLiterals { literals.found(in: text?.bytes ?? []) }

    /// The line of a token of the model.
    func line(ofToken index: Int32) -> Int { line(at: model?.offset(ofToken: index) ?? 0) }
}

/// The lines of a text, found when they are first asked for: most files have nothing to say.
private final class CachedLines {
    private let bytes: [UInt8]
    private var index: LineIndex?

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func line(at offset: Int) -> Int {
        let found = index ?? LineIndex(bytes)
        index = found
        return found.line(at: offset)
    }
}

/// The literals of a text, looked for when the first rule asks.
private final class CachedLiterals {
    private var known: FoundLiterals?

    func found(in bytes: [UInt8]) -> FoundLiterals {
        let found = known ?? FoundLiterals(bytes)
        known = found
        return found
    }
}
