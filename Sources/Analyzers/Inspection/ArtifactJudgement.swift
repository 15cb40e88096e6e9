import Screening

/// Judges all files of an artifact together: what leads where, and what that makes of what was noticed.
struct ArtifactJudgement {
    let inspection: ArtifactInspection
    let files: [FileRecord]
    let graph: ReachGraph
    /// Whether setup.cfg gives commands other names: then no command of a setup script waits for people alone.
    private let renamesCommands: Bool

    init(inspection: ArtifactInspection) {
        self.inspection = inspection
        // Findings must not depend on the order in which the archive has its files.
        let files = inspection.files.sorted { $0.path.lexicographicallyPrecedes($1.path) }
        self.files = files
        let entries = EntryFiles(inspection: inspection, files: files)
        graph = ReachGraph(records: files, table: entries.table, starts: entries.starts)
        renamesCommands = inspection.collected.manifests.contains {
            $0.kind == .setupConfig && $0.bytes.lowercasedASCII().contains(text: "aliases")
        }
    }

    /// Turns what was noted in the files into findings and answers what the artifact can do.
    func judge() -> [CapabilityUse] {
        for (index, file) in files.enumerated() {
            for note in file.report.notes { add(note, of: index) }
            if isReadAsCode(index), let guess = file.guess {
                for note in guess.notes { add(note, of: index) }
            }
        }
        HiddenCodeRule.check(self)
        let capabilities = CapabilitySummary.noteUses(in: self)
        Combinations(judgement: self).check()
        return capabilities
    }

    /// Whether a file whose name promises no code is loaded or run as such.
    func isReadAsCode(_ file: Int) -> Bool {
        let node = graph.nodes[file]
        guard let reach = node.reach, files[file].guess != nil else { return false }
        // What a manifest or a script names is run, whatever it is called.
        return node.isLinked || node.isStart && reach >= .load
    }

    /// What is known about a file, with what it turns out to be when it is run.
    func reports(of file: Int) -> [FileReport] {
        var reports = [files[file].report]
        if isReadAsCode(file), let guess = files[file].guess { reports.append(guess) }
        return reports
    }

    /// When a noted place runs; nil where that plays no part.
    func reach(of file: Int, atLoad: Bool, isDormant: Bool = false) -> Reach? {
        let isCode = files[file].kind.language != nil || files[file].kind == .shell || isReadAsCode(file)
        if isCode, isDormant, !renamesCommands { return min(graph.reach(ofCodeIn: file, atLoad: atLoad), .call) }
        return isCode ? graph.reach(ofCodeIn: file, atLoad: atLoad) : graph.reach(ofTextIn: file)
    }

    /// The gravest reach at which a file has a fact; nil when it has not.
    func reach(of fact: FileFact, in file: Int) -> Reach? {
        var found: Reach?
        for report in reports(of: file) {
            for place in report.facts where place.fact == fact {
                let reach = reach(of: file, atLoad: place.atLoad, isDormant: place.isDormant) ?? .call
                found = max(found ?? reach, reach)
            }
        }
        return found
    }

    private func add(_ note: FileReport.Note, of file: Int) {
        var reach = reach(of: file, atLoad: note.atLoad, isDormant: note.isDormant)
        // A decoder that another file of the package calls by itself is given its text by the package.
        if note.observation == .decodedValueRuns, reach == .call, graph.nodes[file].isCalledAtLoad { reach = .load }
        inspection.findings.add(
            note.observation, path: files[file].name, line: note.line, count: note.count, reach: reach)
        if reach == .tests { addTestHook(note, of: file) }
    }

    /// `conftest.py` runs by itself wherever the tests are run; what would be malicious elsewhere is held there.
    private func addTestHook(_ note: FileReport.Note, of file: Int) {
        guard note.atLoad, baseName(files[file].path) == "conftest.py" else { return }
        let entry = RuleCatalog.entry(note.observation)
        guard entry.detail.severity(at: .load) == .malicious else { return }
        inspection.findings.add(.testHookIsGrave, path: files[file].name, line: note.line, reach: .tests)
    }
}
