/// The files of the package that a command line gives to an interpreter or runs by themselves.
enum CommandFiles {
    private static let runners: Set<String> = [
        "node", "nodejs", "bun", "deno", "python", "python2", "python3", "tsx", "ts-node", "ruby", "perl", "php",
        "electron",
        "zx", "babel-node", "esno", "jiti",
    ]
    /// Options of interpreters whose next word is a module that is loaded first.
    private static let preloads: Set<String> = ["-r", "--require", "--import", "--loader", "--experimental-loader"]

    /// The paths as written, without `./`.
    static func run(by text: [UInt8]) -> [[UInt8]] {
        // `node .\setup.js`: the shell of Windows takes backslashes for what they are.
        let isWindows = text.contains(UInt8(ascii: "\\"))
        let other = isWindows ? text.map { $0 == UInt8(ascii: "\\") ? UInt8(ascii: "/") : $0 } : []
        let found = filesRun(by: text) + (isWindows ? filesRun(by: other) : []) + redirected(in: text)
        return (found + found.compactMap(belowModules)).map(plain).filter { !$0.isEmpty && $0.count <= 300 }
    }

    /// `node < setup.js`
    private static func redirected(in text: [UInt8]) -> [[UInt8]] {
        var found: [[UInt8]] = []
        for part in text.split(separator: UInt8(ascii: "<"), omittingEmptySubsequences: false).dropFirst().prefix(20) {
            let word = part.drop { $0 == 0x20 }.prefix { byte in !" ;|&><()'\"".utf8.contains(byte) }
            if !word.isEmpty, part.first != UInt8(ascii: "(") { found.append(Array(word)) }
        }
        return found
    }

    /// `node $INIT_CWD/node_modules/acme/setup.js`: a package's own file by where it is installed, or by a folder that
    /// only the shell knows.
    private static func belowModules(_ path: [UInt8]) -> [UInt8]? {
        guard let folder = path.firstRange(of: "node_modules/") else {
            return path.first == UInt8(ascii: "/") ? Array(path.dropFirst()) : nil
        }
        var parts = path[folder.upperBound...].split(separator: UInt8(ascii: "/"))[...]
        if parts.first?.first == UInt8(ascii: ".") { return nil }
        if parts.popFirst()?.first == UInt8(ascii: "@") { _ = parts.popFirst() }
        return parts.isEmpty ? nil : Array(parts.joined(separator: [UInt8(ascii: "/")]))
    }

    private static func filesRun(by text: [UInt8]) -> [[UInt8]] {
        var found = InstallCommand.filesRun(by: text)
        let commands = ShellParser.parse(text).allPipelines.flatMap(\.commands).map(ReadCommand.init)
        for command in commands {
            let words = command.argumentTexts
            for (option, value) in zip(words, words.dropFirst())
            where preloads.contains(String(decoding: option, as: UTF8.self)) {
                found.append(value)
            }
            for word in words where word.hasPrefix("--require=") || word.hasPrefix("--import=") {
                found.append(Array(word.drop { $0 != UInt8(ascii: "=") }.dropFirst()))
            }
            if runners.contains(command.program), let script = script(words) { found.append(script) }
            if let inline = command.inlineProgram { found += literals(in: inline.text) }
            switch command.program {
            case "make", "gmake", "nmake": found += makeFiles
            case "cmake", "cmake-js": found.append(Array("CMakeLists.txt".utf8))
            case _: break
            }
        }
        return found
    }

    /// npm puts the programs of bundled packages on the path: where those that a command runs would lie.
    static func bundledPrograms(runBy text: [UInt8]) -> [[UInt8]] {
        let programs = ShellParser.parse(text).allPipelines.flatMap(\.commands).map { ReadCommand($0).program }
        return programs.filter { !$0.isEmpty && $0.utf8.count < 100 && !$0.contains("/") }.map {
            Array("node_modules/.bin/\($0)".utf8)
        }
    }

    private static let makeFiles = ["Makefile", "makefile", "GNUmakefile"].map { Array($0.utf8) }

    /// The names of scripts of package.json that a command runs (`npm run NAME`).
    static func scripts(runBy text: [UInt8]) -> [String] {
        let commands = ShellParser.parse(text).allPipelines.flatMap(\.commands).map(ReadCommand.init)
        return commands.flatMap { command -> [String] in
            let managers = ["npm", "yarn", "pnpm", "bun", "npm-run-all", "run-s", "run-p", "cnpm"]
            guard managers.contains(command.program) else { return [] }
            let words = command.argumentTexts.map { String(decoding: $0, as: UTF8.self) }.filter { !$0.hasPrefix("-") }
            return words.filter { !["run", "run-script", "rum", "urn"].contains($0) }
        }
    }

    private static func script(_ words: [[UInt8]]) -> [UInt8]? {
        var isValue = false
        for word in words {
            if isValue {
                isValue = false
            } else if word.hasPrefix("-") {
                if word.equals("-e") || word.equals("-p") || word.equals("-c") || word.equals("--eval") { return nil }
                if word.equals("-m") { return nil }
                isValue = preloads.contains(String(decoding: word, as: UTF8.self))
            } else if word.equals("run") {
                continue
            } else {
                return word
            }
        }
        return nil
    }

    /// The quoted texts of an inline program that look like paths: `node -e "require('./setup')"`.
    private static func literals(in code: [UInt8]) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var rest = code[...]
        while let open = rest.firstIndex(where: { $0 == 0x27 || $0 == 0x22 || $0 == 0x60 }), found.count < 32 {
            let inner = rest[(open + 1)...]
            guard let close = inner.firstIndex(of: rest[open]) else { break }
            if inner[..<close].contains(UInt8(ascii: "/")) || inner[..<close].contains(UInt8(ascii: ".")) {
                found.append(Array(inner[..<close]))
            }
            rest = rest[(close + 1)...]
        }
        return found
    }

    private static func plain(_ path: [UInt8]) -> [UInt8] { path.hasPrefix("./") ? Array(path.dropFirst(2)) : path }
}
