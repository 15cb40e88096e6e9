import Screening
import SourceCode

/// INST-SETUP-NET, INST-SETUP-PROC, INST-SETUP-EXEC and INST-CMDCLASS: what setup.py itself does.
enum SetupScan {
    static func check(_ scan: CodeScan) {
        var programs: [Program] = []
        var runsText = false
        for call in scan.model.calls where !scan.isDormant(call.tokens) {
            if call.argument(labelled: "cmdclass") != nil { note(.setupCommands, call, scan) }
            if call.does([.process]) {
                let program = Program(of: call, scan)
                programs.append(program)
                note(program.observation, call, scan)
            } else if call.does([.runsCode]), isForeign(call, scan) {
                runsText = true
                note(.setupEvaluates, call, scan)
            }
        }
        let runsStrangers = runsText || programs.contains { $0 != .buildTool && $0 != .computed }
        for call in scan.calls(doing: [.network, .socket]) where !call.does([.process]) {
            if scan.isDormant(call.tokens) { continue }
            note(runsStrangers ? .setupNetworkRuns : .setupNetwork, call, scan)
        }
    }

    /// The whole script runs at installation, its functions being what setup calls.
    private static func note(_ observation: Observation, _ call: Call, _ scan: CodeScan) {
        scan.report.note(observation, line: scan.line(call.tokens))
    }

    // MARK: Text that is run

    /// Whether what is run is anything else than a file of the package or plain constants.
    private static func isForeign(_ call: Call, _ scan: CodeScan) -> Bool {
        let origin = scan.origin(of: call) { index, argument in index == 0 && argument.label == nil }
        if !origin.effects.isDisjoint(with: [.receives, .decodes, .decrypts, .process]) { return true }
        if origin.effects.contains(.readsFiles) || call.firstText != nil { return false }
        // Texts put together of constants and matches of a file's lines, such as versions.
        return origin.isOpen && origin.effects.isEmpty && origin.texts.isEmpty ? false : origin.hasDecodedText
    }

    // MARK: Programs

    fileprivate enum Program {
        /// What builds need.
        case buildTool
        /// Decided when it runs.
        case computed
        case other
        /// A command that downloads, decodes or sends.
        case hostile

        var observation: Observation {
            switch self {
            case .buildTool, .computed: .setupProcess
            case .other: .setupProcessUnknown
            case .hostile: .setupProcessHostile
            }
        }
    }

    fileprivate static let tools: Set<String> = [
        "git", "hg", "svn", "bzr", "pkg-config", "pkgconf", "cc", "gcc", "g++", "c++", "clang", "clang++", "cl", "make",
        "gmake",
        "cmake", "ninja", "meson", "cargo", "rustc", "rustup", "go", "python", "python3", "python2", "pip", "pip3",
        "pip2",
        "twine", "swig", "cython", "cythonize", "uname", "sw_vers", "xcrun", "xcode-select", "ldconfig", "ldd", "which",
        "where", "brew", "nvcc", "npm", "yarn", "pnpm", "node", "tar", "patch", "autoconf", "automake", "autoreconf",
        "configure",
        "./configure", "bash", "sh", "lsb_release", "dpkg-architecture", "dpkg", "rpm", "protoc", "msgfmt", "pandoc",
        "sphinx-build",
        "rm", "cp", "mv", "mkdir", "ln", "echo", "cat", "find", "sed", "strip", "install_name_tool", "lipo", "otool",
        "nm", "ar",
        "ranlib", "libtool", "gfortran", "pyrcc4", "pyrcc5", "pyuic5", "lrelease", "qmake", "sysctl", "getconf", "arch",
        "tox",
        "pytest", "py.test", "nosetests", "flake8", "black", "mypy", "coverage", "isort", "pylint", "sphinx-apidoc",
        "check-manifest",
        "clear", "cls", "open", "conda", "ant", "mvn", "gradle", "java", "javac", "llvm-config", "chmod", "touch",
        "bazel", "vcvarsall.bat",
        "dotnet", "r", "rscript", "perl", "test", "true", "ls", "cd", "source", "unzip", "zip", "nproc", "lscpu",
        "nvidia-smi", "rocminfo",
        "f2py", "m4", "bison", "flex", "yacc", "lex", "antlr", "antlr4", "jlpm", "jupyter", "env", "export", "poetry",
        "hatch", "uv",
    ]

    fileprivate static func program(of call: Call, _ scan: CodeScan) -> [[UInt8]]? {
        guard let argument = call.arguments.first, let constant = argument.constant else { return nil }
        // The constants of a list leave out what is computed; only a literal in front names the program.
        let start = argument.tokens.lowerBound
        if scan.flow.isPunctuator(start, "[", "("), Int(start) + 1 < scan.model.tokens.count,
            scan.model.tokens[Int(start) + 1].kind != .string
        {
            return nil
        }
        if scan.model.tokens[Int(start)].kind == .identifier, constant.text == nil { return nil }
        return constant.texts
    }
}

extension SetupScan.Program {
    fileprivate init(of call: Call, _ scan: CodeScan) {
        guard let words = SetupScan.program(of: call, scan), let first = words.first else {
            self = .computed
            return
        }
        let command = Array(words.joined(separator: [0x20]))
        let isHostile = InstallCommand.judge(command).contains { RuleCatalog.entry($0).detail.severity == .malicious }
        if isHostile {
            self = .hostile
            return
        }
        // A list names its program first; a text may be several commands.
        let programs =
            words.count > 1
            ? [baseName(first)]
            : ShellParser.parse(command).allPipelines.flatMap(\.commands).map { ReadCommand($0).program }
        let isKnown = programs.allSatisfy { $0.isEmpty || SetupScan.tools.contains($0) || $0.hasSuffix("-config") }
        self = isKnown ? .buildTool : .other
    }
}
