import JSON
import SourceCode

/// Runs every rule that needs only one file.
enum FileInspection {
    /// What is kept of a file.
    ///
    /// - Parameters:
    ///   - place: where the file lies, parts joined by `/`; in nested archives after the outer file's place.
    ///   - later: what waits until something leads to it.
    static func record(of file: InspectedFile, at place: [UInt8], later: inout LateReadings) -> FileRecord {
        var report = FileReport()
        report.dormantLines = SetupCommands.dormantLines(of: file)
        HiddenTextRules.check(file, into: &report)
        ReviewerTextRules.check(file, into: &report)
        ObfuscationStatistics.check(file, into: &report)
        IndicatorRules.check(file, into: &report)
        var links = CodeRules.check(file, into: &report)
        UnreadFileRules.check(file, into: &report)
        if file.model == nil, PickledCall.isHeld(by: file) { report.note(.objectRunsProgram) }
        let reading: LateReading
        if let guess = BuildFiles.report(of: file) {
            if file.kind == .shell { links = FileLinks.links(ofShell: file.bytes) }
            reading = LateReading(LateReading.Found(guess: guess, links: links))
        } else if file.model == nil {
            reading = later.reading(of: file)
        } else {
            reading = LateReading(LateReading.Found(links: links))
        }
        return FileRecord(
            name: file.name, path: place, isQuiet: file.role.isTestOrDocumentation, kind: file.kind, report: report,
            reading: reading, folderMain: folderMain(of: file))
    }

    private static func folderMain(of file: InspectedFile) -> [UInt8]? {
        guard file.layout == .npmTarball, file.path.count > 1, file.path.last?.equals("package.json") == true,
            file.bytes.count <= 64 << 10
        else { return nil }
        let manifest = (try? JSONText.parse(file.bytes, limits: JSONLimits(maxBytes: 64 << 10)))?.objectValue
        return manifest?["main"]?.stringValue.map { Array($0.utf8) }
    }
}

extension InspectedFile {
    /// Larger files whose names promise no code are not read as code.
    private static let maxGuessBytes = 4 << 20
    /// Larger ones of other kinds are pages and tables, which would cost more than they could tell.
    private static let maxPageBytes = 128 << 10

    /// Whether a file may be code although its name promises none: by its kind, its size and its first bytes.
    var mayBeCode: Bool {
        switch kind {
        case .text, .prose: bytes.count <= Self.maxGuessBytes
        case .toml, .yaml, .markup: bytes.count <= Self.maxPageBytes
        // Node runs whatever ends in neither `.json` nor `.node`.
        case .shell, .json:
            layout == .npmTarball && bytes.count <= Self.maxPageBytes && bytes.first != UInt8(ascii: "{")
                && bytes.first != UInt8(ascii: "[") && !bytes.hasPrefix("#!")
        case .javaScript, .typeScript, .python, .gyp, .native, .wasm, .pythonBytecode, .media, .font,
            .archive, .data:
            false
        }
    }

    /// The same file read as code of the package's language, when its text looks like that although its name does not.
    func assumingCode() -> InspectedFile? {
        guard mayBeCode else { return nil }
        if kind == .shell || kind == .json, !Self.strongMarks.matchesAny(in: bytes) { return nil }
        let marks = layout == .npmTarball ? Self.scriptMarks : Self.pythonMarks
        let present = marks.present(in: bytes)
        let count = (0..<marks.count).count(where: { present.contains($0) })
        guard count >= 2 || count == 1 && Self.strongMarks.matchesAny(in: bytes) else { return nil }
        return InspectedFile(of: self, language: layout == .npmTarball ? .javaScript : .python)
    }

    /// One of these is enough: a single line can do harm.
    private static let strongMarks = LiteralSet([
        "require(", "eval(", "new Function", "child_process", "import(", "exec(", "__import__", "subprocess",
        "os.system",
    ])
    private static let scriptMarks = LiteralSet([
        "require(", "function(", "function (", "=>", "const ", "var ", "let ", "import(", "eval(", "module.exports",
        "process.", "new Function",
    ])
    private static let pythonMarks = LiteralSet([
        "import ", "def ", "exec(", "eval(", "__import__", "print(", "subprocess", "os.system", "lambda ", "compile(",
        "b64decode",
    ])
}
