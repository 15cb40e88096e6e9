import SourceCode

/// Strings and commands that are known from attacks, in one file.
///
/// Code is judged by the strings it uses, as they are when it runs, and by the commands it hands to others; never by
/// its comments. Scripts of shells are judged as commands. Prose and data are not looked at.
enum IndicatorRules {
    static func check(_ file: InspectedFile, into report: inout FileReport) {
        if let model = file.model {
            PageChecks.check(file, model, into: &report)
            let made = CodeView.addressesInParts(model) + PathTails.strings(in: model)
            guard mayTell(file, model, made), let view = CodeView(file, made: made) else { return }
            let hits = IndicatorHits(view)
            NetworkChecks(view: view, hits: hits.hits).check(into: &report)
            CommandChecks(view: view, hits: hits).check(into: &report)
            CredentialChecks(view: view, hits: hits).check(into: &report)
            PlaceChecks(view: view, hits: hits).check(into: &report)
            ImpactChecks(view: view, hits: hits).check(into: &report)
        } else if file.kind == .shell {
            ScriptChecks.check(file, into: &report)
        }
    }

    /// Whether any check could have something to say: one scan for most files.
    private static func mayTell(_ file: InspectedFile, _ model: CodeModel, _ made: [StringConstant]) -> Bool {
        if file.foundLiterals.hasIndicator { return true }
        let (strings, calls, names, bindings) = (model.strings, model.calls, model.names, model.bindings)
        // Strings that stand in the source as they are were looked at with it.
        let isMade: (Int) -> Bool = { strings[$0].origin != .literal || strings[$0].escapes > 0 }
        if strings.indices.contains(where: { isMade($0) && IndicatorTable.set.matchesAny(in: strings[$0].value) }) {
            return true
        }
        let telling: Effects = [.process, .shell, .installs, .deletesTrees, .clipboard, .socket]
        let tells: (Int) -> Bool = { index in
            !calls[index].effects.isDisjoint(with: telling)
                || !calls[index].effects.isDisjoint(with: [.writesFiles, .deletesFiles])
                    && model.runsAtLoad(calls[index].scope)
        }
        return calls.indices.contains(where: tells)
            || made.contains { $0.value.hasPrefix("https://") || IndicatorTable.set.matchesAny(in: $0.value) }
            || names.indices.contains { names[$0].text.utf8.count == 8 && names[$0].text == "ethereum" }
            || bindings.indices.contains { mayHook(bindings[$0].name) }
    }

    /// Whether a name may be one whose replacement changes what pages pay.
    private static func mayHook(_ name: String) -> Bool {
        name.hasSuffix("fetch") || name.utf8.count >= 8 && Array(name.utf8).contains(text: "ethereum")
    }
}

/// Scripts of shells that lie in the package.
///
/// Nothing runs them by itself, and honest packages bring the scripts of their developers; so what is noticed there
/// counts where an installer leads to them.
enum ScriptChecks {
    /// Longer scripts are not judged; their reach alone decides then.
    private static let maxBytes = 256 << 10

    static func check(_ file: InspectedFile, into report: inout FileReport) {
        guard let bytes = file.text?.bytes, bytes.count <= maxBytes else { return }
        let name = (file.path.last ?? []).lowercasedASCII()
        let isWindows = [".ps1", ".psm1", ".bat", ".cmd"].contains { name.hasSuffix($0) }
        var found: Set<Observation> = []
        if isWindows {
            let text = withoutComments(bytes, isPowerShell: name.contains(text: ".ps"))
            found = Set(PowerShellText.signs(in: text).compactMap(CommandChecks.observation))
            found.formUnion(CommandSigns.judge(text))
        } else {
            let judged = InstallCommand.judgeFile(bytes)
            if judged.contains(.scriptNetworkClient) { report.fact(.network) }
            found = Set(judged.compactMap(CommandChecks.observation)).union(CommandSigns.judge(bytes))
        }
        for observation in found.sorted() {
            if let noted = observationInScript(observation) { report.note(noted) }
        }
        if !found.isEmpty { report.fact(.execution) }
    }

    /// What an observation about a command is called in a script.
    private static func observationInScript(_ observation: Observation) -> Observation? {
        switch observation {
        case .commandPipesDownload, .commandRunsDownload: .scriptFileRunsDownload
        case .commandDecodesAndRuns: .scriptFileDecodes
        case .commandReverseShell: .scriptFileReverseShell
        case .commandSendsData: .scriptFileSendsData
        case .commandWipes: .scriptFileWipes
        case .commandPersists: .scriptFilePersists
        case .runsMiner, .registersRunner, .runsSecretScanner, .agentUnattended, .commandChangesSource,
            .commandRedirectsGit:
            observation
        default: nil
        }
    }

    /// The lines that are no comments.
    private static func withoutComments(_ bytes: [UInt8], isPowerShell: Bool) -> [UInt8] {
        let lines = bytes.split(separator: 0x0A).filter { line in
            let text = line.prefix(80).trimmedASCII().lowercasedASCII()
            if isPowerShell { return !text.hasPrefix("#") }
            return !text.hasPrefix("rem ") && !text.hasPrefix("@rem") && !text.hasPrefix("::")
        }
        return Array(lines.joined(separator: [0x0A]))
    }
}
