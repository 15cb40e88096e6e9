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
    private let lines: CachedLines

    init(name: [UInt8], path: [[UInt8]], bytes: [UInt8], layout: ArtifactLayout) {
        self.name = name
        self.path = path
        self.bytes = bytes
        self.layout = layout
        role = FileRole(path: path)
        let kind = FileKind(path: path, bytes: bytes)
        self.kind = kind
        text = kind.isText ? SourceText(bytes: bytes) : nil
        switch (kind.language, text) {
        case (.javaScript, let source?): model = JavaScript.model(of: source)
        case (.typeScript, let source?): model = JavaScript.model(of: source, language: .typeScript)
        case (.python, let source?): model = Python.model(of: source)
        case (nil, _), (_, nil): model = nil
        }
        isGuess = false
        lines = CachedLines(text?.bytes ?? [])
    }

    /// The line, from 1, of an offset in the decoded text.
    func line(at offset: Int) -> Int { lines.line(at: offset) }

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
