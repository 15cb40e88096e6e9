import SourceCode

/// Objects that run something when they are made: pickles and YAML with calls in them.
enum ObjectFlow {
    static func check(_ scan: CodeScan) {
        for call in scan.calls(doing: [.deserialises]) { checkDecoded(call, scan) }
        let isLoaded =
            scan.calls(doing: [.deserialises]).contains { scan.model.runsAtLoad($0.scope) }
        for string in scan.model.strings where string.origin != .documentation && string.value.count >= 8 {
            guard PickledCall.isHeld(by: string.value) else { continue }
            scan.report.note(
                .objectRunsProgram, line: scan.line(string.tokens),
                atLoad: isLoaded && scan.model.runsAtLoad(string.scope))
        }
        if scan.isPython { checkReduction(isLoaded: isLoaded, scan) }
    }

    /// Objects made of decoded texts: unpickling runs what the text says.
    private static func checkDecoded(_ call: Call, _ scan: CodeScan) {
        let origin = scan.origin(of: call) { index, _ in index == 0 }
        guard !origin.effects.isDisjoint(with: [.decodes, .decrypts]) || origin.hasDecodedText else { return }
        if origin.longestText >= minObjectBytes { scan.note(.decodedObjectLoads, call) }
    }

    /// Shorter texts make numbers and names.
    private static let minObjectBytes = 64

    /// `def __reduce__(self): return os.system, (command,)`
    private static func checkReduction(isLoaded: Bool, _ scan: CodeScan) {
        for (index, scope) in scan.model.scopes.enumerated() where scope.kind == .function {
            guard let name = scope.name, name.hasPrefix("__reduce") else { continue }
            let runs = scan.flow.results(of: Int32(index)).contains { range in
                scan.flow.reads(in: range).contains { read in
                    !scan.model.reads[Int(read)].effects.isDisjoint(with: [.process, .runsCode])
                }
            }
            if runs {
                scan.report.note(.objectRunsProgram, line: scan.line(scope.tokens), atLoad: isLoaded)
            }
        }
    }
}

/// Calls inside of serialised objects.
enum PickledCall {
    /// Whether bytes are a pickle or YAML that calls something which runs programs or text.
    static func isHeld(by bytes: ArraySlice<UInt8>) -> Bool {
        guard marks.matchesAny(in: bytes) else { return false }
        if yaml.matchesAny(in: bytes) || global.matchesAny(in: bytes) { return true }
        // STACK_GLOBAL takes the two texts before it: module and name, each after its length.
        return bytes.contains(0x93) && modules.matchesAny(in: bytes) && members.matchesAny(in: bytes)
    }

    private static let endings = [
        ".pkl", ".pickle", ".joblib", ".dill", ".pt", ".ckpt", ".sav", ".model", ".bin", ".dat",
    ]
    private static let maxFileBytes = 1 << 20

    /// Whether a file is such a pickle: by its name or its first bytes.
    static func isHeld(by file: InspectedFile) -> Bool {
        guard file.layout != .npmTarball, let name = file.path.last?.lowercasedASCII() else { return false }
        let isMarked = file.bytes.first == 0x80 && file.bytes.dropFirst().first.map { (2...5).contains($0) } == true
        guard isMarked || endings.contains(where: { name.hasSuffix($0) }) else { return false }
        return isHeld(by: file.bytes.prefix(maxFileBytes))
    }

    private static let runners = [
        ("os", ["system", "popen", "execv", "execve", "execvp", "execl", "spawnv", "spawnl", "posix_spawn"]),
        ("posix", ["system", "popen", "execv", "execve", "posix_spawn"]), ("nt", ["system", "popen", "startfile"]),
        ("subprocess", ["Popen", "call", "run", "check_output", "check_call", "getoutput"]),
        ("builtins", ["exec", "eval", "compile", "__import__"]),
        ("__builtin__", ["exec", "eval", "compile", "__import__", "execfile"]), ("pty", ["spawn"]),
        ("runpy", ["run_path", "_run_code", "run_module"]), ("importlib", ["import_module"]),
        ("webbrowser", ["open"]), ("commands", ["getoutput"]), ("timeit", ["timeit"]), ("code", ["interact"]),
    ]
    private static let global = LiteralSet(
        runners.flatMap { module, names in names.map { "c\(module)\n\($0)\n" } })
    private static let yaml = LiteralSet(
        runners.flatMap { module, names in
            names.flatMap { name in
                ["apply", "new", "name", "apply:", "new:"].map { "!!python/object/\($0):\(module).\(name)" }
            }
        })
    private static let modules = LiteralSet(runners.map { sized($0.0) })
    private static let members = LiteralSet(runners.flatMap(\.1).map(sized))
    private static let marks = LiteralSet(
        runners.map { "c\($0.0)\n" } + ["!!python/object/"] + runners.map { sized($0.0) })

    /// A short text as pickles hold it: opcode, length, bytes.
    private static func sized(_ text: String) -> String {
        let length = Unicode.Scalar(UInt8(text.utf8.count))
        return "\(length)\(text)"
    }
}
