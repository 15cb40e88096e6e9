import SourceCode

/// What parts of shell text print, where that is known without running anything.
extension ShellScript {
    /// What a substitution puts into its word: the words of `echo` and `printf`, through decoders that are known.
    var printedText: [UInt8]? {
        guard pipelines.count == 1 else { return nil }
        return pipelines[0].printedText
    }
}

extension ShellPipeline {
    /// What the pipeline prints, nil when that is not known.
    var printedText: [UInt8]? { Self.printedText(of: commands[...]) }

    /// What the first commands print before the last, which runs it.
    static func printedText(of commands: ArraySlice<ShellCommand>) -> [UInt8]? {
        guard let first = commands.first, var text = ShellPipeline.literalOutput(first) else { return nil }
        for filter in commands.dropFirst() {
            guard filter.words.allSatisfy({ !$0.isComputed }), let changed = ShellPipeline.filtered(text, filter) else {
                return nil
            }
            text = changed
        }
        return text
    }

    private static func literalOutput(_ command: ShellCommand) -> [UInt8]? {
        guard let program = command.words.first, command.outputs.isEmpty else { return nil }
        let arguments = command.words.dropFirst().filter { !$0.text.hasPrefix("-") || $0.text.count > 3 }
        let isKnown = command.words.allSatisfy { word in
            !word.isComputed || !word.text.isEmpty && word.variables.isEmpty
        }
        guard isKnown, program.text.count <= 6 else { return nil }
        switch baseName(program.text) {
        case "echo": return Array(arguments.map(\.text).joined(separator: [0x20]))
        case "printf":
            var texts = arguments.map(\.text)
            if texts.count > 1, texts[0].hasPrefix("%") { texts.removeFirst() }
            return backslashEscapesResolved(Array(texts.joined()))
        case "cat" where command.words.count == 1 && !command.input.isEmpty: return command.input
        default: return nil
        }
    }

    private static func filtered(_ text: [UInt8], _ command: ShellCommand) -> [UInt8]? {
        let read = ReadCommand(command)
        switch read.program {
        case "base64" where read.isDecoder: return LenientBase64.decode(text, others: .refuse)
        case "openssl" where read.hasArgument("-d"): return LenientBase64.decode(text, others: .refuse)
        case "rev": return text.trimmedASCII().reversed()
        case "xxd" where read.isDecoder: return LenientHexadecimal.decode(text, passesBlanks: true, dropsHalf: true)
        case "cat" where read.arguments.isEmpty: return text
        case "tr":
            let sets = read.argumentTexts.filter { !$0.hasPrefix("-") }
            guard sets.count == 2 else { return nil }
            return translated(text, from: characterRanges(sets[0]), to: characterRanges(sets[1]))
        default: return nil
        }
    }

    private static func characterRanges(_ text: [UInt8]) -> [UInt8] {
        var found: [UInt8] = []
        var index = 0
        while index < text.count {
            if index + 2 < text.count, text[index + 1] == UInt8(ascii: "-"), text[index] <= text[index + 2] {
                found += text[index]...text[index + 2]
                index += 3
            } else {
                found.append(text[index])
                index += 1
            }
        }
        return found
    }

    private static func translated(_ text: [UInt8], from: [UInt8], to: [UInt8]) -> [UInt8]? {
        guard let last = to.last else { return nil }
        return text.map { byte in
            guard let place = from.firstIndex(of: byte) else { return byte }
            return place < to.count ? to[place] : last
        }
    }
}

/// The text with the escapes of `printf` resolved: `\\n`, `\\x41`, `\\101`.
private func backslashEscapesResolved(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(UInt8(ascii: "\\")) else { return text }
    // The same escapes as between `$'` and `'`, where a quote must not end the text.
    let quoted = Array("$'".utf8) + text.flatMap { $0 == UInt8(ascii: "'") ? Array("\\'".utf8) : [$0] } + [0x27]
    return ShellParser.parse(quoted).pipelines.first?.commands.first?.words.first?.text ?? text
}
