import SourceCode

/// Programs that are named by the code and given a fetched text as one of their words: `['tool', 'pin', latest()]`.
///
/// A list goes to the program as it is, without a shell, so the text decides what the program works on and not which
/// program runs. What runs or installs whatever its words say is left out.
enum FixedProgram {
    /// Whether all that a process is given of the network are words behind a program that does not run them.
    static func isGivenData(by call: Call, _ scan: CodeScan) -> Bool {
        guard scan.isPython, call.argument(labelled: "shell") == nil, call.argument(labelled: "executable") == nil,
            call.argument(labelled: "input") == nil,
            let first = call.arguments.first(where: { $0.label == nil || $0.label == "args" })
        else { return false }
        let words = words(of: first.tokens, call.scope, scan)
        guard let program = words.first, let installs = kind(of: program, words.dropFirst(), scan) else { return false }
        return words.dropFirst().allSatisfy { word in
            let origin = scan.origin(of: word, scope: call.scope)
            return !origin.effects.contains(.receives) || !installs || isVersion(word, scan)
        }
    }

    /// Whether a program installs what it is told; nil when the program is not known or runs what it is told.
    private static func kind(of program: TokenRange, _ rest: ArraySlice<TokenRange>, _ scan: CodeScan) -> Bool? {
        let texts = program.count == 1 ? scan.texts(in: program) : []
        let isPython = scan.flow.reads(in: program).contains { scan.model.reads[Int($0)].path == "sys.executable" }
        guard isPython && program.count == 3 || texts.count == 1 else { return nil }
        let name = isPython ? Array("python".utf8) : Array(texts[0])
        guard !name.contains(0x20) else { return nil }
        let word = baseName(name)
        if word.hasPrefix("python") {
            let module = rest.prefix(2).map { scan.texts(in: $0) }
            guard module.count == 2, module.allSatisfy({ $0.count == 1 }), module[0][0].equals("-m") else { return nil }
            return true
        }
        if installers.contains(word) { return true }
        let runs = CommandVocabulary.fileRunners.union(CommandVocabulary.wrappers).union(
            CommandVocabulary.networkClients)
        return runs.contains(word) ? nil : false
    }

    private static let installers: Set<String> = [
        "pip", "pip3", "uv", "pipx", "poetry", "pdm", "conda", "mamba", "npm", "pnpm", "yarn", "gem", "cargo", "go",
        "apt", "apt-get", "brew", "docker", "podman", "git", "kubectl", "helm", "make",
    ]

    /// `'name==' + text`: a version of a package that the code names.
    private static func isVersion(_ word: TokenRange, _ scan: CodeScan) -> Bool {
        guard let name = scan.texts(in: word).first, Int(word.lowerBound) < scan.model.tokens.count else {
            return false
        }
        switch scan.model.tokens[Int(word.lowerBound)].kind {
        case .string, .templateHead: break
        case .identifier, .number, .templateMiddle, .templateTail, .regularExpression, .punctuator, .markupText,
            .newline, .indent, .dedent:
            return false
        }
        guard let mark = name.firstIndex(where: { Array("=~<>".utf8).contains($0) }), mark > name.startIndex else {
            return false
        }
        return name[..<mark].allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || Array("-_.[]".utf8).contains(byte)
        } && name.first != UInt8(ascii: "-")
    }

    /// The words of a list, itself or behind the one value of a name.
    private static func words(of range: TokenRange, _ scope: Int32, _ scan: CodeScan) -> [TokenRange] {
        var range = range
        if range.count == 1 {
            let name = String(decoding: scan.model.text(ofToken: range.lowerBound), as: UTF8.self)
            let values = scan.flow.bindings(of: name, visibleIn: scope)
            guard values.count == 1 else { return [] }
            range = scan.model.bindings[Int(values[0])].value
        }
        guard range.count > 2, range.count <= 400, scan.flow.isPunctuator(range.lowerBound, "["),
            scan.flow.isPunctuator(range.upperBound - 1, "]")
        else { return [] }
        var found: [TokenRange] = []
        var (depth, start) = (0, range.lowerBound + 1)
        for token in range.dropFirst() {
            if scan.flow.isPunctuator(token, "[", "(") || scan.flow.isPunctuator(token, "{") { depth += 1 }
            let isEnd = token == range.upperBound - 1
            if isEnd || depth == 0 && scan.flow.isPunctuator(token, ",") {
                if start < token { found.append(start..<token) }
                start = token + 1
            }
            if !isEnd, scan.flow.isPunctuator(token, "]", ")") || scan.flow.isPunctuator(token, "}") { depth -= 1 }
            // `[…] + more` is more than one list.
            if depth < 0 { return [] }
        }
        return found
    }
}
