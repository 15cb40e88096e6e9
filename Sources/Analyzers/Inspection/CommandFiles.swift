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
        }
        return found.map(plain).filter { !$0.isEmpty && $0.count <= 300 }
    }

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
