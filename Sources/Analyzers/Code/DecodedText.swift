import SourceCode

/// OBF-DECODE and OBF-CHARCODE: what the constants of a file turn out to be.
enum DecodedText {
    /// Shorter literals are ordinary, whatever they hold.
    private static let minLiteralBytes = 300

    static func check(_ scan: CodeScan) {
        var tokensLeft = 400_000
        let strings = scan.model.strings
        for index in strings.indices where strings[index].origin == .folded || strings[index].origin == .decoded {
            let string = strings[index]
            if string.origin == .decoded, string.value.count >= minLiteralBytes {
                let observation: Observation = isCode(string.value) ? .decodedCodeText : .decodedData
                scan.note(observation, string.tokens, string.scope)
            }
            if string.value.count >= 20, tokensLeft > 0, string.tokens.count >= 40 {
                tokensLeft -= min(string.tokens.count, 4000)
                if isMadeOfNumbers(string, scan) { scan.note(.charcodeText, string.tokens, string.scope) }
            }
        }
        EmbeddedCode.check(scan)
    }

    /// Whether a readable text was put together from the numbers of its characters.
    private static func isMadeOfNumbers(_ string: StringConstant, _ scan: CodeScan) -> Bool {
        let numbers = string.tokens.prefix(4000).count {
            Int($0) < scan.model.tokens.count && scan.model.tokens[Int($0)].kind == .number
        }
        // Tables of characters, as parsers have them, have each behind its neighbour.
        guard numbers >= 20, !isTable(string.value) else { return false }
        return isPrintable(string.value) && (marks.matchesAny(in: string.value) || hasPunctuation(string.value))
    }

    private static func isTable(_ text: ArraySlice<UInt8>) -> Bool {
        zip(text, text.dropFirst()).count { $1 == $0 &+ 1 } * 2 >= text.count
    }

    /// Magic words have none of what code and addresses are full of.
    private static func hasPunctuation(_ text: ArraySlice<UInt8>) -> Bool {
        text.contains(UInt8(ascii: "(")) && text.contains(UInt8(ascii: ")"))
    }

    private static func isPrintable(_ text: ArraySlice<UInt8>) -> Bool {
        let sample = text.prefix(4096)
        let plain = sample.count { (0x20...0x7E).contains($0) || (0x09...0x0D).contains($0) }
        return plain * 100 >= sample.count * 92
    }

    private static let marks = LiteralSet([
        "import ", "require(", "exec(", "eval(", "function", "def ", "child_process", "subprocess", "socket",
        "os.system",
        "=>", "const ", "var ", "let ", "lambda", "print(", "return ", "http://", "https://", "powershell", "#!/",
        "__import__",
        "urllib", "requests.", "process.", "global",
    ])

    /// Whether a text reads like code.
    static func isCode(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count >= 20, isPrintable(text) else { return false }
        let present = marks.present(in: text.prefix(16 << 10))
        return (0..<marks.count).count { present.contains($0) } >= 2
    }
}
