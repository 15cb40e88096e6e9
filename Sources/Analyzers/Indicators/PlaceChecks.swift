import SourceCode

/// Files that code writes where something starts them, follows them, installs or builds with them: PERS-RC, PERS-CI,
/// PERS-PKG, AGENT-CFG-WRITE.
struct PlaceChecks {
    let view: CodeView
    let hits: IndicatorHits
    /// Whether the file speaks of completing commands.
    private let offersCompletion: Bool

    init(view: CodeView, hits: IndicatorHits) {
        self.view = view
        self.hits = hits
        offersCompletion = Self.completion.matchesAny(in: view.model.source.bytes)
    }

    private static let completion = LiteralSet(["complet"], ignoringCase: true)

    func check(into report: inout FileReport) {
        PackagePatches(view: view).check(into: &report)
        let places = hits.hits.filter { isPlace($0.indicator) && isPath($0) }
        guard !places.isEmpty else { return }
        checkRegistry(into: &report)
        var written: Set<Int> = []
        for call in view.model.calls where view.writes(call) {
            for range in view.writeTargets(of: call).flatMap(view.sources(of:)) {
                for hit in hits.hits(in: range, of: view) where !written.contains(hit.string) {
                    guard isPlace(hit.indicator), isPath(hit), isRead(hit, by: call) else { continue }
                    written.insert(hit.string)
                    noteWrite(hit, call, into: &report)
                }
            }
        }
        for hit in places where !written.contains(hit.string) {
            guard case .persistence(let place) = hit.indicator.topic, place != .interpreter, place != .gitHook else {
                continue
            }
            report.note(.namesStartPlace, line: view.line(hit), atLoad: view.runsAtLoad(hit))
        }
    }

    private func isPlace(_ indicator: Indicator) -> Bool {
        switch indicator.topic {
        case .persistence, .agentSettings, .continuousIntegration, .packageSettings: true
        // Where a client of the registry keeps its token it keeps its settings too.
        case .credential: indicator.text == ".npmrc"
        case .host, .addressURL, .metadataService, .brand, .secretShape, .processMemory, .miner, .locale,
            .analysisTool, .command:
            false
        }
    }

    /// Whether a string is a path, and the indicator whole parts of it.
    private func isPath(_ hit: IndicatorHits.Hit) -> Bool {
        let value = view.value(hit)
        guard value.count <= 260, !value.contains(0x0A), value.split(separator: 0x20).count <= 4 else { return false }
        if hit.indicator.text == PathFileWrites.ending { return hit.range.upperBound == value.endIndex }
        guard !hit.indicator.text.hasPrefix("-") else { return false }
        if hit.range.lowerBound > value.startIndex {
            let before = value[hit.range.lowerBound - 1]
            let isPart = hit.indicator.text.hasPrefix("/") || Array("/\\~ '\"=".utf8).contains(before)
            guard isPart else { return false }
        }
        guard hit.range.upperBound < value.endIndex else { return true }
        let after = value[hit.range.upperBound]
        let isOpenEnded =
            "/\\s*.".utf8.contains(hit.indicator.text.utf8.last ?? 0) || hit.indicator.text.hasSuffix("cron")
        return isOpenEnded || Array("/\\ '\".".utf8).contains(after)
    }

    /// Python reads `.pth` files where packages lie; elsewhere they are weights of models.
    private func isRead(_ hit: IndicatorHits.Hit, by call: Call) -> Bool {
        hit.indicator.text != PathFileWrites.ending || PathFileWrites.goesToPackages(call, view)
    }

    private func noteWrite(_ hit: IndicatorHits.Hit, _ call: Call, into report: inout FileReport) {
        let (line, atLoad) = (view.line(call), view.runsAtLoad(call.scope))
        switch hit.indicator.topic {
        case .persistence(.gitHook):
            report.note(
                contents(of: call, CarriedCommands.areHostile) ? .hookHostile : .hookWritten, line: line, atLoad: atLoad
            )
        case .persistence(let place):
            // Programs offer to put the completion of their own commands into the shell's start file.
            if place == .shellStart, offersCompletion {
                return report.note(.namesStartPlace, line: line, atLoad: atLoad)
            }
            // Builders of environments write such modules into the environments that they build.
            if place == .interpreter, !atLoad { return report.note(.namesStartPlace, line: line, atLoad: atLoad) }
            report.note(.startPlaceWritten, line: line, atLoad: atLoad)
            report.fact(.persistence, line: line, atLoad: atLoad)
        case .agentSettings:
            let isHostile = contents(of: call, CarriedCommands.areHostile)
            report.note(isHostile ? .agentSettingsHostile : .agentSettingsWritten, line: line, atLoad: atLoad)
        case .continuousIntegration:
            let isHostile = contents(of: call) { CarriedCommands.areHostile($0) || CarriedCommands.giveSecretsAway($0) }
            report.note(isHostile ? .workflowHostile : .workflowWritten, line: line, atLoad: atLoad)
        case .packageSettings, .credential:
            let isRedirected = contents(of: call, CarriedCommands.redirectPackages)
            report.note(isRedirected ? .packageSourceChanged : .packageSettingsWritten, line: line, atLoad: atLoad)
        case .host, .addressURL, .metadataService, .brand, .secretShape, .processMemory, .miner, .locale,
            .analysisTool, .command:
            break
        }
    }

    /// Whether any text that a call writes is of a kind.
    private func contents(of call: Call, _ isOfKind: (ArraySlice<UInt8>) -> Bool) -> Bool {
        let targets = view.writeTargets(of: call)
        let isMethod = targets.count == 1
        let given = call.arguments.map(\.tokens).filter { isMethod || !targets.contains($0) }
        return given.flatMap(view.sources(of:)).contains { range in
            view.stringIndices(in: range).prefix(64).contains { isOfKind(view.strings[$0].value) }
        }
    }

    /// Windows' registry is written by calls of its own.
    private func checkRegistry(into report: inout FileReport) {
        let runKeys = hits.hits.filter { hit in
            hit.indicator.topic == .persistence(.login) && hit.indicator.text.hasPrefix("currentversion")
        }
        guard !runKeys.isEmpty else { return }
        let writers = ["SetValueEx", "SetValue", "RegSetValueEx", "RegSetValueExW", "putValue", "CreateKeyEx"]
        for call in view.model.calls where writers.contains(where: { call.callee.path.hasSuffix($0) }) {
            report.note(.startPlaceWritten, line: view.line(call), atLoad: view.runsAtLoad(call.scope))
            report.fact(.persistence, line: view.line(call), atLoad: view.runsAtLoad(call.scope))
        }
    }
}
