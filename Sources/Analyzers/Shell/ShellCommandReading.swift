/// A command seen past wrappers such as `sudo` and `env A=b`: its program and its arguments.
struct ReadCommand {
    /// Lower-case name without folders and `.exe`; empty when the shell computes it.
    let program: String
    let arguments: [ShellWord]
    /// The first real word as written, for comparing with downloaded files.
    let programPath: [UInt8]
    /// Whether the program's name is decided only at run time.
    let isComputed: Bool
    /// The substitutions that make up the program's name.
    let programSubstitutions: [ShellSubstitution]

    /// What here-documents and here-strings give it.
    let input: [UInt8]

    init(_ command: ShellCommand) {
        var words = command.words[...]
        var seen = 0
        while let word = words.first, !word.isComputed, seen < 16 {
            seen += 1
            let name = baseName(word.text)
            let isAssignment = word.text.contains(UInt8(ascii: "=")) && !word.text.hasPrefix("-")
            let isOption = words.startIndex > 0 && word.text.hasPrefix("-") && words.count > 1
            if CommandVocabulary.wrappers.contains(name), words.count > 1 {
                words = CommandVocabulary.wrapped(by: name, words.dropFirst())
            } else if isAssignment || isOption {
                words = words.dropFirst()
            } else {
                break
            }
        }
        let word = words.first ?? ShellWord()
        programPath = word.text
        isComputed = word.isComputed && word.text.isEmpty
        programSubstitutions = word.substitutions
        program = baseName(word.text)
        arguments = Array(words.dropFirst())
        input = command.input
    }

    /// Arguments as text, for looking at options.
    var argumentTexts: [[UInt8]] { arguments.map(\.text) }

    func hasArgument(_ names: String...) -> Bool {
        argumentTexts.contains { text in names.contains { text.equals($0) } }
    }

    /// The argument after one of `options`.
    func value(after options: [String]) -> ShellWord? {
        guard let index = arguments.firstIndex(where: { word in options.contains { word.text.equals($0) } }),
            index + 1 < arguments.count
        else { return nil }
        return arguments[index + 1]
    }

    /// Whether the command moves bytes over the network.
    var isNetworkClient: Bool { CommandVocabulary.networkClients.contains(program) }

    /// Whether the command turns encoded text back into what it hides.
    var isDecoder: Bool {
        switch program {
        case "base64": hasArgument("-d", "-D", "--decode", "-di", "-id")
        case "xxd": argumentTexts.contains { $0.hasPrefix("-r") }
        case "openssl": hasArgument("-d")
        case "uudecode", "rev", "tr", "gunzip", "zcat", "base32": true
        default: false
        }
    }

    /// Whether the command runs what comes on its standard input.
    var runsStandardInput: Bool {
        guard CommandVocabulary.interpreters.contains(program) else { return false }
        if inlineProgram != nil || !input.isEmpty { return false }
        if hasArgument("-s", "-", "/dev/stdin") { return true }
        return !arguments.contains { !$0.text.hasPrefix("-") }
    }

    /// The text given to an interpreter to run, with the word it stands in.
    var inlineProgram: ShellWord? {
        guard CommandVocabulary.interpreters.contains(program) || program == "su" else { return nil }
        return value(after: ["-e", "-c", "-p", "-r", "-pe", "-ne", "--eval", "--print", "-lc", "-ic", "-xc", "-ec"])
            ?? (program == "deno" ? value(after: ["eval"]) : nil)
    }

    /// The files that a download leaves behind, by base name.
    func downloadedFiles(outputs: [[UInt8]]) -> [String] {
        guard isNetworkClient else { return [] }
        var files = outputs.map(baseName)
        let named = ["-o", "-O", "--output", "--output-document", "-OutFile", "-outfile"]
        if let target = value(after: named), !target.text.hasPrefix("-"), !target.text.contains(text: "://") {
            files.append(baseName(target.text))
        }
        let isRemoteNamed = program == "wget" || argumentTexts.contains { $0.equals("-O") || isShortOption($0, "O") }
        if isRemoteNamed || hasArgument("--remote-name") {
            files += argumentTexts.filter { $0.contains(text: "://") }.map(baseName)
        }
        return files.filter { !$0.isEmpty && $0 != "-" }
    }
}

/// Whether `text` is a bundle of short options such as `-sSLO` with the letter in it.
func isShortOption(_ text: [UInt8], _ letter: Character) -> Bool {
    guard text.first == UInt8(ascii: "-"), text.count > 1, text[1] != UInt8(ascii: "-") else { return false }
    return text.dropFirst().contains(letter.asciiValue ?? 0)
}

/// The last part of a path, lower-case, without `.exe`.
func baseName(_ path: [UInt8]) -> String {
    let separators = [UInt8(ascii: "/"), UInt8(ascii: "\\")]
    let withoutQuery = path.prefix { $0 != UInt8(ascii: "?") }
    var name = withoutQuery.split(whereSeparator: separators.contains).last.map { Array($0).lowercasedASCII() } ?? []
    if name.hasSuffix(".exe") || name.hasSuffix(".cmd") { name.removeLast(4) }
    return String(decoding: name, as: UTF8.self)
}
