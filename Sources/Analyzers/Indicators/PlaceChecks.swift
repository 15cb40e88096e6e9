import SourceCode

/// Files that code writes where something starts them, follows them or builds with them: PERS-RC, PERS-CI,
/// AGENT-CFG-WRITE.
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
        let places = hits.hits.filter { isPlace($0.indicator.topic) && isPath($0) }
        guard !places.isEmpty else { return }
        checkRegistry(into: &report)
        var written: Set<Int> = []
        for call in view.model.calls where writes(call) {
            for range in targets(of: call).flatMap(view.sources(of:)) {
                for hit in hits.hits(in: range, of: view) where !written.contains(hit.string) {
                    guard isPlace(hit.indicator.topic), isPath(hit) else { continue }
                    written.insert(hit.string)
                    noteWrite(hit, line: view.line(call), atLoad: view.runsAtLoad(call.scope), into: &report)
                }
            }
        }
        for hit in places where !written.contains(hit.string) {
            guard case .persistence(let place) = hit.indicator.topic, place != .interpreter else { continue }
            report.note(.namesStartPlace, line: view.line(hit), atLoad: view.runsAtLoad(hit))
        }
    }

    /// Whether a call writes a file; methods of paths say so by their names, whatever the path is made of.
    private func writes(_ call: Call) -> Bool {
        call.effects.contains(.writesFiles) || call.callee.path.hasSuffix(".write_text")
            || call.callee.path.hasSuffix(".write_bytes")
    }

    private func isPlace(_ topic: Indicator.Topic) -> Bool {
        switch topic {
        case .persistence, .agentSettings, .continuousIntegration: true
        case .host, .addressURL, .metadataService, .brand, .credential, .secretShape, .processMemory, .miner, .locale,
            .analysisTool, .command:
            false
        }
    }

    /// Whether a string is a path, and the indicator whole parts of it.
    private func isPath(_ hit: IndicatorHits.Hit) -> Bool {
        let value = view.value(hit)
        guard value.count <= 260, !value.contains(0x0A), value.split(separator: 0x20).count <= 4 else { return false }
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

    /// The parts of a call that say where is written: what it is called on and what comes before the content.
    private func targets(of call: Call) -> [TokenRange] {
        let path = call.callee.path.lowercased()
        let takesTwo = ["copy", "rename", "move", "symlink", "link", "replace", "cp"].contains { path.contains($0) }
        // Methods of what was opened are given the content.
        let method = path.split(separator: ".").last.map(String.init) ?? ""
        if ["write", "writelines", "write_text", "write_bytes", "end", "append"].contains(method) {
            return [call.callee.tokens]
        }
        let places = call.arguments.filter { $0.label == nil || ["file", "path", "dst", "target"].contains($0.label) }
        return [call.callee.tokens] + places.prefix(takesTwo ? 2 : 1).map(\.tokens)
    }

    private func noteWrite(_ hit: IndicatorHits.Hit, line: Int, atLoad: Bool, into report: inout FileReport) {
        switch hit.indicator.topic {
        case .persistence(let place):
            // Programs offer to put the completion of their own commands into the shell's start file.
            if place == .shellStart, offersCompletion {
                return report.note(.namesStartPlace, line: line, atLoad: atLoad)
            }
            // Builders of environments write such modules into the environments that they build.
            if place == .interpreter, !atLoad { return report.note(.namesStartPlace, line: line, atLoad: atLoad) }
            report.note(.startPlaceWritten, line: line, atLoad: atLoad)
            report.fact(.persistence, line: line, atLoad: atLoad)
        case .agentSettings: report.note(.agentSettingsWritten, line: line, atLoad: atLoad)
        case .continuousIntegration: report.note(.workflowWritten, line: line, atLoad: atLoad)
        case .host, .addressURL, .metadataService, .brand, .credential, .secretShape, .processMemory, .miner, .locale,
            .analysisTool, .command:
            break
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
