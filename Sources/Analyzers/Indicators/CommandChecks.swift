import Screening
import SourceCode

/// Commands that code hands to processes and shells, judged like those of install scripts.
struct CommandChecks {
    let view: CodeView
    let hits: IndicatorHits

    func check(into report: inout FileReport) {
        var hasUnknown = false
        for call in view.model.calls where !call.effects.isDisjoint(with: [.process, .shell]) {
            let commands = view.commands(of: call)
            if commands.isEmpty { hasUnknown = true }
            let (line, atLoad) = (view.line(call), view.runsAtLoad(call.scope))
            var all: Set<Observation> = []
            for command in commands {
                if case .words(let words) = command, words.first?.isComputed != false { hasUnknown = true }
                let found = Self.judge(command)
                noteFacts(found, command, line: line, atLoad: atLoad, into: &report)
                all.formUnion(found)
            }
            // `setup.py publish` is how maintainers released for years; only they say the word.
            if view.isSetupScript { all.subtract([.commandPublishes, .commandPushes]) }
            for observation in all.sorted() { report.note(observation, line: line, atLoad: atLoad) }
        }
        for call in view.model.calls where call.effects.contains(.installs) {
            report.note(.installsPackages, line: view.line(call), atLoad: view.runsAtLoad(call.scope))
        }
        checkTexts(alsoLiterals: hasUnknown, into: &report)
    }

    /// What is noticed about a command, with the observations that code has.
    static func judge(_ command: CommandText) -> Set<Observation> {
        let script: Set<Observation>
        let signs: Set<Observation>
        switch command {
        case .shell(let text): (script, signs) = (InstallCommand.judge(text), CommandSigns.judge(text))
        case .words(let words): (script, signs) = (InstallCommand.judge(words: words), CommandSigns.judge(words: words))
        }
        return signs.union(script.compactMap(observation))
    }

    /// What an observation about an install script is called in code; nil for what is ordinary there.
    static func observation(_ script: Observation) -> Observation? {
        switch script {
        case .scriptPipesToInterpreter: .commandPipesDownload
        case .scriptRunsDownload: .commandRunsDownload
        case .scriptDecodesAndRuns: .commandDecodesAndRuns
        case .scriptReverseShell: .commandReverseShell
        case .scriptSendsData: .commandSendsData
        default: nil
        }
    }

    private func noteFacts(
        _ found: Set<Observation>, _ command: CommandText, line: Int, atLoad: Bool, into report: inout FileReport
    ) {
        let usesNetwork: Bool
        switch command {
        case .shell(let text): usesNetwork = ShellUnfolding(text).commands.contains(where: \.isNetworkClient)
        case .words(let words):
            usesNetwork = ShellUnfolding(ShellScript(running: words)).commands.contains(where: \.isNetworkClient)
        }
        if usesNetwork {
            report.fact(.network, line: line, atLoad: atLoad)
            report.capability(.network, line: line, atLoad: atLoad)
        }
        if !found.isDisjoint(with: [.commandPipesDownload, .commandRunsDownload]) {
            report.fact(.fetchesAndRuns, line: line, atLoad: atLoad)
        }
        if found.contains(.commandDecodesAndRuns) { report.fact(.decodesAndRuns, line: line, atLoad: atLoad) }
        if found.contains(.commandSendsData) { report.fact(.sends, line: line, atLoad: atLoad) }
        if found.contains(.commandPersists) { report.fact(.persistence, line: line, atLoad: atLoad) }
        if !found.isDisjoint(with: [.installsPackages, .installsFromElsewhere]) {
            report.capability(.installer, line: line, atLoad: atLoad)
        }
    }

    // MARK: Commands that are only texts

    private static let first: Set<String> = CommandVocabulary.networkClients.union(CommandVocabulary.interpreters)
        .union([
            "cmd", "certutil", "mshta", "regsvr32", "rundll32", "echo", "printf", "rm", "schtasks", "reg", "crontab",
            "base64",
        ])

    /// Texts that are hidden, or that may be what a process is given whose command is not known.
    private func checkTexts(alsoLiterals: Bool, into report: inout FileReport) {
        var seen = -1
        for hit in hits.hits where hit.indicator.topic == .command && hit.string != seen {
            seen = hit.string
            let string = view.strings[hit.string]
            let isHidden = string.origin == .decoded
            guard isHidden || alsoLiterals || view.runsAtLoad(hit), string.value.count <= 16 << 10,
                beginsWithProgram(string.value)
            else { continue }
            let isPlanted = !isHidden && !alsoLiterals
            if isPlanted, !PlantedCommands(view: view).isHandedOn(string) { continue }
            let found = Self.judge(.shell(Array(string.value))).filter(isGrave)
            guard !found.isEmpty else { continue }
            let (line, atLoad) = (view.line(hit), view.runsAtLoad(hit))
            report.note(
                isHidden ? .hiddenCommand : isPlanted ? .plantedCommand : .preparedCommand, line: line, atLoad: atLoad)
        }
    }

    private func isGrave(_ observation: Observation) -> Bool {
        RuleCatalog.entry(observation).detail.installSeverity == .malicious
    }

    /// Whether a text begins like a command, not like a sentence about one.
    private func beginsWithProgram(_ text: ArraySlice<UInt8>) -> Bool {
        guard let word = text.split(whereSeparator: { $0 == 0x20 || $0 == 0x0A }).first else { return false }
        let name = baseName(Array(word))
        return Self.first.contains(name) || CommandVocabulary.wrappers.contains(name) || name.hasPrefix("#!")
    }
}
