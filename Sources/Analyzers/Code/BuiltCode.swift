import SourceCode

/// Programs that are put together of the numbers or words of a file, so that none of its texts shows them.
enum BuiltCode {
    /// What makes texts of numbers and of single words.
    private static let makers: Set<String> = [
        "pack", "pack_into", "tobytes", "tostring", "to_bytes", "bytes", "bytearray", "join", "chr", "UUID", "decode",
    ]

    /// Whether what is run as soon as the file is loaded is made of twenty numbers or more and of no readable text.
    ///
    /// Templates that honest code fills and runs can be read in its texts, whatever else goes into them.
    static func isRun(by call: Call, _ origin: DataFlow.Origin, _ scan: CodeScan) -> Bool {
        let foreign: Effects = [.readsFiles, .receives, .process, .listsFolders]
        guard scan.isPython, scan.model.runsAtLoad(call.scope),
            origin.effects.isDisjoint(with: foreign), let argument = call.arguments.first,
            argument.constant?.text == nil,
            origin.texts.allSatisfy({ !isReadable($0) })
        else { return false }
        return isMade(argument.tokens, call.scope, scan, steps: 0) && ExecutionFlow.hasNumbers(call, scan)
    }

    /// Whether a text shows that it is code.
    private static func isReadable(_ text: ArraySlice<UInt8>) -> Bool {
        text.contains { Array("=(:\n".utf8).contains($0) } || text.contains(text: "import ")
    }

    /// Whether one of the makers is called in a value.
    private static func isMade(_ tokens: TokenRange, _ scope: Int32, _ scan: CodeScan, steps: Int) -> Bool {
        for position in tokens.prefix(400) where Int(position) < scan.model.tokens.count {
            guard scan.model.tokens[Int(position)].kind == .identifier else { continue }
            let name = String(decoding: scan.model.text(ofToken: position), as: UTF8.self)
            if makers.contains(name), scan.flow.isPunctuator(position + 1, "(") || scan.flow.isMember(position) {
                return true
            }
            // `map(chr, numbers)`
            if name == "chr" { return true }
            guard steps < 3, !scan.flow.isMember(position) else { continue }
            let values = scan.flow.bindings(of: name, visibleIn: scope).prefix(4)
            if values.contains(where: { index in
                let value = scan.model.bindings[Int(index)].value
                return value != tokens && isMade(value, scope, scan, steps: steps + 1)
            }) {
                return true
            }
        }
        return false
    }
}
