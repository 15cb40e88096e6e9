import Registry

/// A static analysis with everything that it learned on the way, for comparing two of them.
struct ArtifactExamination {
    let report: AnalysisReport
    /// Everything that the built-in rules noticed, each place by itself.
    let notices: [Notice]
    let judgement: ArtifactJudgement
    let layout: ArtifactLayout

    init(_ analyzer: StaticAnalyzer, of bytes: ArchiveBytes, context: ArtifactContext, limits: AnalysisLimits) {
        let budget = AnalysisBudget(limits: limits, artifactBytes: bytes.count)
        let inspection = ArtifactInspection(context: context, budget: budget)
        inspection.userRules = analyzer.userRules.map { UserRuleScan($0, ecosystem: context.ecosystem.rawValue) }
        inspection.run(bytes)
        ManifestRules(inspection: inspection).check()
        judgement = ArtifactJudgement(inspection: inspection)
        let capabilities = judgement.judge()
        notices = inspection.findings.all
        layout = inspection.layout
        let named = inspection.findings.complete
        let own = inspection.userRules
        report = AnalysisReport(
            revision: analyzer.revision, findings: named.map(DetailedFinding.init) + (own?.findings ?? []),
            capabilities: capabilities,
            isOutOfTime: own?.isIncomplete == true || notices.contains { $0.observation == .tookTooLong })
    }

    /// The names by which files of two versions are known to each other.
    ///
    /// The version in the names of a wheel's own folders makes no difference.
    func path(of member: [UInt8]) -> [UInt8] {
        Self.comparable(Array(layout.installPath(of: member).joined(separator: [UInt8(ascii: "/")])), layout)
    }

    /// The numbers of files by the names by which they are known to other versions.
    static func numbers(in judgement: ArtifactJudgement, _ layout: ArtifactLayout) -> [BytesKey: Int] {
        var found: [BytesKey: Int] = [:]
        for (index, file) in judgement.files.enumerated() { found[BytesKey(comparable(file.path, layout))] = index }
        return found
    }

    static func comparable(_ path: [UInt8], _ layout: ArtifactLayout) -> [UInt8] {
        guard layout == .wheel, let slash = path.firstIndex(of: UInt8(ascii: "/")) else { return path }
        for ending in [".dist-info", ".data"] where path[..<slash].hasSuffix(ending) {
            return Array(ending.utf8) + path[slash...]
        }
        return path
    }
}
