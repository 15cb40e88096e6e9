import Screening

/// The commands that a build file of gyp runs, while it is read or at the build that follows.
///
/// Spec: GYP input format reference, "Command expansions": `<!(…)`, `<!@(…)`, and the same with `>` and `^`;
/// "actions", "rules" and "postbuilds".
struct GypFile {
    /// One command with the line it stands on.
    struct Command: Equatable {
        let text: [UInt8]
        let line: Int
        /// Whether it runs while the file is read; otherwise at the build.
        let isExpansion: Bool
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
    /// Files that it includes, as written.
    let includes: [[UInt8]]
    /// The line of the first thing that is no literal: gyp hands the file to Python's `eval`.
    let expressionLine: Int?
    /// The line of something that reaches into Python's own objects, from the file or from a condition in it.
    let escapeLine: Int?
    let isBroken: Bool

    static let maxBytes = 256 << 10
    fileprivate static let maxCommands = 200

    /// Nil for a file that is longer or has more commands than anyone writes.
    init?(_ bytes: [UInt8]) {
        guard bytes.count <= Self.maxBytes else { return nil }
        let read = GypReader.read(bytes)
        var walk = GypWalk(bytes)
        walk.visit(read.value)
        guard walk.expansions <= Self.maxCommands else { return nil }
        commands = walk.commands
        includes = walk.includes
        isBroken = read.isBroken
        expressionLine = read.firstExpression.map { lineNumber(of: $0, in: bytes) }
        let escape = walk.escapeOffset ?? read.firstExpression.flatMap { _ in bytes.firstRange(of: ".__")?.lowerBound }
        escapeLine = escape.map { lineNumber(of: $0, in: bytes) }
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
        "mysql_config", "xml2-config", "sed", "tr", "cut", "head", "awk", "grep", "true", "nproc", "sysctl", "pwd",
        "dirname", "basename", "xcode-select", "getconf", "arch", "test", "[", "ls", "find", "sort",
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

/// Visits the values of a build file and gathers what matters.
private struct GypWalk {
    private let bytes: [UInt8]
    private(set) var commands: [GypFile.Command] = []
    private(set) var includes: [[UInt8]] = []
    private(set) var escapeOffset: Int?
    /// How many commands were met, repeated ones too.
    private(set) var expansions = 0
    /// Variables that are plain text, for commands that are put together from them.
    private var variables: [[UInt8]: [UInt8]] = [:]
    private static let maxVariables = 500

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func visit(_ value: GypValue) {
        gatherVariables(value, isVariables: false)
        walk(value, in: [])
    }

    private mutating func gatherVariables(_ value: GypValue, isVariables: Bool) {
        switch value {
        case .text, .other: break
        case .list(let values): for value in values { gatherVariables(value, isVariables: false) }
        case .table(let members):
            for (key, value) in members {
                guard case .text(let name, _) = key else { continue }
                if isVariables, case .text(let text, _) = value, variables.count < Self.maxVariables {
                    // `name%` gives a default.
                    variables[name.last == UInt8(ascii: "%") ? Array(name.dropLast()) : name] = text
                }
                gatherVariables(value, isVariables: name.equals("variables"))
            }
        }
    }

    /// `key` is the name of the member that the value belongs to.
    private mutating func walk(_ value: GypValue, in key: [UInt8]) {
        switch value {
        case .other: break
        case .text(let text, let offset):
            if expansions > GypFile.maxCommands { return }
            scan(expanded(text), offset: offset)
            if key.equals("includes") { includes.append(text) }
        case .list(let values):
            if key.equals("action") { addAction(values) }
            if key.hasSuffix("conditions") { checkConditions(values) }
            for value in values { walk(value, in: key) }
        case .table(let members):
            for (name, value) in members {
                guard case .text(let text, let offset) = name else { continue }
                scan(text, offset: offset)
                walk(value, in: text)
            }
        }
    }

    /// Conditions are handed to Python's `eval` as well.
    private mutating func checkConditions(_ values: [GypValue]) {
        for value in values {
            guard case .list(let parts) = value else { continue }
            for case .text(let text, let offset) in parts where text.contains(text: "__") && text.contains(text: ".") {
                escapeOffset = escapeOffset ?? offset
            }
        }
    }

    private mutating func addAction(_ values: [GypValue]) {
        var words: [[UInt8]] = []
        var first: Int?
        for case .text(let text, let offset) in values {
            first = first ?? offset
            let isPlain = !text.contains { [0x20, 0x22, 0x27, 0x3B, 0x7C, 0x26, 0x24, 0x60].contains($0) }
            // A shell's own text stays text, everything else is one word.
            let quote = [UInt8(ascii: "'")]
            words.append(isPlain || text.contains(UInt8(ascii: "'")) ? expanded(text) : quote + expanded(text) + quote)
        }
        guard let offset = first else { return }
        add(Array(words.joined(separator: [0x20])), offset, isExpansion: false)
    }

    /// Puts the text of known variables in the place of `<(name)`, three levels deep.
    private func expanded(_ text: [UInt8]) -> [UInt8] {
        var text = text
        for _ in 0..<3 {
            guard text.contains(UInt8(ascii: "(")), text.count <= 8192 else { return text }
            var result: [UInt8] = []
            var index = 0
            var isChanged = false
            while index < text.count {
                if let (name, end) = Self.variable(in: text, at: index), let value = variables[name] {
                    result += value
                    index = end
                    isChanged = true
                } else {
                    result.append(text[index])
                    index += 1
                }
                if result.count > 8192 { return text }
            }
            if !isChanged { return text }
            text = result
        }
        return text
    }

    /// The name in `<(name)` or `<@(name)`, and where it ends.
    private static func variable(in text: [UInt8], at start: Int) -> (name: [UInt8], end: Int)? {
        guard isPhase(text[start]), start + 3 < text.count else { return nil }
        let open = text[start + 1] == UInt8(ascii: "@") ? start + 2 : start + 1
        guard text[open] == UInt8(ascii: "("), let end = text[open...].prefix(200).firstIndex(of: UInt8(ascii: ")"))
        else { return nil }
        return (Array(text[(open + 1)..<end]), end + 1)
    }

    private static func isPhase(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "^")
    }

    /// Finds the command expansions in a text.
    private mutating func scan(_ text: [UInt8], offset: Int) {
        guard text.contains(UInt8(ascii: "!")) else { return }
        var index = 0
        while index + 2 < text.count {
            defer { index += 1 }
            guard Self.isPhase(text[index]), text[index + 1] == UInt8(ascii: "!") else { continue }
            var open = text[index + 2] == UInt8(ascii: "@") ? index + 3 : index + 2
            let module = text[open...].prefix { $0 != UInt8(ascii: "(") && $0 != 0x20 && $0 != 0x0A }
            let isModule = module.hasPrefix("pymod_do_main")
            if isModule { open = module.endIndex }
            guard open < text.count, text[open] == UInt8(ascii: "(") else { continue }
            let command = Self.balanced(text, from: open + 1)
            // `pymod_do_main(tool arguments)` runs tool.py of the folder inside gyp.
            add(isModule ? Array("python ".utf8) + command : Array(command), offset, isExpansion: true)
            if expansions > GypFile.maxCommands { return }
        }
    }

    private mutating func add(_ text: [UInt8], _ offset: Int, isExpansion: Bool) {
        expansions += 1
        let line = lineNumber(of: offset, in: bytes)
        let command = GypFile.Command(text: text, line: line, isExpansion: isExpansion)
        if !commands.contains(where: { $0.text == command.text && $0.line == line }) { commands.append(command) }
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
}
