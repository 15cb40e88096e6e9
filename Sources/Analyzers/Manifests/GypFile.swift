import Screening

/// The commands that gyp runs while it reads a build file.
///
/// Spec: GYP input format reference, "Command expansions": `<!(…)`, `<!@(…)`, and the same with `>` and `^`.
struct GypFile {
    /// One command with the line it stands on.
    struct Command: Equatable {
        let text: [UInt8]
        let line: Int
    }

    /// What a command means for whoever installs the package.
    enum Meaning: Equatable {
        /// Asks a known tool for a path or a name.
        case query
        /// Only loads a file of the package itself.
        case ownFile
        case command
        case hostile
    }

    let commands: [Command]

    static let maxBytes = 256 << 10
    private static let maxCommands = 200

    /// Nil for a file that is longer or has more commands than anyone writes.
    init?(_ bytes: [UInt8]) {
        guard bytes.count <= Self.maxBytes else { return nil }
        var commands: [Command] = []
        var index = 0
        while index + 2 < bytes.count {
            defer { index += 1 }
            if commands.count > Self.maxCommands { return nil }
            let phases = [UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "^")]
            guard phases.contains(bytes[index]), bytes[index + 1] == UInt8(ascii: "!") else { continue }
            let open = bytes[index + 2] == UInt8(ascii: "@") ? index + 3 : index + 2
            guard open < bytes.count, bytes[open] == UInt8(ascii: "(") else { continue }
            let text = Self.balanced(bytes, from: open + 1)
            commands.append(Command(text: Self.unescaped(text), line: lineNumber(of: index, in: bytes)))
        }
        self.commands = commands
    }

    /// The text up to the parenthesis that closes the one before `start`.
    private static func balanced(_ bytes: [UInt8], from start: Int) -> ArraySlice<UInt8> {
        var level = 1
        for index in start..<bytes.count {
            if bytes[index] == UInt8(ascii: "(") { level += 1 }
            if bytes[index] == UInt8(ascii: ")") { level -= 1 }
            if level == 0 { return bytes[start..<index] }
        }
        return bytes[start...]
    }

    /// The text as it is inside the quotes of the build file.
    private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var isEscaped = false
        for byte in text {
            if byte == UInt8(ascii: "\\"), !isEscaped {
                isEscaped = true
            } else {
                result.append(byte)
                isEscaped = false
            }
        }
        return result
    }

    /// Judges one command.
    static func meaning(of command: [UInt8]) -> Meaning {
        let hostile = InstallCommand.judge(command).contains { RuleCatalog.entry($0).detail.severity == .malicious }
        if hostile { return .hostile }
        let commands = ShellParser.parse(command).allPipelines.flatMap(\.commands).map(ReadCommand.init)
        guard !commands.isEmpty else { return .query }
        var meaning = Meaning.query
        for command in commands where !isQuery(command) {
            guard loadsOwnFile(command) else { return .command }
            meaning = .ownFile
        }
        return meaning
    }

    private static let queryTools: Set<String> = [
        "pkg-config", "uname", "xcrun", "sw_vers", "which", "echo", "printf", "llvm-config", "pg_config",
        "mysql_config",
        "xml2-config", "sed", "tr", "cut", "head", "awk", "grep", "true", "nproc", "sysctl", "pwd", "dirname",
        "basename",
        "xcode-select", "getconf", "arch", "test", "[",
    ]

    private static func isQuery(_ command: ReadCommand) -> Bool {
        if queryTools.contains(command.program) { return true }
        guard isNode(command), let inline = command.inlineProgram, !inline.isComputed else { return false }
        return InlineProgram(code: inline.text).isInert && !loadsRelativeModule(inline.text)
    }

    /// `node -p "require('./x')…"`: no more than `node x.js`, but written where nobody looks.
    private static func loadsOwnFile(_ command: ReadCommand) -> Bool {
        guard isNode(command), let inline = command.inlineProgram, !inline.isComputed else { return false }
        return InlineProgram(code: inline.text).isInert
    }

    private static func isNode(_ command: ReadCommand) -> Bool {
        command.program == "node" || command.program == "nodejs"
    }

    private static func loadsRelativeModule(_ code: [UInt8]) -> Bool {
        ["('.", "(\".", "('/", "(\"/"].contains { code.contains(text: $0) }
    }
}
