import Screening
import SourceCode

/// Programs that a file hides beside the means to run them, however the two come together.
///
/// There are more ways to hand a text on than can be followed: objects, generators, events, exceptions. A text that has
/// to be decoded before anyone sees that it is a program was put there to be run by what the file has for that.
enum HiddenPayload {
    /// Whether anything in the file runs code or programs, and whether any of it does so when the file is loaded.
    struct Means {
        var isPresent = false
        var isLoaded = false

        init(_ scan: CodeScan) {
            guard
                !scan.effects.isDisjoint(with: HiddenPayload.running)
                    || scan.model.imports.contains(where: HiddenPayload.isMeans)
            else { return }
            isPresent = true
            let model = scan.model
            isLoaded =
                scan.calls(doing: HiddenPayload.running).contains { model.runsAtLoad($0.scope) }
                || scan.reads(doing: HiddenPayload.running).contains { model.runsAtLoad($0.scope) }
                || model.imports.contains { HiddenPayload.isMeans($0) && model.runsAtLoad($0.scope) }
        }
    }

    fileprivate static let running: Effects = [.runsCode, .compiles, .process, .deserialises, .foreignCode]
    fileprivate static let modules: Set<String> = [
        "child_process", "vm", "worker_threads", "inspector", "repl", "subprocess", "pty", "ctypes",
    ]

    /// Shorter programs are hidden to be run at once; longer ones may be what a generator writes into files.
    private static let maxShortBytes = 2048
    private static let maxBytes = 16 << 10

    /// Notes a hidden text that turned out to be a program, when the file has the means to run it.
    static func note(
        _ text: ArraySlice<UInt8>, report: FileReport, means: Means, at tokens: TokenRange, _ scope: Int32,
        _ scan: CodeScan
    ) {
        guard text.count <= maxBytes, isProgram(report, text, scan) else { return }
        guard means.isPresent else { return scan.fact(.hiddenProgram, tokens, scope) }
        let atLoad = scan.model.runsAtLoad(scope) && (means.isLoaded || text.count <= maxShortBytes)
        scan.report.note(.hiddenProgram, line: scan.line(tokens), atLoad: atLoad)
    }

    /// Whether a program does, as soon as it runs, what tables and pages never do.
    private static func isProgram(_ report: FileReport, _ text: ArraySlice<UInt8>, _ scan: CodeScan) -> Bool {
        let isWorker = workerNames.matchesAny(in: text)
        return report.uses.contains { use in
            guard use.atLoad else { return false }
            switch use.capability {
            case .process, .foreignCode: return true
            // Bundles ask for the global object with `Function`, and a browser's worker talks to the network.
            case .evaluation: return scan.isPython
            case .network: return !isWorker
            case .fileRead, .fileWrite, .fileDelete, .environment, .environmentSecret, .environmentAll, .dynamicLoad,
                .native, .crypto, .clipboard, .screen, .keyboard, .systemFacts, .installer:
                return false
            }
        }
    }

    private static let workerNames = LiteralSet(["onmessage", "postMessage", "importScripts"])

    // MARK: Commands

    private static let minCommandBytes = 16
    private static let maxCommandBytes = 4096
    private static let maxCommands = 200

    /// Notes hidden texts that are commands which download, decode or destroy.
    static func checkCommands(_ means: Means, _ scan: CodeScan) {
        guard means.isPresent else { return }
        var looked = 0
        let strings = scan.model.strings
        for index in strings.indices where strings[index].origin == .decoded {
            let string = strings[index]
            guard (minCommandBytes...maxCommandBytes).contains(string.value.count),
                beginsWithProgram(string.value)
            else { continue }
            guard looked < maxCommands else { return scan.note(.codeCut, string.tokens, string.scope) }
            looked += 1
            let found = CommandChecks.judge(.shell(Array(string.value)))
            guard found.contains(where: { RuleCatalog.entry($0).detail.installSeverity == .malicious }) else {
                continue
            }
            scan.note(.hiddenProgram, string.tokens, string.scope)
        }
    }

    private static func beginsWithProgram(_ text: ArraySlice<UInt8>) -> Bool {
        let word = baseName(Array(text.prefix { $0 != 0x20 && $0 != 0x0A && $0 != 0x09 }))
        return CommandVocabulary.networkClients.contains(word) || CommandVocabulary.interpreters.contains(word)
            || CommandVocabulary.wrappers.contains(word) || ["echo", "printf", "rm", "cd", "base64"].contains(word)
    }

    // MARK: Texts that are put together

    /// Whether a text that was put together shows in none of its pieces: reversed, shifted, or made of numbers.
    static func isTransformed(_ string: StringConstant, _ scan: CodeScan) -> Bool {
        guard string.origin == .folded, string.tokens.count <= 4000 else { return false }
        let start = FileLinks.firstString(from: string.tokens.lowerBound, in: scan.model)
        let pieces = scan.model.strings[start...].prefix(256).prefix { $0.tokens.lowerBound < string.tokens.upperBound }
        guard let longest = pieces.filter({ $0.origin == .literal }).map(\.value).max(by: { $0.count < $1.count })
        else {
            return true
        }
        let window = 8
        guard longest.count >= window else { return true }
        let last = longest.count - window
        return ![0, last / 3, last * 2 / 3, last].contains { place in
            let piece = longest.dropFirst(place).prefix(window)
            return string.value.contains(text: String(decoding: piece, as: UTF8.self))
        }
    }

    fileprivate static func isMeans(_ found: ModuleImport) -> Bool {
        guard let specifier = found.specifier else { return found.kind != .file }
        return modules.contains(specifier.hasPrefix("node:") ? String(specifier.dropFirst(5)) : specifier)
    }
}
