/// Every command that shell text runs, those inside of other commands' arguments included.
struct ShellUnfolding {
    /// How deep commands within commands are followed.
    static let maxDepth = 4
    /// Longer programs are not followed further: every one of them is written by hand.
    static let maxCommands = 4096

    private(set) var commands: [ReadCommand] = []

    init(_ text: [UInt8]) { unfold(text, depth: 0) }

    init(_ script: ShellScript) { unfold(script, depth: 0) }

    private mutating func unfold(_ text: [UInt8], depth: Int) {
        guard depth <= Self.maxDepth, text.count <= 256 << 10 else { return }
        unfold(ShellParser.parse(text), depth: depth)
    }

    private mutating func unfold(_ script: ShellScript, depth: Int) {
        for pipeline in script.allPipelines {
            for (index, command) in pipeline.commands.enumerated() {
                guard commands.count < Self.maxCommands else { return }
                let read = ReadCommand(command)
                commands.append(read)
                for text in read.nestedTexts { unfold(text, depth: depth + 1) }
                for words in read.nestedCommands { unfold(ShellScript(running: words), depth: depth + 1) }
                guard read.isShell, read.runsStandardInput, index > 0,
                    let printed = ShellPipeline.printedText(of: pipeline.commands[..<index])
                else { continue }
                unfold(printed, depth: depth + 1)
            }
        }
    }
}

extension ShellScript {
    /// One command of known words.
    init(running words: [ShellWord]) {
        pipelines = [ShellPipeline(commands: [ShellCommand(words: words)])]
    }
}

extension ReadCommand {
    var isShell: Bool { CommandVocabulary.shells.contains(program) }

    /// Shell text among the arguments and the input that the command runs.
    var nestedTexts: [[UInt8]] {
        var texts: [[UInt8]] = []
        if isShell || program == "su" {
            if let inline = inlineProgram { texts.append(inline.text) }
            if isShell, !input.isEmpty, inlineProgram == nil { texts.append(input) }
        }
        switch program {
        case "eval", "iex", "invoke-expression": texts.append(joined(arguments[...]))
        case "trap": texts += arguments.prefix(1).map(\.text)
        case "alias":
            texts += argumentTexts.compactMap { text in
                text.firstIndex(of: UInt8(ascii: "=")).map { Array(text[($0 + 1)...]) }
            }
        case "cmd":
            let isRun: (ShellWord) -> Bool = {
                ["/c", "/k"].contains(String(decoding: $0.text, as: UTF8.self).lowercased())
            }
            if let index = arguments.firstIndex(where: isRun) { texts.append(joined(arguments[(index + 1)...])) }
        case "powershell", "pwsh": texts += PowerShellText.programs(in: self)
        default: break
        }
        return texts
    }

    /// Commands among the arguments: `find -exec …`.
    var nestedCommands: [[ShellWord]] {
        guard program == "find" || program == "fd" else { return [] }
        let starts = ["-exec", "-execdir", "-ok", "-okdir", "-x", "-X"]
        guard let index = arguments.firstIndex(where: { word in starts.contains { word.text.equals($0) } }) else {
            return []
        }
        return [Array(arguments[(index + 1)...].prefix { !$0.text.equals(";") && !$0.text.equals("+") })]
    }

    private func joined(_ words: ArraySlice<ShellWord>) -> [UInt8] {
        Array(words.map(\.text).joined(separator: [0x20]))
    }
}
