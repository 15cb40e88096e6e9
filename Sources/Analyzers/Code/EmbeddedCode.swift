import Screening
import SourceCode

/// Code inside of texts: what is run, decoded, handed to interpreters or written into files is read as the code it is.
enum EmbeddedCode {
    private static let maxTexts = 200
    private static let maxTextBytes = 256 << 10
    /// All texts of a file together.
    private static let maxBytes = 1 << 20

    /// A text that is read as code.
    private struct Text {
        let bytes: ArraySlice<UInt8>
        let language: SourceLanguage
        let tokens: TokenRange
        let scope: Int32
        /// Whether nobody sees that it is code without decoding it.
        var isHidden = false
    }

    /// Reads texts that are run as code, or that are decoded and look like it, as the code that they are.
    static func check(_ scan: CodeScan) {
        guard scan.depth < 2 else { return }
        let means = HiddenPayload.Means(scan)
        HiddenPayload.checkCommands(means, scan)
        var known: Set<ArraySlice<UInt8>> = []
        var bytesLeft = maxBytes
        for text in hidden(in: scan) + visible(in: scan) {
            guard known.insert(text.bytes).inserted else { continue }
            guard text.bytes.count <= min(maxTextBytes, bytesLeft) else {
                if text.isHidden { scan.note(.codeCut, text.tokens, text.scope) }
                continue
            }
            bytesLeft -= text.bytes.count
            let inner = scan.check(embedded: Array(text.bytes), text.language, at: text.tokens, text.scope)
            guard text.isHidden, let inner else { continue }
            HiddenPayload.note(text.bytes, report: inner, means: means, at: text.tokens, text.scope, scan)
        }
        checkWritten(scan)
    }

    // MARK: Texts that hide

    private static func hidden(in scan: CodeScan) -> [Text] {
        var found: [Text] = []
        let language = scan.model.language
        let strings = scan.model.strings
        for index in strings.indices where strings[index].origin != .documentation {
            guard strings[index].value.count >= 20 else { continue }
            let string = strings[index]
            guard found.count < maxTexts else {
                // Equal texts are read once, but whoever decodes so many has something to hide among them.
                scan.note(.codeCut, string.tokens, string.scope)
                break
            }
            var bytes = string.value
            switch string.origin {
            case .decoded: break
            case .folded: if !HiddenPayload.isTransformed(string, scan) { continue }
            case .literal:
                guard let decoded = moduleText(string.value) else { continue }
                bytes = decoded[...]
            case .documentation: continue
            }
            guard DecodedText.isCode(bytes) else { continue }
            found.append(
                Text(bytes: bytes, language: language, tokens: string.tokens, scope: string.scope, isHidden: true))
        }
        return found
    }

    /// The module behind `data:text/javascript;base64,…`.
    private static func moduleText(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.count >= 48, text.hasPrefix("data:"), let mark = text.prefix(80).firstRange(of: "base64,"),
            text[..<mark.lowerBound].contains(text: "javascript")
        else { return nil }
        return EncodedText.decoded(text[mark.upperBound...])
    }

    // MARK: Texts in plain sight

    private static func visible(in scan: CodeScan) -> [Text] {
        var found: [Text] = []
        let language = scan.model.language
        for call in scan.calls(doing: [.runsCode, .compiles, .process]) where found.count < maxTexts {
            if call.does([.runsCode, .compiles]), let text = call.firstText, text.count >= 12 {
                found.append(Text(bytes: text[...], language: language, tokens: call.tokens, scope: call.scope))
            } else if call.does([.process]), let program = inlineProgram(of: call) {
                found.append(
                    Text(bytes: program.text[...], language: program.language, tokens: call.tokens, scope: call.scope))
            }
        }
        // Where `exec` is handed on rather than called, what it will be given may stand in plain sight.
        if !scan.reads(doing: [.runsCode]).isEmpty {
            for string in scan.model.strings where string.origin == .literal && found.count < maxTexts {
                guard string.value.count >= 20, beginsLikePayload(string.value) else { continue }
                found.append(Text(bytes: string.value, language: language, tokens: string.tokens, scope: string.scope))
            }
        }
        return found
    }

    /// Whether a text is a program of one expression, as it is given to `eval`.
    private static func beginsLikePayload(_ text: ArraySlice<UInt8>) -> Bool {
        ["__import__(", "require('child", "require(\"child", "process.mainModule", "global.process", "import os"]
            .contains { text.hasPrefix($0) }
    }

    /// `[sys.executable, '-c', code]`, `spawn('node', ['-e', code])`
    private static func inlineProgram(of call: Call) -> (text: [UInt8], language: SourceLanguage)? {
        let texts = call.arguments.prefix(3).compactMap(\.constant).flatMap(\.texts)
        for (option, text) in zip(texts, texts.dropFirst()) where text.count >= 12 {
            if option.equals("-c"), !texts.contains(where: { isShell($0) }) { return (text, .python) }
            if option.equals("-e") || option.equals("--eval") || option.equals("-p") { return (text, .javaScript) }
        }
        return nil
    }

    private static func isShell(_ text: [UInt8]) -> Bool { CommandVocabulary.shells.contains(baseName(text)) }

    // MARK: Texts that become files

    private static let maxWrittenBytes = 4096
    private static let maxWritten = 50

    /// Code that is written into a file: generators do that; what would be malicious by itself stays so.
    private static func checkWritten(_ scan: CodeScan) {
        guard scan.effects.contains(.process), scan.depth == 0 else { return }
        var looked = 0
        let calls = scan.model.calls
        for index in calls.indices where !calls[index].arguments.isEmpty && looked < maxWritten {
            let call = calls[index]
            guard call.does([.writesFiles]) || call.name == "write" else { continue }
            for text in call.arguments.prefix(3).compactMap(\.constant?.text) where looked < maxWritten {
                guard (40...maxWrittenBytes).contains(text.count), DecodedText.isCode(text[...]) else { continue }
                looked += 1
                scan.check(embedded: text, scan.model.language, at: call.tokens, call.scope) { observation in
                    RuleCatalog.entry(observation).detail.severity(at: .load) == .malicious
                }
            }
        }
    }
}
