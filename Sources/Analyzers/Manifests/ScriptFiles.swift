/// Finds the files of a package that an install command runs.
struct ScriptFiles {
    /// Paths of all files of the package, parts joined by `/`.
    let files: Set<[UInt8]>
    /// The package's scripts, which commands may run in turn.
    let scripts: [(name: String, command: String)]
    private var found: [[UInt8]] = []
    private var visited: Set<String> = []
    private static let maxDepth = 5
    private static let maxCommands = 500
    private static let maxScripts = 100

    init(files: Set<[UInt8]>, scripts: [(name: String, command: String)] = []) {
        self.files = files
        self.scripts = scripts
    }

    /// Paths of the files that `command` runs, when it is run in `folder`.
    mutating func run(by command: [UInt8], in folder: [UInt8] = []) -> [[UInt8]] {
        found = []
        visited = []
        follow(command, in: folder, depth: 0)
        return found
    }

    private mutating func follow(_ text: [UInt8], in folder: [UInt8], depth: Int) {
        guard depth <= Self.maxDepth, text.count <= 64 << 10 else { return }
        var folder = folder
        let commands = ShellParser.parse(text).allPipelines.flatMap(\.commands)
        for command in commands.prefix(Self.maxCommands) {
            let read = ReadCommand(command)
            if read.program == "cd", let target = read.argumentTexts.first {
                folder = EntryPoints.join(folder, target)
                continue
            }
            followScripts(read, in: folder, depth: depth)
            if let inline = read.inlineProgram { followInline(inline.text, read, in: folder, depth: depth) }
            for word in candidates(of: read, command) { take(word, in: folder) }
        }
    }

    // MARK: Scripts

    private static let packageManagers: Set<String> = ["npm", "yarn", "pnpm", "bun", "npm-run-all", "run-s", "run-p"]

    private mutating func followScripts(_ command: ReadCommand, in folder: [UInt8], depth: Int) {
        guard Self.packageManagers.contains(command.program) else { return }
        for word in command.argumentTexts where !word.hasPrefix("-") {
            let name = String(decoding: word, as: UTF8.self)
            for wanted in ["pre\(name)", name, "post\(name)"]
            where visited.count < Self.maxScripts && visited.insert(wanted).inserted {
                for script in scripts where script.name == wanted {
                    follow(Array(script.command.utf8), in: folder, depth: depth + 1)
                }
            }
        }
    }

    /// The text of `sh -c` is a command; in other programs every text in quotes may be a file.
    private mutating func followInline(_ code: [UInt8], _ command: ReadCommand, in folder: [UInt8], depth: Int) {
        if CommandVocabulary.shells.contains(command.program) { return follow(code, in: folder, depth: depth + 1) }
        let quotes = [UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`")]
        for piece in code.split(whereSeparator: quotes.contains).prefix(200) where piece.count < 300 {
            take(Array(piece), in: folder)
        }
    }

    // MARK: Files

    /// The words that can be the file which a command runs: the program itself, what is loaded before it, and the
    /// first argument that is a file.
    private func candidates(of read: ReadCommand, _ command: ShellCommand) -> [[UInt8]] {
        var words: [[UInt8]] = [read.programPath]
        let loaders = ["-r", "--require", "--import", "--loader", "--experimental-loader", "--preload"]
        var isValue = false
        var hasFile = false
        for word in read.argumentTexts {
            if isValue || !hasFile && !word.hasPrefix("-") && isFile(word) {
                words.append(word)
                if !isValue { hasFile = true }
            }
            isValue = loaders.contains { word.equals($0) }
            for loader in loaders where word.hasPrefix(loader + "=") {
                words.append(Array(word.dropFirst(loader.utf8.count + 1)))
            }
        }
        // `python -m tool`
        if let module = read.value(after: ["-m"]) {
            words.append(module.text.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "/") : $0 } + Array(".py".utf8))
        }
        // A wrapper's own word is no file, and the reader of commands drops some that are.
        return words + command.words.prefix(3).map(\.text)
    }

    /// Whether a word looks like a file: without folders it needs an ending or to be there.
    private func isFile(_ word: [UInt8]) -> Bool {
        word.contains(UInt8(ascii: "/")) || word.contains(UInt8(ascii: ".")) || files.contains(word)
    }

    private static let endings = ["", ".js", ".cjs", ".mjs", ".ts", ".json", "/index.js", "/index.cjs", "/index.mjs"]

    private mutating func take(_ word: [UInt8], in folder: [UInt8]) {
        guard !word.isEmpty, word.count < 500, let path = EntryPoints.inside(folder, word) else { return }
        if path.isEmpty {
            // `node .` runs what `main` names.
            if word.first == UInt8(ascii: "."), !found.contains([]) { found.append([]) }
            return
        }
        for ending in Self.endings {
            let candidate = path + Array(ending.utf8)
            if files.contains(candidate) {
                if !found.contains(candidate) { found.append(candidate) }
                return
            }
        }
    }
}
