import SourceCode
import UnicodeText

/// Names of a program that read as other names.
enum NameCheck {
    static func check(_ model: CodeModel, in file: InspectedFile, into report: inout FileReport) {
        // Names of plain ASCII have other letters only by escapes.
        if file.classes.isASCII, !model.names.contains(where: \.isEscaped) { return }
        var known: Set<String>?
        for name in model.names {
            let text = name.text.utf8
            guard text.contains(where: { $0 >= 0x80 }) else { continue }
            let bytes = Array(text)
            let names = known ?? Set(model.names.lazy.map(\.text))
            known = names
            if model.language == .python { checkForm(name, bytes, names, file, into: &report) }
            checkScripts(name, bytes, names, file, into: &report)
            checkInvisible(name, bytes, file, into: &report)
        }
    }

    // MARK: Compatibility forms

    /// Python takes a name by its NFKC form.
    private static func checkForm(
        _ name: Name, _ bytes: [UInt8], _ known: Set<String>, _ file: InspectedFile, into report: inout FileReport
    ) {
        guard let form = CompatibilityForm.nfkc(bytes[...]), form != bytes, ByteClasses.isASCII(form) else { return }
        let line = file.line(at: Int(name.offset))
        if isPowerful(form) {
            report.note(file.role.isTestOrDocumentation ? .formOfPowerfulInTests : .formOfPowerful, line: line)
            report.fact(.hiddenText, line: line)
        } else if form.count >= 3, plainBuiltins.contains(String(decoding: form, as: UTF8.self)) {
            report.note(.formOfBuiltin, line: line)
        } else if form.count >= 5, letters(of: bytes) * 2 > form.count,
            known.contains(String(decoding: form, as: UTF8.self))
        {
            report.note(.formOfOther, line: line)
        }
    }

    /// How many characters are not ASCII.
    private static func letters(of bytes: [UInt8]) -> Int { bytes.count { $0 >= 0xC0 } }

    /// Whether a name is one with which programs reach out: what somebody hides has one of these.
    static func isPowerful(_ name: [UInt8]) -> Bool { powerful.contains(String(decoding: name, as: UTF8.self)) }

    private static let powerful: Set<String> = [
        "eval", "exec", "compile", "__import__", "open", "getattr", "setattr", "globals", "locals", "vars", "builtins",
        "__builtins__", "os", "sys", "subprocess", "system", "popen", "importlib", "import_module", "base64",
        "b64decode", "socket", "requests", "urllib", "marshal", "loads", "pickle", "ctypes", "urlopen", "execfile",
        "require", "process", "child_process", "function", "globalthis", "execsync", "spawn", "spawnsync", "atob",
        "constructor", "fetch", "settimeout", "module", "check_output", "environ",
    ]
    private static let plainBuiltins: Set<String> = [
        "print", "input", "len", "range", "str", "int", "float", "list", "dict", "set", "tuple", "bool", "bytes",
        "type",
        "super", "self", "import", "from", "class", "def", "return", "lambda", "yield", "async", "await", "with",
        "while",
        "for", "not", "and", "True", "False", "None", "isinstance", "hasattr", "callable", "iter", "next", "map", "zip",
        "filter", "sorted", "reversed", "sum", "min", "max", "abs", "any", "all", "chr", "ord", "hex", "bytearray",
        "breakpoint", "dir", "object", "repr", "memoryview", "delattr", "join", "run", "call", "Popen", "decode",
    ]

    // MARK: Scripts

    private static func checkScripts(
        _ name: Name, _ bytes: [UInt8], _ known: Set<String>, _ file: InspectedFile, into report: inout FileReport
    ) {
        let isForged = bytes.split { $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "$") }
            .contains { self.isForged(Array($0)) }
        let line = file.line(at: Int(name.offset))
        if isForged {
            report.note(.mixedScripts, line: line)
        } else if let twin = twin(of: bytes), twin.count > 1, known.contains(String(decoding: twin, as: UTF8.self)) {
            report.note(.twinName, line: line)
        }
    }

    /// Whether a word of Latin letters has letters of other scripts that nobody can tell from Latin ones, and no others.
    static func isForged(_ word: [UInt8]) -> Bool {
        var (latin, forged) = (0, 0)
        var index = 0
        while index < word.count {
            let (value, length) = UTF8Scalar.read(word.span, at: index)
            index += length
            switch LetterScript(value) {
            case .latin: latin += 1
            case .cyrillic, .greek, .armenian, .cherokee:
                guard Lookalike.letter(value) != nil else { return false }
                forged += 1
            case nil: if value >= 0x80 { return false }
            }
        }
        return latin > 0 && forged > 0 && latin + forged > 2
    }

    /// The ASCII name that a name of other scripts cannot be told from; nil when it has letters of its own.
    private static func twin(of name: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        var index = 0
        while index < name.count {
            let (value, length) = UTF8Scalar.read(name.span, at: index)
            index += length
            if value < 0x80 {
                result.append(UInt8(truncatingIfNeeded: value))
            } else if let letter = Lookalike.letter(value) {
                result.append(letter)
            } else {
                return nil
            }
        }
        return result
    }

    // MARK: Invisible characters

    private static func checkInvisible(
        _ name: Name, _ bytes: [UInt8], _ file: InspectedFile, into report: inout FileReport
    ) {
        let scan = HiddenTextScan(bytes)
        let line = file.line(at: Int(name.offset))
        if scan.fillers.count > 0 {
            report.note(file.role.isTestOrDocumentation ? .fillerInTests : .fillerInName, line: line)
            report.fact(.hiddenText, line: line)
        }
        if scan.within.count > 0 {
            report.note(.zeroWidthInIdentifier, line: line)
            report.fact(.hiddenText, line: line)
        }
    }
}
